# SPDX-License-Identifier: Apache-2.0
# cmake -D source= -D work= -D build= -D compiler= -D launcher= -D build_type= -D flags= -D debug_flags= -D linker_flags=
#       [-D server=<URL of a PostgreSQL server>] -P new_project_test.cmake
# With a server the project's database is one of its own there, without one a SQLite file.

# run(<what it is, for messages> <folder> <command>...); `cmake -E chdir` would lose the quotes in commands.
function(run what folder)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY ${folder} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    message(NOTICE "${said}")
    message(FATAL_ERROR "new project test: could not ${what}")
  endif()
  set(said "${said}" PARENT_SCOPE)
endfunction()

function(expect_said what text)
  string(FIND "${said}" "${text}" at)
  if(at EQUAL -1)
    message(NOTICE "${said}")
    message(FATAL_ERROR "new project test: ${what} does not say: ${text}")
  endif()
endfunction()

set(prefix ${work}/prefix)
file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})
run("configure Tupelo" ${work} ${CMAKE_COMMAND} -S ${source} -B ${build} -G Ninja -D CMAKE_CXX_COMPILER=${compiler} -D
    CMAKE_CXX_COMPILER_LAUNCHER=${launcher} -D CMAKE_BUILD_TYPE=${build_type} -D CMAKE_CXX_FLAGS=${flags} -D
    CMAKE_CXX_FLAGS_DEBUG=${debug_flags} -D CMAKE_EXE_LINKER_FLAGS=${linker_flags} -D
    CMAKE_SHARED_LINKER_FLAGS=${linker_flags} -D BUILD_SHARED_LIBS=OFF -D TUPELO_BUILD_TESTS=OFF -D
    TUPELO_BUILD_EXAMPLES=OFF -D TUPELO_INSTALL=ON)
run("build Tupelo" ${work} ${CMAKE_COMMAND} --build ${build})
run("install Tupelo" ${work} ${CMAKE_COMMAND} --install ${build} --prefix ${prefix})

# What a user has: `tupelo` on PATH, and nothing that says where a database is. The launcher only saves time.
set(ENV{PATH} "${prefix}/bin:$ENV{PATH}")
set(ENV{CMAKE_CXX_COMPILER_LAUNCHER} "${launcher}")
unset(ENV{DATABASE_URL})
unset(ENV{CMAKE_PREFIX_PATH})

run("ask for the version" ${work} tupelo --version)
set(new tupelo new myapp)
set(query "SELECT email FROM users")
if(server)
  string(REPLACE "/postgres?" "/new_project_test?" url "${server}")
  list(APPEND new --url ${url})
  set(query -c "SELECT email FROM users")
  run("drop what an earlier run left" ${work} psql --quiet ${server} -c "SET client_min_messages = warning" -c
      "DROP DATABASE IF EXISTS new_project_test WITH (FORCE)" -c "CREATE DATABASE new_project_test")
endif()
run("make a project" ${work} ${new})
execute_process(COMMAND tupelo new myapp WORKING_DIRECTORY ${work} RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
if(NOT status EQUAL 1)
  message(FATAL_ERROR "new project test: a second `tupelo new myapp` overwrote the first, or ended with ${status} instead of 1")
endif()

# The blocks of shell commands in the README, as they stand.
file(READ ${work}/myapp/README.md readme)
string(REGEX MATCHALL "```sh\n[^`]*```" blocks "${readme}")
list(LENGTH blocks count)
if(NOT count EQUAL 2)
  message(FATAL_ERROR "new project test: the README has ${count} blocks of commands; this test knows what two of them do")
endif()
list(TRANSFORM blocks REPLACE "```(sh\n)?" "")
list(GET blocks 0 first_steps)
list(GET blocks 1 next_steps)

run("follow the README" ${work}/myapp sh -e -c "${first_steps}")
expect_said("following the README" "ada@example.com")
expect_said("following the README" "100% tests passed")
run("see the status" ${work}/myapp/seeds tupelo db status)
expect_said("tupelo db status" "up to date")

# What the tutorial has its reader write, in the place where it says so: the code of its steps 4 and 5.
file(READ ${source}/docs/tutorial.md tutorial)
string(REPLACE ";" "<semicolon>" tutorial "${tutorial}")
string(REGEX MATCHALL "```cpp\n[^`]*```" steps "${tutorial}")
list(TRANSFORM steps REPLACE "```(cpp\n)?" "")
list(GET steps 2 step_4)
list(GET steps 3 field)
list(GET steps 4 step_5)
foreach(step IN ITEMS step_4 field step_5)
  string(REPLACE "<semicolon>" ";" ${step} "${${step}}")
endforeach()
file(READ ${work}/myapp/main.cpp program)
set(start "tp::task<void> show_users(tp::database& db) {\n")
set(build_and_run "if test -e .env\nthen set -a && . ./.env && set +a\nfi\ncmake --build build && ./build/myapp")
string(REPLACE "${start}" "${start}${step_4}" text "${program}")
file(WRITE ${work}/myapp/main.cpp "${text}")
run("follow step 4 of the tutorial" ${work}/myapp sh -c "${build_and_run}")
expect_said("the program of step 4" "grace@example.com: Hello")
run("run it a second time" ${work}/myapp sh -c "! (\n${build_and_run}\n)")
expect_said("the second run of step 4" "uq_users_email")
string(REPLACE "${start}" "${start}${step_5}" text "${program}")
file(WRITE ${work}/myapp/main.cpp "${text}")

# "When a model changes": rows stay, also on the way back.
file(READ ${work}/myapp/models.hpp models)
string(REPLACE "std::optional<int> age;\n" "std::optional<int> age;\n  ${field}" models "${models}")
file(WRITE ${work}/myapp/models.hpp "${models}")
run("follow the README after a change" ${work}/myapp sh -e -c "${next_steps}")
expect_said("tupelo db migrate" "users.nickname")
run("follow step 5 of the tutorial" ${work}/myapp sh -c "${build_and_run}")
expect_said("the program of step 5" "grace@example.com")
run("go back" ${work}/myapp tupelo db downgrade --yes)
run("find the rows" ${work}/myapp tupelo db shell -- ${query})
expect_said("the database after a downgrade" "ada@example.com")
