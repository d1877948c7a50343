// SPDX-License-Identifier: Apache-2.0
// A program outside the tree that knows Tupelo only as an installed package. Linking a component is
// enough to open its URLs; no header of it is included.
#include <tupelo/tupelo.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>

namespace tp = tupelo;

struct note {
  std::int64_t id{};
  std::string text;
};

tp::task<bool> keeps_a_note(tp::database& db) {
  co_await db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  note written{.text = "found by find_package"};
  co_await db.insert(written);
  auto read = co_await db.query<note>().where(tp::col<&note::text>.contains("find_package")).all();
  co_return read.size() == 1 && read[0].id == written.id&& read[0].text == written.text;
}

int main() try {
  const tp::database server(
      "postgresql://db.invalid/shop");  // refused where the component is not linked; nothing connects
  tp::database db("sqlite::memory:");
  if (tp::sync_wait(keeps_a_note(db))) return 0;
  std::fputs("consumer: the note that was written is not the one that was read\n", stderr);
  return 1;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "consumer: %s\n", failure.what());
  return 1;
}
