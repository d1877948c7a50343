// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "foreign_key_order.hpp"
#include "key_flow.hpp"
#include "row_part.hpp"
#include "undone_work.hpp"

#include "tupelo/session/ref.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tupelo::detail {

/// Whether the row is to be inserted by the session of the object that holds it.
bool is_fresh(const held_rows& held, std::size_t row) noexcept;

/// `use(relation, field, rows)` for the relation fields of an object that the program has filled.
template <class Use>
void for_each_given(const model_info& info, void* object, Use use) {
  for (const relation_info& relation : info.relations) {
    void* const field = static_cast<char*>(object) + info.fields[relation.field].offset;
    loaded_rows* const rows = loaded_rows_of(field);
    if (rows != nullptr && rows->origin != rows_origin::loaded) use(relation, field, rows);
  }
}

enum class related_changes : std::uint8_t {
  of_any_row,
  of_its_row,  ///< its foreign keys
};
/// Whether relation fields of the object ask for something to be written.
bool has_related_changes(const model_info& info, tracked_object* object,
                         related_changes which = related_changes::of_any_row);
/// Errors: query_error where the relation field at this offset asks for it. `known`: the session's object, if it is
/// one.
void refuse_to_replace(const model_info& info, void* object, const tracked_object* known, std::uint16_t offset);
/// References that do not say what the keys say which the program has set since are not loaded any more. Errors: those
/// of storing a key.
void unload_outdated(const std::vector<tracked_object*>& owners, const undone_work& undone);
/// Objects that a has_one of one of the owners has been given, so that their foreign keys will change.
std::vector<const tracked_object*> given_children(const std::vector<tracked_object*>& owners);
/// Whether a has_one of one of the owners has been given this object, so that its foreign key will change.
bool is_given_child(const model_info& info, const tracked_object* object, const std::vector<tracked_object*>& owners);
/// The parts of the object's rows, and theirs, that are not inserted yet.
std::vector<tracked_object*> added_parts(tracked_object* object);

/// Whether objects of the model may refer to some that refer to others.
bool may_refer_further(const model_info& info);
/// Objects so that each comes before those which it refers to, so that letting go of them in this order needs no deep
/// recursion. A relation field that closes a circle, which would keep all of it for ever, is not loaded any more.
/// Empty: none of them refers to any.
std::vector<tracked_object*> release_order(const std::vector<tracked_object*>& leaving);

/// A foreign key that gets its value when the object that it names has been inserted.
struct object_link {
  tracked_object* object;  ///< has the foreign key
  tracked_object* target;
  const key_flow* flow;
  bool late = false;  ///< inserted as NULL, updated afterwards
};

/// Objects of one model that are inserted together.
struct insert_group {
  const model_info* info;
  std::vector<tracked_object*> objects;
};

/// What the objects of one flush have to do with one another by their relation fields.
class related_objects {
public:
  /// Keys that are known flow at once. `owners`: those that have relations; `session`: the number of theirs.
  ///
  /// Errors: transaction_error (detached_object) for what is not in the session; query_error for a key that cannot name
  /// nothing, and for new objects that two others hold.
  related_objects(const std::vector<tracked_object*>& owners, std::uint32_t session, undone_work& undone);

  bool empty() const noexcept { return links_.empty(); }
  /// Writes the key of what it names into the foreign key, or NULL for the time being.
  void fill(const object_link& link);
  void empty(const object_link& link);
  /// Which models name which by them.
  std::vector<model_arrow> arrows() const;
  std::pair<object_link*, object_link*> links_of(const tracked_object* object);

  /// Splits what is to be inserted, given by model in the order of the foreign keys, so that every object comes behind
  /// those which it refers to. In circles of objects a link that can be NULL for a while is late.
  /// Errors: query_error where there is none.
  std::vector<insert_group> in_order(const std::vector<ordered_model>& models,
                                     const std::vector<std::vector<tracked_object*>>& added);

private:
  void add(const model_info& info, tracked_object* object);
  void connect(tracked_object* object, const key_flow& flow, tracked_object* target, void* field);
  /// Whether the foreign key has to be as it was after a flush that fails: of a new object it is written anew by each,
  /// unless another has_one has been given it.
  bool is_to_be_noted(tracked_object& object, const key_flow& flow) const;
  /// What relations say counts more.
  void connect_stale();
  /// Takes their marks off again.
  void end_marks() noexcept;
  void sort_links();
  void refuse_shared();
  void refuse_strangers() const;
  using depths = std::unordered_map<const tracked_object*, std::size_t>;
  depths depths_in(const std::vector<ordered_model>& models);
  object_link& make_one_late(const std::unordered_map<tracked_object*, std::size_t>& waiting);

  const std::uint32_t session_;
  undone_work& undone_;
  std::vector<const tracked_object*> given_;  ///< to a has_one, since a flush has failed; sorted
  key_flows flows_;
  std::vector<object_link> links_;         ///< those of one object side by side
  bool sorted_ = false;                    ///< by their objects; else as they were gathered
  bool scattered_ = false;                 ///< those of one are not, so that they have to be sorted
  bool may_share_ = false;                 ///< two may hold the same new objects
  std::vector<const model_spec*> linked_;  ///< models of the objects that have links
  std::size_t next_ = 0;                   ///< the link behind those that were asked for last
  std::vector<std::pair<const held_rows*, const tracked_object*>> holders_;
};

}  // namespace tupelo::detail
