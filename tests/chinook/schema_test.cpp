// SPDX-License-Identifier: Apache-2.0
#include "chinook_test_case.hpp"

#include <tupelo/schema/diff.hpp>
#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/models.hpp>

namespace tupelo::chinook {
namespace {

class chinook_schema : public chinook_test {
protected:
  static model_schema wanted() {
    return schema_of<Album, Artist, Customer, Employee, Genre, Invoice, InvoiceLine, MediaType, Playlist, PlaylistTrack,
                     Track>();
  }
  std::vector<schema_operation> differences(const schema_definition& live, const schema_definition& models) {
    diff_options options;
    options.live = &db().sql_dialect().schema();
    return diff(live, models, options);
  }
};

TEST_F(chinook_schema, all_eleven_tables_are_there) { EXPECT_EQ(sync_wait(introspect(db())).tables.size(), 11U); }

TEST_F(chinook_schema, models_and_live_database_do_not_differ) {
  const auto found = differences(sync_wait(introspect(db())), wanted().schema);
  EXPECT_TRUE(found.empty()) << found.size() << " differences, the first: " << found.front().describe();
}

// Without these, no difference would prove little.
TEST_F(chinook_schema, the_comparison_sees_what_the_database_has_not) {
  const schema_definition live = sync_wait(introspect(db()));
  schema_definition no_index = live, no_key = live, other_type = live, other_null = live;
  no_index.find(name_there("Track"))->indexes.pop_back();
  no_key.find(name_there("InvoiceLine"))->foreign_keys.pop_back();
  other_type.find(name_there("Album"))->find_column(name_there("Title"))->type = type_kind::int64;
  other_null.find(name_there("Album"))->find_column(name_there("Title"))->nullable = true;
  EXPECT_EQ(differences(no_index, wanted().schema).size(), 1U);
  EXPECT_EQ(differences(no_key, wanted().schema).size(), 1U);
  EXPECT_EQ(differences(other_type, wanted().schema).size(), 1U);
  EXPECT_EQ(differences(other_null, wanted().schema).size(), 1U);
}

TEST_F(chinook_schema, every_row_of_every_table_can_be_read) {
  EXPECT_EQ(sync_wait(db().query<Album>().all()).size(), 347U);
  EXPECT_EQ(sync_wait(db().query<Artist>().all()).size(), 275U);
  EXPECT_EQ(sync_wait(db().query<Customer>().all()).size(), 59U);
  EXPECT_EQ(sync_wait(db().query<Employee>().all()).size(), 8U);
  EXPECT_EQ(sync_wait(db().query<Genre>().all()).size(), 25U);
  EXPECT_EQ(sync_wait(db().query<Invoice>().all()).size(), 412U);
  EXPECT_EQ(sync_wait(db().query<InvoiceLine>().all()).size(), 2240U);
  EXPECT_EQ(sync_wait(db().query<MediaType>().all()).size(), 5U);
  EXPECT_EQ(sync_wait(db().query<Playlist>().all()).size(), 18U);
  EXPECT_EQ(sync_wait(db().query<PlaylistTrack>().all()).size(), 8715U);
  EXPECT_EQ(sync_wait(db().query<Track>().all()).size(), 3503U);
}

}  // namespace
}  // namespace tupelo::chinook
