// SPDX-License-Identifier: Apache-2.0
// refused: 2 errors reported, 1 expected
// expect: the rule
// errors: 1
#ifdef GOOD
int right = 1;
#else
static_assert(false, "the rule");
static_assert(false, "another rule");
#endif
