// SPDX-License-Identifier: Apache-2.0
#include "peer.hpp"

#include <pqxx/pqxx>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  pqxx::connection connection(argv[1]);
  connection.prepare("get", select_by_key);
  pqxx::nontransaction work(connection);
  return measure(argc, argv, [&](std::int64_t key) {
    const pqxx::row row = work.exec_prepared1("get", key);
    Person person;
    person.id = row[0].as<std::int64_t>();
    person.email = row[1].as<std::string>();
    if (!row[2].is_null()) person.age = row[2].as<int>();
    person.active = row[3].as<bool>();
    person.score = row[4].as<double>();
    return person;
  });
}
