// SPDX-License-Identifier: Apache-2.0
// What the rows of a join table hold beside the two keys, read with the objects that they connect.
#include "backend.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::conformance {
namespace {

struct Track;
struct Entry;
struct Playlist {
  std::int64_t id{};
  std::string name{};
  many_to_many<Track, Entry> tracks{};

  static void model(tupelo::model<Playlist>& m) {
    m.many_to_many(&Playlist::tracks, "entries", "playlist_id", "track_id");
  }
};
struct Track {
  std::int64_t id{};
  std::string name{};
  many_to_many<Playlist> playlists{};

  static void model(tupelo::model<Track>& m) {
    m.many_to_many(&Track::playlists, "entries", "track_id", "playlist_id");
  }
};
/// Columns of the same names as those of what it connects.
struct Entry {
  std::int64_t id{};
  std::int64_t playlist_id{};
  std::int64_t track_id{};
  std::optional<std::string> name{};
  int position{};

  static void model(tupelo::model<Entry>& m) {
    m.foreign_key(&Entry::playlist_id).references<Playlist>();
    m.foreign_key(&Entry::track_id).references<Track>();
    m.unique(&Entry::playlist_id, &Entry::track_id);
    m.column(&Entry::position).default_value(0);
  }
};
struct Shelf {
  std::int64_t id{};
  many_to_many<Track, Playlist> tracks{};

  static void model(tupelo::model<Shelf>& m) {
    m.table("playlists");
    m.many_to_many(&Shelf::tracks, "entries", "playlist_id", "track_id");
  }
};

class pivots : public conformance_test {
protected:
  void SetUp() override {
    create<Playlist, Track, Entry>();
    std::vector<Playlist> lists{{.name = "morning"}, {.name = "evening"}, {.name = "empty"}};
    sync_wait(db.insert(lists));
    std::vector<Track> found{{.name = "a"}, {.name = "b"}, {.name = "c"}};
    sync_wait(db.insert(found));
    for (const Playlist& each : lists) ids.push_back(each.id);
    for (const Track& each : found) tracks.push_back(each.id);
    std::vector<Entry> entries{
        {.playlist_id = ids[0], .track_id = tracks[0], .name = "a long name that is on the heap", .position = 2},
        {.playlist_id = ids[1], .track_id = tracks[0], .position = 1},
        {.playlist_id = ids[0], .track_id = tracks[1], .name = "loud", .position = 1},
        {.playlist_id = ids[0], .track_id = tracks[2], .position = 3}};
    sync_wait(db.insert(entries));
  }
  static std::string text_of(const Playlist& list) {
    std::string text;
    for (std::size_t i = 0; i < list.tracks.size(); ++i) {
      const Entry& entry = list.tracks.pivot(i);
      text += list.tracks[i].name + std::to_string(entry.position) + entry.name.value_or("-") + " ";
    }
    return text;
  }
  std::vector<std::int64_t> ids, tracks;
};
TUPELO_CONFORMANCE_SUITE(pivots);

TEST_P(pivots, come_with_the_objects_that_they_connect) {
  const auto lists = sync_wait(db.query<Playlist>()
                                   .order_by(col<&Playlist::id>)
                                   .with(&Playlist::tracks, [](auto& q) { q.order_by(col<&Track::name>.desc()); })
                                   .all());
  EXPECT_EQ(text_of(lists[0]), "c3- b1loud a2a long name that is on the heap ");
  EXPECT_EQ(text_of(lists[1]), "a1- ");
  EXPECT_EQ(text_of(lists[2]), "");
  EXPECT_EQ(lists[0].tracks.pivot(1).playlist_id, ids[0]);
  EXPECT_EQ(lists[0].tracks.pivot(1).track_id, tracks[1]);
}
TEST_P(pivots, come_with_as_many_as_each_owner_gets) {
  const auto lists = sync_wait(db.query<Playlist>()
                                   .order_by(col<&Playlist::id>)
                                   .with(&Playlist::tracks, [](auto& q) { q.order_by(col<&Track::name>).limit(2); })
                                   .all());
  EXPECT_EQ(text_of(lists[0]), "a2a long name that is on the heap b1loud ");
  EXPECT_EQ(text_of(lists[1]), "a1- ");
}
TEST_P(pivots, are_each_owners_own_where_its_objects_are_grouped) {
  const auto lists = sync_wait(
      db.query<Playlist>()
          .order_by(col<&Playlist::id>)
          .with(&Playlist::tracks, [](auto& q) { q.group_by(col<&Track::id>).order_by(col<&Track::name>.desc()); })
          .all());
  EXPECT_EQ(text_of(lists[0]), "c3- b1loud a2a long name that is on the heap ");
  EXPECT_EQ(text_of(lists[1]), "a1- ");
}
TEST_P(pivots, are_loaded_later_too_and_kept_by_copies) {
  Playlist list = sync_wait(db.get<Playlist>(ids[1]));
  sync_wait(db.load(list, &Playlist::tracks));
  const Playlist copy = list;
  list.tracks.reset();
  EXPECT_EQ(text_of(copy), "a1- ");
}
TEST_P(pivots, are_read_along_a_path) {
  const auto track =
      sync_wait(db.query<Track>()
                    .where(col<&Track::id> == tracks[1])
                    .with(&Track::playlists, &Playlist::tracks, [](auto& q) { q.order_by(col<&Track::name>); })
                    .one());
  EXPECT_EQ(text_of(track.playlists[0]), "a2a long name that is on the heap b1loud c3- ");
}
TEST_P(pivots, are_written_by_attach_and_by_their_own_model) {
  const Playlist list = sync_wait(db.get<Playlist>(ids[2]));
  EXPECT_EQ(sync_wait(db.attach(list, &Playlist::tracks, tracks[2], Entry{.name = "new", .position = 9})), 1);
  Playlist read = sync_wait(db.get<Playlist>(ids[2]).with(&Playlist::tracks));
  EXPECT_EQ(text_of(read), "c9new ");
  Entry entry = read.tracks.pivot(0);
  entry.position = 8;
  sync_wait(db.update(entry));
  sync_wait(db.load(read, &Playlist::tracks));
  EXPECT_EQ(text_of(read), "c8new ");
}
TEST_P(pivots, of_a_tracked_object_last_until_the_program_changes_the_relation) {
  session s = db.session();
  auto list = sync_wait(s.get<Playlist>(ids[1]));
  sync_wait(s.load(list, &Playlist::tracks));
  EXPECT_EQ(text_of(*list), "a1- ");
  list->tracks.add(sync_wait(s.get<Track>(tracks[1])));
  EXPECT_THROW(list->tracks.pivot(0), relation_not_loaded);
  sync_wait(s.commit());
  EXPECT_THROW(list->tracks.pivot(0), relation_not_loaded);
  sync_wait(s.load(list, &Playlist::tracks, [](auto& q) { q.order_by(col<&Track::name>); }));
  EXPECT_EQ(text_of(*list), "a1- b0- ");
}
TEST_P(pivots, that_are_not_loaded_are_an_error) {
  const Playlist list = sync_wait(db.get<Playlist>(ids[0]));
  EXPECT_THROW(list.tracks.pivot(0), relation_not_loaded);
}
TEST_P(pivots, of_another_table_are_refused) {
  const auto said = failure_of<query_error>([&] { sync_wait(db.query<Shelf>().with(&Shelf::tracks).all()); });
  EXPECT_NE(std::string(said.what()).find("Shelf::tracks goes by the table `entries`"), std::string::npos)
      << said.what();
}
TEST_P(pivots, narrow_and_order_what_they_connect) {
  const auto late = [](auto& q) { q.where(col<&Entry::position> > 1).order_by(col<&Entry::position>.desc()); };
  const auto lists = sync_wait(db.query<Playlist>().order_by(col<&Playlist::id>).with(&Playlist::tracks, late).all());
  EXPECT_EQ(text_of(lists[0]), "c3- a2a long name that is on the heap ");
  EXPECT_EQ(text_of(lists[1]), "");
  const auto first = [](auto& q) { q.order_by(col<&Entry::position>).limit(1); };
  const auto limited =
      sync_wait(db.query<Playlist>().order_by(col<&Playlist::id>).with(&Playlist::tracks, first).all());
  EXPECT_EQ(text_of(limited[0]), "b1loud ");
  EXPECT_EQ(text_of(limited[1]), "a1- ");
}
TEST_P(pivots, narrow_what_is_asked_for_and_counted) {
  const auto loud = [](auto& q) { q.where(col<&Entry::name> == "loud"); };
  EXPECT_EQ(sync_wait(db.query<Playlist>().where_has(&Playlist::tracks, loud).pluck(col<&Playlist::name>)),
            std::vector<std::string>{"morning"});
  EXPECT_EQ(sync_wait(db.query<Playlist>()
                          .order_by(col<&Playlist::id>)
                          .select(count_of(&Playlist::tracks, [](auto& q) { q.where(col<&Entry::position> < 3); }))
                          .all()),
            (std::vector<std::int64_t>{2, 1, 0}));
  EXPECT_EQ(sync_wait(db.query<Track>().where_has(&Track::playlists, &Playlist::tracks, loud).count()), 3);
}
TEST_P(pivots, are_no_business_of_a_function_of_the_related_models_query) {
  const auto named_b = [](select_query<Track, Track>& q) { q.where(col<&Track::name> == "b"); };
  const auto list = sync_wait(db.get<Playlist>(ids[0]).with(&Playlist::tracks, named_b));
  EXPECT_EQ(text_of(list), "b1loud ");
}

}  // namespace
}  // namespace tupelo::conformance
