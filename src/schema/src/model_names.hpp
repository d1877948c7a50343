// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace tupelo {

/// Whether C++ takes it as the name of a member or an enumerator, in every header that defines macros.
bool is_cpp_name(std::string_view name);

/// The name with what C++ does not take replaced: "class" → "class_", "2nd name" → "n_2nd_name".
std::string cpp_name(std::string_view name);

/// "order_lines" → "OrderLine": a table's name as that of a struct.
std::string struct_name(std::string_view table);
/// "mood" → "Mood"
std::string pascal_case(std::string_view snake);

/// "author_id" → "author"; empty where the name does not end like that of a key.
std::string key_stem(std::string_view column);

/// The name, or the name with a number behind it that nothing has yet. Taken from here on.
std::string free_name(std::set<std::string>& taken, const std::string& wanted);

}  // namespace tupelo
