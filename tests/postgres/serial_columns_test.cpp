// SPDX-License-Identifier: Apache-2.0
// Columns beside the key that the server numbers, as tables have them that no model has made.
#include "own_schema.hpp"

#include <tupelo/schema/introspect.hpp>
#include <tupelo/schema/live_diff.hpp>
#include <tupelo/schema/models.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace tupelo::postgres {
namespace {

struct Invoice {
  std::int64_t id{};
  std::int32_t number{};
  std::optional<std::int64_t> place;
  static void model(model<Invoice>& m) { m.table("invoices"); }
};
struct NumberedInvoice {
  std::int64_t id{};
  std::int32_t number{};
  std::optional<std::int64_t> place;
  static void model(model<NumberedInvoice>& m) {
    m.table("invoices");
    m.column(&NumberedInvoice::number).default_sql("nextval('invoices_number_seq')");
  }
};
struct ConstantInvoice {
  std::int64_t id{};
  std::int32_t number{};
  std::optional<std::int64_t> place;
  static void model(model<ConstantInvoice>& m) {
    m.table("invoices");
    m.column(&ConstantInvoice::number).default_value(7);
    m.column(&ConstantInvoice::place).default_value(8);
  }
};
struct WideInvoice {
  std::int64_t id{};
  std::int64_t number{};
  std::optional<std::int64_t> place;
  static void model(model<WideInvoice>& m) { m.table("invoices"); }
};
struct WrittenInvoice {
  std::int64_t id{};
  std::string number;
  std::optional<std::int64_t> place;
  static void model(model<WrittenInvoice>& m) { m.table("invoices"); }
};
struct RenamedInvoice {
  std::int64_t id{};
  std::int32_t serial{};
  std::optional<std::int64_t> place;
  static void model(model<RenamedInvoice>& m) {
    m.table("invoices");
    m.column(&RenamedInvoice::serial).renamed_from("number");
  }
};
struct GivenInvoice {
  std::int64_t id{};
  static void model(model<GivenInvoice>& m) {
    m.table("invoices");
    m.key_not_generated();
  }
};
struct Line {
  std::int32_t invoice{}, line{};
  static void model(model<Line>& m) {
    m.table("lines");
    m.primary_key(&Line::invoice, &Line::line);
  }
};

struct serial_columns : own_schema {
  static constexpr const char* invoices =
      "CREATE TABLE invoices (id bigserial PRIMARY KEY, number serial, place bigint)";
  static constexpr const char* numbered =
      "CREATE TABLE invoices (id bigserial PRIMARY KEY, number integer GENERATED ALWAYS AS IDENTITY, place bigint)";

  template <class Model>
  std::vector<schema_operation> operations() {
    return sync_wait(migrate::compare(db(), schema_of<Model>()));
  }
  template <class Model>
  std::string difference() {
    std::string out;
    for (const schema_operation& left : operations<Model>()) out += left.describe() + '\n';
    return out;
  }
  /// Makes what the model differs in, as `db diff --sql` writes it.
  template <class Model>
  void become() {
    const schema_definition live = sync_wait(introspect(db()));
    for (const ddl_statement& one : db().sql_dialect().schema().render(operations<Model>(), live)) {
      if (one.role == ddl_role::execute) execute(one.sql);
    }
  }
  std::int64_t inserted() { return number("INSERT INTO invoices (place) VALUES (NULL) RETURNING number::bigint"); }
};

TEST_F(serial_columns, that_models_say_nothing_of_stay) {
  execute(invoices);
  EXPECT_EQ(difference<Invoice>(), "");
}
TEST_F(serial_columns, of_identity_stay_as_well) {
  execute(numbered);
  EXPECT_EQ(difference<Invoice>(), "");
}
TEST_F(serial_columns, of_a_key_of_several_columns_stay) {
  execute("CREATE TABLE lines (invoice integer, line serial, CONSTRAINT pk_lines PRIMARY KEY (invoice, line))");
  EXPECT_EQ(difference<Line>(), "");
}
TEST_F(serial_columns, whose_sequence_a_model_names_are_no_difference) {
  execute(invoices);
  EXPECT_EQ(difference<NumberedInvoice>(), "");
}
TEST_F(serial_columns, go_on_counting_when_they_are_widened) {
  execute(invoices);
  EXPECT_EQ(inserted(), 1);
  become<WideInvoice>();
  EXPECT_EQ(difference<WideInvoice>(), "");
  EXPECT_EQ(inserted(), 2);
}
TEST_F(serial_columns, count_no_more_where_the_model_has_another_default) {
  for (const char* made : {invoices, numbered}) {
    execute(made);
    EXPECT_EQ(inserted(), 1);
    become<ConstantInvoice>();
    EXPECT_EQ(difference<ConstantInvoice>(), "");
    EXPECT_EQ(inserted(), 7);
    execute("DROP TABLE invoices");
  }
}
TEST_F(serial_columns, become_texts_that_are_not_counted) {
  for (const char* made : {invoices, numbered}) {
    execute(made);
    become<WrittenInvoice>();
    EXPECT_EQ(difference<WrittenInvoice>(), "");
    execute("DROP TABLE invoices");
  }
}
TEST_F(serial_columns, stay_when_they_get_another_name) {
  execute(invoices);
  EXPECT_EQ(difference<RenamedInvoice>(), "rename column invoices.number to serial\n");
}
TEST_F(serial_columns, of_a_key_that_models_can_say_are_a_difference) {
  execute("CREATE TABLE invoices (id bigserial PRIMARY KEY)");
  EXPECT_NE(difference<GivenInvoice>(), "");
}
TEST_F(serial_columns, are_listed_but_for_those_of_keys) {
  execute(invoices);
  execute("CREATE TABLE lines (invoice integer, line serial, CONSTRAINT pk_lines PRIMARY KEY (invoice, line))");
  std::string all;
  for (const schema_object& one : numbered_columns(sync_wait(introspect(db())))) all += one.describe() + '\n';
  EXPECT_EQ(all, "numbered column number on invoices\nnumbered column line on lines\n");
}

TEST_F(serial_columns, that_a_migration_has_made_and_somebody_has_not_left_are_drift) {
  const migration first{"20261123T090000_invoices",
                        {},
                        [](schema_editor& m) {
                          m.create_table("invoices", [](table_editor& t) { t.id(); });
                          m.add_column("invoices", "number").integer().generated();
                        },
                        [](schema_editor& m) { m.drop_table("invoices"); },
                        "x.cpp"};
  const history all({first});
  upgrade(all);
  expect_no_drift(all);
  execute("ALTER TABLE invoices ALTER COLUMN number DROP IDENTITY");
  EXPECT_EQ(sync_wait(migrate::drift(db(), migrate::options(all))).size(), 1U);
}

}  // namespace
}  // namespace tupelo::postgres
