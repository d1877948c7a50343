// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "example_place.hpp"
#include "models.hpp"

#include <gtest/gtest.h>

namespace example {

/// A database with the tables of models.hpp (made by the migrations here), two users and three posts.
struct filled_database {
  filled_database();
  place where;
  tp::database db{where.url()};
};

}  // namespace example
