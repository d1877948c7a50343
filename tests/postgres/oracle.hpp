// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec_fixtures.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo::driver::postgres::testing {

/// A value's bytes, or NULL.
using cell_bytes = std::optional<std::string>;

struct libpq_result {
  std::vector<std::string> names;
  std::vector<std::uint32_t> types;
  std::vector<std::vector<cell_bytes>> rows;
};

/// What the server says about a prepared statement.
struct libpq_statement {
  std::string name;
  std::vector<std::uint32_t> parameters;
  std::vector<std::uint32_t> columns;
};

/// A connection through libpq to the server of TUPELO_TEST_POSTGRES: source and sink of raw bytes.
class oracle {
public:
  /// Null where the variable is not set, or names a server that is not there.
  static const char* url() noexcept;

  oracle();

  void run(const std::string& sql);
  /// One text per row.
  std::vector<std::string> texts(const std::string& sql);
  /// The server finds out the parameters' types.
  libpq_statement prepare(const std::string& sql);
  libpq_result execute(const libpq_statement& statement, const std::vector<cell_bytes>& values,
                       const std::vector<bool>& binary, bool binary_result);
  /// libpq's own way: text in, and either format out.
  libpq_result execute(const libpq_statement& statement, const std::vector<cell_bytes>& texts, bool binary_result) {
    return execute(statement, texts, std::vector<bool>(texts.size(), false), binary_result);
  }

private:
  struct finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };
  std::unique_ptr<PGconn, finish> connection_;
  int statements_ = 0;
};

/// Tests against the oracle; skipped without a server.
class oracle_test : public ::testing::Test {
protected:
  void SetUp() override {
    if (oracle::url() == nullptr)
      GTEST_SKIP() << "set TUPELO_TEST_POSTGRES to the URL of a PostgreSQL server that runs";
    server.emplace();
  }
  std::optional<oracle> server;
};

/// Decodes a result's row by our codec. The result's format must be what the layout asks for, column by column; so
/// both formats are given.
void decode(const statement_plan& plan, const libpq_result& text, const libpq_result& binary, std::size_t row,
            void* object);

}  // namespace tupelo::driver::postgres::testing
