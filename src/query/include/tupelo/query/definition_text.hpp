// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/query/ddl.hpp>

#include <string>

namespace tupelo {

// Parts of a schema on one line, for people: everything that tells two of them apart, in words that are the same for
// every database.

/// Without its name: "int64, nullable, default 0".
std::string text_of(const column_definition& column);
/// "uq_users_email (email) deferrable"; of a primary key the same.
std::string text_of(const key_definition& key);
/// "unique index ux_users_email (email) where active"
std::string text_of(const index_definition& index);
/// Without its name: "(author_id) references users (id) on delete cascade".
std::string text_of(const foreign_key_definition& key);
std::string text_of(const exclusion_definition& exclusion);
/// Without its name: "width int32, unit text".
std::string text_of(const composite_definition& type);

}  // namespace tupelo
