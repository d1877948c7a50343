// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Everything a program with models, queries and sessions needs. `namespace tp = tupelo;` is the usual shorthand.

#include "tupelo/session/session.hpp"
#include "tupelo/engine/database.hpp"
#include "tupelo/query/derived_table.hpp"
#include "tupelo/query/grouping.hpp"
#include "tupelo/query/json_place.hpp"
#include "tupelo/query/related_aggregates.hpp"
#include "tupelo/query/row_value.hpp"
#include "tupelo/query/select_query.hpp"
#include "tupelo/query/window.hpp"
#include "tupelo/model/mixins.hpp"
#include "tupelo/model/model.hpp"
#include "tupelo/model/native.hpp"
#include "tupelo/model/range.hpp"
#include "tupelo/core/bytes.hpp"
#include "tupelo/core/date.hpp"
#include "tupelo/core/decimal.hpp"
#include "tupelo/core/error.hpp"
#include "tupelo/core/interval.hpp"
#include "tupelo/core/json.hpp"
#include "tupelo/core/sync_wait.hpp"
#include "tupelo/core/task.hpp"
#include "tupelo/core/time_of_day.hpp"
#include "tupelo/core/timestamp.hpp"
#include "tupelo/core/uuid.hpp"
