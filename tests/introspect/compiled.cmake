# SPDX-License-Identifier: Apache-2.0
# A database → its models → a program with them, which finds nothing to change and builds the same database again.
#
# Needs: work (a folder), bare (bare_manage), target and program (built of <work>/manage.cpp), build, url and empty_url;
# and either script (SQL) or fill (a program whose `db upgrade` fills the database). schema and empty_schema: made on
# the server before, dropped afterwards.
function(run)
  execute_process(COMMAND ${ARGV} WORKING_DIRECTORY ${work} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT code EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "exit code ${code} of: ${command}\n${out}\n${err}")
  endif()
endfunction()

if(DEFINED script AND NOT EXISTS "${script}")
  message("skipped: ${script} is not there")
  return()
endif()

file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work}/migrations)
foreach(name IN ITEMS ${schema} ${empty_schema})
  run(${bare} make_schema ${server} ${name})
endforeach()
if(DEFINED script)
  run(${bare} load ${url} ${script})
else()
  run(${fill} db upgrade --url ${url})
endif()

run(${bare} db introspect --url ${url} --output models.hpp)
file(READ ${work}/models.hpp header)
if(NOT header MATCHES "// In manage.cpp: tp::cli::main<([^>]*)>")
  message(FATAL_ERROR "the header names no models:\n${header}")
endif()
string(REPLACE "//" "" models "${CMAKE_MATCH_1}")
function(build_manage more)
  file(WRITE ${work}/manage.cpp
       "#include <tupelo/cli.hpp>\n#include \"models.hpp\"\n${more}"
       "int main(int argc, char** argv) { return tp::cli::main<${models}>(argc, argv); }\n")
  run(${CMAKE_COMMAND} --build ${build} --target ${target})
endfunction()

build_manage("")
run(${program} db diff --url ${url}) # exit code 3: something was found
run(${program} db migrate "Initial")
file(GLOB migration ${work}/migrations/*.cpp)
build_manage("#include \"${migration}\"\n")
run(${program} db upgrade --url ${empty_url})
run(${bare} db introspect --url ${empty_url} --output again.hpp)
# What a database made elsewhere has beside its tables is listed at the top, and not built again.
foreach(name IN ITEMS models again)
  file(READ ${work}/${name}.hpp text)
  string(REGEX REPLACE "//\n// The database has what these models cannot say:\n(//   [^\n]*\n)+" "" text_of_${name} "${text}")
endforeach()
if(NOT text_of_models STREQUAL text_of_again)
  message(FATAL_ERROR "the models of the database that they have built are others: ${work}/models.hpp, again.hpp")
endif()

foreach(name IN ITEMS ${schema} ${empty_schema})
  run(${bare} drop_schema ${server} ${name})
endforeach()
