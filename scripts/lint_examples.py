#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a C++ file of the examples in docs/lint.md, so that a test runs what the page shows: lint_examples.py PAGE OUTPUT.

A section `### `code`` has two ```cpp blocks, the first of which breaks the rule. The block that defines `before` makes the
tables that all start from; a block begins with TUPELO_MIGRATION where its place in the history matters. Any other block is
refused, so that none goes untested; the section about db.allow repeats one.
"""
import pathlib
import re
import sys

page, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
text = page.read_text()


def blocks_of(section):
    return re.findall(r"^```cpp\n(.*?)^```$", section, re.S | re.M)


sections = re.split(r"^### `([\w-]+)`$", text, flags=re.M)
shared = blocks_of(sections[0])
before = [block for block in shared if block.startswith("void before(")]
if len(before) != 1:
    sys.exit(f"{page}: one block has to define before()")

source = '// Made of docs/lint.md.\n#include "lint.hpp"\n\n#include <tupelo/migration.hpp>\n\nnamespace lint_base {\n'
source += before[0] + "}\n\n"
table, repeated = "", set(shared) - set(before)
for code, section in zip(sections[1::2], sections[2::2]):
    section = re.split(r"^## ", section, flags=re.M)[0]
    blocks = blocks_of(section)
    if len(blocks) != 2:
        sys.exit(f"{page}: the section {code} needs two blocks: one that breaks the rule and one that does not")
    prose = " ".join(re.sub(r"^```cpp\n.*?^```$", "", section, flags=re.S | re.M).split())
    migrations = []
    for kind, block in zip(("breaks", "keeps"), blocks):
        repeated.discard(block)
        name = f"{kind}_{code.replace('-', '_')}"
        place = re.match(r'TUPELO_MIGRATION\("([^"]+)", after\("([^"]+)"\)\)\n', block)
        revision, parent = place.groups() if place else (name, "before")
        source += f"namespace {name} {{\n{block[place.end():] if place else block}}}\n"
        down = f"&{name}::down" if "void down(" in block else "nullptr"
        migrations.append(f'{{"{revision}", {{"{parent}"}}, &{name}::up, {down}, "lint.md"}}')
    quoted = prose.replace("\\", "\\\\").replace('"', '\\"')
    table += f'      {{"{code}", "{quoted}",\n       {migrations[0]},\n       {migrations[1]}}},\n'
if repeated:
    sys.exit(f"{page}: a block outside of the rules' sections is none of theirs:\n{repeated.pop()}")
source += "\nconst std::vector<lint_example>& lint_examples() {\n  static const std::vector<lint_example> all{\n"
source += table + "  };\n  return all;\n}\n"
output.write_text(source)
