// SPDX-License-Identifier: Apache-2.0
// Random places in random JSON documents: each database finds what an evaluation in memory finds.
#include "random_queries.hpp"

#include <cerrno>

namespace tupelo::conformance::random_queries {
namespace {

struct Parchment {
  std::int64_t id{};
  json doc{};
  maybe<json> side{};
};

constexpr auto doc = col<&Parchment::doc>;
constexpr auto side = col<&Parchment::side>;
constexpr auto parchment = col<&Parchment::id>;

/// A key of objects, or a position in arrays.
struct step {
  std::string key{};
  int position = -1;

  bool is_key() const { return position < 0; }
};
using steps = std::vector<step>;

const std::vector<std::string> keys{"a",   "b", "ab",  "A",   "key two", "é", "0",    "1", "-1",
                                    " 1 ", "$", "[0]", "a.b", "it's",    "#", "a\\b", "?", "\t"};
const std::vector<std::string> numbers_written{"0",
                                               "-0",
                                               "7",
                                               "-42",
                                               "1.0",
                                               "1.5",
                                               "-0.5",
                                               "-2.75",
                                               "0.10",
                                               "1e3",
                                               "12E-1",
                                               "127",
                                               "128",
                                               "32768",
                                               "2147483647",
                                               "2147483648",
                                               "-2147483648.5",
                                               "9007199254740993",
                                               "9223372036854775807",
                                               "-9223372036854775808",
                                               "9223372036854775808",
                                               "-12345678901234567890",
                                               "123456789012345.25",
                                               "1234567890123456.5",
                                               "12345678901234567890.123"};
const std::vector<std::string> texts{
    "", "a", "7", "1.5", "true", "null", "it's", "a \"quote\"", "back\\slash", "tab\t", "é€", "{\"a\":1}", "[]", "\n"};

const std::string& one_of(dice& chance, const std::vector<std::string>& all) { return all[chance.below(all.size())]; }

json made_json(dice& chance, int depth) {
  const std::size_t what = chance.below(depth > 0 ? 10 : 5);
  if (what == 0) return {};
  if (what == 1) return json::from(chance.one_in(2));
  if (what == 2) return json::from(one_of(chance, texts));
  if (what < 5) return json::parse(one_of(chance, numbers_written));
  json made = what < 8 ? json::object() : json::array();
  for (std::size_t i = chance.below(5); i > 0; --i) {
    if (what < 8) {
      made.set(one_of(chance, keys), made_json(chance, depth - 1));
    } else {
      made.push_back(made_json(chance, depth - 1));
    }
  }
  return made;
}

maybe<json> step_into(const json& from, const step& to) {
  return to.is_key() ? from.member(to.key) : from.element(static_cast<std::size_t>(to.position));
}
maybe<json> place(const maybe<json>& from, const steps& path) {
  maybe<json> found = from;
  for (const step& each : path) found = found ? step_into(*found, each) : std::nullopt;
  return found;
}

/// Cut towards zero; nothing where it does not fit.
maybe<std::int64_t> whole(const maybe<json>& from, std::int64_t lowest, std::int64_t highest) {
  if (!from || !from->is_number()) return std::nullopt;
  const std::string text = from->as_decimal().to_string();
  errno = 0;
  const std::int64_t cut = std::strtoll(text.c_str(), nullptr, 10);  // ends at the point
  return errno == ERANGE || cut < lowest || cut > highest ? std::nullopt : maybe<std::int64_t>(cut);
}
template <class T>
maybe<T> narrow(const maybe<json>& from) {
  const auto found = whole(from, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  return found ? maybe<T>(static_cast<T>(*found)) : std::nullopt;
}
maybe<double> real(const maybe<json>& from) {
  return from && from->is_number() ? maybe<double>(from->as_double()) : std::nullopt;
}
maybe<decimal> exact(const maybe<json>& from) {
  return from && from->is_number() ? maybe<decimal>(from->as_decimal()) : std::nullopt;
}
maybe<std::string> text_in(const maybe<json>& from) {
  return from && from->is_string() ? maybe<std::string>(from->as_string()) : std::nullopt;
}
maybe<bool> truth(const maybe<json>& from) {
  return from && from->is_boolean() ? maybe<bool>(from->as_bool()) : std::nullopt;
}

/// The document with the value at the place, where what is around it is there.
json with_value(const json& from, const steps& path, const json& value, std::size_t at = 0) {
  const step& here = path[at];
  const bool is_last = at + 1 == path.size();
  if (here.is_key()) {
    if (!from.is_object()) return from;
    const maybe<json> inner = from.member(here.key);
    if (!is_last && !inner) return from;
    json made(from);
    made.set(here.key, is_last ? value : with_value(*inner, path, value, at + 1));
    return made;
  }
  if (!from.is_array()) return from;
  const auto position = static_cast<std::size_t>(here.position);
  if (position > from.size() || (position == from.size() && !is_last)) return from;
  json made = json::array();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const json element = *from.element(i);
    made.push_back(i != position ? element : is_last ? value : with_value(element, path, value, at + 1));
  }
  if (position == from.size()) made.push_back(value);
  return made;
}

/// As PostgreSQL says it: an array holds what any of its elements holds, on the first level single values too.
bool holds(const json& all, const json& part, bool is_first_level = true) {
  if (all.is_object() && part.is_object()) {
    const auto wanted = part.keys();
    return std::all_of(wanted.begin(), wanted.end(), [&](const std::string& key) {
      const maybe<json> found = all.member(key);
      return found && holds(*found, *part.member(key), false);
    });
  }
  const auto any = [&](const json& sought) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (holds(*all.element(i), sought, false)) return true;
    }
    return false;
  };
  if (all.is_array() && part.is_array()) {
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (!any(*part.element(i))) return false;
    }
    return true;
  }
  if (all.is_array() && is_first_level && !part.is_object()) return any(part);
  return !all.is_array() && !all.is_object() && all == part;
}

class random_documents : public random_test {
protected:
  random_documents() {
    create<Parchment>();
    dice chance(seed_);
    for (int i = 0; i < 60; ++i) {
      rows_.push_back(
          {.doc = made_json(chance, 4), .side = chance.one_in(4) ? std::nullopt : maybe<json>(made_json(chance, 3))});
    }
    sync_wait(db.insert(rows_));
  }

  /// Half of them lead to something in one of the documents.
  steps some_path(dice& chance) {
    steps path;
    maybe<json> at = rows_[chance.below(rows_.size())].doc;
    const bool leads = !chance.one_in(3);
    for (std::size_t left = 1 + chance.below(3); left > 0; --left) {
      step next = chance.one_in(3) ? step{.key = {}, .position = static_cast<int>(chance.below(4))}
                                   : step{.key = one_of(chance, keys)};
      if (leads && at && at->size() != 0) {
        const std::size_t which = chance.below(at->size());
        next = at->is_array() ? step{.key = {}, .position = static_cast<int>(which)} : step{.key = at->keys()[which]};
      } else if (leads && !path.empty()) {
        break;
      }
      path.push_back(next);
      at = at ? step_into(*at, next) : std::nullopt;
    }
    return path;
  }
  /// `use(term.path(…))`.
  template <class Term, class Use, class... Keys>
  static void at_place(const Term& term, const steps& path, Use use, const Keys&... so_far) {
    if constexpr (sizeof...(Keys) > 0) {
      if (sizeof...(Keys) == path.size()) return use(term.path(so_far...));
    }
    if constexpr (sizeof...(Keys) < 3) {
      const step& next = path[sizeof...(Keys)];
      if (next.is_key()) return at_place(term, path, use, so_far..., next.key);
      return at_place(term, path, use, so_far..., next.position);
    }
  }
  static std::string text_of(const steps& path) {
    std::string text;
    for (const step& each : path) {
      text += each.is_key() ? "." + json::from(each.key).text() : "[" + std::to_string(each.position) + "]";
    }
    return text;
  }
  static bool near(const maybe<double>& a, const maybe<double>& b) {
    return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) <= std::abs(*b) * 1e-15);
  }

  std::vector<Parchment> rows_;
};
TUPELO_CONFORMANCE_SUITE(random_documents);

TEST_P(random_documents, places_are_read_as_in_memory) {
  many(150, [&](dice& chance) {
    const steps path = some_path(chance);
    const bool of_side = chance.one_in(3);
    const auto check = [&](const auto& at) {
      const auto wide = sync_wait(
          db.query<Parchment>()
              .order_by(parchment)
              .template select<std::tuple<maybe<std::int64_t>, maybe<std::int32_t>, maybe<std::int16_t>, maybe<double>,
                                          maybe<decimal>, maybe<std::string>, maybe<bool>, maybe<json>, bool>>(
                  at.template as<std::int64_t>(), at.template as<std::int32_t>(), at.template as<std::int16_t>(),
                  at.template as<double>(), at.template as<decimal>(), at.template as<std::string>(),
                  at.template as<bool>(), at.template as<json>(), at.exists())
              .all());
      ASSERT_EQ(wide.size(), rows_.size());
      for (std::size_t i = 0; i < rows_.size(); ++i) {
        const maybe<json> from = of_side ? rows_[i].side : rows_[i].doc;
        const maybe<json> there = place(from, path);
        const auto& [i64, i32, i16, f64, number, text, flag, document, exists] = wide[i];
        const std::string where = text_of(path) + " of " + (from ? from->text() : "NULL");
        EXPECT_EQ(i64, narrow<std::int64_t>(there)) << where;
        EXPECT_EQ(i32, narrow<std::int32_t>(there)) << where;
        EXPECT_EQ(i16, narrow<std::int16_t>(there)) << where;
        EXPECT_PRED2(near, f64, real(there)) << where;
        EXPECT_EQ(number, exact(there)) << where;
        EXPECT_EQ(text, text_in(there)) << where;
        EXPECT_EQ(flag, truth(there)) << where;
        EXPECT_EQ(document, there) << where;
        EXPECT_EQ(exists, there.has_value()) << where;
      }
    };
    if (of_side) {
      at_place(side, path, check);
    } else {
      at_place(doc, path, check);
    }
  });
}

TEST_P(random_documents, rows_are_found_by_places_as_in_memory) {
  many(100, [&](dice& chance) {
    const steps path = some_path(chance);
    const auto wanted = chance.between(-50, 200);
    const std::string& word = one_of(chance, texts);
    at_place(doc, path, [&](const auto& at) {
      std::vector<std::int64_t> large, same, both;
      for (const Parchment& row : rows_) {
        const maybe<json> there = place(row.doc, path);
        const auto number = narrow<std::int64_t>(there);
        const auto fraction = real(there);
        if (number && *number > wanted) large.push_back(row.id);
        if (text_in(there) == word) same.push_back(row.id);
        if ((fraction && *fraction <= 1.5) || (there && there->is_null())) both.push_back(row.id);
      }
      const auto ids = [&](const auto& condition) {
        return sync_wait(db.query<Parchment>().where(condition).order_by(parchment).pluck(parchment));
      };
      EXPECT_EQ(ids(at.template as<std::int64_t>() > wanted), large) << text_of(path) << " > " << wanted;
      EXPECT_EQ(ids(at.template as<std::string>() == word), same) << text_of(path) << " == " << word;
      EXPECT_EQ(ids(at.template as<double>() <= 1.5 || at.template as<json>() == json()), both) << text_of(path);
    });
  });
}

TEST_P(random_documents, places_of_places_are_those_of_the_whole_path) {
  many(60, [&](dice& chance) {
    const steps path = some_path(chance);
    if (path.size() < 2) return;
    const steps before(path.begin(), path.end() - 1), last(path.end() - 1, path.end());
    at_place(doc, before, [&](const auto& at) {
      at_place(at.template as<json>(), last, [&](const auto& inner) {
        const auto found = sync_wait(
            db.query<Parchment>().order_by(parchment).template select<maybe<json>>(inner.template as<json>()).all());
        ASSERT_EQ(found.size(), rows_.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
          EXPECT_EQ(found[i], place(rows_[i].doc, path)) << text_of(path) << " of " << rows_[i].doc.text();
        }
      });
    });
  });
}

TEST_P(random_documents, values_are_put_to_places_as_in_memory) {
  many(100, [&](dice& chance) {
    const steps path = some_path(chance);
    const json value = made_json(chance, 2);
    const std::string& word = one_of(chance, texts);
    const std::int64_t number = chance.between(-9, 9'000'000'000);
    at_place(doc, path, [&](const auto& at) {
      const auto set = db.query<Parchment>().order_by(parchment).template select<std::tuple<json, json, json, json>>(
          at.with(value), at.with(word), at.with(number), at.with(number % 2 == 0));
      std::vector<std::tuple<json, json, json, json>> found;
      try {
        found = sync_wait(set.all());
      } catch (const query_error& e) {
        EXPECT_EQ(e.code(), errc::unsupported_feature) << text_of(path);
        EXPECT_NE(json::from(path.back().key).text().find('\\'), std::string::npos) << e.what();
        return;
      }
      ASSERT_EQ(found.size(), rows_.size());
      for (std::size_t i = 0; i < found.size(); ++i) {
        const json& from = rows_[i].doc;
        const std::string where = text_of(path) + " of " + from.text();
        EXPECT_EQ(std::get<0>(found[i]), with_value(from, path, value)) << where << " := " << value.text();
        EXPECT_EQ(std::get<1>(found[i]), with_value(from, path, json::from(word))) << where;
        EXPECT_EQ(std::get<2>(found[i]), with_value(from, path, json::from(number))) << where;
        EXPECT_EQ(std::get<3>(found[i]), with_value(from, path, json::from(number % 2 == 0))) << where;
      }
    });
  });
}

TEST_P(random_documents, documents_hold_others_as_in_memory) {
  TUPELO_NEEDS(&feature_table::json_containment);
  many(150, [&](dice& chance) {
    json part = made_json(chance, 2);
    if (!chance.one_in(3)) {
      const maybe<json> found = place(rows_[chance.below(rows_.size())].doc, some_path(chance));
      if (found) part = *found;
    }
    std::vector<std::int64_t> expected;
    for (const Parchment& row : rows_) {
      if (holds(row.doc, part)) expected.push_back(row.id);
    }
    EXPECT_EQ(sync_wait(db.query<Parchment>().where(doc.contains(part)).order_by(parchment).pluck(parchment)), expected)
        << part.text();
  });
}

}  // namespace
}  // namespace tupelo::conformance::random_queries
