// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tupelo/dialect/postgres/ddl.hpp"
#include "tupelo/dialect/postgres/introspection.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>
#include <unistd.h>

namespace tupelo::postgres {

/// A schema of its own on a real server, through libpq, so that the dialect is tested without any driver.
class raw_database {
public:
  explicit raw_database(const char* url) : connection_(PQconnectdb(url), PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
    static int count = 0;
    name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    run("SET client_min_messages = warning");
    run(schema_rules().introspection_setting().replace(0, 9, "SET"));  // for all of this connection
    run("CREATE SCHEMA " + name_);
    run("SET search_path = " + name_);
  }
  raw_database(const raw_database&) = delete;
  raw_database& operator=(const raw_database&) = delete;
  ~raw_database() {
    if (PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) answer(PQexec(connection_.get(), "ROLLBACK"));
    answer(PQexec(connection_.get(), ("DROP SCHEMA IF EXISTS " + name_ + " CASCADE").c_str()));
  }

  using cells = std::vector<std::optional<std::string>>;

  std::vector<cells> rows(const std::string& sql) {
    const auto got = answer(PQexec(connection_.get(), sql.c_str()));
    check(got.get(), sql);
    std::vector<cells> out;
    for (int row = 0; row < PQntuples(got.get()); ++row) {
      cells read;
      for (int i = 0; i < PQnfields(got.get()); ++i) {
        const bool null = PQgetisnull(got.get(), row, i) != 0;
        read.push_back(null ? std::nullopt : std::optional<std::string>(PQgetvalue(got.get(), row, i)));
      }
      out.push_back(std::move(read));
    }
    return out;
  }
  std::string value(const std::string& sql) {
    const auto found = rows(sql);
    return found.empty() || !found[0][0] ? "NULL" : *found[0][0];
  }
  void run(const std::string& sql) { check(answer(PQexec(connection_.get(), sql.c_str())).get(), sql); }
  /// The SQLSTATE of a statement that fails; empty when it does not.
  std::string failure(const std::string& sql) {
    const auto got = answer(PQexec(connection_.get(), sql.c_str()));
    const char* state = PQresultErrorField(got.get(), PG_DIAG_SQLSTATE);
    return state != nullptr ? state : "";
  }

  /// What the server makes of a statement whose parameters have no types: "$ types of parameters > types of columns".
  std::string prepared(const std::string& sql) {
    check(answer(PQprepare(connection_.get(), "", sql.c_str(), 0, nullptr)).get(), sql);
    const auto got = answer(PQdescribePrepared(connection_.get(), ""));
    check(got.get(), sql);
    std::string out = "$";
    for (int i = 0; i < PQnparams(got.get()); ++i) out += " " + type_name(PQparamtype(got.get(), i));
    out += " >";
    for (int i = 0; i < PQnfields(got.get()); ++i) out += " " + type_name(PQftype(got.get(), i));
    return out;
  }
  /// The rows of a statement with these parameters, as text.
  std::string answer_to(const std::string& sql, const std::vector<std::string>& parameters) {
    std::vector<const char*> texts;
    for (const std::string& parameter : parameters) texts.push_back(parameter.c_str());
    const auto got = answer(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(texts.size()), nullptr,
                                         texts.data(), nullptr, nullptr, 0));
    check(got.get(), sql);
    std::string out;
    for (int row = 0; row < PQntuples(got.get()); ++row) {
      for (int i = 0; i < PQnfields(got.get()); ++i) {
        out += i != 0 ? "|" : row != 0 ? " " : "";
        out += PQgetisnull(got.get(), row, i) != 0 ? "NULL" : PQgetvalue(got.get(), row, i);
      }
    }
    return out;
  }

  /// As the migrator does it.
  void change(const std::vector<schema_operation>& operations, schema_definition& schema) {
    run("BEGIN");
    for (const ddl_statement& statement : render_ddl(operations, schema)) run(statement.sql);
    run("COMMIT");
    apply_all(operations, schema);
  }

  /// Without what the tests beside this one make in the database: schemas, extensions.
  schema_definition introspect() {
    schema_definition read = introspect_all();
    std::erase_if(read.others, [](const schema_object& one) {
      return one.kind == "schema" || one.kind == "extension of another schema";
    });
    return read;
  }
  schema_definition introspect_all() {
    std::vector<std::vector<introspection_row>> answers;
    for (const std::string& query : introspection_queries()) {
      std::vector<introspection_row>& rows_of_query = answers.emplace_back();
      for (cells& c : rows(query)) {
        if (c.size() != 10) throw std::runtime_error("a row of introspection has ten columns: " + query);
        rows_of_query.push_back({c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], c[8], c[9]});
      }
    }
    return decode_introspection(answers);
  }

private:
  using result = std::unique_ptr<PGresult, void (*)(PGresult*)>;
  static result answer(PGresult* got) { return {got, PQclear}; }

  void check(const PGresult* got, const std::string& sql) {
    const ExecStatusType status = PQresultStatus(got);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return;
    throw std::runtime_error(PQresultErrorMessage(got) + ("\n" + sql));
  }
  std::string type_name(Oid type) { return value("SELECT typname FROM pg_type WHERE oid = " + std::to_string(type)); }

  std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
  std::string name_;
};

/// Tests against the server that TUPELO_TEST_POSTGRES names.
class live_test : public testing::Test {
protected:
  void SetUp() override {
    const char* url = std::getenv("TUPELO_TEST_POSTGRES");
    if (url == nullptr) GTEST_SKIP() << "TUPELO_TEST_POSTGRES names no server";
    db_ = std::make_unique<raw_database>(url);
  }
  raw_database& db() { return *db_; }

private:
  std::unique_ptr<raw_database> db_;
};

}  // namespace tupelo::postgres
