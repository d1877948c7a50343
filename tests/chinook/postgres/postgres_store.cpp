// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

#include <libpq-fe.h>

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace tupelo::chinook {

namespace {

/// Names as the structs have them, `InvoiceLine`, as they are in this database: `invoice_line`. Words in capitals are
/// SQL's own, and what is quoted stays.
std::string with_names_there(std::string_view sql) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < sql.size();) {
    if (sql[i] == '\'') quoted = !quoted;
    std::size_t end = i;
    while (end < sql.size() && std::isalpha(static_cast<unsigned char>(sql[end]))) ++end;
    if (end == i) end = i + 1;
    const std::string word(sql.substr(i, end - i));
    const bool name = !quoted && word.size() > 1 && std::isupper(static_cast<unsigned char>(word[0])) &&
                      std::islower(static_cast<unsigned char>(word[1]));
    out += name ? snake_case(word) : word;
    i = end;
  }
  return out;
}

cell cell_of(const PGresult* result, int row, int column) {
  constexpr Oid int8 = 20, int2 = 21, int4 = 23, float4 = 700, float8 = 701, numeric = 1700;
  if (PQgetisnull(result, row, column)) return {};
  const char* text = PQgetvalue(result, row, column);
  switch (PQftype(result, column)) {
    case int2:
    case int4:
    case int8: return cell(std::int64_t{std::strtoll(text, nullptr, 10)});
    case float4:
    case float8:
    case numeric: return cell(std::strtod(text, nullptr));
    default: return cell(std::string(text));
  }
}

/// A schema of its own on the server that the tests are told, dropped at the end.
class postgres_store final : public store {
public:
  postgres_store() : name_("chinook_" + uuid::v4().to_string().substr(0, 8)), server_(server_url()) {
    sync_wait(server_.execute("CREATE SCHEMA " + name_));
    url_ = server_url() + "&options=-csearch_path%3D" + name_;
    db_.emplace(url_);
    // What comes before makes a database and changes to it, in words of psql.
    const std::string script = read_script();
    const std::size_t tables = script.find("CREATE TABLE");
    if (tables == std::string::npos) throw std::runtime_error(script_path() + " makes no table");
    sync_wait(db_->execute(script.substr(tables)));
  }
  ~postgres_store() override {
    db_.reset();
    try {
      sync_wait(server_.execute("SET client_min_messages = warning; DROP SCHEMA " + name_ + " CASCADE"));
    } catch (const error& e) {
      std::fprintf(stderr, "the schema %s cannot be dropped: %s\n", name_.c_str(), e.what());  // the tests are over
    }
  }

  database& db() override { return *db_; }
  std::vector<cells> by_hand(const std::string& written) override {
    const std::string sql = with_names_there(written);
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url_.c_str()), &PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
    if (PQresultStatus(result.get()) != PGRES_TUPLES_OK) {
      throw std::runtime_error(std::string(PQerrorMessage(connection.get())) + ": " + sql);
    }
    std::vector<cells> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
      cells& made = rows.emplace_back();
      for (int i = 0; i < PQnfields(result.get()); ++i) made.push_back(cell_of(result.get(), row, i));
    }
    return rows;
  }

private:
  static std::string server_url() { return std::getenv("TUPELO_TEST_POSTGRES"); }

  std::string name_;
  std::string url_;
  database server_;
  std::optional<database> db_;
};

}  // namespace

std::string store::missing() {
  if (!std::filesystem::exists(script_path())) {
    return "Chinook's script is not at " + script_path() + "; " + TUPELO_CHINOOK_VARIABLE + " may name another place";
  }
  if (std::getenv("TUPELO_TEST_POSTGRES") != nullptr) return {};
  return "no server: ctest starts it, or set TUPELO_TEST_POSTGRES to its URL";
}

std::unique_ptr<store> store::load() { return std::make_unique<postgres_store>(); }

}  // namespace tupelo::chinook
