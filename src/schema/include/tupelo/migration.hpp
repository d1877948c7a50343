// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a migration file includes.
#include <tupelo/schema/migration.hpp>

namespace tp = tupelo;
