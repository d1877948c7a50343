// SPDX-License-Identifier: Apache-2.0
#include "text_file.hpp"

#include <tupelo/core/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace tupelo::cli {
namespace {

[[noreturn]] void fail(const std::string& verb, const std::filesystem::path& file, int why) {
  throw configuration_error(errc::invalid_configuration,
                            "cannot " + verb + " " + file.string() + ": " + std::strerror(why));
}

class descriptor {
public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }
  int close() {
    const int closed = number_;
    number_ = -1;
    return ::close(closed);
  }

private:
  int number_;
};

}  // namespace

std::string read_text(const std::filesystem::path& file) {
  const descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.number() < 0) fail("read", file, errno);
  std::string text;
  char piece[16384];
  for (;;) {
    const ssize_t got = ::read(opened.number(), piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", file, errno);
    if (got == 0) return text;
    text.append(piece, static_cast<std::size_t>(got));
  }
}

void write_new_text(const std::filesystem::path& file, std::string_view text) {
  std::error_code failure;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), failure);
  if (failure) fail("make the folder of", file, failure.value());
  descriptor opened(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (opened.number() < 0) fail("write", file, errno);
  while (!text.empty()) {
    const ssize_t done = ::write(opened.number(), text.data(), text.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) {
      const int why = errno;
      ::unlink(file.c_str());
      fail("write", file, why);
    }
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  if (opened.close() != 0) fail("write", file, errno);
}

void replace_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::path beside = file;
  beside += ".new";
  std::error_code failure;
  std::filesystem::remove(beside, failure);  // of a run that died
  write_new_text(beside, text);
  std::filesystem::rename(beside, file, failure);
  if (failure) fail("replace", file, failure.value());
}

}  // namespace tupelo::cli
