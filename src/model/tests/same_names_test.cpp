// SPDX-License-Identifier: Apache-2.0
// Two source files of a program have models of the same names in their unnamed namespaces: here are those of one, and
// in same_names_elsewhere_test.cpp those of the other one.
#include "same_names.hpp"

#include "tupelo/model/model.hpp"
#include "tupelo/model/model_json.hpp"
#include "tupelo/model/relation.hpp"
#include "tupelo/model/relation_keys.hpp"
#include "tupelo/core/error.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tupelo {
namespace {

template <first_use>
struct goods {
  struct Crate;
  struct Label;
  struct ShelfLabel;
  struct Shelf {
    std::int64_t id{};
    has_many<Crate> crates{};
    has_many<Label> labels{};
    many_to_many<Label, ShelfLabel> stuck{};
    static void model(model<Shelf>& m) {
      m.has_many(&Shelf::crates, "shelf_id");
      m.has_many(&Shelf::labels).through(&Shelf::crates, "labels");
      m.many_to_many(&Shelf::stuck, "shelf_labels", "shelf_id", "label_id");
    }
  };
  struct Crate {
    std::int64_t id{}, shelf_id{};
    belongs_to<Shelf> shelf{};
    has_many<Label> labels{};
    static void model(model<Crate>& m) {
      m.belongs_to(&Crate::shelf, &Crate::shelf_id);
      m.has_many(&Crate::labels, "crate_id");
    }
  };
  struct Label {
    std::int64_t id{}, crate_id{};
  };
  struct ShelfLabel {
    std::int64_t shelf_id{}, label_id{};
    static void model(model<ShelfLabel>& m) { m.primary_key(&ShelfLabel::shelf_id, &ShelfLabel::label_id); }
  };
};

struct Pallet;
struct Yard {
  std::int64_t id{};
  has_many<Pallet> pallets;
  static void model(model<Yard>& m) { m.has_many(&Yard::pallets, "yard_id"); }
};
struct Pallet {  // its namesake is used elsewhere, and this one nowhere
  std::int64_t id{}, yard_id{};
};

template <class Goods>
std::string json_of_shelf() {
  typename Goods::Crate crate{.id = 5};
  detail::loaded_rows rows{.owners = 2, .count = 1, .rows = &crate, .destroy = [](detail::loaded_rows*) {}};
  typename Goods::Shelf shelf;
  detail::assign_rows(&shelf.crates, &rows);
  return to_json_text(shelf);
}

template <first_use Order>
same_named use_here() {
  using of = goods<Order>;
  return use_models<of, &of::Shelf::crates>(&json_of_shelf<of>);
}

struct models_of_one_name : testing::Test {
  models_of_one_name() {
    const same_named first = use_here<first_use::here>();
    const same_named second = use_elsewhere(first_use::elsewhere);
    here = {first, use_here<first_use::elsewhere>()};
    elsewhere = {second, use_elsewhere(first_use::here)};
    all = here;
    all.insert(all.end(), elsewhere.begin(), elsewhere.end());
  }
  std::vector<same_named> here, elsewhere;  ///< those that are used first here, and those that are used first there
  std::vector<same_named> all;
};

relation_keys keys(const model_info& owner, std::string_view relation, const model_info& related) {
  for (const field_info& field : owner.fields) {
    if (field.name == relation) return keys_of(owner, field.offset, related);
  }
  throw std::out_of_range("no such field");
}

TEST_F(models_of_one_name, have_the_same_names) {
  EXPECT_EQ(here[0].crate->type_name, elsewhere[1].crate->type_name);
  EXPECT_NE(here[0].crate->id, elsewhere[1].crate->id);
}
TEST_F(models_of_one_name, are_not_refused_for_each_others_columns) {
  for (const same_named& used : all) {
    EXPECT_NO_THROW(require_relations(*used.shelf)) << used.shelf->table;
    EXPECT_NO_THROW(require_relations(*used.crate)) << used.shelf->table;
  }
}
TEST_F(models_of_one_name, are_referred_to_from_their_file) {
  for (const same_named& used : all)
    EXPECT_EQ(&referenced_model(*used.crate, used.crate->foreign_keys[0]), used.shelf) << used.shelf->table;
}
TEST_F(models_of_one_name, lie_on_the_ways_of_their_file) {
  for (const same_named& used : all) {
    const relation_keys found = keys(*used.shelf, "labels", *used.label);
    ASSERT_EQ(found.steps.size(), 2U);
    EXPECT_EQ(found.steps[0].related, used.crate) << used.shelf->table;
    EXPECT_EQ(found.steps[1].related, used.label) << used.shelf->table;
  }
}
TEST_F(models_of_one_name, join_models_of_their_file) {
  for (const same_named& used : all)
    EXPECT_EQ(join_model(keys(*used.shelf, "stuck", *used.label)), used.shelf_label) << used.shelf->table;
}
TEST_F(models_of_one_name, are_written_each_with_its_own_fields) {
  for (const same_named& used : here) EXPECT_EQ(used.json(), R"({"id":0,"crates":[{"id":5,"shelf_id":0}]})");
  for (const same_named& used : elsewhere)
    EXPECT_EQ(used.json(), R"({"place":"cellar","id":0,"boxes":[{"content":"wine","id":0,"rack_id":0}]})");
}
TEST_F(models_of_one_name, are_read_by_relations_of_their_file) {
  for (const same_named& used : all) {
    const bool is_here = used.shelf->table != "racks";
    const model_info& label = *used.label;
    EXPECT_EQ(relations_by(label, label.fields[1]), is_here ? "Crate::labels" : "Crate::stickers");
    EXPECT_NE(used.not_loaded().find(is_here ? "Shelf::crates is not loaded" : "Shelf::boxes is not loaded"),
              std::string::npos)
        << used.not_loaded();
  }
}
TEST_F(models_of_one_name, do_not_stand_for_one_that_is_not_known) {
  try {
    require_relations(info_of<Yard>());
    FAIL() << "the other file's is found";
  } catch (const model_error& unknown) {
    EXPECT_NE(std::string(unknown.what()).find("Pallet, which is no model of this program"), std::string::npos)
        << unknown.what();
  }
}

}  // namespace
}  // namespace tupelo
