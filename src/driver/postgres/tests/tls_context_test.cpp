// SPDX-License-Identifier: Apache-2.0
// Files for TLS that cannot be used.
#include "support/temp_directory.hpp"
#include "tls_context.hpp"

#include <tupelo/core/error.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace tupelo::driver::postgres {
namespace {

struct tls_files : ::testing::Test {
  test_support::temp_directory place;

  std::string file(const std::string& name) const { return (std::filesystem::path(place.path()) / name).string(); }
  static std::string refusal_of(std::string postgres_settings::* option, const std::string& named) {
    postgres_settings settings;
    settings.*option = named;
    try {
      make_tls_context(settings);
    } catch (const configuration_error& e) {
      EXPECT_NE(std::string(e.what()).find(named), std::string::npos) << e.what();
      return e.what();
    }
    return "it was taken";
  }
};

TEST_F(tls_files, that_are_not_there_are_told_as_that) {
  for (const auto option : {&postgres_settings::root_certificate, &postgres_settings::client_certificate,
                            &postgres_settings::revocation_list}) {
    const std::string refusal = refusal_of(option, file("none.crt"));
    EXPECT_NE(refusal.find("No such file or directory"), std::string::npos) << refusal;
  }
}

TEST_F(tls_files, that_hold_something_else_are_told_as_that) {
  std::ofstream(file("notes.txt")) << "no certificate\n";
  const std::string roots = refusal_of(&postgres_settings::root_certificate, file("notes.txt"));
  EXPECT_NE(roots.find("no certificate or crl found"), std::string::npos) << roots;
  const std::string own = refusal_of(&postgres_settings::client_certificate, file("notes.txt"));
  EXPECT_NE(own.find("no start line"), std::string::npos) << own;
}

}  // namespace
}  // namespace tupelo::driver::postgres
