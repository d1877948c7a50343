// SPDX-License-Identifier: Apache-2.0
// Objects whose foreign keys a flush empties with the rows that they name, and what else they have.
#include "press.hpp"

#include <tupelo/engine/events.hpp>

#include <cstddef>
#include <string>

namespace tupelo::conformance {
namespace {

class emptied_keys : public conformance_test {
protected:
  emptied_keys() {
    create<PressWriter, PressBook, PressCover, PressDesk, PressTopic, PressBookTopic>();
    favourite = s.add(PressBook{.name = "favourite"});
    sync_wait(s.commit());
    writer = s.add(PressWriter{.name = "writer", .favourite_id = favourite->id});
    writer->books.add(PressBook{.name = "first"});
    writer->books.add(PressBook{.name = "second"});
    sync_wait(s.commit());
    writer->books.remove(writer->books[0]);
    sync_wait(s.flush());
  }
  session s = db.session();
  ref<PressWriter> writer;
  ref<PressBook> favourite;
};
TUPELO_CONFORMANCE_SUITE(emptied_keys);

TEST_P(emptied_keys, leave_what_belongs_to_the_object_loaded) {
  s.remove(favourite);
  sync_wait(s.flush());
  EXPECT_EQ(writer->favourite_id, std::nullopt);
  ASSERT_TRUE(writer->books.loaded());
  ASSERT_EQ(writer->books.size(), std::size_t{1});
  EXPECT_EQ(writer->books[0].name, "second");
}
TEST_P(emptied_keys, lose_nothing_that_was_added_when_the_flush_fails_behind_them) {
  bool refuses = true;
  db.events().on<PressBook>(event::created, [&](PressBook&) {
    if (refuses) throw vetoed("no");
  });
  s.remove(favourite);
  writer->books.add(PressBook{.name = "third"});
  EXPECT_THROW(sync_wait(s.flush()), vetoed);
  refuses = false;
  sync_wait(s.commit());
  EXPECT_EQ(writer->books_count, 2);
  EXPECT_EQ(sync_wait(db.query<PressBook>().where(col<&PressBook::writer_id> == writer->id).count()), 2);
  EXPECT_EQ(sync_wait(db.query<PressWriter>().one()).books_count, 2);
}

}  // namespace
}  // namespace tupelo::conformance
