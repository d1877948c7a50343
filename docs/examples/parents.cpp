// SPDX-License-Identifier: Apache-2.0
// Objects that belong to others: orphans, counters, times of change; events of statements.
#include "example_place.hpp"

#include <tupelo/engine/events.hpp>

#include <gtest/gtest.h>

#include <cstdio>

namespace tp = tupelo;

namespace {

struct Song;

struct Album {
  std::int64_t id{};
  std::string name;
  int song_count{};
  tp::timestamp created_at{}, updated_at{};
  tp::has_many<Song> songs;

  static void model(tp::model<Album>& m) {
    m.timestamps(&Album::created_at, &Album::updated_at);
    m.has_many(&Album::songs, "album_id").delete_orphans();
  }
};

struct Song {
  std::int64_t id{};
  std::optional<std::int64_t> album_id;
  std::string name;
  tp::belongs_to<Album> album;

  static void model(tp::model<Song>& m) {
    m.belongs_to(&Song::album, &Song::album_id)
        .on_delete(tp::cascade)
        .counter(&Album::song_count)  // how many songs name the album
        .touch();                     // the album's updated_at is the time of each change
  }
};

tp::task<void> orphans(tp::database& db) {
  auto session = db.session();
  auto album = session.add(Album{.name = "red", .songs = {Song{.name = "one"}, Song{.name = "two"}}});
  co_await session.commit();
  EXPECT_EQ(album->song_count, 2);

  album->songs.remove(album->songs[0]);  // taken out of the relation
  co_await session.commit();             // and removed, as the relation says delete_orphans()
  EXPECT_EQ(album->song_count, 1);

  auto song = co_await session.get<Song>(2);
  song->album_id.reset();  // belongs to nobody any more
  co_await session.commit();
  auto left = co_await db.query<Song>().count();
  EXPECT_EQ(left, 0);
}

tp::task<void> counters(tp::database& db) {
  Song song = co_await db.insert(Song{.album_id = 1, .name = "three"});                     // counted
  co_await db.update<Song>().set(tp::col<&Song::album_id>, std::nullopt).all_rows().run();  // not counted
  auto wrong = co_await db.recount<Song>();  // one UPDATE for each counter: how many albums it has corrected
  EXPECT_EQ(wrong, 1);
  Album album = co_await db.get<Album>(1);
  EXPECT_EQ(album.song_count, 0);
}

void listening(tp::database& db) {
  db.events()
      .on<Song>(tp::bulk_event::deleting,
                [](const tp::bulk_write&) { throw tp::vetoed("songs are removed one by one"); })  // nothing is written
      .on_any(tp::bulk_event::updated, [](const tp::bulk_write& write) {  // of every model; before the commit
        std::printf("%s: %lld rows\n", write.model.table.c_str(), static_cast<long long>(write.rows));
      });
}

tp::task<void> import_quietly(tp::database& db, std::vector<Song> imported) {
  co_await db.without_events([&](tp::lease& quiet) -> tp::task<void> { co_await quiet.insert(imported); });
}

}  // namespace

TEST(guide_of_parents, works_as_it_says) {
  const example::place here;
  tp::database db{here.url()};
  tp::sync_wait(tp::create_tables<Album, Song>(db));
  tp::sync_wait(orphans(db));
  tp::sync_wait(counters(db));
  listening(db);
  EXPECT_THROW(tp::sync_wait(db.erase<Song>().all_rows().run()), tp::vetoed);
  EXPECT_EQ(tp::sync_wait(db.update<Song>().set(tp::col<&Song::name>, "x").all_rows().run()), 1);
  tp::sync_wait(import_quietly(db, {Song{.name = "four"}}));
  EXPECT_EQ(tp::sync_wait(db.query<Song>().where(tp::col<&Song::name> == "four").count()), 1);
}
