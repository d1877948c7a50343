// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models.hpp"

#include <gtest/gtest.h>

namespace example {

/// A database in memory with the tables of models.hpp (made by first_migration.cpp), two users and three posts.
struct filled_database {
  filled_database();
  tp::database db{"sqlite::memory:"};
};

}  // namespace example
