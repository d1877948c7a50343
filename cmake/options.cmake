# SPDX-License-Identifier: Apache-2.0
# What a user may choose. Everything else follows from the compiler and the packages found.

option(TUPELO_SQLITE "Build the SQLite dialect and driver (component `sqlite`)" ON)
option(TUPELO_POSTGRES "Build the PostgreSQL dialect and driver (component `postgres`)" ON)
option(TUPELO_CLI "Build the command-line tool's library (component `cli`)" ON)
option(TUPELO_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(TUPELO_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(TUPELO_BUILD_BENCH "Build the benchmarks" OFF)
option(TUPELO_FUZZ "Build the fuzzers of tests/fuzz (clang only)" OFF)
option(TUPELO_INSTALL "Make the install rules" ${PROJECT_IS_TOP_LEVEL})
option(TUPELO_WERROR "Treat warnings of Tupelo's own targets as errors" ${PROJECT_IS_TOP_LEVEL})
option(TUPELO_COROUTINE_FREE_ONLY "Build only what g++ 12 compiles correctly: model, query, dialect" OFF)
option(TUPELO_ALLOW_GCC12 "Build everything with g++ 12 although it miscompiles coroutines" OFF)
set(TUPELO_SANITIZE "" CACHE STRING "Sanitizers to build with, e.g. `address,undefined` or `thread`")
option(TUPELO_COVERAGE "Instrument for source-based coverage (clang only)" OFF)
option(TUPELO_INSTALL_TEST "Test an installed copy from outside the tree (needs a plain build)" ON)
