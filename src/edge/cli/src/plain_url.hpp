// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tupelo/driver/url.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace tupelo::cli {

/// The URL without its secrets and without these options, for where others can read it: a command line, a file.
std::string plain_url(const driver::url& from, std::initializer_list<std::string_view> leave_out = {});

/// The URL with its secrets, for a file that is nobody else's.
std::string whole_url(const driver::url& from);
/// What libpq's programs take: without secrets, and without the options that are Tupelo's own or time the program out.
std::string libpq_url(const driver::url& from);

/// The password, wherever in the URL it stands; empty where there is none.
std::string password_of(const driver::url& from);

}  // namespace tupelo::cli
