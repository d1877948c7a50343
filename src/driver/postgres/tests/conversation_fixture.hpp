// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec_fixtures.hpp"
#include "conversation.hpp"
#include "message_bytes.hpp"
#include "network_order.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tupelo::driver::postgres::testing {

/// A statement as the engine keeps it, and one request for it.
struct asked {
  statement_plan plan;
  prepared_statement* prepared = nullptr;
  request run;
  std::vector<std::int64_t> rows;

  asked(std::string text, bool reads) {
    static const type_ops ops = ops_of<std::int64_t>(kind::i64);
    plan.text = std::move(text);
    plan.read_only = reads;
    if (reads) plan.reads.push_back(slot_of(ops, 0, "a"));
    run.plan = &plan;
    run.prepared = &prepared;
    run.rows = {&rows,
                [](void* into) -> void* { return &static_cast<std::vector<std::int64_t>*>(into)->emplace_back(); }};
  }
  /// Makes it take one parameter, a number.
  asked& with_parameter() {
    static const type_ops ops = ops_of<std::int64_t>(kind::i64);
    static const std::int64_t number = 7;
    static const void* const object = &number;
    bind_step step;
    step.source = bind_source::field;
    step.k = kind::i64;
    step.first = 1;
    step.slot = slot_of(ops);
    plan.binds.push_back(step);
    run.objects = &object;
    return *this;
  }
  asked(const asked&) = delete;
  asked& operator=(const asked&) = delete;
  ~asked() { delete reinterpret_cast<server_statement*>(prepared); }

  errc failure() const {
    try {
      std::rethrow_exception(run.failure);
    } catch (const error& e) {
      return e.code();
    }
  }
};

/// A conversation whose server is the test.
struct conversation_test : ::testing::Test {
  std::unique_ptr<conversation> talk = std::make_unique<conversation>(true);
  std::deque<asked> statements;

  asked& read(std::string text = "SELECT 1") { return statements.emplace_back(std::move(text), true); }
  asked& write(std::string text = "UPDATE t SET a = 1") { return statements.emplace_back(std::move(text), false); }

  /// The types of the messages that were sent since.
  std::string sent() {
    std::string types;
    const send_buffer& out = talk->output();
    for (std::size_t at = 0; at < out.size();) {
      types += out.data()[at];
      at += 1 + load32(out.data() + at + 1);
    }
    last_sent = std::string(out.data(), out.size());
    talk->output().clear();
    return types;
  }
  std::string last_sent;

  void answer(const std::string& bytes) {
    feed(talk->input(), bytes);
    talk->receive();
  }
  static std::string described(bool reads) {
    const std::string head = message_bytes('1', "") + message_bytes('t', int16_bytes(0));
    if (!reads) return head + message_bytes('n', "");
    return head + message_bytes('T', int16_bytes(1) + text_bytes("n") + int32_bytes(0) + int16_bytes(0) +
                                         int32_bytes(20) + int16_bytes(8) + int32_bytes(0xFFFFFFFF) + int16_bytes(0));
  }
  /// Of a statement with one parameter, a number.
  static std::string described_with_parameter() {
    return message_bytes('1', "") + message_bytes('t', int16_bytes(1) + int32_bytes(20)) + message_bytes('n', "");
  }
  static std::string row(std::uint32_t value) {
    return message_bytes('D', int16_bytes(1) + int32_bytes(8) + int32_bytes(0) + int32_bytes(value));
  }
  static std::string done(const char* tag) { return message_bytes('2', "") + message_bytes('C', text_bytes(tag)); }
  static std::string ready(char status = 'I') { return message_bytes('Z', std::string(1, status)); }
  static std::string refused(const char* sqlstate, const char* routine = "x", const char* severity = "ERROR",
                             const char* message = "no") {
    return message_bytes('E', "S" + text_bytes(severity) + "V" + text_bytes(severity) + "C" + text_bytes(sqlstate) +
                                  "M" + text_bytes(message) + "R" + text_bytes(routine) + '\0');
  }
  /// The server cannot tell the type of the parameter.
  static std::string untyped(int number) {
    const std::string message = "konnte Datentyp von Parameter $" + std::to_string(number) + " nicht ermitteln";
    return refused("42P18", "x", "ERROR", message.c_str());
  }
  static std::string stale() { return refused("0A000", "RevalidateCachedQuery"); }
};

}  // namespace tupelo::driver::postgres::testing
