# SPDX-License-Identifier: Apache-2.0
# tupelo_room(<name> [DIR dir] [DEPENDS room...] [LINK lib...] [LINK_PUBLIC lib...] [TEST_DEPENDS room...]
#             [TEST_LINK lib...] [NO_TESTS] [SERVERS])
#
# One room of the house: target tupelo_<name>, alias tupelo::<name>, from
#   <dir>/include         its own include root, the only one it adds
#   <dir>/src/*.cpp       its code; without any the target is an INTERFACE library
#   <dir>/tests/*_test.cpp  one executable tupelo_<name>_tests
# <dir> is src/<name> unless given. DEPENDS are the room's arrows: they are linked publicly, hence transitive, and
# no other room's headers can be found. LINK are libraries used in .cpp files only. TEST_DEPENDS are rooms that only
# the tests use, because they test against a real database. SERVERS: they need the servers of scripts/servers.sh.
function(tupelo_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "NO_TESTS;SERVERS" "DIR" "DEPENDS;LINK;LINK_PUBLIC;TEST_DEPENDS;TEST_LINK")
  if(room_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "tupelo_room(${name}): unknown arguments ${room_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT room_DIR)
    set(room_DIR src/${name})
  endif()
  set(dir ${PROJECT_SOURCE_DIR}/${room_DIR})
  set(target tupelo_${name})
  list(TRANSFORM room_DEPENDS PREPEND tupelo_ OUTPUT_VARIABLE arrows)

  file(GLOB sources CONFIGURE_DEPENDS ${dir}/src/*.cpp)
  if(sources)
    # Always static in the tree; cmake/install.cmake makes the libraries to install from these objects.
    add_library(${target} STATIC ${sources})
    set_target_properties(${target} PROPERTIES ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/rooms)
    tupelo_own_flags(${target})
    target_include_directories(${target} PUBLIC ${dir}/include)
    target_link_libraries(${target} PUBLIC ${arrows} ${room_LINK_PUBLIC} PRIVATE ${room_LINK})
    if(TUPELO_UNITY)
      # All of a room, and not some at a time: what its sources call by the same name is found whichever they are.
      set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_compile_features(${target} INTERFACE cxx_std_20)
    target_include_directories(${target} INTERFACE ${dir}/include)
    target_link_libraries(${target} INTERFACE ${arrows} ${room_LINK_PUBLIC})
  endif()
  add_library(tupelo::${name} ALIAS ${target})
  set_property(GLOBAL APPEND PROPERTY TUPELO_ROOMS ${name})
  set_property(GLOBAL PROPERTY TUPELO_ROOM_${name}_DIR ${room_DIR})
  set_property(GLOBAL PROPERTY TUPELO_ROOM_${name}_DEPENDS "${room_DEPENDS}")
  set_property(GLOBAL PROPERTY TUPELO_ROOM_${name}_TEST_DEPENDS "${room_TEST_DEPENDS}")

  file(GLOB tests CONFIGURE_DEPENDS ${dir}/tests/*_test.cpp)
  if(TUPELO_BUILD_TESTS AND tests AND NOT room_NO_TESTS)
    list(TRANSFORM room_TEST_DEPENDS PREPEND tupelo_ OUTPUT_VARIABLE test_arrows)
    set(servers "")
    if(room_SERVERS)
      set(servers SERVERS)
    endif()
    tupelo_test(${target}_tests ${servers} LABEL ${name} SOURCES ${tests} LINK ${target} ${test_arrows} ${room_LINK} ${room_TEST_LINK})
    target_include_directories(${target}_tests PRIVATE ${dir}/src)
  endif()
endfunction()

# tupelo_test(<executable> LABEL label SOURCES file... LINK lib... [SERVERS] [FILTERS filter...] [PRECOMPILE header...]):
# a GoogleTest executable whose cases ctest lists one by one as <label>.<suite>.<rule>, or runs in TUPELO_TEST_SHARDS parts.
# With SERVERS ctest starts the database servers before it and tells their URL in TUPELO_TEST_POSTGRES; without that
# variable such tests skip what needs a server. FILTERS: GoogleTest's, of the cases that are listed; all unless given.
# PRECOMPILE: what each of its sources includes besides <gtest/gtest.h>, for TUPELO_PRECOMPILE_TESTS.
function(tupelo_test target)
  cmake_parse_arguments(PARSE_ARGV 1 test "SERVERS" "LABEL" "SOURCES;LINK;FILTERS;PRECOMPILE")
  add_executable(${target} ${test_SOURCES})
  tupelo_own_flags(${target})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests) # support/: what tests of several rooms share
  target_link_libraries(${target} PRIVATE ${test_LINK} GTest::gtest GTest::gtest_main Threads::Threads)
  if(TUPELO_PRECOMPILE_TESTS)
    target_precompile_headers(${target} PRIVATE <gtest/gtest.h> ${test_PRECOMPILE})
  endif()
  set(properties LABELS ${test_LABEL})
  if(test_SERVERS AND TUPELO_POSTGRES AND NOT TUPELO_COROUTINE_FREE_ONLY)
    tupelo_servers_folder(folder)
    list(APPEND properties FIXTURES_REQUIRED servers)
    set(environment TUPELO_TEST_POSTGRES=postgresql://tupelo@/postgres?host=${folder}/pg15)
  endif()
  tupelo_test_cases(${target} ${test_LABEL} "${test_FILTERS}" "${properties}" "${environment}")
endfunction()

# tupelo_test_cases(<executable> <label> <filters> <properties> <environment>): what ctest runs of a test program.
function(tupelo_test_cases target label filters properties environment)
  if(TUPELO_TEST_SHARDS)
    math(EXPR last "${TUPELO_TEST_SHARDS} - 1")
    foreach(shard RANGE ${last})
      set(name ${label}.${target}.${shard})
      add_test(NAME ${name} COMMAND ${target} --gtest_brief=1 --gtest_filter=${TUPELO_TEST_FILTER})
      set_tests_properties(${name} PROPERTIES ${properties} TIMEOUT 1800)
      set_tests_properties(${name} PROPERTIES ENVIRONMENT
                           "${environment};GTEST_TOTAL_SHARDS=${TUPELO_TEST_SHARDS};GTEST_SHARD_INDEX=${shard}")
    endforeach()
    return()
  endif()
  if(environment)
    list(APPEND properties ENVIRONMENT ${environment})
  endif()
  if(NOT filters)
    set(filters "*")
  endif()
  # PRE_TEST lists the cases when ctest runs: a build never runs what it has just built.
  foreach(filter IN LISTS filters)
    string(MD5 list "${label}${filter}")
    gtest_discover_tests(
      ${target}
      TEST_PREFIX "${label}."
      TEST_FILTER "${filter}"
      TEST_LIST ${target}_${list}
      DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 120
      PROPERTIES ${properties} TIMEOUT 300)
  endforeach()
endfunction()

# Where this build's servers live: a short path, because sockets are named by it, and another for every build folder.
function(tupelo_servers_folder variable)
  string(MD5 hash "${PROJECT_BINARY_DIR}")
  string(SUBSTRING "${hash}" 0 10 hash)
  set(${variable} /tmp/tupelo-${hash} PARENT_SCOPE)
endfunction()
