// SPDX-License-Identifier: Apache-2.0
// The shop's own tool: db migrate, upgrade, check, diff, shell …
#include "models.hpp"

#include <tupelo/cli.hpp>

int main(int argc, char** argv) {
  using namespace shop;
  return tp::cli::main<Category, Tag, Tagging, Product, Variant, Customer, Favourite, Cart, CartLine, Order, OrderLine,
                       Return, Payment, File, AuditEntry>(argc, argv);
}
