#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the documentation against the code.

1. Every ```cpp block of README.md and docs/*.md stands word for word in a file that is compiled: docs/examples/,
   examples/ or what `tupelo new` writes. A block that cannot is announced by the comment
   <!-- not compiled: reason --> on the line before it. Those of docs/lint.md are a test's source as they stand:
   scripts/lint_examples.py.
2. docs/errors.md has every code of errc, with its number and whether it can be retried and leaves the connection usable,
   and no other.
3. What a page names as tp::… is in <tupelo/tupelo.hpp>, or in a header that the page, or one that it links to, names.
4. Links between the pages, and to files of the repository, lead somewhere.
"""
import pathlib
import re
import sys
import textwrap

root = pathlib.Path(__file__).resolve().parent.parent
pages = [root / "README.md", root / "CONTRIBUTING.md", *sorted((root / "docs").glob("*.md"))]
problems = []


def normal(code):
    return "\n".join(line.rstrip() for line in textwrap.dedent(code).strip("\n").split("\n"))


def stands_in(block, source_lines):
    """Whether the block is a run of whole lines of the source, perhaps indented there."""
    wanted = normal(block).split("\n")
    first = wanted[0].strip()
    for at, line in enumerate(source_lines):
        if line.strip() == first and normal("\n".join(source_lines[at : at + len(wanted)])) == "\n".join(wanted):
            return True
    return False


def check_code():
    places = [*(root / "docs/examples").rglob("*.?pp"), *(root / "examples").rglob("*.?pp"),
              *(root / "src/edge/cli/src").glob("template*.cpp"), *(root / "tests/compile_fail").rglob("*.cpp")]
    sources = [path.read_text().split("\n") for path in places]
    count = 0
    for page in pages:
        if page.name in ("CONTRIBUTING.md", "lint.md"):
            continue
        text = page.read_text()
        for match in re.finditer(r"^( *)```cpp\n(.*?)^ *```$", text, re.S | re.M):
            before = text[: match.start()].rstrip("\n").split("\n")[-1]
            if re.fullmatch(r"\s*<!-- not compiled: .+ -->", before):
                continue
            count += 1
            if not any(stands_in(match[2], lines) for lines in sources):
                line = text.count("\n", 0, match.start()) + 1
                head = normal(match[2]).split("\n")[0]
                problems.append(f"{page.relative_to(root)}:{line}: this code is compiled nowhere: {head}")
    return count


def function_cases(source, name):
    body = source[source.index(name) :]
    body = body[: body.index("\n}\n")]
    return {code for code, value in re.findall(r"case errc::(\w+):(?:\s*//[^\n]*)?(?=\s*(?:case|return (\w+)))", body)}


def check_errors():
    header = (root / "src/core/include/tupelo/core/error.hpp").read_text()
    source = (root / "src/core/src/error.cpp").read_text()
    body = header[header.index("enum class errc") :]
    body = body[body.index("{") + 1 : body.index("};")]
    codes, number = {}, 0
    for name, value in re.findall(r"^\s*(\w+)(?:\s*=\s*(\d+))?,", body, re.M):
        number = int(value) if value else number + 1
        codes[name] = number
    retryable = function_cases(source, "bool error::retryable")
    unusable = function_cases(source, "bool error::connection_usable")
    page = root / "docs/errors.md"
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| ([^|]+) \| (yes|no) \| (yes|no) \| ([^|]+) \|$", page.read_text(), re.M)
    written = {row[0]: row for row in rows}
    for name, number in codes.items():
        if name not in written:
            problems.append(f"docs/errors.md: {name} ({number}) is missing")
            continue
        _, text, _, retry, usable, _ = written[name]
        expected = (str(number), "yes" if name in retryable else "no", "no" if name in unusable else "yes")
        if (text, retry, usable) != expected:
            problems.append(f"docs/errors.md: {name} should say number, retryable, connection usable: {', '.join(expected)}")
    for name in written.keys() - codes.keys():
        problems.append(f"docs/errors.md: {name} is no code")
    return len(codes)


def check_headers():
    headers = {str(path.relative_to(folder)): path.read_text()
               for folder in root.glob("src/**/include") for path in folder.rglob("*.hpp")}

    def reached(names):
        found, wanted = set(), list(names)
        while wanted:
            header = wanted.pop()
            if header in headers and header not in found:
                found.add(header)
                wanted += re.findall(r'#include ["<](tupelo/[^">]+)[">]', headers[header])
        return found

    words = {header: set(re.findall(r"\w+", text)) for header, text in headers.items()}
    named = {page.name: set(re.findall(r"tupelo/[\w/]+\.hpp", page.read_text())) for page in pages}
    usual = reached(["tupelo/tupelo.hpp"])
    count = 0
    for page in pages:
        text = page.read_text()
        linked = [pathlib.Path(target).name for target in re.findall(r"\]\(([\w/.]+\.md)", text)]
        there = usual | reached(set().union(*(named.get(name, set()) for name in [page.name, *linked])))
        for name in sorted(set(re.findall(r"\btp::(\w+)", text))):
            count += 1
            places = [header for header in headers if name in words[header]]
            if places and not there.intersection(places):
                problems.append(f"{page.relative_to(root)}: tp::{name} needs a header that the page does not name: {places[0]}")
    return count


def check_links():
    count = 0
    for page in pages:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if re.match(r"[a-z]+:", target) or target.startswith("#"):
                continue
            count += 1
            path = target.split("#")[0]
            if not (page.parent / path).exists():
                problems.append(f"{page.relative_to(root)}: the link to {target} leads nowhere")
    return count


blocks, codes, names, links = check_code(), check_errors(), check_headers(), check_links()
for problem in problems:
    print(problem)
print(f"check_docs: {blocks} code blocks, {codes} error codes, {names} names, {links} links, {len(problems)} problems")
sys.exit(1 if problems else 0)
