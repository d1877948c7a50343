// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"
#include "frontend_messages.hpp"

#include <tupelo/core/error.hpp>

#include <cstring>
#include <string>
#include <utility>

namespace tupelo::driver::postgres {

/// False: the request is complete already.
bool conversation::fetch_on(flight& f) {
  request& r = *f.of;
  server_statement& statement = *reinterpret_cast<server_statement*>(*r.prepared);
  r.more = false;
  if (statement.draining) {
    f.at = stage::resting;
    f.statement = &statement;
    return true;
  }
  if (statement.drained) {
    fetch_from_rest(r, statement);
    return false;
  }
  if (statement.copy != nullptr) {
    f.at = stage::copying_out;
    f.statement = &statement;
    copying_out_ = nullptr;
    return true;
  }
  if (!statement.portal_open) {
    throw cancelled("the rest of the result is gone, because its transaction or its connection has ended");
  }
  f.statement = &statement;
  f.synced = streaming_ == nullptr;
  write_execute(out_, statement.portal, r.fetch);
  if (f.synced) {
    write_sync(out_);
  } else {
    write_flush(out_);
  }
  return true;
}

void conversation::drain_stream() {
  flight f;
  f.at = stage::draining;
  f.statement = streaming_;
  write_execute(out_, streaming_->portal);
  write_sync(out_);
  flights_.push_back(std::move(f));
  server_statement& drained = *std::exchange(streaming_, nullptr);
  drained.portal_open = false;
  drained.drained = drained.draining = true;
  drained.rest_failure = nullptr;
  std::erase(portals_, &drained);
}

bool conversation::may_join(const request& r) const noexcept {
  return joined_ != nullptr && joined_ == streaming_ && r.plan != nullptr && r.members == nullptr && r.fetch == 0 &&
         !r.more && !r.in_bulk && r.copy == copy_step::none;
}

void conversation::lose_stream() noexcept {
  if (streaming_ == nullptr) return;
  server_statement& lost = *std::exchange(streaming_, nullptr);
  lost.portal_open = false;
  std::erase(portals_, &lost);
}

void conversation::keep_rest(server_statement& statement, const backend_message& row) {
  if (statement.rest_lost) return;
  const std::uint32_t size = row.size;
  if (statement.rest.size() + sizeof size + size > most_read_ahead) return statement.lose_rest();
  statement.rest.append(reinterpret_cast<const char*>(&size), sizeof size).append(row.body, size);
}

void conversation::fetch_from_rest(request& r, server_statement& statement) {
  if (statement.rest_lost) {
    statement.forget_rest();
    statement.rest_failure = nullptr;
    transaction_error lost(errc::concurrent_use,
                           "the rest of the result is lost: its connection was needed for something else, and there "
                           "were more than the " +
                               std::to_string(most_read_ahead >> 20) +
                               " MiB that are kept of it meanwhile; read it to its end first, or run what comes in "
                               "between on another connection");
    lost.set_statement(r.plan->text);
    throw lost;
  }
  const bool decoded = r.rows.add != nullptr && !r.plan->reads.empty();
  while (statement.rest_at != statement.rest.size()) {
    if (r.row_count == r.fetch) {
      r.more = true;
      return;
    }
    std::uint32_t size = 0;
    std::memcpy(&size, statement.rest.data() + statement.rest_at, sizeof size);
    const char* const body = statement.rest.data() + statement.rest_at + sizeof size;
    statement.rest_at += sizeof size + size;
    if (decoded) decode_row(statement.rows, body, size, r.rows.add(r.rows.rows));
    ++r.row_count;
  }
  const std::exception_ptr failure = std::exchange(statement.rest_failure, nullptr);
  statement.forget_rest();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace tupelo::driver::postgres
