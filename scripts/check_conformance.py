#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Refuses a rule of tests/conformance that no database has run: check_conformance.py <ctest's JUnit file>

That a database skips only what its feature table lets it skip is checked by the tests themselves (backend.hpp). Here it is about
rules that all of them skip. Unless every database was asked it only says which were not: a part of the suite proves nothing of the rest.
"""
import collections
import sys
import xml.etree.ElementTree

if len(sys.argv) != 2:
    sys.exit("usage: check_conformance.py <ctest's JUnit file, of ctest --output-junit FILE>")
backends = collections.defaultdict(dict)  # rule -> backend -> whether it ran
for case in xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
    parts = case.get("name").split("#")[0].strip().split("/")
    if parts[0] == "conformance.every_database" and len(parts) == 3:
        backends[parts[1]][parts[2]] = case.find("skipped") is None and case.get("status") == "run"
everyone = {backend for ran in backends.values() for backend in ran}
asked = {backend for ran in backends.values() for backend, did in ran.items() if did}
if asked != everyone:
    print(f"check_conformance: not run on {', '.join(sorted(everyone - asked))}, so it is not known which rules no database runs")
    sys.exit()
# Behind a pooler a part of the suite runs.
of_all = {backend for backend in everyone if sum(backend in ran for ran in backends.values()) == len(backends)}
unproven = [rule for rule, ran in sorted(backends.items()) if of_all <= ran.keys() and not any(ran.values())]
for rule in unproven:
    print(f"check_conformance: no database runs {rule}")
print(f"check_conformance: {len(backends)} rules on {len(everyone)} databases, {len(unproven)} without one that runs it")
sys.exit(bool(unproven))
