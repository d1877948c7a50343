// SPDX-License-Identifier: Apache-2.0
#include "scram.hpp"

#include <unicode/usprep.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <climits>
#include <cstdint>
#include <memory>
#include <vector>

namespace tupelo::driver::postgres {

namespace {

struct close_profile {
  void operator()(UStringPrepProfile* profile) const noexcept { usprep_close(profile); }
};

}  // namespace

std::string prepared_password(std::string_view password) {
  std::string as_it_is(password);
  // Characters of ASCII prepare to themselves; control characters are prohibited, which leaves the bytes.
  if (std::all_of(password.begin(), password.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }))
    return as_it_is;
  constexpr std::size_t longest = 1 << 20;
  if (password.size() > longest) return as_it_is;

  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UStringPrepProfile, close_profile> profile(usprep_openByType(USPREP_RFC4013_SASLPREP, &status));
  if (U_FAILURE(status)) return as_it_is;

  std::vector<UChar> text(password.size());
  std::int32_t size = 0;
  u_strFromUTF8(text.data(), static_cast<std::int32_t>(text.size()), &size, password.data(),
                static_cast<std::int32_t>(password.size()), &status);
  if (U_FAILURE(status)) return as_it_is;

  // Compatibility forms expand to 18 code points at most.
  std::vector<UChar> prepared(static_cast<std::size_t>(size) * 36 + 1);
  const std::int32_t prepared_size =
      usprep_prepare(profile.get(), text.data(), size, prepared.data(), static_cast<std::int32_t>(prepared.size()),
                     USPREP_DEFAULT, nullptr, &status);
  if (U_FAILURE(status) || prepared_size == 0) return as_it_is;

  std::string out(static_cast<std::size_t>(prepared_size) * 3, '\0');
  std::int32_t out_size = 0;
  u_strToUTF8(out.data(), static_cast<std::int32_t>(out.size()), &out_size, prepared.data(), prepared_size, &status);
  if (U_FAILURE(status)) return as_it_is;
  out.resize(static_cast<std::size_t>(out_size));
  return out;
}

}  // namespace tupelo::driver::postgres
