// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backend_messages.hpp"

#include <tupelo/driver/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

namespace tupelo::driver::postgres {

struct server_statement;

/// How far a group of requests has come.
struct group_flight {
  struct member {
    request* of = nullptr;
    server_statement* statement = nullptr;
    std::shared_ptr<server_statement> temporary;  ///< of a request that keeps none
  };

  std::vector<member> members;
  std::size_t first = 0;                                   ///< where it was begun anew: those before it are done
  std::size_t next = 0;                                    ///< whose answer is due
  std::size_t end = 0;                                     ///< behind the last that was sent
  std::vector<std::uint32_t> unnamed;                      ///< types of columns that were refused: a message names them
  std::exception_ptr refusal;                              ///< why the member at `end` was not sent
  transaction_status began_in = transaction_status::idle;  ///< what was open when it was sent
  bool sent = false;                                       ///< it is being run
  bool ended_transaction = false;                          ///< a member has committed, or rolled back
  bool again = false;                                      ///< what could not be described is described anew
  bool redone = false;                                     ///< it was started anew once, its plans being stale
};

}  // namespace tupelo::driver::postgres
