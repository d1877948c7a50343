#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs every measurement and prints one line per case; writes a JSON list beside it.

Times: rounds of both sides interleaved, medians (in tupelo_bench); with one statement in flight, client and server share one core. Instructions per operation: callgrind on N and 2N
operations, the difference divided by N, so that starting up does not count. Compile time: user and system time of the
compiler, smallest of several interleaved runs.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "compile_time"))
import sources  # noqa: E402

INSTRUCTIONS = {"get by key": 400, "query().where(key).one()": 400, "select 100 rows": 30,
                "select 100 rows with a timestamp as text": 30, "insert one in a transaction": 400,
                "insert 10,000 through a session": 4000, "postgres: get by key, blocking": 400,
                "postgres: get by key, event loop": 400, "postgres: get by key, Asio": 400,
                "postgres: select 200,000 rows, per row": 20000, "postgres: insert one in a transaction": 400,
                "load 1,000 x 20 x 3 relations": 2, "flush 10,000 parents with 3 children": 2000,
                "flush 10,000 parents with 3 children, against RETURNING": 2000,
                "track 100,000 objects, each": 20000, "build a typical query": 4000,
                "build a query: conditions": 2000, "build a query: windows": 2000, "build a query: derived table": 2000,
                "build a query: recursion": 2000, "statement cache lookup": 4000}


def collected(bench, case, side, operations):
    with tempfile.NamedTemporaryFile() as out:
        run = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out.name}", bench, "--once", case, side,
                              str(operations)], capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1))


def instructions(bench, case, side):
    n = INSTRUCTIONS[case]
    return (collected(bench, case, side, 2 * n) - collected(bench, case, side, n)) / n


def compile_once(compiler, flags, source):
    """CPU seconds and peak MB of one compiler run; the compiler is waited for alone, so the figures are its own."""
    command = [*compiler, *flags, str(source)]
    pid = os.fork()
    if pid == 0:
        os.execvp(command[0], command)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise SystemExit("bench: the compiler failed on " + str(source))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def compile_cases(includes, rounds):
    # -fintegrated-cc1 keeps the compiler in the one process that is measured.
    compiler = ["clang++-19", "-std=c++20", "-fintegrated-cc1"]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        migrations = HERE.parent / "docs/examples/migrations"
        first, later = (sorted(migrations.glob("*.cpp"))[i].read_text() for i in (0, -1))
        files = {"migration": first, "queries": later, "ours": sources.tupelo(), "hand": sources.hand(), "umbrella": sources.UMBRELLA, "bare": sources.BARE_HEADERS}
        for name, text in files.items():
            (folder / f"{name}.cpp").write_text(text)
        # As target_precompile_headers(app PRIVATE <tupelo/tupelo.hpp>) has it.
        (folder / "precompiled.hpp").write_text("#include <tupelo/tupelo.hpp>\n")
        precompiled = ["-include-pch", str(folder / "precompiled.pch")]
        compile_once(compiler, ["-O0", "-fpch-instantiate-templates", "-x", "c++-header", "-o", precompiled[1], *includes],
                     folder / "precompiled.hpp")
        to_object = ["-O0", "-c", "-o", str(folder / "object.o")]
        runs = {name: (name, ["-fsyntax-only"] if name in ("umbrella", "bare") else to_object) for name in files}
        runs["precompiled"] = ("ours", [*to_object, *precompiled])
        cost = {name: [] for name in runs}
        memory = {name: 0.0 for name in runs}
        for _ in range(rounds):
            for name, (source, flags) in runs.items():
                seconds, megabytes = compile_once(compiler, [*flags, *includes], folder / f"{source}.cpp")
                cost[name].append(seconds)
                memory[name] = max(memory[name], megabytes)
    least = {name: min(values) for name, values in cost.items()}
    yield {"name": "compile 10 models x 10 queries, CPU", "unit": "s", "ours": least["ours"], "baseline": least["hand"],
           "ratio": least["ours"] / least["hand"], "budget": 1.35}
    yield {"name": "the same with a precompiled tupelo.hpp, CPU", "unit": "s", "ours": least["precompiled"],
           "baseline": least["hand"], "ratio": least["precompiled"] / least["hand"], "budget": 0}
    yield {"name": "compile 10 models x 10 queries, seconds", "unit": "s", "ours": least["ours"], "baseline": 0, "ratio": 0, "budget": 3.0}
    yield {"name": "compile 10 models x 10 queries, memory", "unit": "MB", "ours": memory["ours"], "baseline": memory["hand"],
           "ratio": 0, "budget": 200}
    yield {"name": "compile a migration", "unit": "s", "ours": least["migration"], "baseline": 0, "ratio": 0, "budget": 1.5}
    yield {"name": "compile a migration with queries", "unit": "s", "ours": least["queries"], "baseline": 0, "ratio": 0, "budget": 1.5}
    yield {"name": "include tupelo/tupelo.hpp", "unit": "s", "ours": least["umbrella"] - least["bare"], "baseline": 0, "ratio": 0,
           "budget": 0.4}


def verdict(row):
    if not row["budget"]:
        return ("ok" if row["ours"] == 0 else "over") if row["unit"] in ("allocations",) or "beyond" in row["name"] else "-"
    measured = (row["cpu_ratio"] if row.get("budget_of_cpu") else row["ratio"]) or row["ours"]
    return "ok" if measured <= row["budget"] else "over"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--bench", required=True, help="the tupelo_bench program")
    options.add_argument("--json", required=True, help="where the list is written")
    options.add_argument("--compile-rounds", type=int, default=5)
    options.add_argument("--no-instructions", action="store_true")
    arguments = options.parse_args()

    subprocess.run([arguments.bench, "--json", arguments.json], check=True)
    rows = json.loads(pathlib.Path(arguments.json).read_text())
    counts = not arguments.no_instructions and shutil.which("valgrind")
    for row in rows:
        if counts and row["name"] in INSTRUCTIONS:
            row["ours_instructions"] = instructions(arguments.bench, row["name"], "ours")
            if row["baseline"]:
                row["baseline_instructions"] = instructions(arguments.bench, row["name"], "baseline")
    root = HERE.parent
    includes = ["-I" + str(path) for path in sorted(root.glob("src/*/include")) + sorted(root.glob("src/edge/sqlite/include"))]
    rows += compile_cases(includes, arguments.compile_rounds)

    print(f"{'case':46}{'unit':>12}{'ours':>12}{'baseline':>12}{'ratio':>8}{'CPU':>8}{'budget':>8}  {'':5}{'instructions/op':>16}")
    for row in rows:
        count = f"{row['ours_instructions']:.0f}" if "ours_instructions" in row else ""
        if "baseline_instructions" in row:
            count += f" / {row['baseline_instructions']:.0f} = {row['ours_instructions'] / row['baseline_instructions']:.2f}"
        baseline = f"{row['baseline']:.2f}" if row["baseline"] else ""
        ratio = f"{row['ratio']:.2f}" if row["ratio"] else ""
        cpu = f"{row['cpu_ratio']:.2f}" if row.get("cpu_ratio") else ""
        budget = f"{row['budget']:.2f}" if row["budget"] else ""
        print(f"{row['name']:46}{row['unit']:>12}{row['ours']:12.2f}{baseline:>12}{ratio:>8}{cpu:>8}{budget:>8}  {verdict(row):5}{count:>16}")
    pathlib.Path(arguments.json).write_text(json.dumps(rows, indent=1) + "\n")
    print(f"written to {arguments.json}")


if __name__ == "__main__":
    main()
