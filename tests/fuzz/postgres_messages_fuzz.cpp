// SPDX-License-Identifier: Apache-2.0
// Whatever a server sends, however it is split: it is understood, or refused with a typed error; no parser reads beyond
// its message, and no memory is taken for what was only announced.
#include "backend_messages.hpp"
#include "conversation.hpp"
#include "notification_stream.hpp"
#include "postgres_failure.hpp"
#include "receive_buffer.hpp"
#include "send_buffer.hpp"
#include "startup.hpp"
#include "type_catalog.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace tupelo::driver::postgres;

std::string fixed_nonce() { return "rOprNGfwEbeRWgbNEkqO"; }

/// Bytes in pieces whose sizes the input's first bytes tell.
class split_stream {
public:
  split_stream(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {
    pattern_ = rest_.substr(0, std::min<std::size_t>(rest_.size(), 4));
    rest_.remove_prefix(pattern_.size());
  }
  bool empty() const noexcept { return rest_.empty(); }
  void receive(receive_buffer& in) {
    const std::size_t wanted = 1 + static_cast<unsigned char>(pattern_[turn_++ % pattern_.size()]);
    const auto room = in.prepare(1 + wanted % 3);
    const std::size_t count = std::min({wanted, rest_.size(), room.size()});
    std::memcpy(room.data(), rest_.data(), count);
    in.commit(count);
    arrived_ += count;
    rest_.remove_prefix(count);
    if (in.capacity() > std::max<std::size_t>(64 * 1024, 2 * arrived_)) std::abort();
  }

private:
  std::string_view rest_;
  std::string_view pattern_;
  std::size_t turn_ = 0;
  std::size_t arrived_ = 0;
};

void parse(const backend_message& shared) {
  // In a block of its own, so that reading beyond it is seen.
  const auto copy = std::make_unique<char[]>(shared.size);
  if (shared.size != 0) std::memcpy(copy.get(), shared.body, shared.size);
  const backend_message message{shared.type, shared.size, copy.get()};
  std::vector<column_description> columns;
  std::vector<std::uint32_t> types;
  switch (message.type) {
    case 'E':
    case 'N': {
      const error_fields fields = parse_error(message);
      for (const interruption cause : {interruption::none, interruption::cancelled, interruption::deadline}) {
        if (make_postgres_failure(fields, "SELECT 1", cause) == nullptr) std::abort();
      }
      try {
        throw_startup_failure(fields, "shop on db:5432");
      } catch (const tupelo::connection_error&) {}
      break;
    }
    case 'T': parse_row_description(message, columns); break;
    case 't': parse_parameter_description(message, types); break;
    case 'C': parse_command_complete(message); break;
    case 'Z': parse_ready_for_query(message); break;
    case 'S': parse_parameter_status(message); break;
    case 'K': parse_backend_key(message); break;
    case 'A': parse_notification(message); break;
    case 'v': parse_negotiate_protocol_version(message); break;
    case 'G':
    case 'H': parse_copy_response(message); break;
    case 'R': parse_authentication(message); break;
    case 'D': type_catalog().take(message); break;
    default: break;
  }
}

void run_parsers(split_stream stream) {
  receive_buffer in;
  while (!stream.empty()) {
    stream.receive(in);
    for (backend_message message; in.next(message);) {
      try {
        parse(message);
      } catch (const tupelo::connection_error& e) {
        // A message that is nonsense in itself does not hide those behind it from the fuzzer.
        if (e.connection_usable()) std::abort();
      }
    }
  }
}

/// Deriving a key takes as long as the server says, up to a limit; the fuzzer has better things to do.
bool is_slow(const backend_message& message) {
  const std::string_view body(message.body, message.size);
  const std::size_t at = body.find(",i=");
  if (message.type != 'R' || at == std::string_view::npos) return false;
  unsigned iterations = 0;
  std::from_chars(body.data() + at + 3, body.data() + body.size(), iterations);
  return iterations > 100 && iterations <= scram_client::most_iterations && iterations != 4096;
}

void run_startup(split_stream stream, encryption attempt, const postgres_settings& settings) {
  const postgres_host host{"db", "", 5432, "pencil"};
  send_buffer out;
  receive_buffer in(startup::largest_message);
  startup start(settings, host, attempt, out, fixed_nonce);
  while (start.wants() != startup::input::nothing) {
    if (start.wants() == startup::input::tls_handshake) {
      start.take_tls("CERT");
      continue;
    }
    if (start.wants() == startup::input::tls_answer) {
      char answer = 0;
      if (in.next_byte(answer)) {
        start.take_tls_answer(answer, !in.empty());
        continue;
      }
    } else if (backend_message message; in.next(message)) {
      if (is_slow(message)) return;
      start.take_message(message);
      continue;
    }
    if (stream.empty()) return;
    stream.receive(in);
  }
  (void)start.server_version();
  (void)start.session().fits(target_session::read_write);
}

// ---- a conversation that copies

struct row {
  std::int64_t id = 0;
  std::string name;
  tupelo::json document;
};

tupelo::type_ops ops_of(tupelo::kind k, std::size_t size) {
  tupelo::type_ops ops;
  ops.k = k;
  ops.size = static_cast<std::uint16_t>(size);
  return ops;
}

/// The plan of rows in, or out.
tupelo::statement_plan plan_of(const char* text, bool in) {
  static const tupelo::type_ops number = ops_of(tupelo::kind::i64, sizeof(std::int64_t));
  static const tupelo::type_ops name = ops_of(tupelo::kind::text, sizeof(std::string));
  static const tupelo::type_ops document = ops_of(tupelo::kind::json, sizeof(tupelo::json));
  const tupelo::field_slot slots[] = {
      {&number, static_cast<std::uint16_t>(offsetof(row, id)), number.k, false, "id"},
      {&name, static_cast<std::uint16_t>(offsetof(row, name)), name.k, false, "name"},
      {&document, static_cast<std::uint16_t>(offsetof(row, document)), document.k, false, "document"}};
  tupelo::statement_plan plan;
  plan.text = text;
  for (const tupelo::field_slot& slot : slots) {
    if (!in) {
      plan.reads.push_back(slot);
      continue;
    }
    tupelo::bind_step step;
    step.source = tupelo::bind_source::field;
    step.slot = slot;
    step.k = slot.k;
    step.first = static_cast<std::uint32_t>(plan.binds.size() + 1);
    plan.binds.push_back(step);
  }
  return plan;
}

/// One side of a COPY whose server says anything: every step is answered, or ends with the connection.
class copying {
public:
  copying(bool in, split_stream stream) : in_(in), stream_(stream) {
    asked_.plan = &plan_;
    if (in) {
      asked_.script = "SELECT id, name, document FROM rows";
      asked_.copy = copy_step::open;
    } else {
      asked_.prepared = &prepared_;
      asked_.in_bulk = true;
      asked_.fetch = 2;
      asked_.rows = {&rows_, [](void* rows) -> void* { return &static_cast<std::vector<row>*>(rows)->emplace_back(); }};
    }
  }
  copying(const copying&) = delete;
  copying& operator=(const copying&) = delete;
  ~copying() {
    if (prepared_ != nullptr)
      talk_.release(std::unique_ptr<server_statement>(reinterpret_cast<server_statement*>(prepared_)));
  }

  void run() {
    try {
      submit();
      while (!stream_.empty()) {
        stream_.receive(talk_.input());
        talk_.receive();
        go_on();
      }
    } catch (const tupelo::connection_error&) {
      talk_.fail_all(std::current_exception());
      if (waits_ && talk_.take_completed() != &asked_) std::abort();
      throw;
    }
  }

private:
  using copy_step = tupelo::driver::copy_step;

  void submit() {
    waits_ = true;
    talk_.submit(asked_);
    if (!talk_.input().empty()) talk_.receive();
    go_on();
  }
  void go_on() {
    talk_.output().consume(talk_.output().size());
    if (talk_.take_completed() == nullptr) return;
    waits_ = false;
    if (rows_.size() > 64) rows_.clear();
    if (in_) {
      const bool failed = asked_.failure != nullptr;
      if (failed && asked_.copy == copy_step::abort) return;
      if (asked_.copy == copy_step::close || (failed && asked_.copy == copy_step::open)) return;
      asked_.copy = failed ? copy_step::abort : asked_.copy == copy_step::open ? copy_step::rows : copy_step::close;
      asked_.objects = objects_;
      asked_.object_count = 1;
      submit();
    } else if (asked_.more) {
      submit();
    }
  }

  bool in_;
  split_stream stream_;
  tupelo::statement_plan plan_ =
      plan_of(in_ ? "COPY rows (id, name, document) FROM STDIN" : "SELECT id, name, document FROM rows", in_);
  row sent_{7, "ada", tupelo::json::parse("{}")};
  const void* objects_[1] = {&sent_};
  std::vector<row> rows_;
  tupelo::driver::prepared_statement* prepared_ = nullptr;
  tupelo::driver::request asked_;
  conversation talk_{true};
  bool waits_ = false;
};

// ---- a conversation about anything

/// A mix of requests that the input's first bytes tell, and a server that says anything: each ends once, at the latest
/// with the connection.
class mixture {
public:
  mixture(const std::uint8_t* data, std::size_t size)
      : commands_(data, std::min<std::size_t>(size, most)),
        stream_(data + commands_.size(), size - commands_.size()),
        talk_(commands_.front() % 2 == 0, commands_.front() % 4 == 3) {
    for (prepared& each : statements_) each.keeps = &each == &statements_.front() || commands_.front() % 8 < 4;
  }
  mixture(const mixture&) = delete;
  mixture& operator=(const mixture&) = delete;
  ~mixture() {
    for (prepared& each : statements_) {
      if (each.handle != nullptr)
        talk_.release(std::unique_ptr<server_statement>(reinterpret_cast<server_statement*>(each.handle)));
    }
  }

  void run() {
    talk_.report_to(&events_);
    std::exception_ptr lost;
    try {
      for (std::size_t next = 1; next < commands_.size() || !stream_.empty();) {
        if (next < commands_.size()) command(commands_[next++]);
        for (int i = 0; i != 3 && !stream_.empty(); ++i) {
          stream_.receive(talk_.input());
          talk_.receive();
          take_completed();
        }
      }
    } catch (const tupelo::connection_error& e) {
      if (e.connection_usable()) std::abort();
      lost = std::current_exception();
    }
    take_completed();
    talk_.fail_all(lost ? lost
                        : std::make_exception_ptr(tupelo::connection_error(tupelo::errc::connection_lost,
                                                                           "the server has no more to say")));
    take_completed();
    for (const task& each : tasks_) {
      if (each.waits) std::abort();
    }
    if (lost) std::rethrow_exception(lost);
  }

private:
  using request = tupelo::driver::request;
  static constexpr std::size_t most = 24;

  /// As the engine's cache keeps it.
  struct prepared {
    tupelo::statement_plan plan;
    tupelo::driver::prepared_statement* handle = nullptr;
    bool keeps = true;
    bool streams = false;
  };
  /// One request, or a group of some.
  struct task {
    std::vector<request> runs;
    request* head = nullptr;
    prepared* of = nullptr;  ///< null: a group, or a script
    bool waits = false;
    bool ended = false;
  };
  struct everything final : tupelo::driver::connection_events {
    bool wants_notices() const noexcept override { return true; }
    void noticed(const tupelo::notice_event&) noexcept override {}
  };

  void command(std::uint8_t byte) {
    prepared& statement = statements_[byte / 8 % statements_.size()];
    switch (byte % 8) {
      case 0:
      case 1: {
        task& added = add(1);
        prepare(added.runs[0], statement);
        return submit(added);
      }
      case 2: {
        if (statement.streams || !statement.keeps || is_busy()) return;  // whoever streams has the connection alone
        task& added = add(1);
        prepare(added.runs[0], statement);
        added.runs[0].fetch = 2;
        added.runs[0].in_bulk = byte >= 128;
        added.of = &statement;
        statement.streams = true;
        return submit(added);
      }
      case 3: {
        task& added = add(1 + byte / 8 % 3);
        for (std::size_t i = 0; i != added.runs.size(); ++i) {
          prepare(added.runs[i], statements_[(byte / 32 + i) % statements_.size()]);
          added.runs[i].next = i + 1 != added.runs.size() ? &added.runs[i + 1] : nullptr;
        }
        group_.emplace_back().members = added.runs.data();
        added.head = &group_.back();
        return submit(added);
      }
      case 4: {
        task& added = add(1);
        added.runs[0].script = byte >= 128 ? "BEGIN" : "COMMIT; SELECT 1";
        return submit(added);
      }
      case 5: {
        // The next rows of a result, or its end.
        if (is_busy()) return;
        for (task& each : tasks_) {
          if (each.of == nullptr || each.waits || each.ended) continue;
          if (byte < 128) {
            each.head->fetch = 1 + byte / 16;
            return submit(each);
          }
          return end(each);
        }
        return;
      }
      case 6:
        if (byte >= 128) return talk_.blame(tupelo::driver::postgres::interruption::cancelled);
        return talk_.blame(tupelo::driver::postgres::interruption::deadline);
      default: {
        if (is_busy()) return;
        const task* open = nullptr;
        for (const task& each : tasks_) {
          if (each.of != nullptr && !each.waits && !each.ended) open = &each;
        }
        talk_.join_result(byte >= 128 && open != nullptr ? reinterpret_cast<server_statement*>(open->of->handle)
                                                         : nullptr);
      }
    }
  }

  bool is_busy() const {
    return std::any_of(tasks_.begin(), tasks_.end(), [](const task& each) { return each.waits; });
  }
  void end(task& stream) {
    stream.ended = true;
    stream.of->streams = false;
    if (stream.of->handle != nullptr && !is_busy())
      talk_.finish(*reinterpret_cast<server_statement*>(stream.of->handle));
  }

  task& add(std::size_t runs) {
    task& added = tasks_.emplace_back();
    added.runs.resize(runs);
    added.head = added.runs.data();
    return added;
  }
  void prepare(request& run, prepared& of) {
    run.plan = &of.plan;
    run.prepared = of.keeps && !of.streams ? &of.handle : nullptr;
    run.objects = objects_;
    run.rows = {&rows_, [](void* rows) -> void* {
                  auto& all = *static_cast<std::vector<row>*>(rows);
                  if (all.size() > 64) all.clear();
                  return &all.emplace_back();
                }};
  }
  void submit(task& asked) {
    asked.waits = true;
    talk_.submit(*asked.head);
    if (!talk_.input().empty()) talk_.receive();
    take_completed();
  }
  void take_completed() {
    talk_.output().consume(talk_.output().size());
    talk_.take_notices();
    for (request* done = talk_.take_completed(); done != nullptr;) {
      request* const next = std::exchange(done->next, nullptr);
      task* found = nullptr;
      for (task& each : tasks_) {
        if (each.head == done) found = &each;
      }
      if (found == nullptr || !found->waits) std::abort();  // a member on its own, or twice
      found->waits = false;
      if (found->of != nullptr && !done->more) end(*found);
      done = next;
    }
  }

  static tupelo::statement_plan with_values(const char* text, bool reads) {
    tupelo::statement_plan plan = plan_of(text, true);
    plan.read_only = reads;
    if (reads) plan.reads = plan_of(text, false).reads;
    return plan;
  }

  std::span<const std::uint8_t> commands_;
  split_stream stream_;
  everything events_;
  row sent_{7, "ada", tupelo::json::parse("{}")};
  const void* objects_[1] = {&sent_};
  std::vector<row> rows_;
  std::array<prepared, 4> statements_{
      {{with_values("SELECT id, name, document FROM rows WHERE id = $1 AND name = $2 AND document = $3", true)},
       {plan_of("SELECT id, name, document FROM rows", false)},
       {with_values("UPDATE rows SET id = $1, name = $2, document = $3", false)},
       {plan_of("DELETE FROM rows", false)}}};
  std::deque<task> tasks_;
  std::deque<request> group_;
  conversation talk_;
};

void run_listener(split_stream stream) {
  receive_buffer in;
  notification_reader reader;
  reader.ask();
  while (!stream.empty()) {
    stream.receive(in);
    for (;;) {
      reader.receive(in);
      try {
        reader.throw_if_refused();
      } catch (const tupelo::error&) {}
      if (!reader.has_heard()) break;
      reader.take();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 6) return 0;
  const unsigned mode = data[0];
  const split_stream stream(data + 1, size - 1);
  try {
    if (mode >= 224 && mode < 240) {
      mixture(data + 1, size - 1).run();
    } else if (mode >= 240) {
      if (mode % 3 == 2) {
        run_listener(stream);
      } else {
        copying(mode % 3 == 0, stream).run();
      }
    } else if (mode % 4 == 0) {
      run_parsers(stream);
    } else {
      postgres_settings settings;
      settings.user = "ada";
      settings.database = "shop";
      settings.channel_binding = static_cast<channel_binding_mode>(mode / 4 % 3);
      settings.allow_cleartext_password = mode / 12 % 2 != 0;
      run_startup(stream, static_cast<encryption>(mode % 4 - 1), settings);
    }
  } catch (const tupelo::connection_error& e) {
    if (e.connection_usable()) std::abort();
  }
  return 0;
}
