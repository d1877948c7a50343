#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the tests that failed have said, once more and last: failed_tests.py <ctest's JUnit file>"""
import sys
import xml.etree.ElementTree

longest = 60  # lines of each
for case in xml.etree.ElementTree.parse(sys.argv[1]).getroot().iter("testcase"):
    if case.get("status") != "fail":
        continue
    said = (case.findtext("system-out") or "").splitlines()
    print(f"=== {case.get('name')}: failed")
    print("\n".join(said[-longest:]))
