// SPDX-License-Identifier: Apache-2.0
// A shop in one program: goods, customers, carts, orders, payments, and what belongs to what.
//
//   shop [<database URL>]     in memory unless said; the database is to be empty.
//   A file needs trusted_schema=on in its URL, for the index of the search: sqlite:///shop.db?trusted_schema=on
#include "shop.hpp"

#include <tupelo/schema/migrator.hpp>

#include <exception>

namespace {

tp::task<void> open_the_shop(tp::database& db) {
  co_await tp::migrate::upgrade(db);
  shop::listen(db);
  co_await shop::fill_the_shelves(db);
  co_await shop::look_around(db);
  co_await shop::buy(db);
  co_await shop::look_back(db);
  co_await shop::like_and_return(db);
  co_await shop::clear_out(db);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    tp::database db(argc > 1 ? argv[1] : "sqlite::memory:?trusted_schema=on");
    tp::sync_wait(open_the_shop(db));
    std::puts("\nEvery line above was checked.");
    return 0;
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "shop: %s\n", failure.what());
    return 1;
  }
}
