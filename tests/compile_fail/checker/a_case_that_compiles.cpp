// SPDX-License-Identifier: Apache-2.0
// refused: compiles, and must not
// expect: anything
#ifdef GOOD
int right = 1;
#else
int also_right = 1;
#endif
