// SPDX-License-Identifier: Apache-2.0
#pragma once

/// All that can be computed in a query.

#include "tupelo/query/aggregates.hpp"
#include "tupelo/query/array_functions.hpp"
#include "tupelo/query/choices.hpp"
#include "tupelo/query/date_functions.hpp"
#include "tupelo/query/number_functions.hpp"
#include "tupelo/query/text_functions.hpp"
