// SPDX-License-Identifier: Apache-2.0
#include "surroundings.hpp"

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace tupelo::cli {
namespace {

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::int64_t system_now_us() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

int execute(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (const std::string& word : words)
    argv.push_back(const_cast<char*>(word.c_str()));  // execvp promises to leave them
  argv.push_back(nullptr);
  std::cout.flush();
  std::cerr.flush();
  execvp(argv[0], argv.data());
  return errno;
}

/// Both ends of a pipe, which a program that is started does not get.
class pipe_pair {
public:
  pipe_pair() {
    if (pipe2(ends_, O_CLOEXEC) != 0) failure_ = errno;
  }
  pipe_pair(const pipe_pair&) = delete;
  pipe_pair& operator=(const pipe_pair&) = delete;
  ~pipe_pair() {
    if (ends_[0] >= 0) close(ends_[0]);
    stop_writing();
  }
  int failure() const { return failure_; }
  int write_end() const { return ends_[1]; }
  void stop_writing() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  ssize_t read_some(void* into, std::size_t size) const {
    ssize_t got = 0;
    do {
      got = read(ends_[0], into, size);
    } while (got < 0 && errno == EINTR);
    return got;
  }

private:
  int ends_[2] = {-1, -1};
  int failure_ = 0;
};

/// `said`: where what it says on stderr goes; none: to our own.
int run_and_hear(const std::vector<std::string>& words, std::string* said) {
  // exec in the child closes the write end; what arrives before that is why it could not.
  pipe_pair start;
  pipe_pair speech;
  for (const pipe_pair* const each : {&start, &speech}) {
    if (each->failure() != 0) return -each->failure();
  }
  std::cout.flush();
  std::cerr.flush();
  const pid_t child = fork();
  if (child < 0) return -errno;
  if (child == 0) {
    const bool heard = said == nullptr || dup2(speech.write_end(), STDERR_FILENO) >= 0;
    const int why = heard ? execute(words) : errno;
    const ssize_t written = write(start.write_end(), &why, sizeof why);
    _exit(written == static_cast<ssize_t>(sizeof why) ? 127 : 126);
  }
  start.stop_writing();
  speech.stop_writing();
  int why = 0;
  const ssize_t got = start.read_some(&why, sizeof why);
  if (said != nullptr) {
    char some[4096];
    for (ssize_t count = speech.read_some(some, sizeof some); count > 0; count = speech.read_some(some, sizeof some))
      said->append(some, static_cast<std::size_t>(count));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (got == static_cast<ssize_t>(sizeof why)) return -why;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

surroundings surroundings::of_process() {
  surroundings process;
  process.out = &std::cout;
  process.err = &std::cerr;
  process.in = &std::cin;
  process.out_is_terminal = isatty(STDOUT_FILENO) == 1;
  process.err_is_terminal = isatty(STDERR_FILENO) == 1;
  process.in_is_terminal = isatty(STDIN_FILENO) == 1;
  process.handles_signals = true;
  process.directory = std::filesystem::current_path();
  process.environment = &variable;
  process.now_us = &system_now_us;
  process.export_variable = [](const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
  };
  process.replace_process = &execute;
  process.run_process = [](const std::vector<std::string>& words) { return run_and_hear(words, nullptr); };
  process.hear_process = [](const std::vector<std::string>& words, std::string& said) {
    return run_and_hear(words, &said);
  };
  return process;
}

bool surroundings::wants_colour() const {
  const std::optional<std::string> refused = environment("NO_COLOR");
  const std::optional<std::string> terminal = environment("TERM");
  return (!refused || refused->empty()) && terminal != "dumb";
}

}  // namespace tupelo::cli
