// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a program includes that makes its tables without migrations.
#include <tupelo/schema/create_tables.hpp>
