// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"
#include "frontend_messages.hpp"
#include "protocol_violation.hpp"

#include <tupelo/core/error.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>

namespace tupelo::driver::postgres {

void conversation::refuse(request& refused) noexcept {
  if (refused.members != nullptr) {
    const std::exception_ptr not_run = make_not_run();
    for (request* member = refused.members; member != nullptr; member = member->next) member->failure = not_run;
  }
  complete(refused);
}

void conversation::start_group(flight& f) {
  f.group = std::make_unique<group_flight>();
  f.due = nullptr;
  for (request* member = f.of->members; member != nullptr; member = member->next) {
    assert(member->plan != nullptr && (member->fetch == 0 || member->end_after_fetch));
    member->row_count = 0;
    member->affected = 0;
    member->last_insert_id = 0;
    member->more = false;
    member->failure = nullptr;
    group_flight::member& added = f.group->members.emplace_back();
    added.of = member;
    added.statement = &statement_for(*member, added.temporary);
  }
  describe_group(f);
}

/// What the server says next is about this member; behind the last one, about none.
void conversation::aim(flight& f, std::size_t member) {
  group_flight& group = *f.group;
  if (member > group.end) throw_protocol_violation("more results than there are statements");
  group.next = member;
  f.parsed = false;
  f.due = member != group.end ? group.members[member].of : nullptr;
  f.statement = member != group.end ? group.members[member].statement : nullptr;
}

// ---- what is new is described first

void conversation::describe_group(flight& f) {
  group_flight& group = *f.group;
  group.end = group.members.size();
  std::size_t first = group.end;
  const auto is_new = [this](const group_flight::member& member) {
    return !is_prepared(*member.statement) && !member.statement->queued;
  };
  try {
    begin_guard(f, std::any_of(group.members.begin() + static_cast<std::ptrdiff_t>(group.first), group.members.end(),
                               [&](const group_flight::member& member) {
                                 return is_new(member) && leaves_types_open(*member.of->plan);
                               }));
    for (std::size_t i = group.first; i != group.end; ++i) {
      group_flight::member& member = group.members[i];
      if (!is_new(member)) continue;
      aim(f, i);
      write_description(*member.statement, *member.of->plan);
      member.statement->queued = true;
      if (first == group.end) first = i;
    }
  } catch (...) {
    for (const group_flight::member& member : group.members) member.statement->queued = false;
    throw;
  }
  if (first == group.end) return run_group(f);
  end_guard(f);
  write_sync(out_);
  f.at = stage::describing;
  f.answered = false;
  blocked_ = true;
  aim(f, first);
}

void conversation::group_described(flight& f) {
  group_flight& group = *f.group;
  if (group.next == group.end) throw_protocol_violation("more descriptions than there are statements");
  const group_flight::member& member = group.members[group.next];
  server_statement& statement = *member.statement;
  statement.queued = false;
  try {
    keep_description(statement, *member.of->plan);
    plan_group_member(f, member);
  } catch (const decode_error&) {
    const std::vector<std::uint32_t> unnamed = types_to_name();
    if (f.asked || unnamed.empty()) note(f, std::current_exception());
    group.unnamed.insert(group.unnamed.end(), unnamed.begin(), unnamed.end());
  } catch (...) {
    note(f, std::current_exception());
  }
  std::size_t next = group.next + 1;
  while (next != group.end && !group.members[next].statement->queued) ++next;
  aim(f, next);
}

void conversation::plan_group_member(const flight& f, const group_flight::member& member) {
  try {
    plan_values(*member.statement, *member.of->plan);
  } catch (const query_error&) {
    types_.clear();  // what is known of a type may be out of date: it is planned by what the server says now
    if (f.asked || types_for(*member.statement, *member.of->plan).empty()) throw;
  }
}

/// False: everything is known.
bool conversation::ask_for_group(flight& f) {
  std::vector<std::uint32_t> types;
  for (std::size_t i = f.group->first; i != f.group->members.size(); ++i) {
    const group_flight::member& member = f.group->members[i];
    const std::vector<std::uint32_t> more = types_for(*member.statement, *member.of->plan);
    types.insert(types.end(), more.begin(), more.end());
    if (!more.empty()) member.statement->described = false;
  }
  if (types.empty()) return false;
  f.due = nullptr;
  ask_for(f, types, true);
  return true;
}

void conversation::plan_group(flight& f) {
  for (std::size_t i = f.group->first; i != f.group->members.size(); ++i) {
    const group_flight::member& member = f.group->members[i];
    if (member.statement->described) continue;
    aim(f, i);
    plan_values(*member.statement, *member.of->plan);
  }
}

// ---- running

void conversation::run_group(flight& f) {
  group_flight& group = *f.group;
  const std::size_t mark = out_.mark();
  f.at = stage::running;
  f.stale = false;
  group.refusal = nullptr;
  group.began_in = status_;
  group.ended_transaction = false;
  group.end = group.members.size();
  bool forgotten = false;
  for (std::size_t i = group.first; i != group.members.size(); ++i) {
    const group_flight::member& member = group.members[i];
    const std::size_t before = out_.mark();
    assert(member.statement->described);
    try {
      if (forgotten) write_anew(*member.statement, *member.of->plan);
      forgotten |= member.statement->forgets;
      write_run(*member.of, *member.statement, {});
      if (member.of->fetch != 0) write_close_portal(out_, {});
    } catch (...) {
      aim(f, i);
      // Without a transaction it is all or nothing, so nothing is sent.
      if (status_ != transaction_status::open || i == group.first) {
        out_.truncate(mark);
        throw;
      }
      out_.truncate(before);
      group.refusal = std::current_exception();
      group.end = i;
      break;
    }
  }
  write_sync(out_);
  f.answered = false;
  group.sent = true;
  blocked_ = true;
  aim(f, group.first);
}

void conversation::group_failed(flight& f, const error_fields& fields) {
  group_flight& group = *f.group;
  if (f.due != nullptr && f.at == stage::describing) group.again = takes_for_text(*f.statement, fields);
  const bool changed =
      loses_plan(fields) || was_parsed_otherwise(f, fields) ||
      (f.at == stage::running && !group.redone && f.statement != nullptr && misfits_tables(*f.statement, fields));
  const bool forgotten = forget_types(fields);
  const bool stale = is_forgotten(fields, text_of(f)) || changed || forgotten;
  const bool outdated = changed && f.due != nullptr && is_outdated_in_pooler(f.statement);
  if (outdated) {
    f.statement->outdated = true;
    group.again = f.at == stage::describing;
  }
  if (stale && f.at == stage::running && f.due != nullptr && f.statement != nullptr && f.due->row_count == 0 &&
      !f.of->failure) {
    f.stale = true;
    f.statement->described = false;
    f.statement->parsed = (pooled_ || fields.sqlstate != "26000") && !f.statement->name.empty();
  }
  if (!loses_connection(fields))
    return note(f, f.stale || (outdated && f.at == stage::describing)
                       ? make_stale_failure(fields.sqlstate, text_of(f))
                       : make_postgres_failure(fields, text_of(f), f.cause));
  if (!group.sent) f.due = nullptr;  // then it is to blame for no member
  note(f, make_postgres_failure(fields, text_of(f), f.cause));
  fail_rest(f);
  throw_postgres_failure(fields, {});
}

void conversation::group_ready(flight& f) {
  group_flight& group = *f.group;
  if (f.at == stage::describing) {
    for (const group_flight::member& member : group.members) member.statement->queued = false;
  }
  try {
    if (!group.sent && !f.of->failure) {
      f.due = nullptr;
      if (stopped_between(f)) return end_group(f, nullptr);
    }
    if (f.at == stage::describing) {
      if (std::exchange(group.again, false) && may_describe_again(f)) {
        clear_failures(f);
        return describe_group(f);
      }
      if (!f.of->failure && !group.unnamed.empty()) {
        f.due = nullptr;
        ask_for(f, std::exchange(group.unnamed, {}), true);
        group.again = true;  // and is refused by what is known then
        return;
      }
      if (!f.of->failure && !ask_for_group(f)) return run_group(f);
      if (!f.of->failure) return;
    } else if (f.at == stage::asking) {
      if (!f.of->failure && std::exchange(group.again, false)) return describe_group(f);
      if (!f.of->failure) plan_group(f);
      if (!f.of->failure) return run_group(f);
    } else if (f.at == stage::undoing) {
      if (!f.of->failure) return describe_group(f);
    } else if (f.stale && prepare_redo(f)) {
      if (status_ != transaction_status::failed) return describe_group(f);
      f.at = stage::undoing;
      f.answered = false;
      return write_query(out_, "ROLLBACK");
    } else if (group.refusal && !f.of->failure) {
      f.due = group.members[group.end].of;
      group.next = group.end;
      note(f, group.refusal);
    }
  } catch (...) {
    return end_group(f, std::current_exception());
  }
  end_group(f, nullptr);
}

void conversation::end_group(flight& f, std::exception_ptr failure) noexcept {
  if (failure) note(f, std::move(failure));
  if (f.of->failure) fail_rest(f);
  end_front();
}

/// A group whose plans are out of date is run anew where nothing of it is left, or where it has only read so far: then
/// from the statement that failed.
bool conversation::prepare_redo(flight& f) noexcept {
  group_flight& group = *f.group;
  if (group.redone || group.began_in != transaction_status::idle || group.ended_transaction) return false;
  bool read = true;
  bool delivered = false;
  for (std::size_t i = group.first; i != group.next; ++i) {
    const statement_plan& plan = *group.members[i].of->plan;
    read = read && plan.read_only && !plan.has_fragments;
    delivered = delivered || group.members[i].of->row_count != 0;
  }
  if (read) {
    group.first = group.next;
  } else if (delivered) {
    return false;  // rows cannot be taken back
  }
  group.redone = true;
  group.sent = false;
  f.asked = false;
  clear_failures(f);
  for (std::size_t i = group.first; i != group.members.size(); ++i) {
    group.members[i].of->affected = 0;
    group.members[i].statement->described = false;  // what made one plan out of date has done it to others
  }
  return true;
}

// ---- failing

void conversation::clear_failures(flight& f) noexcept {
  f.of->failure = nullptr;
  for (const group_flight::member& member : f.group->members) member.of->failure = nullptr;
}

void conversation::fail_rest(flight& f) noexcept {
  const group_flight& group = *f.group;
  const std::exception_ptr not_run = make_not_run();
  for (std::size_t i = group.sent ? group.next : group.first; i < group.members.size(); ++i) {
    request& member = *group.members[i].of;
    if (!member.failure) member.failure = not_run;
  }
  // Where the chain could not be followed to its end.
  if (group.members.empty()) {
    for (request* member = f.of->members; member != nullptr; member = member->next) member->failure = not_run;
  }
}

/// What was sent may have been run, to its end even.
void conversation::abandon_group(flight& f, const std::exception_ptr& failure) noexcept {
  const group_flight& group = *f.group;
  if (!f.of->failure) f.of->failure = failure;
  if (!group.sent) return fail_rest(f);
  for (std::size_t i = group.next; i < group.members.size(); ++i) {
    request& member = *group.members[i].of;
    if (!member.failure) member.failure = failure;
  }
}

}  // namespace tupelo::driver::postgres
