// SPDX-License-Identifier: Apache-2.0
// refused: show the right way under `#ifdef GOOD`
// expect: the rule
static_assert(false, "the rule");
