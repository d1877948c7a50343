# SPDX-License-Identifier: Apache-2.0
# The house: every room and its arrows ("may use", transitive). The layering check reads this same table.

if(TUPELO_COROUTINE_FREE_ONLY)
  set(core_tests NO_TESTS) # core's tests are full of coroutines
endif()

# gersemi: off
tupelo_room(core ${core_tests}
  LINK_PUBLIC Boost::headers Threads::Threads
  LINK OpenSSL::Crypto nlohmann_json::nlohmann_json)
tupelo_room(model   DEPENDS core)
tupelo_room(query   DEPENDS model)
tupelo_room(dialect DEPENDS query)
if(TUPELO_SQLITE)
  tupelo_room(dialect_sqlite DIR src/dialect/sqlite DEPENDS dialect TEST_LINK SQLite::SQLite3)
  set(real_database TEST_DEPENDS sqlite) # tests run against the real thing
else()
  set(real_database NO_TESTS)
endif()
if(TUPELO_POSTGRES)
  tupelo_room(dialect_postgres DIR src/dialect/postgres SERVERS DEPENDS dialect
    LINK nlohmann_json::nlohmann_json TEST_LINK PostgreSQL::PostgreSQL)
  if(TARGET tupelo_dialect_postgres_tests)
    # Beside the clone; without it that test is skipped and says where it looked.
    cmake_path(SET script NORMALIZE ${PROJECT_SOURCE_DIR}/../shared/data/chinook/Chinook_PostgreSql.sql)
    target_compile_definitions(tupelo_dialect_postgres_tests PRIVATE TUPELO_CHINOOK_POSTGRES="${script}")
  endif()
endif()
if(TUPELO_COROUTINE_FREE_ONLY)
  return()
endif()

tupelo_room(security DEPENDS core LINK OpenSSL::Crypto)
tupelo_room(driver   DEPENDS core security)
if(TUPELO_SQLITE)
  tupelo_room(driver_sqlite DIR src/driver/sqlite DEPENDS driver LINK SQLite::SQLite3)
endif()
if(TUPELO_POSTGRES)
  tupelo_room(driver_postgres DIR src/driver/postgres SERVERS DEPENDS driver LINK OpenSSL::SSL OpenSSL::Crypto ICU::uc)
endif()
set(engine_tests ${real_database})
if(TUPELO_SQLITE)
  list(APPEND engine_tests testkit)
endif()
tupelo_room(engine  DEPENDS dialect driver ${engine_tests})
tupelo_room(session DEPENDS engine         ${real_database})
tupelo_room(schema  DEPENDS engine         ${real_database})
set_source_files_properties(${PROJECT_SOURCE_DIR}/src/schema/src/recorded_version.cpp PROPERTIES
  COMPILE_DEFINITIONS TUPELO_VERSION="${PROJECT_VERSION}")

# The edge. `sqlite` and `postgres` are what a program that opens such databases links and includes.
set(databases "")
if(TUPELO_SQLITE)
  tupelo_room(sqlite DIR src/edge/sqlite DEPENDS session schema dialect_sqlite driver_sqlite)
  # The component registers itself before main(): this symbol makes linkers keep it though nobody calls it.
  target_link_options(tupelo_sqlite INTERFACE "LINKER:-u,tupelo_sqlite_component")
  list(APPEND databases sqlite)
endif()
if(TUPELO_POSTGRES)
  tupelo_room(postgres DIR src/edge/postgres DEPENDS session schema dialect_postgres driver_postgres)
  target_link_options(tupelo_postgres INTERFACE "LINKER:-u,tupelo_postgres_component")
  list(APPEND databases postgres)
endif()
tupelo_room(diagram DIR src/edge/diagram DEPENDS query)
tupelo_room(factory DIR src/edge/factory DEPENDS session ${real_database})
if(TUPELO_CLI)
  tupelo_room(cli DIR src/edge/cli
    DEPENDS session schema diagram factory ${databases} ${real_database}
    LINK CLI11::CLI11 tomlplusplus::tomlplusplus fmt::fmt nlohmann_json::nlohmann_json)
  cmake_path(GET CMAKE_CXX_COMPILER FILENAME compiler_name)
  foreach(target IN ITEMS tupelo_cli tupelo_cli_tests)
    if(TARGET ${target})
      target_compile_definitions(${target} PRIVATE TUPELO_VERSION="${PROJECT_VERSION}" TUPELO_COMPILER="${compiler_name}")
    endif()
  endforeach()
  # The program `tupelo`, for those who have no project yet: it scaffolds one. Self-contained, whatever is installed.
  file(GLOB tool CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/edge/cli/tool/*.cpp)
  if(tool)
    add_executable(tupelo_tool ${tool})
    set_target_properties(tupelo_tool PROPERTIES OUTPUT_NAME tupelo)
    tupelo_own_flags(tupelo_tool)
    target_link_libraries(tupelo_tool PRIVATE tupelo_cli)
    if(TUPELO_INSTALL)
      install(TARGETS tupelo_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    endif()
  endif()
endif()
tupelo_room(testkit DIR src/edge/testkit DEPENDS session schema ${databases})

# tupelo::tupelo is what every program links; it is all rooms that name no database.
add_library(tupelo_tupelo INTERFACE)
target_link_libraries(tupelo_tupelo INTERFACE tupelo_session tupelo_schema tupelo_factory)
add_library(tupelo::tupelo ALIAS tupelo_tupelo)
add_library(tupelo_asio INTERFACE)
target_link_libraries(tupelo_asio INTERFACE tupelo_tupelo Boost::headers Threads::Threads)
add_library(tupelo::asio ALIAS tupelo_asio)
