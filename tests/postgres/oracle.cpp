// SPDX-License-Identifier: Apache-2.0
#include "oracle.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace tupelo::driver::postgres::testing {

namespace {

struct clear_result {
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using result_handle = std::unique_ptr<PGresult, clear_result>;

result_handle checked(PGconn* connection, PGresult* raw) {
  result_handle result(raw);
  const ExecStatusType status = PQresultStatus(raw);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    throw std::runtime_error(std::string("libpq: ") + PQerrorMessage(connection));
  return result;
}

}  // namespace

const char* oracle::url() noexcept {
  const char* const said = std::getenv("TUPELO_TEST_POSTGRES");
  if (said == nullptr) return nullptr;
  // Of a server that could not be had there is no folder.
  const std::string_view text(said);
  const std::size_t host = text.find("host=/");
  if (host == std::string_view::npos) return said;
  const std::string_view folder = text.substr(host + 5, text.find('&', host) - host - 5);
  std::error_code ignored;
  return std::filesystem::exists(folder, ignored) ? said : nullptr;
}

oracle::oracle() : connection_(PQconnectdb(url())) {
  if (PQstatus(connection_.get()) != CONNECTION_OK)
    throw std::runtime_error(std::string("libpq: ") + PQerrorMessage(connection_.get()));
  run("SET client_min_messages = warning; SET client_encoding = 'UTF8'; SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; "
      "SET IntervalStyle = 'postgres'; SET bytea_output = 'hex'; SET extra_float_digits = 1; SET lc_monetary = 'C'");
}

void oracle::run(const std::string& sql) { checked(connection_.get(), PQexec(connection_.get(), sql.c_str())); }

std::vector<std::string> oracle::texts(const std::string& sql) {
  const result_handle result = checked(connection_.get(), PQexec(connection_.get(), sql.c_str()));
  std::vector<std::string> out;
  for (int i = 0; i < PQntuples(result.get()); ++i) out.emplace_back(PQgetvalue(result.get(), i, 0));
  return out;
}

libpq_statement oracle::prepare(const std::string& sql) {
  libpq_statement statement;
  statement.name = "s" + std::to_string(++statements_);
  PGconn* const c = connection_.get();
  checked(c, PQprepare(c, statement.name.c_str(), sql.c_str(), 0, nullptr));
  const result_handle described = checked(c, PQdescribePrepared(c, statement.name.c_str()));
  for (int i = 0; i < PQnparams(described.get()); ++i) statement.parameters.push_back(PQparamtype(described.get(), i));
  for (int i = 0; i < PQnfields(described.get()); ++i) statement.columns.push_back(PQftype(described.get(), i));
  return statement;
}

libpq_result oracle::execute(const libpq_statement& statement, const std::vector<cell_bytes>& values,
                             const std::vector<bool>& binary, bool binary_result) {
  std::vector<const char*> pointers;
  std::vector<int> lengths;
  std::vector<int> formats;
  for (std::size_t i = 0; i < values.size(); ++i) {
    pointers.push_back(values[i] ? values[i]->c_str() : nullptr);
    lengths.push_back(values[i] ? static_cast<int>(values[i]->size()) : 0);
    formats.push_back(binary[i] ? 1 : 0);
  }
  PGconn* const c = connection_.get();
  const result_handle result =
      checked(c, PQexecPrepared(c, statement.name.c_str(), static_cast<int>(values.size()), pointers.data(),
                                lengths.data(), formats.data(), binary_result ? 1 : 0));
  libpq_result out;
  const int width = PQnfields(result.get());
  for (int i = 0; i < width; ++i) {
    out.names.emplace_back(PQfname(result.get(), i));
    out.types.push_back(PQftype(result.get(), i));
  }
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    auto& cells = out.rows.emplace_back();
    for (int i = 0; i < width; ++i) {
      if (PQgetisnull(result.get(), row, i) != 0) {
        cells.emplace_back();
      } else {
        cells.emplace_back(std::in_place, PQgetvalue(result.get(), row, i),
                           static_cast<std::size_t>(PQgetlength(result.get(), row, i)));
      }
    }
  }
  return out;
}

void decode(const statement_plan& plan, const libpq_result& text, const libpq_result& binary, std::size_t row,
            void* object) {
  std::vector<result_column> columns;
  for (std::size_t i = 0; i < text.names.size(); ++i) columns.push_back({text.names[i], text.types[i], -1});
  const row_layout layout = plan_row(plan, columns);
  send_buffer sent;
  write_result_formats(sent, layout);
  const char* const formats = sent.data();
  const std::size_t count = load16(formats);
  std::vector<cell_bytes> cells;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const bool is_binary = count != 0 && load16(formats + 2 + 2 * (count == 1 ? 0 : i)) == 1;
    cells.push_back((is_binary ? binary : text).rows.at(row).at(i));
  }
  const std::string body = data_row(cells);
  decode_row(layout, body.data(), static_cast<std::uint32_t>(body.size()), object);
}

}  // namespace tupelo::driver::postgres::testing
