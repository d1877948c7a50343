// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Models, patches and pages as JSON, and the rules for what a request may set.

#include "tupelo/model/model_json.hpp"
#include "tupelo/model/patch.hpp"
#include "tupelo/model/rules.hpp"
