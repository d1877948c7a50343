// SPDX-License-Identifier: Apache-2.0
// refused: the compiler does not say `a message that is never given`
// expect: a message that is never given
#ifdef GOOD
int right = 1;
#else
static_assert(false, "the message that is given");
#endif
