// SPDX-License-Identifier: Apache-2.0
// What is written before and after the removal of an object that a has_one is replacing.
#include "ledger.hpp"

namespace tupelo::conformance {
namespace {

struct Sketch;
struct Stroke;
struct Folio {
  std::int64_t id{};
  std::int64_t artist_id{};
  std::optional<std::int64_t> next_id{};
  has_many<Sketch> sketches{};

  static void model(tupelo::model<Folio>& m);
};
struct Sketch {
  std::int64_t id{};
  std::int64_t folio_id{};
  std::string name{};
  belongs_to<Folio> folio{};
  has_many<Stroke> strokes{};

  static void model(tupelo::model<Sketch>& m);
};
struct Stroke {
  std::int64_t id{};
  std::int64_t sketch_id{};
  belongs_to<Sketch> sketch{};

  static void model(tupelo::model<Stroke>& m) { m.belongs_to(&Stroke::sketch, &Stroke::sketch_id).on_delete(cascade); }
};
void Sketch::model(tupelo::model<Sketch>& m) {
  m.unique(&Sketch::name);
  m.belongs_to(&Sketch::folio, &Sketch::folio_id).on_delete(cascade);
  m.has_many(&Sketch::strokes, "sketch_id");
}
struct Artist {
  std::int64_t id{};
  std::optional<std::int64_t> favourite_id{};
  has_one<Folio> folio{};

  static void model(tupelo::model<Artist>& m) {
    m.has_one(&Artist::folio, "artist_id").delete_orphans();
    m.foreign_key(&Artist::favourite_id).references<Folio>();
  }
};
void Folio::model(tupelo::model<Folio>& m) {
  m.foreign_key(&Folio::artist_id).references<Artist>();
  m.foreign_key(&Folio::next_id).references<Folio>();
  m.has_many(&Folio::sketches, "folio_id");
}

struct Kiln {
  std::int64_t id{};
  std::int64_t potter_id{};

  static void model(tupelo::model<Kiln>& m);
};
struct Potter {
  std::int64_t id{};
  has_one<Kiln> kiln{};

  static void model(tupelo::model<Potter>& m) { m.has_one(&Potter::kiln, "potter_id").delete_orphans(); }
};
void Kiln::model(tupelo::model<Kiln>& m) {
  m.unique(&Kiln::potter_id);
  m.foreign_key(&Kiln::potter_id).references<Potter>();
}
struct Vase {
  std::int64_t id{};
  std::int64_t kiln_id{};
  belongs_to<Kiln> kiln{};

  static void model(tupelo::model<Vase>& m) { m.belongs_to(&Vase::kiln, &Vase::kiln_id).on_delete(cascade); }
};
struct Glaze {
  std::int64_t id{};
  std::optional<std::int64_t> kiln_id{};
  belongs_to<Kiln> kiln{};

  static void model(tupelo::model<Glaze>& m) { m.belongs_to(&Glaze::kiln, &Glaze::kiln_id).on_delete(set_null); }
};

/// Counted by what it names.
struct Shard {
  std::int64_t id{};
  std::optional<std::int64_t> saucer_id{};

  static void model(tupelo::model<Shard>& m);
};
struct Saucer {
  std::int64_t id{};
  std::int64_t kiln_id{};
  int shards{};

  static void model(tupelo::model<Saucer>& m) { m.foreign_key(&Saucer::kiln_id).references<Kiln>().on_delete(cascade); }
};
void Shard::model(tupelo::model<Shard>& m) {
  m.foreign_key(&Shard::saucer_id).references<Saucer>().on_delete(set_null).counter(&Saucer::shards);
}
struct Stamp {
  std::string code{};
  std::int64_t mint_id{};

  static void model(tupelo::model<Stamp>& m);
};
struct Mint {
  std::int64_t id{};
  has_one<Stamp> stamp{};

  static void model(tupelo::model<Mint>& m) { m.has_one(&Mint::stamp, "mint_id").delete_orphans(); }
};
void Stamp::model(tupelo::model<Stamp>& m) {
  m.primary_key(&Stamp::code);
  m.unique(&Stamp::mint_id);
  m.foreign_key(&Stamp::mint_id).references<Mint>();
}
struct Coin {
  std::int64_t id{};
  std::optional<std::string> stamp_code{};

  static void model(tupelo::model<Coin>& m) {
    m.foreign_key(&Coin::stamp_code).references<Stamp>().on_delete(set_null);
  }
};

class replaced : public conformance_test {
protected:
  replaced() {
    create<Artist, Folio, Sketch, Stroke, Potter, Kiln, Vase, Glaze, Saucer, Shard, Mint, Stamp, Coin>();
    artist = s.add(Artist{.folio = Folio{}});
    auto other = s.add(Artist{.folio = Folio{}});
    sync_wait(s.commit());
    old = sync_wait(s.get<Folio>(artist->folio->id));
    stays = sync_wait(s.get<Folio>(other->folio->id));
  }
  ref<Sketch> add_sketch(const ref<Folio>& of, std::string name) {
    auto made = s.add(Sketch{.folio_id = of->id, .name = std::move(name)});
    sync_wait(s.commit());
    return made;
  }
  session s = db.session();
  ref<Artist> artist;
  ref<Folio> old, stays;
};
TUPELO_CONFORMANCE_SUITE(replaced);

TEST_P(replaced, objects_let_go_first_of_what_moves_away_from_them) {
  auto moves = add_sketch(old, "a");
  add_sketch(old, "b");
  artist->folio = s.add(Folio{});
  moves->folio_id = stays->id;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Sketch>(moves->id)).folio_id, stays->id);
  EXPECT_EQ(sync_wait(db.query<Sketch>().count()), 1);
}
TEST_P(replaced, objects_let_go_first_of_what_moves_away_from_what_goes_with_them) {
  auto goes = add_sketch(old, "a");
  auto kept = add_sketch(stays, "b");
  auto moves = s.add(Stroke{.sketch_id = goes->id});
  sync_wait(s.commit());
  artist->folio = s.add(Folio{});
  moves->sketch_id = kept->id;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Stroke>(moves->id)).sketch_id, kept->id);
}
TEST_P(replaced, objects_come_behind_what_is_removed_with_them) {
  auto sketch = add_sketch(old, "a");
  auto stroke = s.add(Stroke{.sketch_id = sketch->id});
  sync_wait(s.commit());
  artist->folio = s.add(Folio{});
  s.remove(sketch);
  s.remove(stroke);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Stroke>().count()), 0);
  EXPECT_EQ(sync_wait(db.query<Folio>().count()), 2);
}
TEST_P(replaced, objects_come_behind_what_names_them_in_a_circle_of_models) {
  artist->favourite_id = old->id;
  sync_wait(s.commit());
  artist->folio = s.add(Folio{});
  artist->favourite_id.reset();
  sync_wait(s.commit());
  EXPECT_FALSE(sync_wait(db.find<Folio>(old->id)));
}
TEST_P(replaced, objects_come_behind_what_names_them_in_their_own_table) {
  stays->next_id = old->id;
  sync_wait(s.commit());
  artist->folio = s.add(Folio{});
  stays->next_id.reset();
  sync_wait(s.commit());
  EXPECT_FALSE(sync_wait(db.find<Folio>(old->id)));
}
TEST_P(replaced, objects_let_go_of_unique_values_in_their_order) {
  auto gives = add_sketch(stays, "a");
  auto takes = add_sketch(old, "b");
  artist->folio = s.add(Folio{});
  gives->name = "c";
  takes->folio_id = stays->id;
  takes->name = "a";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Sketch>(takes->id)).name, "a");
}
TEST_P(replaced, objects_go_last_where_what_takes_their_place_takes_what_gives_up_a_unique_value) {
  auto gives = add_sketch(stays, "a");
  auto takes = add_sketch(old, "b");
  auto made = s.add(Folio{});
  artist->folio = made;
  gives->name = "c";
  gives->folio = made;
  takes->folio_id = stays->id;
  takes->name = "a";
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Sketch>(takes->id)).folio_id, stays->id);
  EXPECT_FALSE(sync_wait(db.find<Folio>(old->id)));
}
TEST_P(replaced, objects_and_others_that_exchange_unique_values_are_refused_by_name) {
  auto one = add_sketch(stays, "a");
  auto two = add_sketch(old, "b");
  artist->folio = s.add(Folio{});
  std::swap(one->name, two->name);
  two->folio_id = stays->id;
  const auto e = failure_of<unique_violation>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string(e.what()).find("Sketch exchange their values of name"), std::string::npos) << e.what();
}
TEST_P(replaced, objects_go_last_where_what_takes_their_place_takes_what_is_theirs) {
  auto sketch = add_sketch(old, "a");
  add_sketch(old, "b");
  auto made = s.add(Folio{});
  artist->folio = made;
  sketch->folio = made;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Sketch>(sketch->id)).folio_id, made->id);
  EXPECT_EQ(sync_wait(db.query<Sketch>().count()), 1);
  EXPECT_EQ(sync_wait(db.query<Folio>().count()), 2);
}
TEST_P(replaced, objects_that_cannot_go_last_are_refused_where_what_takes_their_place_takes_what_is_theirs) {
  auto potter = s.add(Potter{.kiln = Kiln{}});
  sync_wait(s.commit());
  auto vase = s.add(Vase{.kiln_id = potter->kiln->id});
  sync_wait(s.commit());
  auto made = s.add(Kiln{});
  potter->kiln = made;
  vase->kiln = made;
  const auto e = failure_of<query_error>([&] { sync_wait(s.commit()); });
  EXPECT_NE(std::string(e.what()).find("objects of Vase"), std::string::npos) << e.what();
  s.remove(vase);
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Kiln>().one()).id, made->id);
}
TEST_P(replaced, objects_that_cannot_go_last_give_up_keys_that_may_be_null) {
  auto potter = s.add(Potter{.kiln = Kiln{}});
  sync_wait(s.commit());
  auto glaze = s.add(Glaze{.kiln_id = potter->kiln->id});
  sync_wait(s.commit());
  auto made = s.add(Kiln{});
  potter->kiln = made;
  glaze->kiln = made;
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Glaze>(glaze->id)).kiln_id, made->id);
}
TEST_P(replaced, objects_empty_no_keys_of_what_is_new_and_names_what_took_their_place) {
  auto mint = s.add(Mint{.stamp = Stamp{.code = "x"}});
  auto coin = s.add(Coin{});
  sync_wait(s.commit());
  coin->stamp_code = "x";
  sync_wait(s.commit());
  mint->stamp = s.add(Stamp{.code = "x"});
  auto fresh = s.add(Coin{.stamp_code = "x"});
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.get<Coin>(fresh->id)).stamp_code, "x");
  EXPECT_EQ(fresh->stamp_code, "x");
  EXPECT_EQ(sync_wait(db.get<Coin>(coin->id)).stamp_code, std::nullopt);
  EXPECT_EQ(coin->stamp_code, std::nullopt);
}

// ---- with compared values

TEST_P(replaced, objects_empty_keys_that_removals_do_not_compare) {
  session careful = db.session({.compare_values = true});
  auto potter = careful.add(Potter{.kiln = Kiln{}});
  sync_wait(careful.commit());
  auto glaze = careful.add(Glaze{.kiln_id = potter->kiln->id});
  sync_wait(careful.commit());
  potter->kiln = careful.add(Kiln{});
  careful.remove(glaze);
  sync_wait(careful.commit());
  EXPECT_EQ(sync_wait(db.query<Glaze>().count()), 0);
  EXPECT_EQ(sync_wait(db.query<Kiln>().count()), 1);
}
TEST_P(replaced, objects_take_along_what_empties_keys_that_removals_do_not_compare) {
  for (const bool compares : {true, false}) {  // keys that are counted are compared always
    session careful = db.session({.compare_values = compares});
    auto potter = careful.add(Potter{.kiln = Kiln{}});
    sync_wait(careful.commit());
    Saucer saucer = sync_wait(db.insert(Saucer{.kiln_id = potter->kiln->id}));
    auto shard = careful.add(Shard{.saucer_id = saucer.id});
    sync_wait(careful.commit());
    potter->kiln = careful.add(Kiln{});
    careful.remove(shard);
    sync_wait(careful.commit());
    EXPECT_EQ(sync_wait(db.query<Shard>().count()) + sync_wait(db.query<Saucer>().count()), 0) << compares;
  }
}
TEST_P(replaced, nothing_leaves_keys_uncompared_where_what_they_name_goes_later) {
  session careful = db.session({.compare_values = true});
  auto one = careful.add(Potter{.kiln = Kiln{}});
  auto two = careful.add(Potter{.kiln = Kiln{}});
  sync_wait(careful.commit());
  auto kiln = sync_wait(careful.get<Kiln>(one->kiln->id));
  auto glaze = careful.add(Glaze{.kiln_id = kiln->id});
  sync_wait(careful.commit());
  sync_wait(db.update<Glaze>().set(col<&Glaze::kiln_id>, two->kiln->id).all_rows().run());
  careful.remove(glaze);
  careful.remove(kiln);
  EXPECT_THROW(sync_wait(careful.commit()), stale_row);
}

TEST_P(replaced, objects_make_room_where_the_program_removes_them) {
  auto potter = s.add(Potter{.kiln = Kiln{}});
  sync_wait(s.commit());
  const auto kiln = sync_wait(s.get<Kiln>(potter->kiln->id));
  s.remove(kiln);
  potter->kiln = Kiln{};
  sync_wait(s.commit());
  EXPECT_EQ(sync_wait(db.query<Kiln>().count()), 1);
  EXPECT_EQ(sync_wait(db.query<Kiln>().one()).potter_id, potter->id);
}

}  // namespace
}  // namespace tupelo::conformance
