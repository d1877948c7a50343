// SPDX-License-Identifier: Apache-2.0
#include "rename_questions.hpp"

#include "error_report.hpp"
#include "rename_option.hpp"

#include <tupelo/schema/rename_guess.hpp>

#include <istream>
#include <ostream>

namespace tupelo::cli {
namespace {

/// Enter means yes. Errors: usage_error where the terminal gives no answer.
bool asked(surroundings& around, const rename_guess& guess) {
  for (;;) {
    *around.err << "Is " << guess.to() << " the renamed " << guess.from() << "? (" << guess.percent << " %) [Y/n] "
                << std::flush;
    std::string answer;
    if (!std::getline(*around.in, answer)) {
      throw usage_error("nothing says whether " + guess.to() + " is the renamed " + guess.from() +
                        "; nothing was written");
    }
    if (answer.empty() || answer == "y" || answer == "Y" || answer == "yes") return true;
    if (answer == "n" || answer == "N" || answer == "no") return false;
  }
}

[[noreturn]] void refuse(const std::vector<rename_guess>& open) {
  std::string which;
  for (const rename_guess& guess : open) {
    which += "\n  " + guess.from() + "=" + guess.to() + " (" + std::to_string(guess.percent) + " %)";
  }
  throw usage_error(
      "this may have been renamed, or dropped and added, and there is no terminal to ask on:" + which +
      "\nSay --rename old=new of each that was, --rename-all where all tables and columns were, and --no-rename "
      "where the others were not; or write renamed_from(…), of a value value_renamed(…), into the model. Nothing was "
      "written");
}

}  // namespace

std::vector<rename_hint> settled_renames(command& c, const schema_definition& recorded, const model_schema& wanted) {
  const arguments& args = c.args();
  std::vector<rename_hint> settled = wanted.renames;
  for (const std::string& rename : args.renames) {
    settled.push_back(parse_rename(rename, recorded, wanted.schema));
  }
  if (args.no_rename) return settled;
  std::vector<rename_hint> denied;
  for (;;) {
    std::vector<rename_guess> open = guess_renames(recorded, wanted.schema, settled, denied);
    if (open.empty()) return settled;
    const rename_guess& guess = open.front();
    // Rows whose value was meant to go would silently have another one: each value is said by itself.
    const bool unasked = args.rename_all && guess.hint.enum_type.empty();
    if (!unasked && !c.around().in_is_terminal) refuse(open);
    if (unasked || asked(c.around(), guess)) {
      settled.push_back(guess.hint);
    } else {
      denied.push_back(guess.hint);
    }
  }
}

}  // namespace tupelo::cli
