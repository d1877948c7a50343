// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "codec_fixtures.hpp"
#include "conversation.hpp"

#include <cstring>
#include <deque>

namespace tupelo::driver::postgres::testing {
struct person {
  std::int64_t id;
  std::string name;
};

inline std::string message(char type, const std::string& body = {}) {
  return type + big32(static_cast<std::uint32_t>(body.size() + 4)) + body;
}
inline std::string with_nul(std::string_view text) { return std::string(text) + '\0'; }

/// A COPY, in or out, whose server is the test.
struct copying : ::testing::Test {
  conversation talk{true};
  type_ops id_ops = ops_of<std::int64_t>(kind::i64);
  type_ops name_ops = ops_of<std::string>(kind::text);
  statement_plan into;
  statement_plan from;
  request in;
  request out;
  prepared_statement* prepared = nullptr;
  std::deque<person> read;
  std::vector<request*> done;

  copying() {
    into.text = "COPY people (id, name) FROM STDIN";
    for (const type_ops* ops : {&id_ops, &name_ops}) {
      bind_step step;
      step.source = bind_source::field;
      step.slot = slot(*ops);
      step.k = ops->k;
      step.first = static_cast<std::uint32_t>(into.binds.size() + 1);
      into.binds.push_back(step);
      from.reads.push_back(slot(*ops));
    }
    in.plan = &into;
    in.script = "SELECT id, name FROM people";
    from.text = "SELECT id, name FROM people";
    out.plan = &from;
    out.prepared = &prepared;
    out.in_bulk = true;
    out.fetch = 2;
    out.rows = {&read, [](void* rows) -> void* { return &static_cast<std::deque<person>*>(rows)->emplace_back(); }};
  }
  ~copying() override {
    if (prepared != nullptr) {
      talk.release(std::unique_ptr<server_statement>(reinterpret_cast<server_statement*>(prepared)));
    }
  }
  field_slot slot(const type_ops& ops) const {
    return &ops == &id_ops ? slot_of(ops, offsetof(person, id), "id") : slot_of(ops, offsetof(person, name), "name");
  }

  /// The types of what was sent, and their bodies in `bodies`.
  std::string sent() {
    std::string types;
    bodies.clear();
    send_buffer& waiting = talk.output();
    const char* at = waiting.data();
    const char* const end = at + waiting.size();
    while (at != end) {
      const std::uint32_t size = load32(at + 1);
      types += *at;
      bodies.emplace_back(at + 5, size - 4);
      at += 1 + size;
    }
    waiting.consume(waiting.size());
    return types;
  }
  std::vector<std::string> bodies;

  void receive(const std::string& bytes) {
    receive_buffer& buffer = talk.input();
    std::string_view rest = bytes;
    while (!rest.empty()) {
      const auto room = buffer.prepare(1);
      const std::size_t count = std::min(room.size(), rest.size());
      std::memcpy(room.data(), rest.data(), count);
      buffer.commit(count);
      rest.remove_prefix(count);
    }
    talk.receive();
    note_completed();
  }
  void submit(request& r) {
    talk.submit(r);
    if (!talk.input().empty()) talk.receive();
    note_completed();
  }
  void note_completed() {
    for (request* next = talk.take_completed(); next != nullptr;) {
      done.push_back(next);
      next = std::exchange(next->next, nullptr);
    }
  }
  bool completed(const request& r) {
    const bool is = done.size() == 1 && done.front() == &r;
    done.clear();
    return is;
  }

  std::string description(oid name_type = oid::text) const {
    std::string columns = big16(2);
    for (const auto& [name, type] : {std::pair("id", oid::int8), std::pair("name", name_type)})
      columns += with_nul(name) + big32(0) + big16(0) + big32(number(type)) + big16(8) + big32(0xffffffff) + big16(0);
    return message('1') + message('t', big16(0)) + message('T', columns);
  }
  static std::string copy_response(char direction, int format = 1) {
    const auto code = static_cast<std::uint16_t>(format);
    return message('1') + message('2') + message(direction, bytes_of({format}) + big16(2) + big16(code) + big16(code));
  }
  static std::string failed(std::string_view sqlstate) {
    return message('E', with_nul("SERROR") + with_nul("VERROR") + with_nul("C" + std::string(sqlstate)) +
                            with_nul("Mno") + '\0');
  }
  static std::string ready(char status = 'I') { return message('Z', std::string(1, status)); }

  void step(copy_step which) {
    in.copy = which;
    submit(in);
  }
  void open(oid name_type = oid::text, int format = 1) {
    step(copy_step::open);
    receive(description(name_type));
    receive(copy_response('G', format));
    EXPECT_TRUE(completed(in));
    sent();
  }
  void rows(const std::vector<person>& people) {
    objects.clear();
    for (const person& each : people) objects.push_back(&each);
    in.objects = objects.data();
    in.object_count = static_cast<std::uint32_t>(objects.size());
    step(copy_step::rows);
  }
  std::vector<const void*> objects;
};

inline const std::string header = std::string("PGCOPY\n\377\r\n\0", 11) + std::string(8, '\0');

}  // namespace tupelo::driver::postgres::testing
