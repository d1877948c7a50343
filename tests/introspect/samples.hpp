// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "odd_schema.hpp"

#include <tupelo/schema/model_writer.hpp>
#include <tupelo/dialect/sqlite/ddl.hpp>
#ifdef TUPELO_TEST_WITH_POSTGRES
#include <tupelo/dialect/postgres/ddl.hpp>
#endif

#include <cstdint>
#include <vector>

namespace tupelo {

/// A random schema whose models are really compiled.
struct written_sample {
  std::uint32_t seed;
  odd_database database;
  const schema_dialect* rules;
  std::uint32_t tables = 0;  ///< 0: a few

  model_source models() const { return write_models(odd_schema(seed, database).make(tables), *rules); }
};

inline const std::vector<written_sample>& written_samples() {
  static const std::vector<written_sample> all = [] {
    std::vector<written_sample> made;
    for (std::uint32_t seed = 1; seed <= 10; ++seed) {
      made.push_back({seed, odd_database::sqlite, &sqlite::schema_rules()});
#ifdef TUPELO_TEST_WITH_POSTGRES
      made.push_back({seed, odd_database::postgres, &postgres::schema_rules()});
#endif
    }
#ifdef TUPELO_TEST_WITH_POSTGRES
    made.push_back({11, odd_database::postgres, &postgres::schema_rules(), 100});
#endif
    return made;
  }();
  return all;
}

}  // namespace tupelo
