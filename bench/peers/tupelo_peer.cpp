// SPDX-License-Identifier: Apache-2.0
#include "peer.hpp"

#include <tupelo/postgres.hpp>
#include <tupelo/tupelo.hpp>

template <>
struct tupelo::describe<Person> {
  static void model(tupelo::model<Person>& m) { m.table("bench_people"); }
};

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  tupelo::database db(argv[1], {.run = tupelo::execution::inline_});
  return measure(argc, argv, [&](std::int64_t key) { return tupelo::sync_wait(db.get<Person>(key)); });
}
