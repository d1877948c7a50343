// SPDX-License-Identifier: Apache-2.0
// Counters and times of change that rows keep in those they belong to.
#include "ledger.hpp"

namespace tupelo::conformance {
namespace {

struct Song;
struct Album {
  std::int64_t id{};
  std::string name{};
  int song_count{};
  timestamp created_at{}, updated_at{};
  int version{};
  has_many<Song> songs{};

  static void model(tupelo::model<Album>& m) {
    m.timestamps(&Album::created_at, &Album::updated_at);
    m.version(&Album::version);
    m.has_many(&Album::songs, "album_id");
  }
};
struct Song {
  std::int64_t id{};
  std::optional<std::int64_t> album_id{};
  std::string name{};
  std::optional<timestamp> deleted_at{};
  belongs_to<Album> album{};

  static void model(tupelo::model<Song>& m) {
    m.belongs_to(&Song::album, &Song::album_id).counter(&Album::song_count).touch();
    m.soft_delete(&Song::deleted_at);
  }
};
struct Shelf {
  std::string hall{};
  int number{};
  std::int64_t books{};
  timestamp last_used{};

  static void model(tupelo::model<Shelf>& m) { m.primary_key(&Shelf::hall, &Shelf::number); }
};
struct Book {
  std::int64_t id{};
  std::string hall{};
  int shelf{};

  static void model(tupelo::model<Book>& m) {
    m.foreign_key(&Book::hall, &Book::shelf).references<Shelf>().counter("books").touch("last_used");
  }
};
struct Folder {  // a tree that counts
  std::int64_t id{};
  std::optional<std::int64_t> parent_id{};
  int folders{};

  static void model(tupelo::model<Folder>& m) {
    m.foreign_key(&Folder::parent_id).references<Folder>().counter(&Folder::folders);
  }
};

class parents : public conformance_test {
protected:
  parents() {
    create<Album, Song, Shelf, Book, Folder>();
    red = s.add(Album{.name = "red"});
    blue = s.add(Album{.name = "blue"});
    sync_wait(s.commit());
    sync_wait(db.update<Album>().set(col<&Album::updated_at>, long_ago).set(col<&Album::version>, 1).all_rows().run());
    sync_wait(s.refresh(red));
    sync_wait(s.refresh(blue));
  }
  int count(const ref<Album>& of) { return sync_wait(db.get<Album>(of->id)).song_count; }
  bool touched(const ref<Album>& of) { return sync_wait(db.get<Album>(of->id)).updated_at.us != long_ago.us; }
  const timestamp long_ago = timestamp::parse("2001-01-01 00:00:00");
  session s = db.session();
  ref<Album> red, blue;
};
TUPELO_CONFORMANCE_SUITE(parents);

// ---- flushes

TEST_P(parents, count_what_a_flush_inserts) {
  for (int i = 0; i < 3; ++i) s.add(Song{.name = "x", .album = red});
  s.add(Song{.album_id = blue->id, .name = "y"});
  s.add(Song{.name = "of nobody"});
  statement_log log(db);
  sync_wait(s.commit());
  EXPECT_EQ(count(red), 3);
  EXPECT_EQ(count(blue), 1);
  EXPECT_EQ(log.all("UPDATE").size(), 2U) << "one for each difference";
}
TEST_P(parents, of_which_the_session_has_the_objects_are_as_their_rows) {
  s.add(Song{.name = "x", .album = red});
  sync_wait(s.commit());
  EXPECT_EQ(red->song_count, 1);
  EXPECT_EQ(red->updated_at, sync_wait(db.get<Album>(red->id)).updated_at);
  EXPECT_FALSE(s.is_dirty(red));
  red->name = "redder";
  sync_wait(s.commit());
  EXPECT_EQ(count(red), 1);
}
TEST_P(parents, that_are_inserted_with_their_children_count_them) {
  auto green = s.add(Album{.name = "green", .songs = {Song{.name = "a"}, Song{.name = "b"}}});
  sync_wait(s.commit());
  EXPECT_EQ(count(green), 2);
  EXPECT_EQ(green->song_count, 2);
}
TEST_P(parents, count_less_when_children_are_removed_or_marked) {
  auto a = s.add(Song{.name = "a", .album = red});
  auto b = s.add(Song{.name = "b", .album = red});
  auto c = s.add(Song{.name = "c", .album = red});
  sync_wait(s.commit());
  s.remove(a);
  s.remove(b, permanently);
  sync_wait(s.commit());
  EXPECT_EQ(count(red), 1);
  a = sync_wait(s.get<Song>(a->id));
  s.remove(a, permanently);
  sync_wait(s.commit());
  EXPECT_EQ(count(red), 1) << "it was marked before";
  s.remove(c);
  sync_wait(s.commit());
  EXPECT_EQ(count(red), 0);
  c = sync_wait(s.get<Song>(c->id));
  s.restore(c);
  sync_wait(s.commit());
  EXPECT_EQ(count(red), 1);
}
TEST_P(parents, both_change_when_a_child_moves) {
  auto song = s.add(Song{.name = "a", .album = red});
  sync_wait(s.commit());
  song->album = blue;
  sync_wait(s.commit());
  EXPECT_EQ(count(red), 0);
  EXPECT_EQ(count(blue), 1);
  song->album_id.reset();
  sync_wait(s.commit());
  EXPECT_EQ(count(blue), 0);
  EXPECT_EQ(blue->song_count, 0);
}
TEST_P(parents, are_touched_by_every_write_and_keep_their_version) {
  auto song = s.add(Song{.name = "a", .album = red});
  sync_wait(s.commit());
  EXPECT_TRUE(touched(red));
  EXPECT_FALSE(touched(blue));
  sync_wait(db.update<Album>().set(col<&Album::updated_at>, long_ago).set(col<&Album::version>, 1).all_rows().run());
  song->name = "b";
  sync_wait(s.commit());
  EXPECT_TRUE(touched(red));
  EXPECT_EQ(sync_wait(db.get<Album>(red->id)).version, 1);
  EXPECT_EQ(count(red), 1);
}
TEST_P(parents, are_as_before_after_a_rollback) {
  s.add(Song{.name = "a", .album = red});
  sync_wait(s.flush());
  EXPECT_EQ(red->song_count, 1);
  sync_wait(s.rollback());
  EXPECT_EQ(red->song_count, 0);
  EXPECT_EQ(red->updated_at, long_ago);
  EXPECT_EQ(count(red), 0);
}
TEST_P(parents, are_as_before_after_a_flush_that_fails_later) {
  s.add(Song{.name = "a", .album = red});
  sync_wait(s.flush());
  auto wrong = s.add(Song{.album_id = 999'999});
  EXPECT_THROW(sync_wait(s.commit()), foreign_key_violation);
  EXPECT_EQ(red->song_count, 0);
  wrong->album_id = red->id;
  sync_wait(s.commit());
  EXPECT_EQ(count(red), 2);
  EXPECT_EQ(red->song_count, 2);
}
TEST_P(parents, of_a_tree_count_their_own_kind) {
  auto root = s.add(Folder{});
  sync_wait(s.commit());
  auto child = s.add(Folder{.parent_id = root->id});
  sync_wait(s.commit());
  EXPECT_EQ(root->folders, 1);
  sync_wait(db.erase(*child));
  EXPECT_EQ(sync_wait(db.get<Folder>(root->id)).folders, 0);
}
TEST_P(parents, may_have_keys_of_several_columns) {
  s.add(Shelf{.hall = "A", .number = 1});
  auto other = s.add(Shelf{.hall = "A", .number = 2});
  sync_wait(s.commit());
  auto book = s.add(Book{.hall = "A", .shelf = 1});
  s.add(Book{.hall = "A", .shelf = 1});
  sync_wait(s.commit());
  const Shelf first = sync_wait(db.get<Shelf>("A", 1));
  EXPECT_EQ(first.books, 2);
  EXPECT_NE(first.last_used.us, 0);
  book->shelf = 2;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Shelf>("A", 1)).books, 1);
  EXPECT_EQ(other->books, 1);
  Book value = *book;
  value.shelf = 1;
  sync_wait(db.update(value));
  EXPECT_EQ(sync_wait(db.get<Shelf>("A", 1)).books, 2);
  EXPECT_EQ(sync_wait(db.get<Shelf>("A", 2)).books, 0);
}

TEST_P(parents, keep_count_when_two_sessions_move_one_child) {
  TUPELO_NEEDS(trait::several_connections);
  auto song = s.add(Song{.name = "a", .album = red});
  auto green = s.add(Album{.name = "green"});
  sync_wait(s.commit());
  session other = db.session();
  auto same = sync_wait(other.get<Song>(song->id));
  song->album = blue;
  sync_wait(s.commit());
  same->album_id = green->id;
  const auto said = failure_of<stale_row>([&] { sync_wait(other.commit()); });
  EXPECT_NE(std::string(said.what()).find("update of a Song"), std::string::npos) << said.what();
  EXPECT_NE(std::string(said.what()).find("(id)"), std::string::npos) << said.what();
  EXPECT_EQ(count(red), 0);
  EXPECT_EQ(count(blue), 1);
  EXPECT_EQ(count(green), 0);
  sync_wait(other.refresh(same));
  other.remove(same);
  sync_wait(other.commit());
  EXPECT_EQ(count(blue), 0);
  s.remove(song);
  EXPECT_THROW(sync_wait(s.commit()), stale_row) << "it is marked already";
  EXPECT_EQ(count(blue), 0);
}
TEST_P(parents, do_not_mind_who_else_writes_what_does_not_count) {
  TUPELO_NEEDS(trait::several_connections);
  auto song = s.add(Song{.name = "a", .album = red});
  sync_wait(s.commit());
  session other = db.session();
  auto same = sync_wait(other.get<Song>(song->id));
  song->name = "b";
  sync_wait(s.commit());
  same->album_id = blue->id;
  sync_wait(other.commit());
  EXPECT_EQ(count(red), 0);
  EXPECT_EQ(count(blue), 1);
}
TEST_P(parents, of_objects_that_are_written_together_count_by_rows_that_are_locked) {
  TUPELO_NEEDS(&feature_table::row_locks);
  Song song = sync_wait(db.insert(Song{.album_id = red->id, .name = "a"}));
  statement_log log(db);
  const auto locked = [&] {
    const auto all = log.started();
    return std::count_if(all.begin(), all.end(),
                         [](const std::string& each) { return each.find("FOR UPDATE") != std::string::npos; });
  };
  song.album_id = blue->id;
  sync_wait(db.update(song));
  EXPECT_EQ(locked(), 1);
  std::vector<Song> songs{song};
  songs[0].album_id = red->id;
  sync_wait(db.update(songs));
  EXPECT_EQ(locked(), 2);
  EXPECT_EQ(count(red), 1);
  EXPECT_EQ(count(blue), 0);
}

// ---- verbs for objects

TEST_P(parents, count_what_verbs_for_objects_write) {
  Song song = sync_wait(db.insert(Song{.album_id = red->id, .name = "a"}));
  EXPECT_EQ(count(red), 1);
  EXPECT_TRUE(touched(red));
  song.album_id = blue->id;
  sync_wait(db.update(song));
  EXPECT_EQ(count(red), 0);
  EXPECT_EQ(count(blue), 1);
  sync_wait(db.erase(song));
  EXPECT_EQ(count(blue), 0);
  sync_wait(db.restore(song));
  EXPECT_EQ(count(blue), 1);
  sync_wait(db.erase(song, permanently));
  EXPECT_EQ(count(blue), 0);
}
TEST_P(parents, count_a_row_once_that_is_restored_and_was_not_marked) {
  Song song = sync_wait(db.insert(Song{.album_id = red->id, .name = "a"}));
  EXPECT_THROW(sync_wait(db.restore(song)), not_found);
  EXPECT_EQ(count(red), 1);
  sync_wait(db.erase(song));
  sync_wait(db.restore(song));
  EXPECT_THROW(sync_wait(db.restore(song)), not_found);
  EXPECT_EQ(count(red), 1);
}
TEST_P(parents, count_by_the_row_and_not_by_what_the_object_says) {
  Song song = sync_wait(db.insert(Song{.album_id = red->id, .name = "a"}));
  Song stale = song;
  song.album_id = blue->id;
  sync_wait(db.update(song));
  sync_wait(db.erase(stale));
  EXPECT_EQ(count(red), 0);
  EXPECT_EQ(count(blue), 0);
}
TEST_P(parents, count_ranges_of_objects) {
  std::vector<Song> songs(5, Song{.album_id = red->id});
  sync_wait(db.insert(songs));
  EXPECT_EQ(count(red), 5);
  songs[1].album_id = songs[2].album_id = blue->id;
  sync_wait(db.update(songs));
  EXPECT_EQ(count(red), 3);
  EXPECT_EQ(count(blue), 2);
}
TEST_P(parents, are_as_before_where_a_verb_fails) {
  Song song = sync_wait(db.insert(Song{.album_id = red->id, .name = "a"}));
  Song gone = song;
  gone.id = 999'999;
  EXPECT_THROW(sync_wait(db.erase(gone)), not_found);
  Song wrong = song;
  wrong.album_id = 999'999;
  EXPECT_THROW(sync_wait(db.update(wrong)), foreign_key_violation);
  EXPECT_EQ(count(red), 1);
}
TEST_P(parents, are_not_written_by_pipelines) {
  EXPECT_THROW(sync_wait(db.pipeline(db.insert(Song{.album_id = red->id}), db.query<Song>().count())), query_error);
}
TEST_P(parents, are_counted_again_after_statements) {
  std::vector<Song> songs(3, Song{.album_id = red->id});
  sync_wait(db.insert(songs));
  sync_wait(db.erase<Song>().where(col<&Song::id> == songs[0].id).run());
  sync_wait(db.update<Song>().set(col<&Song::album_id>, blue->id).where(col<&Song::id> == songs[1].id).run());
  EXPECT_EQ(count(red), 3) << "statements do not count";
  EXPECT_EQ(sync_wait(db.recount<Song>()), 2);
  EXPECT_EQ(count(red), 1);
  EXPECT_EQ(count(blue), 1);
  EXPECT_EQ(sync_wait(db.recount<Song>()), 0);
  EXPECT_THROW(sync_wait(db.recount<Album>()), query_error);
}
TEST_P(parents, of_trees_are_counted_again) {
  const Folder root = sync_wait(db.insert(Folder{}));
  std::vector<Folder> folders(2, Folder{.parent_id = root.id});
  sync_wait(db.insert(folders));
  sync_wait(db.update<Folder>().set(col<&Folder::folders>, 9).all_rows().run());
  EXPECT_EQ(sync_wait(db.recount<Folder>()), 3);
  EXPECT_EQ(sync_wait(db.get<Folder>(root.id)).folders, 2);
  EXPECT_EQ(sync_wait(db.get<Folder>(folders[0].id)).folders, 0);
}

}  // namespace
}  // namespace tupelo::conformance
