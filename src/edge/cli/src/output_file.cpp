// SPDX-License-Identifier: Apache-2.0
#include "output_file.hpp"

#include "error_report.hpp"
#include "text_file.hpp"

#include <ostream>

namespace tupelo::cli {

output_file::output_file(command& c) : command_(&c) {
  const arguments& args = c.args();
  if (!args.output.empty() && args.output != "-") file_ = c.around().directory / args.output;
  if (args.force && !is_file()) throw usage_error("--force replaces a file: say which with --output");
  if (is_file() && !args.force && std::filesystem::exists(file_)) {
    throw usage_error(file_.string() + " is there already: --force replaces it, another --output leaves it");
  }
}

void output_file::write(std::string_view text) const {
  if (!is_file()) {
    command_->out().stream() << text;
  } else if (command_->args().force) {
    replace_text(file_, text);
  } else {
    write_new_text(file_, text);
  }
}

}  // namespace tupelo::cli
