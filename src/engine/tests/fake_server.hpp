// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection_pool.hpp"

#include "tupelo/testkit/manual_scheduler.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/sleep.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tupelo::detail {

/// A server that does what a test says, at the time of a manual scheduler: what no real one can be made to do.
class fake_server {
public:
  class connection;

  bool up = true;
  bool answers_in_turn = false;  ///< its connections can be shared, and answer when the test says so
  std::int64_t takes_to_open_us = 0;
  int attempts = 0;                  ///< to open
  std::vector<connection*> open;     ///< in the order in which they were opened
  std::vector<std::string> scripts;  ///< that ran
  std::vector<driver::host_statistics> hosts;

  void break_all();

  static fake_server*& current() noexcept {
    static fake_server* instance = nullptr;
    return instance;
  }
};

class fake_server::connection final : public driver::connection {
public:
  connection(fake_server& of, bool runs_inline) : server(of), inline_(runs_inline) { server.open.push_back(this); }
  ~connection() override { std::erase(server.open, this); }

  bool runs_inline() const noexcept override { return inline_; }
  bool run(driver::request& request) noexcept override {
    answer(request);
    return !request.failure;
  }
  void start(driver::request& request) noexcept override {
    if (silent) {
      unanswered = &request;
      return;
    }
    if (server.answers_in_turn) return asked.push_back(&request);
    answer(request);
    request.done(request);
  }
  bool can_be_shared() const noexcept override { return server.answers_in_turn; }
  void abandon(driver::request& request, const std::exception_ptr& failure) noexcept override {
    const auto found = std::find(asked.begin(), asked.end(), &request);
    if (found == asked.end()) return;
    *found = nullptr;  // its answer comes all the same
    request.abandoned = true;
    request.failure = failure;
    request.done(request);
  }
  const driver::request* abandon_waiting(const std::exception_ptr& failure) noexcept override {
    for (std::size_t i = 1; i < asked.size(); ++i) {
      if (asked[i] != nullptr) abandon(*asked[i], failure);
    }
    return asked.empty() ? nullptr : asked.front();
  }
  /// Answers the first that is not answered yet.
  void answer_next() {
    driver::request* const next = asked.front();
    asked.erase(asked.begin());
    if (next == nullptr) return;
    answer(*next);
    next->done(*next);
  }
  void lose() {
    broken = true;
    while (!asked.empty()) answer_next();
  }
  void interrupt() noexcept override {
    if (unanswered == nullptr) return;
    driver::request& request = *std::exchange(unanswered, nullptr);
    request.failure = std::make_exception_ptr(cancelled());
    request.done(request);
  }
  void finish(driver::prepared_statement*) noexcept override {}
  void release(driver::prepared_statement*) noexcept override {}
  bool usable() const noexcept override { return usable_; }
  bool in_transaction() const noexcept override { return in_transaction_; }
  bool is_unfit() const noexcept override { return unfit; }
  std::int64_t patience_us() const noexcept override { return patience; }

  fake_server& server;
  bool broken = false;        ///< as its next user will find out
  bool unfit = false;         ///< the server is not any more what was asked for
  bool silent = false;        ///< it answers nothing until it is interrupted
  bool loses_copies = false;  ///< rows of a COPY are refused, and when it is ended the disk is full
  std::int64_t patience = 2'000'000;
  driver::request* unanswered = nullptr;
  std::vector<driver::request*> asked;  ///< null: nobody waits any more

private:
  void answer(driver::request& request) noexcept {
    const std::string text(request.plan != nullptr ? std::string_view(request.plan->text) : request.script);
    if (broken) {
      usable_ = false;
      request.failure = std::make_exception_ptr(connection_error(errc::connection_lost, "the server is gone"));
      return;
    }
    server.scripts.push_back(text);
    request.failure = nullptr;
    request.ended_transaction = false;
    if (request.copy == driver::copy_step::rows && loses_copies)
      request.failure = std::make_exception_ptr(query_error("the row is refused"));
    if (request.copy == driver::copy_step::abort && loses_copies) fill_the_disk(request);
    for (std::string_view rest = text; !rest.empty() && !request.failure;) {
      const std::string_view statement = rest.substr(0, rest.find("; "));
      rest.remove_prefix(std::min(rest.size(), statement.size() + 2));
      answer(request, statement);
    }
  }
  void answer(driver::request& request, std::string_view statement) noexcept {
    const bool was_in_transaction = in_transaction_;
    if (statement.starts_with("BEGIN")) in_transaction_ = true;
    if (statement.starts_with("COMMIT") || statement.starts_with("ROLLBACK")) in_transaction_ = false;
    if (statement.starts_with("FAIL")) request.failure = std::make_exception_ptr(query_error("no such table"));
    if (statement.starts_with("FILL")) return fill_the_disk(request);
    if (statement.starts_with("LOSE")) {
      usable_ = in_transaction_ = false;
      request.failure = std::make_exception_ptr(connection_error(errc::connection_lost, "the server is gone"));
      return;
    }
    request.ended_transaction |= was_in_transaction && !in_transaction_;
  }
  /// The database ends the transaction by itself.
  void fill_the_disk(driver::request& request) noexcept {
    in_transaction_ = false;
    request.failure = std::make_exception_ptr(query_error(errc::disk_full, "the disk is full"));
  }

  bool inline_;
  bool usable_ = true;
  bool in_transaction_ = false;
};

inline void fake_server::break_all() {
  for (connection* each : open) each->broken = true;
}

class fake_connector final : public connector {
public:
  explicit fake_connector(fake_server& server) noexcept : server_(server) {}
  task<std::unique_ptr<driver::connection>> connect(bool runs_inline) override {
    ++server_.attempts;
    if (server_.takes_to_open_us != 0) co_await sleep_for(micros(server_.takes_to_open_us));
    if (!server_.up) throw connection_error(errc::connection_failed, "the server does not answer");
    co_return std::make_unique<fake_server::connection>(server_, runs_inline);
  }
  std::vector<driver::host_statistics> hosts() const override { return server_.hosts; }
  std::uint32_t max_connections() const noexcept override { return 0; }
  bool wants_inline() const noexcept override { return false; }

private:
  fake_server& server_;
};

class fake_dialect final : public dialect {
public:
  std::string_view name() const noexcept override { return "fake"; }
  const feature_table& features() const noexcept override { return table_; }
  const schema_dialect& schema() const noexcept override { std::terminate(); }
  std::string begin(const transaction_start&) const override { return "BEGIN"; }
  void placeholder(std::string& sql, std::uint32_t, value_type) const override { sql += '?'; }
  bool changes_session(std::string_view sql) const noexcept override {
    return sql.starts_with("SET") || sql.find("set_config") != std::string_view::npos;
  }
  std::string_view reset_session() const noexcept override { return "RESET"; }

private:
  feature_table table_{.copy = true};
};

inline backend fake_backend() {
  return {"fake",
          []() -> const dialect& {
            static const fake_dialect instance;
            return instance;
          },
          [](const driver::url&) -> std::unique_ptr<connector> {
            return std::make_unique<fake_connector>(*fake_server::current());
          }};
}

}  // namespace tupelo::detail
