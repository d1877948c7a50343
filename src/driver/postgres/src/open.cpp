// SPDX-License-Identifier: Apache-2.0
#include "conversation.hpp"
#include "frontend_messages.hpp"
#include "message_reader.hpp"
#include "notification_stream.hpp"
#include "postgres_connection.hpp"
#include "resolve.hpp"
#include "socket_wait.hpp"
#include "startup.hpp"
#include "tls_context.hpp"
#include "transport.hpp"

#include <tupelo/driver/circuit_breaker.hpp>
#include <tupelo/driver/postgres/open.hpp>
#include <tupelo/core/deadline.hpp>
#include <tupelo/core/error.hpp>
#include <tupelo/core/reactor.hpp>
#include <tupelo/core/scheduler.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>
#include <fcntl.h>
#include <sys/socket.h>

namespace tupelo::driver::postgres {

namespace {

[[noreturn]] void throw_unreachable(const postgres_host& host, int code) {
  throw connection_error(errc::connection_failed, "the server " + host.shown() +
                                                      " cannot be reached: " + std::generic_category().message(code) +
                                                      "; check that it runs and listens there");
}

void set_option(int descriptor, int level, int name, int value) noexcept {
  // What the system does not know of is as good as its default.
  ::setsockopt(descriptor, level, name, &value, sizeof value);
}

/// Of a unix socket, which the system does not fit to what is sent: rows of a COPY wake both sides less often.
constexpr int local_send_buffer = 1 << 20;

void set_tcp_options(int descriptor, const postgres_settings& settings) noexcept {
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, settings.keepalives ? 1 : 0);
  if (settings.keepalives_idle_s > 0) set_option(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, settings.keepalives_idle_s);
  if (settings.keepalives_interval_s > 0)
    set_option(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, settings.keepalives_interval_s);
  if (settings.keepalives_count > 0) set_option(descriptor, IPPROTO_TCP, TCP_KEEPCNT, settings.keepalives_count);
  if (settings.tcp_user_timeout_ms > 0)
    set_option(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, settings.tcp_user_timeout_ms);
}

/// One connection on its way from a socket to ready.
class opening {
public:
  opening(const postgres_settings& settings, std::shared_ptr<ssl_ctx_st> tls, const postgres_host& host,
          encryption attempt, std::int64_t due_us)
      : settings_(settings),
        tls_{std::move(tls), settings.tls_server_name || settings.tls == tls_mode::verify_full ? host.name : "",
             settings.tls == tls_mode::verify_full, settings.tls_direct},
        host_(host),
        due_us_(due_us),
        talk_(settings.named_statements, settings.behind_pooler),
        startup_(settings, host, attempt, talk_.output()) {}

  task<void> run(const endpoint& server) {
    facts_.server = server;
    facts_.name = host_.shown();
    const scheduler& loop = co_await current_scheduler();
    const std::int64_t begun_us = loop.now_us();
    co_await connect();
    talk_.input().limit(startup::largest_message);
    while (startup_.wants() != startup::input::nothing) {
      co_await flush();
      co_await step();
    }
    co_await flush();
    talk_.input().limit(receive_buffer::largest_message);
    facts_.key = startup_.key();
    facts_.cancel_timeout_us = settings_.cancel_timeout_us != 0 ? settings_.cancel_timeout_us
                                                                : usual_cancel_timeout_us(loop.now_us() - begun_us);
    talk_.knows_server(startup_.server_version());
  }

  bool used_tls() const noexcept { return socket_.is_encrypted(); }
  /// The handshake is done: what fails from here on is no matter of TLS.
  bool has_tls() const noexcept { return startup_.uses_tls(); }

  /// Whether the session is what is asked for.
  task<bool> fits(target_session wanted) {
    talk_.expects(startup_.session(), wanted);
    if (const std::optional<bool> told = startup_.session().fits(wanted)) co_return *told;
    if (wanted == target_session::read_write || wanted == target_session::read_only) {
      const std::string read_only = co_await ask("SHOW transaction_read_only");
      co_return (read_only == "on") == (wanted == target_session::read_only);
    }
    const std::string standby = co_await ask("SELECT pg_catalog.pg_is_in_recovery()");
    co_return (standby == "t") != (wanted == target_session::primary);
  }

  std::unique_ptr<connection> finish(bool inline_execution) {
    watch_.reset();
    for (const std::string& notice : settings_.notices) {
      error_fields& said = facts_.notices.emplace_back();
      said.severity = "WARNING";
      said.sqlstate = "01000";
      said.message = notice;
    }
    for (error_fields& notice : startup_.notices()) facts_.notices.push_back(std::move(notice));
    return std::make_unique<postgres_connection>(std::move(socket_), std::move(facts_), std::move(talk_),
                                                 inline_execution);
  }
  std::unique_ptr<notification_stream> finish_listening() {
    watch_.reset();
    return std::make_unique<notification_stream>(std::move(socket_), std::move(facts_), std::move(talk_));
  }

private:
  task<void> connect() {
    const endpoint& server = facts_.server;
    socket_ = transport(::socket(server.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket_.is_open()) throw_unreachable(host_, errno);
    const int descriptor = socket_.descriptor();
    if (server.address.ss_family != AF_UNIX) {
      set_tcp_options(descriptor, settings_);
    } else {
      set_option(descriptor, SOL_SOCKET, SO_SNDBUF, local_send_buffer);
    }
    const int result = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&server.address), server.size);
    const int code = errno;
    if (result != 0 && code != EINPROGRESS) throw_unreachable(host_, code);
    watch_ = (co_await current_scheduler()).reactor().watch(descriptor);
    if (result != 0) {
      co_await wait(io_readiness::writable);
      int failure = 0;
      socklen_t size = sizeof failure;
      ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size);
      if (failure != 0) throw_unreachable(host_, failure);
    }
    // From here on every call says itself whether it may block.
    const int flags = ::fcntl(descriptor, F_GETFL);
    ::fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK);
  }

  task<void> step() {
    switch (startup_.wants()) {
      case startup::input::tls_answer: {
        char answer = '\0';
        while (!talk_.input().next_byte(answer)) co_await receive();
        startup_.take_tls_answer(answer, !talk_.input().empty());
        break;
      }
      case startup::input::tls_handshake: {
        socket_.start_tls(tls_);
        facts_.tls = tls_;
        for (transfer state = socket_.handshake(); state != transfer::done; state = socket_.handshake())
          co_await wait(state == transfer::wants_read ? io_readiness::readable : io_readiness::writable);
        startup_.take_tls(socket_.channel_binding());
        break;
      }
      case startup::input::message: {
        backend_message message;
        while (!talk_.input().next(message)) co_await receive();
        startup_.take_message(message);
        break;
      }
      case startup::input::nothing: break;
    }
  }

  task<void> flush() {
    send_buffer& out = talk_.output();
    while (!out.empty()) {
      std::size_t count = 0;
      const transfer state = socket_.send(out.data(), out.size(), count);
      out.consume(count);
      if (state == transfer::ended) out.clear();  // its last words may say why
      if (state == transfer::wants_read) co_await wait(io_readiness::readable);
      if (state == transfer::wants_write) co_await wait(io_readiness::writable);
    }
  }

  task<void> receive() {
    for (;;) {
      const std::span<char> room = talk_.input().prepare();
      std::size_t count = 0;
      const transfer state = socket_.receive(room.data(), room.size(), count, false);
      talk_.input().commit(count);
      if (state == transfer::done) co_return;
      if (state == transfer::ended) {
        throw connection_error(errc::connection_failed, "the server " + host_.shown() +
                                                            " closed the connection before it was ready; is it a "
                                                            "PostgreSQL server?");
      }
      co_await wait(state == transfer::wants_read ? io_readiness::readable : io_readiness::writable);
    }
  }

  task<void> wait(io_readiness wanted) { co_await wait_for(*watch_, wanted, due_us_); }

  /// The first column of the first row.
  task<std::string> ask(std::string_view sql) {
    write_query(talk_.output(), sql);
    co_await flush();
    std::string answer;
    for (;;) {
      backend_message message;
      while (!talk_.input().next(message)) co_await receive();
      if (message.type == 'D') {
        message_reader reader(message);
        if (reader.get16() > 0) answer = reader.bytes(reader.get32());
      } else if (message.type == 'E') {
        throw_startup_failure(parse_error(message), host_.shown());
      } else if (message.type == 'Z') {
        co_return answer;
      }
    }
  }

  const postgres_settings& settings_;
  tls_terms tls_;
  const postgres_host& host_;
  std::int64_t due_us_;
  conversation talk_;
  startup startup_;
  transport socket_;
  std::unique_ptr<descriptor_watch> watch_;
  session_facts facts_;
};

/// The session is not what is asked for, though the server is well.
struct unfit_session final : connection_error {
  explicit unfit_session(const std::string& host)
      : connection_error(errc::connection_failed, "the server " + host + " is not what target_session_attrs asks for") {
  }
};

/// A connection that could not be opened, whose host is named. What a server says that is none, or that refuses the
/// client in TLS, it will say again: nothing was lost that could be run again.
connection_error about(const postgres_host& host, const connection_error& e) {
  const bool broken = e.sqlstate() == "08P01" || dynamic_cast<const tls_failure*>(&e) != nullptr;
  const errc code = broken ? errc::connection_failed : e.code();
  std::string message = e.what();
  if (message.find(host.name.empty() ? host.address : host.name) == std::string::npos)
    message.insert(0, "the server " + host.shown() + ": ");
  return connection_error(code, message, e.sqlstate());
}

/// Which hosts were tried in vain, and why.
class failed_attempts {
public:
  void add_untried(const postgres_host& host, std::uint32_t failures) {
    alike_ = false;
    shown_.push_back("the server " + host.shown() + " was not tried, after " + std::to_string(failures) +
                     " failures in a row");
  }
  void add(const connection_error& failure) {
    if (!last_ || failure.what() != shown_.back()) shown_.emplace_back(failure.what());
    if (last_ && last_->code() != failure.code()) alike_ = false;
    last_ = failure;
  }
  /// What was tried before the one that a message tells of, behind it.
  std::string before() const {
    std::string message;
    for (const std::string& shown : shown_) message += (message.empty() ? "; before it: " : "; ") + shown;
    return message;
  }
  /// Errors: that of all where they are alike.
  [[noreturn]] void raise() const {
    if (shown_.size() == 1 && last_) throw connection_error(*last_);
    std::string message = "none of the hosts can be used: ";
    for (const std::string& shown : shown_) message += (&shown == &shown_.front() ? "" : "; ") + shown;
    if (last_ && alike_) throw connection_error(last_->code(), message, last_->sqlstate());
    throw connection_error(errc::connection_failed, message);
  }

private:
  std::optional<connection_error> last_;
  bool alike_ = true;
  std::vector<std::string> shown_;
};

/// Within which a host that is well answers.
constexpr std::int64_t fair_time_us = 1'000'000;

/// How a server says that its pg_hba.conf has no entry for a connection like this one.
bool is_unwelcome(const connection_error& failure) noexcept { return failure.sqlstate() == "28000"; }

}  // namespace

struct postgres_server::state {
  explicit state(postgres_settings of) : settings(std::move(of)) {
    for (std::size_t i = 0; i != settings.hosts.size(); ++i) {
      circuits.push_back(
          std::make_unique<circuit_breaker>(settings.circuits, reinterpret_cast<std::uintptr_t>(this) + 2 * i));
    }
  }

  postgres_settings settings;
  std::shared_ptr<ssl_ctx_st> tls;
  std::vector<std::unique_ptr<circuit_breaker>> circuits;  ///< one for each host

  /// Errors: as postgres_server::connect.
  task<std::unique_ptr<opening>> open() const;
  task<std::unique_ptr<opening>> open(target_session wanted, failed_attempts& failures) const;
  /// How long a host is waited for.
  struct patience {
    std::size_t hosts_left = 1;  ///< among which the caller's time is shared, this one included
    bool first_look = false;     ///< others follow: no longer than a host that is well takes
    bool cut_short = false;      ///< set where that was too short
  };
  task<std::unique_ptr<opening>> open(const postgres_host& host, circuit_breaker::attempt attempt,
                                      target_session wanted, patience& given, failed_attempts& failures) const;
  task<std::unique_ptr<opening>> open(const postgres_host& host, const endpoint& address, target_session wanted,
                                      std::int64_t due_us) const;
  std::vector<std::size_t> order_of_hosts() const;
};

postgres_server::postgres_server(postgres_settings settings) {
  auto made = std::make_unique<state>(std::move(settings));
  const bool by_network = std::any_of(made->settings.hosts.begin(), made->settings.hosts.end(),
                                      [](const postgres_host& host) { return !host.is_socket(); });
  if (made->settings.tls != tls_mode::disable && by_network) made->tls = make_tls_context(made->settings);
  state_ = std::move(made);
}
postgres_server::~postgres_server() = default;

const postgres_settings& postgres_server::settings() const noexcept { return state_->settings; }

std::vector<host_statistics> postgres_server::hosts() const {
  std::vector<host_statistics> all;
  const std::int64_t now = steady_now_us();
  for (std::size_t i = 0; i != state_->circuits.size(); ++i) {
    all.push_back(state_->circuits[i]->statistics(now));
    all.back().host = state_->settings.hosts[i].shown();
  }
  return all;
}

task<std::unique_ptr<connection>> postgres_server::connect(bool inline_execution) const {
  const std::unique_ptr<opening> opened = co_await state_->open();
  co_return opened->finish(inline_execution);
}

task<std::unique_ptr<notification_source>> postgres_server::listen(std::vector<std::string> channels) const {
  if (state_->settings.behind_pooler) {
    throw query_error(errc::unsupported_feature,
                      "listen(): pooler=transaction, or prepare=unnamed, says that there is a pooler in transaction "
                      "mode, behind which nobody hears notifications; listen through a database whose URL leads to the "
                      "server itself");
  }
  const std::unique_ptr<opening> opened = co_await state_->open();
  std::unique_ptr<notification_stream> listening = opened->finish_listening();
  co_await listening->listen(channels);
  co_return std::move(listening);
}

task<std::unique_ptr<opening>> postgres_server::state::open() const {
  failed_attempts failures;
  const target_session wanted = settings.target;
  std::unique_ptr<opening> opened = co_await open(wanted, failures);
  if (!opened && wanted == target_session::prefer_standby) opened = co_await open(target_session::any, failures);
  if (!opened) failures.raise();
  co_return std::move(opened);
}

std::vector<std::size_t> postgres_server::state::order_of_hosts() const {
  std::vector<std::size_t> order(settings.hosts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (settings.load_balance) {
    std::random_device seed;
    std::shuffle(order.begin(), order.end(), std::minstd_rand(seed()));
  }
  return order;
}

task<std::unique_ptr<opening>> postgres_server::state::open(target_session wanted, failed_attempts& failures) const {
  const scheduler& loop = co_await current_scheduler();
  std::vector<std::size_t> left_alone, cut_short;
  std::size_t hosts_left = settings.hosts.size();
  for (const std::size_t i : order_of_hosts()) {
    circuit_breaker::attempt attempt = circuits[i]->begin(loop.now_us());
    if (!attempt) {
      left_alone.push_back(i);
      continue;
    }
    // The pool opens for whoever comes, with its own time, of which his may be a small part.
    patience given{hosts_left + cut_short.size(), hosts_left > 1 && settings.connect_timeout_us == 0};
    if (auto opened = co_await open(settings.hosts[i], std::move(attempt), wanted, given, failures)) co_return opened;
    if (given.cut_short) cut_short.push_back(i);
    --hosts_left;
  }
  // None of the others was it: what is slow may be well. Where any host will do in the end, all are asked
  // next, and a standby that may be down is not preferred to a primary that is well.
  if (wanted == target_session::prefer_standby) co_return nullptr;
  for (std::size_t left = cut_short.size(); left != 0; --left) {
    const std::size_t i = cut_short[cut_short.size() - left];
    patience given{left + (left_alone.empty() ? 0 : 1)};
    if (auto opened = co_await open(settings.hosts[i], circuits[i]->begin_regardless(), wanted, given, failures))
      co_return opened;
  }
  if (left_alone.empty()) co_return nullptr;
  // Rather one that may be down than none: the pool has its own pauses for servers that are.
  const auto next = std::min_element(left_alone.begin(), left_alone.end(), [this](std::size_t a, std::size_t b) {
    return circuits[a]->pause_ends_us() < circuits[b]->pause_ends_us();
  });
  patience given;
  if (auto opened = co_await open(settings.hosts[*next], circuits[*next]->begin_regardless(), wanted, given, failures))
    co_return opened;
  for (const std::size_t i : left_alone) {
    if (i != *next) failures.add_untried(settings.hosts[i], circuits[i]->statistics(loop.now_us()).failures_in_a_row);
  }
  co_return nullptr;
}

task<std::unique_ptr<opening>> postgres_server::state::open(const postgres_host& host, circuit_breaker::attempt attempt,
                                                            target_session wanted, patience& given,
                                                            failed_attempts& failures) const {
  const task_context& context = co_await current_context();
  const scheduler& loop = context.scheduler;
  const auto share_us = [&](std::int64_t until_us, std::size_t of) {
    if (of == 1 || deadline{until_us}.is_never()) return until_us;
    const std::int64_t now = loop.now_us();
    return deadline::after_us(deadline{until_us}.remaining_us(now) / static_cast<std::int64_t>(of), now).at_us;
  };
  // Of the host, and of each address, so that one that swallows everything leaves time for the next.
  const std::int64_t begun_us = loop.now_us();
  const std::int64_t share_due_us = share_us(context.deadline.at_us, given.hosts_left);
  const std::int64_t look_due_us =
      given.first_look ? deadline::after_us(fair_time_us, begun_us).at_us : deadline::never().at_us;
  const std::int64_t host_due_us = std::min(share_due_us, look_due_us);
  std::int64_t timeout_us = INT64_MAX;  // when connect_timeout has passed
  const auto due_us = [&](std::size_t addresses_left) {
    if (settings.connect_timeout_us != 0)
      timeout_us = deadline::after_us(settings.connect_timeout_us, loop.now_us()).at_us;
    const std::int64_t due = share_us(host_due_us, addresses_left);
    return std::min(timeout_us, due == context.deadline.at_us ? INT64_MAX : due);
  };
  // A host is not to blame for a caller who has little time.
  const auto had_time = [&] { return loop.now_us() - begun_us >= fair_time_us || loop.now_us() >= timeout_us; };
  bool answered = false;
  bool hurried = false;
  const auto note = [&] {
    try {
      throw;
    } catch (const timed_out&) {
      if (context.deadline.expired(loop.now_us())) {
        if (!answered && had_time()) attempt.failed(loop.now_us());
        throw timed_out("the deadline passed before the server " + host.shown() + " answered" + failures.before());
      }
      hurried = !had_time();
      given.cut_short = look_due_us < share_due_us && loop.now_us() >= look_due_us;
      const std::string message =
          "the server " + host.shown() +
          (loop.now_us() >= timeout_us ? " did not answer within connect_timeout"
                                       : " did not answer within its share of the time until the deadline");
      if (given.cut_short) return;  // it is asked again, and what is to be said is said then
      failures.add(connection_error(errc::connection_failed, message));
    } catch (const connection_error& e) {
      // 57P03 says that the server is about to start, or to end.
      answered |= dynamic_cast<const unfit_session*>(&e) != nullptr ||
                  (e.code() != errc::connection_failed && e.code() != errc::connection_lost);
      if (e.code() == errc::authentication_failed) {
        attempt.succeeded();
        throw;
      }
      failures.add(about(host, e));
    }
  };
  std::vector<endpoint> addresses;
  try {
    addresses = co_await resolve(host, due_us(1));
  } catch (...) {
    note();
  }
  std::size_t addresses_left = addresses.size();
  for (const endpoint& address : addresses) {
    try {
      auto opened = co_await open(host, address, wanted, due_us(addresses_left--));
      attempt.succeeded();
      co_return opened;
    } catch (...) {
      note();
    }
  }
  if (answered) {
    attempt.succeeded();
  } else if (!hurried) {
    attempt.failed(loop.now_us());
  }
  co_return nullptr;
}

task<std::unique_ptr<opening>> postgres_server::state::open(const postgres_host& host, const endpoint& address,
                                                            target_session wanted, std::int64_t due_us) const {
  std::exception_ptr first_refusal;
  for (encryption attempt = first_encryption(settings, host);;) {
    auto under_way = std::make_unique<opening>(settings, tls, host, attempt, due_us);
    try {
      co_await under_way->run(address);
      if (co_await under_way->fits(wanted)) co_return std::move(under_way);
    } catch (const untrusted_server& e) {
      if (settings.tls != tls_mode::prefer) throw;
      // Where libpq goes on without TLS. Whoever stands in between could have that by showing any certificate.
      throw untrusted_server(std::string(e.what()) + " (" + settings.root_certificate +
                             "); sslmode=prefer does not go on without TLS then: if that is what you want, say "
                             "sslmode=disable");
    } catch (const connection_error& e) {
      const auto next = next_encryption(settings, host, attempt, under_way->used_tls());
      const bool in_handshake = under_way->used_tls() && !under_way->has_tls();
      // Unwelcome both ways: the way that was asked for first is the one to tell of.
      if (first_refusal && is_unwelcome(e)) std::rethrow_exception(first_refusal);
      if (!next || (!in_handshake && !is_unwelcome(e))) throw;
      if (is_unwelcome(e)) first_refusal = std::current_exception();
      attempt = *next;
      continue;
    }
    throw unfit_session(host.shown());
  }
}

}  // namespace tupelo::driver::postgres
