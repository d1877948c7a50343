# SPDX-License-Identifier: Apache-2.0
# Third-party libraries, all from the distribution's packages (scripts/bootstrap.sh installs them).

find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
find_package(nlohmann_json 3.11 CONFIG REQUIRED)
if(TUPELO_SQLITE AND (TUPELO_BUILD_TESTS OR NOT TUPELO_COROUTINE_FREE_ONLY))
  find_package(SQLite3 3.39 REQUIRED)
endif()
if(TUPELO_POSTGRES AND NOT TUPELO_COROUTINE_FREE_ONLY)
  find_package(ICU 70 REQUIRED COMPONENTS uc) # SASLprep of passwords
endif()
if(TUPELO_CLI AND NOT TUPELO_COROUTINE_FREE_ONLY)
  find_package(CLI11 2.1 CONFIG REQUIRED)
  find_package(fmt 9 CONFIG REQUIRED)
  find_package(tomlplusplus 3 CONFIG REQUIRED)
endif()
if(TUPELO_BUILD_TESTS AND TUPELO_POSTGRES)
  find_package(PostgreSQL 13 REQUIRED) # libpq, which only tests use: to run what the dialect says, and to compare with
endif()
if(TUPELO_BUILD_TESTS)
  find_package(GTest 1.12 CONFIG REQUIRED)
endif()
