// SPDX-License-Identifier: Apache-2.0
// refused: its GOOD part must compile, and does not
// expect: the rule
#ifdef GOOD
int wrong = "not an int";
#else
static_assert(false, "the rule");
#endif
