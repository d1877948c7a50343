// SPDX-License-Identifier: Apache-2.0
#include "village.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace blog {
namespace {

/// splitmix64: the same numbers everywhere, which the standard library's distributions do not promise.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
class dice {
public:
  explicit dice(std::uint64_t seed) noexcept : state_(seed) {}

  std::uint64_t roll() noexcept {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>(roll() % n); }
  int between(int low, int high) noexcept {
    return low + static_cast<int>(below(static_cast<std::size_t>(high - low) + 1));
  }
  bool chance(int percent) noexcept { return between(1, 100) <= percent; }
  template <class Words>
  auto& pick(const Words& words) noexcept {
    return words[below(words.size())];
  }

private:
  std::uint64_t state_;
};

using words = std::string_view;
constexpr std::array<words, 24> first_names{"Ada",   "Grace",  "Alan",    "Edsger",  "Barbara",  "Niklaus",
                                            "Radia", "Dennis", "Frances", "Donald",  "Margaret", "Ken",
                                            "Hedy",  "Tony",   "Adele",   "Bjarne",  "Leslie",   "Joan",
                                            "Robin", "Karen",  "Ole",     "Kristen", "Jean",     "Evelyn"};
constexpr std::array<words, 16> last_names{"Alder",  "Birch", "Cedar",    "Dogwood", "Elder", "Fir",
                                           "Ginkgo", "Hazel", "Ironwood", "Juniper", "Larch", "Maple",
                                           "Oakley", "Pine",  "Rowan",    "Willow"};
struct place {
  words city, country;
};
constexpr std::array<place, 8> places{{{"Lisbon", "Portugal"},
                                       {"Porto", "Portugal"},
                                       {"Kyoto", "Japan"},
                                       {"Bergen", "Norway"},
                                       {"Graz", "Austria"},
                                       {"Ghent", "Belgium"},
                                       {"Cusco", "Peru"},
                                       {"Hobart", "Australia"}}};
constexpr std::array<words, 12> moods{"Notes on",   "The trouble with", "A week of",        "In praise of",
                                      "Learning",   "Against",          "How I met",        "Ten years of",
                                      "The joy of", "Debugging",        "A field guide to", "Rethinking"};
constexpr std::array<words, 16> topics{
    "coroutines",   "sourdough", "migrations", "bicycles",     "indexes",    "lighthouses", "type systems", "tea",
    "transactions", "moss",      "compilers",  "night trains", "savepoints", "allotments",  "caches",       "chess"};
constexpr std::array<words, 10> sentences{"It began with a small mistake.",
                                          "Nobody had measured it before.",
                                          "The obvious answer was wrong, and interesting.",
                                          "I kept a diary of every attempt.",
                                          "What follows is what I wish I had known.",
                                          "The second try took an afternoon.",
                                          "There is a trade-off, as always.",
                                          "My neighbour disagreed, loudly.",
                                          "It has been running ever since.",
                                          "Next time I would start smaller."};
constexpr std::array<words, 8> replies{
    "Thank you for this.",         "I had the same problem.", "Have you tried the other way round?",
    "This made my morning.",       "Citation needed.",        "Bookmarked.",
    "Could you show the numbers?", "Lovely photographs."};
constexpr std::array<words, 12> tag_names{"craft",   "databases",   "food",        "garden",      "history", "how-to",
                                          "opinion", "performance", "photography", "programming", "travel",  "village"};

constexpr std::int64_t minute = 60'000'000;              // in microseconds
constexpr std::int64_t opening = 1'735'689'600'000'000;  // 2025-01-01

std::string lower(words text) {
  std::string low(text);
  std::ranges::transform(low, low.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return low;
}

User make_user(dice& d, std::size_t number) {
  const words first = first_names[number % first_names.size()];
  const words last = last_names[(number / first_names.size() + number) % last_names.size()];
  User user;
  user.name = std::string(first) + " " + std::string(last);
  user.email = lower(first) + "." + lower(last) + (number < 48 ? "" : std::to_string(number)) + "@example.com";
  user.role = d.chance(5) ? Role::editor : d.chance(40) ? Role::author : Role::reader;
  user.created_at = user.updated_at =
      tp::timestamp{opening + static_cast<std::int64_t>(d.below(120 * 24 * 60)) * minute};
  return user;
}

Profile make_profile(dice& d, std::size_t number) {
  Profile profile;
  profile.user_id = static_cast<std::int64_t>(number) + 1;
  if (d.chance(30)) profile.website = "https://example.com/~" + std::to_string(number + 1);
  const place& home = d.pick(places);
  profile.address = {.city = std::string(home.city), .country = std::string(home.country)};
  profile.newsletter = d.chance(35);
  if (d.chance(80)) profile.born_on = tp::date{static_cast<std::int32_t>(d.between(-7000, 13'000))};
  return profile;
}

Post make_post(dice& d, std::size_t users) {
  Post post;
  post.author_id =
      static_cast<std::int64_t>(std::min(d.below(users), d.below(users))) + 1;  // some write more than others
  const words topic = d.pick(topics);
  post.title = std::string(d.pick(moods)) + " " + std::string(topic);
  for (int i = d.between(3, 12); i > 0; --i) post.body += std::string(d.pick(sentences)) + (i > 1 ? " " : "");
  post.status = d.chance(82) ? Status::published : d.chance(70) ? Status::draft : Status::archived;
  post.views = post.status == Status::draft ? 0 : static_cast<int>(d.below(100) * d.below(100));
  post.meta = tp::json::object();
  post.meta.set("topic", topic).set("minutes", d.between(1, 9));
  post.created_at = post.updated_at =
      tp::timestamp{opening + (120 * 24 * 60 + static_cast<std::int64_t>(d.below(500 * 24 * 60))) * minute};
  return post;
}

Comment make_comment(dice& d, const std::vector<Post>& posts, std::size_t users) {
  const std::size_t post = d.below(posts.size());
  Comment comment;
  comment.post_id = static_cast<std::int64_t>(post) + 1;
  if (d.chance(85)) comment.author_id = static_cast<std::int64_t>(d.below(users)) + 1;
  comment.text = std::string(d.pick(replies));
  comment.likes = static_cast<int>(d.below(8) * d.below(8));
  comment.created_at = posts[post].created_at.plus_micros(static_cast<std::int64_t>(d.between(1, 40'000)) * minute);
  return comment;
}

}  // namespace

village make_village() {
  constexpr std::size_t user_count = 240, post_count = 900, comment_count = 4'000;
  dice d(20'261'121);
  village made;
  for (std::size_t i = 0; i < user_count; ++i) made.users.push_back(make_user(d, i));
  for (std::size_t i = 0; i < user_count; ++i) {
    if (d.chance(85)) made.profiles.push_back(make_profile(d, i));
  }
  for (const words name : tag_names) {
    Tag tag;
    tag.name = std::string(name);
    made.tags.push_back(std::move(tag));
  }
  for (std::size_t i = 0; i < post_count; ++i) made.posts.push_back(make_post(d, user_count));
  for (std::size_t i = 0; i < comment_count; ++i) made.comments.push_back(make_comment(d, made.posts, user_count));
  for (std::size_t post = 0; post < post_count; ++post) {
    const std::size_t first = d.below(tag_names.size());
    for (std::size_t k = 0, count = 1 + d.below(3); k < count; ++k) {
      PostTag link;
      link.post_id = static_cast<std::int64_t>(post) + 1;
      link.tag_id = static_cast<std::int64_t>((first + k * 5) % tag_names.size()) + 1;
      made.post_tags.push_back(link);
    }
  }
  return made;
}

tp::task<void> settle(tp::database& db, village& rows) {
  co_await db.transaction([&rows](tp::session& s) -> tp::task<void> {
    co_await s.insert(rows.users);
    co_await s.insert(rows.profiles);
    co_await s.insert(rows.tags);
    co_await s.insert(rows.posts);
    co_await s.insert(rows.comments);
    co_await s.insert(rows.post_tags);
  });
}

}  // namespace blog
