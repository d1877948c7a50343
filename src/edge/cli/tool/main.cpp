// SPDX-License-Identifier: Apache-2.0
#include "../src/tool.hpp"

int main(int argc, char** argv) { return tupelo::cli::run_tool(argc, argv); }
