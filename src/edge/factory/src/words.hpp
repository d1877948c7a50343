// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

/// What made-up values are put together from. Adding or moving a word changes what every seed makes.
namespace tupelo::words {

using std::string_view_literals::operator""sv;

inline constexpr std::string_view first_names[] = {
    "Ada"sv,   "Aisha"sv, "Alba"sv,   "Amir"sv,   "Anders"sv, "Ana"sv,   "Ben"sv,    "Bilal"sv, "Carla"sv,  "Chen"sv,
    "Chidi"sv, "Clara"sv, "Dana"sv,   "Daniel"sv, "Elif"sv,   "Emil"sv,  "Emma"sv,   "Enzo"sv,  "Fatima"sv, "Felix"sv,
    "Freya"sv, "Grace"sv, "Hana"sv,   "Hugo"sv,   "Ines"sv,   "Iris"sv,  "Ivan"sv,   "Jakub"sv, "Jamal"sv,  "Jana"sv,
    "Jonas"sv, "Joao"sv,  "Kaito"sv,  "Kofi"sv,   "Lara"sv,   "Leila"sv, "Liam"sv,   "Lin"sv,   "Lucia"sv,  "Luka"sv,
    "Maja"sv,  "Malik"sv, "Marek"sv,  "Maria"sv,  "Mateo"sv,  "Mei"sv,   "Mila"sv,   "Mina"sv,  "Nadia"sv,  "Nils"sv,
    "Noah"sv,  "Nora"sv,  "Olga"sv,   "Omar"sv,   "Otto"sv,   "Pavel"sv, "Petra"sv,  "Priya"sv, "Rafael"sv, "Ravi"sv,
    "Rosa"sv,  "Ruth"sv,  "Sami"sv,   "Sara"sv,   "Selma"sv,  "Sofia"sv, "Tariq"sv,  "Tess"sv,  "Thabo"sv,  "Tomas"sv,
    "Uma"sv,   "Vera"sv,  "Viktor"sv, "Wanda"sv,  "Yara"sv,   "Yuki"sv,  "Zainab"sv, "Zara"sv,  "Zoe"sv,    "Zuri"sv};

inline constexpr std::string_view last_names[] = {
    "Abara"sv,    "Adler"sv,   "Almeida"sv,  "Andersen"sv, "Aziz"sv,      "Bakker"sv,    "Banerjee"sv, "Bauer"sv,
    "Becker"sv,   "Bianchi"sv, "Brown"sv,    "Castro"sv,   "Chowdhury"sv, "Costa"sv,     "Diallo"sv,   "Dubois"sv,
    "Eriksen"sv,  "Farouk"sv,  "Fischer"sv,  "Fontaine"sv, "Garcia"sv,    "Gonzalez"sv,  "Gupta"sv,    "Haddad"sv,
    "Hansen"sv,   "Horvat"sv,  "Ibrahim"sv,  "Ito"sv,      "Jansen"sv,    "Johansson"sv, "Kaya"sv,     "Khan"sv,
    "Kim"sv,      "Kovacs"sv,  "Kowalski"sv, "Larsen"sv,   "Lehmann"sv,   "Lindqvist"sv, "Lopez"sv,    "Marsh"sv,
    "Martin"sv,   "Mensah"sv,  "Meyer"sv,    "Moreau"sv,   "Mwangi"sv,    "Nakamura"sv,  "Nguyen"sv,   "Novak"sv,
    "Okafor"sv,   "Olsen"sv,   "Ortiz"sv,    "Park"sv,     "Patel"sv,     "Pereira"sv,   "Petrov"sv,   "Popescu"sv,
    "Quinn"sv,    "Rahman"sv,  "Reyes"sv,    "Rossi"sv,    "Santos"sv,    "Schmidt"sv,   "Silva"sv,    "Singh"sv,
    "Sorensen"sv, "Suzuki"sv,  "Tanaka"sv,   "Taylor"sv,   "Torres"sv,    "Traore"sv,    "Vargas"sv,   "Virtanen"sv,
    "Vogel"sv,    "Walker"sv,  "Wang"sv,     "Weber"sv,    "Wilson"sv,    "Yilmaz"sv,    "Zhang"sv,    "Zielinski"sv};

inline constexpr std::string_view nouns[] = {
    "anchor"sv,  "apple"sv,   "arch"sv,    "autumn"sv,  "basket"sv,  "beacon"sv,     "bell"sv,     "birch"sv,
    "boat"sv,    "bridge"sv,  "brook"sv,   "candle"sv,  "canvas"sv,  "cedar"sv,      "chapel"sv,   "chestnut"sv,
    "cloud"sv,   "coast"sv,   "copper"sv,  "corner"sv,  "cottage"sv, "desk"sv,       "elm"sv,      "evening"sv,
    "falcon"sv,  "feather"sv, "ferry"sv,   "field"sv,   "forest"sv,  "fountain"sv,   "garden"sv,   "gate"sv,
    "glacier"sv, "granite"sv, "grove"sv,   "harbour"sv, "hazel"sv,   "hill"sv,       "island"sv,   "ivory"sv,
    "juniper"sv, "kettle"sv,  "lake"sv,    "lantern"sv, "linden"sv,  "lighthouse"sv, "maple"sv,    "market"sv,
    "marble"sv,  "meadow"sv,  "mill"sv,    "mirror"sv,  "morning"sv, "mountain"sv,   "notebook"sv, "oak"sv,
    "orchard"sv, "paper"sv,   "pebble"sv,  "pine"sv,    "pocket"sv,  "poplar"sv,     "prairie"sv,  "quarry"sv,
    "rain"sv,    "river"sv,   "road"sv,    "saddle"sv,  "sail"sv,    "shell"sv,      "shore"sv,    "signal"sv,
    "snow"sv,    "spring"sv,  "station"sv, "stone"sv,   "summer"sv,  "thistle"sv,    "timber"sv,   "tower"sv,
    "valley"sv,  "village"sv, "walnut"sv,  "water"sv,   "willow"sv,  "window"sv,     "winter"sv,   "wood"sv};

inline constexpr std::string_view adjectives[] = {
    "amber"sv,  "ancient"sv, "autumnal"sv, "bold"sv,    "brave"sv,  "bright"sv,  "broad"sv,  "calm"sv,   "careful"sv,
    "clear"sv,  "clever"sv,  "cold"sv,     "cosy"sv,    "crisp"sv,  "curious"sv, "dark"sv,   "deep"sv,   "distant"sv,
    "eager"sv,  "early"sv,   "empty"sv,    "faint"sv,   "famous"sv, "fine"sv,    "fresh"sv,  "gentle"sv, "golden"sv,
    "grand"sv,  "green"sv,   "happy"sv,    "hidden"sv,  "honest"sv, "humble"sv,  "kind"sv,   "late"sv,   "light"sv,
    "little"sv, "lively"sv,  "long"sv,     "merry"sv,   "modest"sv, "narrow"sv,  "new"sv,    "noble"sv,  "northern"sv,
    "old"sv,    "open"sv,    "patient"sv,  "plain"sv,   "proud"sv,  "quiet"sv,   "rapid"sv,  "rare"sv,   "rough"sv,
    "round"sv,  "rustic"sv,  "safe"sv,     "sharp"sv,   "silent"sv, "silver"sv,  "simple"sv, "slow"sv,   "small"sv,
    "smooth"sv, "soft"sv,    "solid"sv,    "steady"sv,  "still"sv,  "sunny"sv,   "sweet"sv,  "tall"sv,   "tidy"sv,
    "true"sv,   "vivid"sv,   "warm"sv,     "western"sv, "wide"sv,   "wild"sv,    "wise"sv,   "young"sv};

inline constexpr std::string_view cities[] = {
    "Aberdeen"sv, "Accra"sv,   "Adelaide"sv, "Amman"sv,   "Antwerp"sv,  "Bergen"sv,   "Bologna"sv, "Bordeaux"sv,
    "Brno"sv,     "Cardiff"sv, "Cork"sv,     "Cusco"sv,   "Dakar"sv,    "Denver"sv,   "Dresden"sv, "Durban"sv,
    "Fukuoka"sv,  "Galway"sv,  "Geneva"sv,   "Ghent"sv,   "Graz"sv,     "Halifax"sv,  "Hanoi"sv,   "Hobart"sv,
    "Izmir"sv,    "Jaipur"sv,  "Kigali"sv,   "Krakow"sv,  "Kyoto"sv,    "Lagos"sv,    "Leiden"sv,  "Lima"sv,
    "Lisbon"sv,   "Lyon"sv,    "Malaga"sv,   "Malmo"sv,   "Medellin"sv, "Nairobi"sv,  "Oslo"sv,    "Ottawa"sv,
    "Porto"sv,    "Prague"sv,  "Pune"sv,     "Quito"sv,   "Riga"sv,     "Salzburg"sv, "Seoul"sv,   "Sevilla"sv,
    "Tallinn"sv,  "Tampere"sv, "Tartu"sv,    "Trieste"sv, "Tunis"sv,    "Turin"sv,    "Utrecht"sv, "Valencia"sv,
    "Vilnius"sv,  "Warsaw"sv,  "Windhoek"sv, "York"sv,    "Zagreb"sv,   "Zurich"sv};

struct country {
  std::string_view name, code;
};
inline constexpr country countries[] = {
    {"Argentina"sv, "AR"sv}, {"Australia"sv, "AU"sv},    {"Austria"sv, "AT"sv},     {"Belgium"sv, "BE"sv},
    {"Brazil"sv, "BR"sv},    {"Canada"sv, "CA"sv},       {"Chile"sv, "CL"sv},       {"Croatia"sv, "HR"sv},
    {"Denmark"sv, "DK"sv},   {"Egypt"sv, "EG"sv},        {"Estonia"sv, "EE"sv},     {"Finland"sv, "FI"sv},
    {"France"sv, "FR"sv},    {"Germany"sv, "DE"sv},      {"Ghana"sv, "GH"sv},       {"India"sv, "IN"sv},
    {"Ireland"sv, "IE"sv},   {"Italy"sv, "IT"sv},        {"Japan"sv, "JP"sv},       {"Kenya"sv, "KE"sv},
    {"Mexico"sv, "MX"sv},    {"Morocco"sv, "MA"sv},      {"Netherlands"sv, "NL"sv}, {"New Zealand"sv, "NZ"sv},
    {"Nigeria"sv, "NG"sv},   {"Norway"sv, "NO"sv},       {"Peru"sv, "PE"sv},        {"Poland"sv, "PL"sv},
    {"Portugal"sv, "PT"sv},  {"South Africa"sv, "ZA"sv}, {"South Korea"sv, "KR"sv}, {"Spain"sv, "ES"sv},
    {"Sweden"sv, "SE"sv},    {"Switzerland"sv, "CH"sv},  {"Turkey"sv, "TR"sv},      {"Vietnam"sv, "VN"sv}};

inline constexpr std::string_view street_kinds[] = {"Street"sv, "Road"sv,   "Lane"sv, "Avenue"sv,
                                                    "Way"sv,    "Square"sv, "Close"sv};
inline constexpr std::string_view company_kinds[] = {"Ltd"sv,   "& Sons"sv,  "Works"sv, "Partners"sv,
                                                     "Group"sv, "Trading"sv, "Studio"sv};
inline constexpr std::string_view jobs[] = {
    "architect"sv,   "baker"sv,      "carpenter"sv,  "chemist"sv,  "doctor"sv,     "editor"sv,
    "electrician"sv, "engineer"sv,   "farmer"sv,     "gardener"sv, "journalist"sv, "judge"sv,
    "librarian"sv,   "mechanic"sv,   "musician"sv,   "nurse"sv,    "painter"sv,    "pilot"sv,
    "plumber"sv,     "programmer"sv, "researcher"sv, "tailor"sv,   "teacher"sv,    "translator"sv};
inline constexpr std::string_view materials[] = {"brass"sv, "ceramic"sv, "cotton"sv, "glass"sv, "leather"sv, "linen"sv,
                                                 "oak"sv,   "paper"sv,   "steel"sv,  "stone"sv, "walnut"sv,  "wool"sv};
inline constexpr std::string_view goods[] = {"Backpack"sv, "Blanket"sv, "Bowl"sv,      "Chair"sv,    "Clock"sv,
                                             "Coat"sv,     "Cup"sv,     "Desk Lamp"sv, "Frame"sv,    "Gloves"sv,
                                             "Kettle"sv,   "Knife"sv,   "Mirror"sv,    "Notebook"sv, "Plate"sv,
                                             "Scarf"sv,    "Shelf"sv,   "Stool"sv,     "Table"sv,    "Vase"sv};
inline constexpr std::string_view colours[] = {"amber"sv,  "black"sv,  "blue"sv,  "brown"sv, "coral"sv,  "green"sv,
                                               "grey"sv,   "indigo"sv, "ivory"sv, "olive"sv, "orange"sv, "pink"sv,
                                               "purple"sv, "red"sv,    "teal"sv,  "white"sv, "yellow"sv};
// RFC 2606 and RFC 5737.
inline constexpr std::string_view example_domains[] = {"com"sv, "net"sv, "org"sv};
inline constexpr std::string_view example_networks[] = {"192.0.2."sv, "198.51.100."sv, "203.0.113."sv};

}  // namespace tupelo::words
