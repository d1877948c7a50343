// SPDX-License-Identifier: Apache-2.0
// Models of the names that those of same_names_test.cpp have, whose columns are others.
#include "same_names.hpp"

#include "tupelo/model/model.hpp"
#include "tupelo/model/model_json.hpp"
#include "tupelo/model/relation.hpp"
#include "tupelo/core/error.hpp"

#include <cstdint>
#include <string>

namespace tupelo {
namespace {

template <first_use>
struct goods {
  struct Crate;
  struct Label;
  struct ShelfLabel;
  struct Shelf {
    std::string place{};
    std::int64_t id{};
    has_many<Crate> boxes{};
    has_many<Label> labels{};
    many_to_many<Label, ShelfLabel> stuck{};
    static void model(model<Shelf>& m) {
      m.table("racks");
      m.has_many(&Shelf::boxes, "rack_id");
      m.has_many(&Shelf::labels).through(&Shelf::boxes, "stickers");
      m.many_to_many(&Shelf::stuck, "rack_stickers", "rack_id", "sticker_id");
    }
  };
  struct Crate {
    std::string content{};
    std::int64_t id{}, rack_id{};
    belongs_to<Shelf> shelf{};
    has_many<Label> stickers{};
    static void model(model<Crate>& m) {
      m.table("boxes");
      m.belongs_to(&Crate::shelf, &Crate::rack_id);
      m.has_many(&Crate::stickers, "box_id");
    }
  };
  struct Label {
    std::int64_t id{}, box_id{};
    static void model(model<Label>& m) { m.table("stickers"); }
  };
  struct ShelfLabel {
    std::int64_t rack_id{}, sticker_id{};
    static void model(model<ShelfLabel>& m) {
      m.table("rack_stickers");
      m.primary_key(&ShelfLabel::rack_id, &ShelfLabel::sticker_id);
    }
  };
};
/// Used here alone.
struct Pallet {
  std::int64_t id{}, yard_id{};
};

template <class Goods>
std::string json_of_shelf() {
  typename Goods::Crate crate{.content = "wine"};
  detail::loaded_rows rows{.owners = 2, .count = 1, .rows = &crate, .destroy = [](detail::loaded_rows*) {}};
  typename Goods::Shelf shelf{.place = "cellar"};
  detail::assign_rows(&shelf.boxes, &rows);
  return to_json_text(shelf);
}

template <first_use Order>
same_named use() {
  using of = goods<Order>;
  info_of<Pallet>();
  return use_models<of, &of::Shelf::boxes>(&json_of_shelf<of>);
}

}  // namespace

same_named use_elsewhere(first_use order) {
  return order == first_use::here ? use<first_use::here>() : use<first_use::elsewhere>();
}

}  // namespace tupelo
