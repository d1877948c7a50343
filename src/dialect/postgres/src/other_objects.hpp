// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tupelo::postgres {

/// A query for everything in the current schema that the description of tables has no words for, and for how tables,
/// keys and sequences differ from what it can say. Its columns: kind, name, table, definition, and six nulls. Options
/// of foreign servers are named without their values, which may be secret.
///
/// Source: https://www.postgresql.org/docs/current/catalogs.html
std::string other_objects_query();

// ---- its parts: each begins with UNION ALL

/// Types, routines, operators, text search, collations, conversions, casts, event triggers, extensions.
std::string types_and_functions();
/// Who may do what, where somebody has said so.
std::string grants();
/// On everything but tables and their columns.
std::string comments();

/// A condition: what an extension has brought is the extension's.
std::string not_of_extension(std::string_view catalog, std::string_view oid);

/// The row `s` of pg_sequence in words.
inline constexpr std::string_view sequence_text =
    "format('AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', format_type(s.seqtypid, NULL), "
    "s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' END)";

}  // namespace tupelo::postgres
