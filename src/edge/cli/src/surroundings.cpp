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

int run_and_wait(const std::vector<std::string>& words) {
  // exec in the child closes the write end; what arrives before that is why it could not.
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return -errno;
  std::cout.flush();
  std::cerr.flush();
  const pid_t child = fork();
  if (child < 0) {
    const int why = errno;
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    return -why;
  }
  if (child == 0) {
    const int why = execute(words);
    const ssize_t written = write(pipe_ends[1], &why, sizeof why);
    _exit(written == static_cast<ssize_t>(sizeof why) ? 127 : 126);
  }
  close(pipe_ends[1]);
  int why = 0;
  ssize_t got = 0;
  do {
    got = read(pipe_ends[0], &why, sizeof why);
  } while (got < 0 && errno == EINTR);
  close(pipe_ends[0]);
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
  process.run_process = &run_and_wait;
  return process;
}

bool surroundings::wants_colour() const {
  const std::optional<std::string> refused = environment("NO_COLOR");
  const std::optional<std::string> terminal = environment("TERM");
  return (!refused || refused->empty()) && terminal != "dumb";
}

}  // namespace tupelo::cli
