// SPDX-License-Identifier: Apache-2.0
#include "tupelo/query/bucket_series.hpp"

#include <tupelo/core/error.hpp>
#include <tupelo/core/timestamp.hpp>

#include <string>

namespace tupelo {

bucket_series::bucket_series(std::string_view name, expression from_and_to, std::int64_t width_us)
    : table_alias<timestamp>(name),
      rows_(static_cast<expression&&>(from_and_to)),
      seconds_(detail::bucket_seconds(width_us)) {
  const bool plain = rows_.shape.size == 2;  // two words: values, NULL or now()
  for (std::uint32_t i = 0; plain && i < rows_.values.size; ++i) {
    const timestamp bound{static_cast<std::int64_t>(rows_.values.data()[i])};
    if (bound.is_infinite()) {
      throw query_error("buckets(\"" + std::string(name) + "\", …) would have no end: name the two moments");
    }
  }
  rows_.push(detail::call_word(function::bucket_series, 2, seconds_));
}

void bucket_series::add_to(query_core& core) const {
  if (!core.has_source(table())) core.rows_of(source_kind::computed, table(), rows_);
}

}  // namespace tupelo
