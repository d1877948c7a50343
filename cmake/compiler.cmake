# SPDX-License-Identifier: Apache-2.0
# Refuses compilers that break coroutines, and gives Tupelo's own targets their flags.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU"
   AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13
   AND NOT TUPELO_COROUTINE_FREE_ONLY
   AND NOT TUPELO_ALLOW_GCC12)
  message(
    FATAL_ERROR
      "Tupelo needs clang 19 or g++ 13 or later; this is g++ ${CMAKE_CXX_COMPILER_VERSION}.\n"
      "  g++ 12 destroys temporaries twice in a full expression that contains co_await,\n"
      "  so that `co_await db.insert(User{.email = \"a\"})` is a double free. What to do, one of:\n"
      "    cmake --preset dev                  builds everything with clang 19\n"
      "    cmake --preset gcc                  builds the rooms without coroutines: model, query, dialect\n"
      "    cmake -D TUPELO_ALLOW_GCC12=ON ...  builds everything with g++ 12, at your own risk\n")
endif()

if(TUPELO_SANITIZE)
  add_compile_options(-fsanitize=${TUPELO_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TUPELO_SANITIZE})
endif()
if(TUPELO_COVERAGE)
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
if(TUPELO_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# Language level and warnings of one of Tupelo's own targets. Never reaches a consumer.
function(tupelo_own_flags target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  # clang reports libstdc++ 12's own use of std::get_temporary_buffer wherever std::stable_sort is called.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wno-deprecated-declarations
                                           $<$<BOOL:${TUPELO_WERROR}>:-Werror>)
endfunction()
