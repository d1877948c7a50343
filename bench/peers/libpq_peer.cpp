// SPDX-License-Identifier: Apache-2.0
// The hand-written loop: prepared once, parameters and results in binary.
#include "peer.hpp"

#include <libpq-fe.h>

#include <bit>
#include <cstring>

namespace {

template <class Unsigned>
Unsigned read(const PGresult* result, int column) {
  Unsigned value = 0;
  std::memcpy(&value, PQgetvalue(result, 0, column), sizeof value);
  if constexpr (sizeof value == 8) return __builtin_bswap64(value);
  if constexpr (sizeof value == 4) return __builtin_bswap32(value);
}

[[noreturn]] void fail(PGconn* connection) {
  std::fprintf(stderr, "libpq: %s\n", PQerrorMessage(connection));
  std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  PGconn* connection = PQconnectdb(argv[1]);
  if (PQstatus(connection) != CONNECTION_OK) fail(connection);
  const Oid type = 20;
  PGresult* prepared = PQprepare(connection, "get", select_by_key, 1, &type);
  if (PQresultStatus(prepared) != PGRES_COMMAND_OK) fail(connection);
  PQclear(prepared);
  const int status = measure(argc, argv, [&](std::int64_t key) {
    const std::uint64_t swapped = __builtin_bswap64(static_cast<std::uint64_t>(key));
    const char* value = reinterpret_cast<const char*>(&swapped);
    const int length = 8, format = 1;
    PGresult* result = PQexecPrepared(connection, "get", 1, &value, &length, &format, 1);
    if (PQntuples(result) != 1) fail(connection);
    Person person;
    person.id = static_cast<std::int64_t>(read<std::uint64_t>(result, 0));
    person.email.assign(PQgetvalue(result, 0, 1), static_cast<std::size_t>(PQgetlength(result, 0, 1)));
    if (!PQgetisnull(result, 0, 2)) person.age = static_cast<int>(read<std::uint32_t>(result, 2));
    person.active = *PQgetvalue(result, 0, 3) != 0;
    person.score = std::bit_cast<double>(read<std::uint64_t>(result, 4));
    PQclear(result);
    return person;
  });
  PQfinish(connection);
  return status;
}
