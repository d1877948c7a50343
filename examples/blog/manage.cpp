// SPDX-License-Identifier: Apache-2.0
// The project's own tool: db init, migrate, upgrade, downgrade, current, history, check, seed, shell …
#include "models.hpp"

#include <tupelo/cli.hpp>

int main(int argc, char** argv) {
  return tp::cli::main<blog::User, blog::Profile, blog::Post, blog::Comment, blog::Tag, blog::PostTag>(argc, argv);
}
