// SPDX-License-Identifier: Apache-2.0
#include "copy_writer.hpp"

#include "frontend_messages.hpp"
#include "protocol_violation.hpp"

#include <string_view>

namespace tupelo::driver::postgres {

namespace {

// The signature, no flags, no extension.
constexpr std::string_view header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view trailer("\377\377", 2);

}  // namespace

copy_writer::copy_writer(const statement_plan& plan, std::span<const std::uint32_t> column_types,
                         std::uint32_t server_version, const type_catalog& catalog)
    : plan_(plan), layout_(plan_parameters(plan, column_types, server_version, catalog)), binary_(is_binary(layout_)) {
  if (binary_) rows_ = plan_copied_rows(layout_, plan);
}

std::string copy_writer::statement() const { return plan_.text + (binary_ ? " (FORMAT binary)" : " (FORMAT text)"); }

void copy_writer::check(const copy_response& response) const {
  if (response.binary != binary_ || response.columns != layout_.steps.size())
    throw_protocol_violation("CopyInResponse asks for other rows than the statement says");
}

void copy_writer::begin(send_buffer& out) const {
  if (binary_) write_copy_data(out, header);
}

std::size_t copy_writer::write(send_buffer& out, const void* const* objects, std::size_t count) const {
  const std::size_t start = out.mark();
  try {
    out.begin('d');
    const std::size_t written =
        write_copy_rows(out, layout_, plan_, binary_ ? &rows_ : nullptr, objects, count, chunk_bytes);
    out.end();
    return written;
  } catch (...) {
    out.truncate(start);
    throw;
  }
}

void copy_writer::end(send_buffer& out) const {
  if (binary_) write_copy_data(out, trailer);
  write_copy_done(out);
}

}  // namespace tupelo::driver::postgres
