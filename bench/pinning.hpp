// SPDX-License-Identifier: Apache-2.0
#pragma once

/// While it lives, this process and the server of TUPELO_TEST_POSTGRES run on one core, one after the other.
///
/// With one statement in flight they take turns anyway; on two cores each turn waits for the other core to wake, which
/// takes one of two very different times. Where the server is another machine's or another user's, it pins nothing and
/// says so.
class pinned {
public:
  explicit pinned(bool wanted);
  ~pinned();
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;

private:
  bool wanted_;
};
