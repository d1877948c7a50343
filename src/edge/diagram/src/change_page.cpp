// SPDX-License-Identifier: Apache-2.0
#include "tupelo/change_page.hpp"

#include "change_sheet.hpp"
#include "entity_graph.hpp"

#include <array>
#include <string_view>

namespace tupelo {
namespace {

using namespace diagrams;

// A colour is never all that says it: a sign and a word do, too, for those who print it or do not see colours.
constexpr std::string_view style = R"(<style>
  :root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6a7e; --page: #fff; --box: #fbfcfe; --edge: #8593a6;
          --added: #e3f5e6; --added-ink: #14622a; --removed: #fde8e8; --removed-ink: #95201c; --changed: #fdf3d3; --changed-ink: #7a5200; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #e3e8ef; --soft: #a3b0c2; --page: #14181f; --box: #1b212b; --edge: #6f7f95;
            --added: #12301c; --added-ink: #86d99c; --removed: #3a1a1b; --removed-ink: #f2a19d; --changed: #352a10; --changed-ink: #ebc267; }
  }
  body { margin: 0 auto; padding: 1.5em; max-width: 80em; font: 15px/1.5 system-ui, sans-serif; background: var(--page); color: var(--ink); }
  h1 { font-size: 1.4em; margin: 0; } h2 { font-size: 1.1em; margin: 2em 0 .5em; }
  code, pre { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
  p, .soft { color: var(--soft); }
  ol { padding-left: 2.5em; } ol li { margin: .2em 0; }
  .scroll { overflow-x: auto; }
  table { width: 100%; table-layout: fixed; border-collapse: collapse; background: var(--box); border: 1px solid var(--edge); }
  th, td { padding: .3em .7em; text-align: left; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, var(--edge) 40%, transparent); }
  th { font-weight: 600; } thead th:first-child { width: 7.5em; } tbody th { font-weight: normal; }
  .added td:last-child, .mark.added { background: var(--added); } .mark.added { color: var(--added-ink); }
  .removed td:nth-child(2), .mark.removed { background: var(--removed); } .mark.removed { color: var(--removed-ink); }
  .changed td, .mark.changed { background: var(--changed); } .mark.changed { color: var(--changed-ink); }
  .mark { display: inline-block; padding: 0 .5em; border-radius: 3px; font-size: .85em; font-weight: normal; white-space: nowrap; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  body:has(#same:not(:checked)) tr.same { display: none; }
  pre { overflow-x: auto; padding: .8em; background: var(--box); border: 1px solid var(--edge); }
  @media print { body { max-width: none; } label { display: none; } }
</style>
)";

std::string_view word(fate what) {
  switch (what) {
    case fate::same: return "same";
    case fate::changed: return "changed";
    case fate::added: return "added";
    case fate::removed: return "removed";
  }
  return {};
}

std::string mark(fate what) {
  constexpr std::array<std::string_view, 4> signs{"", "~ ", "+ ", "\u2212 "};
  if (what == fate::same) return "<span class=\"soft\">same</span>";
  return "<span class=\"mark " + std::string(word(what)) + "\">" + std::string(signs[static_cast<std::size_t>(what)]) +
         std::string(word(what)) + "</span>";
}

/// By the verb that its text begins with.
fate fate_of(const schema_operation& operation) {
  const std::string text = operation.describe();
  if (text.starts_with("drop ")) return fate::removed;
  if (text.starts_with("add ") || text.starts_with("create ")) return fate::added;
  return fate::changed;
}

std::string cell(const part& said) {
  if (said.kind.empty()) return "<td><span class=\"unseen\">not there</span></td>";
  std::string out = "<td>";
  if (said.kind != "column") out += "<span class=\"soft\">" + escaped(said.kind) + "</span> ";
  if (!said.name.empty()) out += "<code><b>" + escaped(said.name) + "</b></code> ";
  return out + "<code>" + escaped(said.text) + "</code></td>";
}

std::string heading(const sheet& of) {
  const std::string& name = of.after_name.empty() ? of.before_name : of.after_name;
  std::string out = escaped(of.kind) + " <code>" + escaped(name) + "</code>";
  if (of.what == fate::changed && of.before_name != of.after_name) {
    out += " <span class=\"soft\">was <code>" + escaped(of.before_name) + "</code></span>";
  }
  return out;
}

std::string section(const sheet& of, std::size_t number, const change_page_options& options) {
  const std::string id = "s" + std::to_string(number);
  std::string out = "<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" + heading(of) + " " +
                    mark(of.what) + "</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\"><span " +
                    "class=\"unseen\">what happens</span></th><th scope=\"col\">" + escaped(options.before) +
                    "</th><th scope=\"col\">" + escaped(options.after) + "</th></tr></thead>\n<tbody>\n";
  for (const sheet_row& row : of.rows) {
    out += "<tr class=\"" + std::string(word(row.what)) + "\"><th scope=\"row\">" + mark(row.what) + "</th>" +
           cell(row.before) + cell(row.after) + "</tr>\n";
  }
  return out + "</tbody></table></div>\n</section>\n";
}

std::string counts(const change_sheets& all) {
  std::array<std::size_t, 4> tables{};
  for (const sheet& one : all.sheets) {
    if (one.kind == "table") ++tables[static_cast<std::size_t>(one.what)];
  }
  tables[static_cast<std::size_t>(fate::same)] = all.same;
  std::string out;
  for (const fate what : {fate::added, fate::removed, fate::changed, fate::same}) {
    const std::size_t count = tables[static_cast<std::size_t>(what)];
    if (count == 0) continue;
    out += (out.empty() ? "" : ", ") + std::to_string(count) + (count == 1 ? " table " : " tables ") +
           (what == fate::same ? count == 1 ? "stays as it is" : "stay as they are" : std::string(word(what)));
  }
  return out;
}

}  // namespace

std::string change_page(const schema_definition& before, const std::vector<schema_operation>& operations,
                        const change_page_options& options) {
  const change_sheets all = change_sheets::of(before, operations);
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width\">\n<title>" +
                    escaped(options.title) + "</title>\n" + std::string(style) + "</head>\n<body>\n<header><h1>" +
                    escaped(options.title) + "</h1>\n<p>" + counts(all) + "</p></header>\n<main>\n";
  if (operations.empty()) return out + "<p>Nothing is to change.</p>\n</main>\n</body>\n</html>\n";
  out += "<section aria-labelledby=\"steps\">\n<h2 id=\"steps\">The steps, in their order</h2>\n<ol>\n";
  for (const schema_operation& operation : operations) {
    out += "<li>" + mark(fate_of(operation)) + " <code>" + escaped(operation.describe()) + "</code></li>\n";
  }
  out += "</ol>\n";
  if (!options.statements.empty()) {
    out += "<details><summary>The SQL of them</summary>\n<pre>";
    for (const std::string& statement : options.statements) out += escaped(statement) + ";\n";
    out += "</pre></details>\n";
  }
  out += "</section>\n";
  if (!all.sheets.empty()) {
    out += "<p><label><input type=\"checkbox\" id=\"same\" checked> show lines that stay the same</label></p>\n";
  }
  std::size_t number = 0;
  for (const sheet& one : all.sheets) out += section(one, ++number, options);
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace tupelo
