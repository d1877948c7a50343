// SPDX-License-Identifier: Apache-2.0
#include "pinning.hpp"

#include "bench.hpp"

#include <libpq-fe.h>
#include <sched.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>
#include <sys/types.h>
#include <unistd.h>

namespace {

pid_t parent_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string stat{std::istreambuf_iterator<char>(file), {}};
  const auto name_ends = stat.rfind(')');  // a name may have spaces: the fields begin behind it
  int parent = 0;
  if (name_ends == std::string::npos || std::sscanf(stat.c_str() + name_ends + 1, " %*c %d", &parent) != 1) return 0;
  return parent;
}

/// The server's first process; 0 where it is not on this machine.
pid_t first_process_of_server() {
  PGconn* const connection = PQconnectdb(server());
  const bool local = PQstatus(connection) == CONNECTION_OK && PQsocket(connection) >= 0 && PQhost(connection)[0] == '/';
  const pid_t backend = local ? PQbackendPID(connection) : 0;
  const pid_t first = backend > 0 ? parent_of(backend) : 0;
  PQfinish(connection);
  return first;
}

/// Itself and what it has started, backends among them; later ones inherit its cores.
std::vector<pid_t> family_of(pid_t first) {
  std::vector<pid_t> all{first};
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const pid_t process = std::stoi(name);
    if (parent_of(process) == first) all.push_back(process);
  }
  return all;
}

/// A process that has ended since it was listed is no failure.
bool set(pid_t process, const cpu_set_t& cores) {
  return sched_setaffinity(process, sizeof cores, &cores) == 0 || errno == ESRCH;
}

void set_everywhere(const cpu_set_t& cores) {
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task")) {
    set(std::stoi(thread.path().filename()), cores);
  }
  static const pid_t first = first_process_of_server();
  bool well = first != 0;
  if (well) {
    for (const pid_t process : family_of(first)) well = set(process, cores) && well;
  }
  static bool said = false;
  if (!well && !said) std::fprintf(stderr, "bench: the server is not pinned; latencies will have two heights\n");
  said = said || !well;
}

cpu_set_t cores_at_start() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  sched_getaffinity(0, sizeof cores, &cores);
  return cores;
}
const cpu_set_t all_cores = cores_at_start();

}  // namespace

pinned::pinned(bool wanted) : wanted_(wanted && server() != nullptr) {
  if (!wanted_) return;
  int last = 0;
  for (int i = 0; i < CPU_SETSIZE; ++i) {
    if (CPU_ISSET(i, &all_cores)) last = i;
  }
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(last, &one);
  set_everywhere(one);
}

pinned::~pinned() {
  if (wanted_) set_everywhere(all_cores);
}
