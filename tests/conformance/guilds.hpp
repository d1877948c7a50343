// SPDX-License-Identifier: Apache-2.0
// Guilds, their hands and crafts, of which random walks of sessions are.
#pragma once

#include "backend.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace tupelo::conformance::guilds {

struct Hand;
struct Charter;
struct Craft;
struct GuildCraft;
struct Guild {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> parent_id{};
  int branches_count{};
  int hands_count{};
  int version{};
  belongs_to<Guild> parent{};
  has_many<Guild> branches{};
  has_many<Hand> hands{};
  has_one<Charter> charter{};
  many_to_many<Craft, GuildCraft> crafts{};

  static void model(tupelo::model<Guild>& m) {
    m.belongs_to(&Guild::parent, &Guild::parent_id).on_delete(set_null).counter(&Guild::branches_count);
    m.has_many(&Guild::branches, "parent_id");
    m.has_many(&Guild::hands, "guild_id").delete_orphans();
    m.has_one(&Guild::charter, "guild_id").delete_orphans();
    m.many_to_many(&Guild::crafts, "guild_crafts", "guild_id", "craft_id");
    m.version(&Guild::version);
  }
};
struct Hand {
  std::int64_t id{};
  std::int64_t guild_id{};
  std::string name{};
  int skill{};
  belongs_to<Guild> guild{};

  static void model(tupelo::model<Hand>& m) {
    m.belongs_to(&Hand::guild, &Hand::guild_id).on_delete(cascade).counter(&Guild::hands_count);
  }
};
struct Charter {
  std::int64_t id{};
  std::int64_t guild_id{};
  std::string name{};

  static void model(tupelo::model<Charter>& m) {
    m.unique(&Charter::guild_id);
    m.foreign_key(&Charter::guild_id).references<Guild>().on_delete(cascade);
  }
};
struct Craft {
  std::int64_t id{};
  std::string name{};
};
struct GuildCraft {
  std::int64_t guild_id{};
  std::int64_t craft_id{};

  static void model(tupelo::model<GuildCraft>& m) {
    m.table("guild_crafts");
    m.primary_key(&GuildCraft::guild_id, &GuildCraft::craft_id);
    m.foreign_key(&GuildCraft::guild_id).references<Guild>().on_delete(cascade);
    m.foreign_key(&GuildCraft::craft_id).references<Craft>().on_delete(cascade);
  }
};

/// What is to be stored, by names.
struct world {
  struct guild {
    std::string parent;
    std::set<std::string> crafts;
    std::string charter;
  };
  struct hand {
    std::string guild;
    int skill;
  };
  std::map<std::string, guild> guilds;
  std::map<std::string, hand> hands;
  std::set<std::string> crafts;

  int branches_of(const std::string& name) const {
    return static_cast<int>(
        std::count_if(guilds.begin(), guilds.end(), [&](const auto& g) { return g.second.parent == name; }));
  }
  int hands_of(const std::string& name) const {
    return static_cast<int>(
        std::count_if(hands.begin(), hands.end(), [&](const auto& h) { return h.second.guild == name; }));
  }
  void remove_guild(const std::string& name) {
    guilds.erase(name);
    std::erase_if(hands, [&](const auto& h) { return h.second.guild == name; });
    for (auto& [other, values] : guilds) {
      if (values.parent == name) values.parent.clear();
    }
  }
  /// With the counters that there should be.
  std::string text() const {
    std::string out;
    for (const auto& [name, g] : guilds) {
      out += name + " in " + g.parent + " charter " + g.charter + " branches " + std::to_string(branches_of(name)) +
             " hands " + std::to_string(hands_of(name)) + " crafts";
      for (const std::string& craft : g.crafts) out += ' ' + craft;
      out += '\n';
    }
    for (const auto& [name, h] : hands) out += name + " of " + h.guild + ' ' + std::to_string(h.skill) + '\n';
    for (const std::string& craft : crafts) out += craft + '\n';
    return out;
  }
};

}  // namespace tupelo::conformance::guilds
