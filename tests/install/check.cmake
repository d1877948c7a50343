# SPDX-License-Identifier: Apache-2.0
# cmake -D source= -D work= -D build= -D shared=ON|OFF -D unity=ON|OFF -D compiler= -D launcher= -D build_type= -D flags= -D debug_flags=
#       -D linker_flags= -P check.cmake

function(run what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT status EQUAL 0)
    message(NOTICE "${said}")
    message(FATAL_ERROR "install test: could not ${what}")
  endif()
endfunction()

set(prefix ${work}/prefix)
set(program ${work}/consumer)
file(REMOVE_RECURSE ${prefix} ${program}) # ${build} stays, so that a second run is quick
set(settings
    -G Ninja
    -D CMAKE_CXX_COMPILER=${compiler}
    -D CMAKE_CXX_COMPILER_LAUNCHER=${launcher}
    -D CMAKE_BUILD_TYPE=${build_type}
    -D CMAKE_CXX_FLAGS=${flags}
    -D CMAKE_CXX_FLAGS_DEBUG=${debug_flags}
    -D CMAKE_EXE_LINKER_FLAGS=${linker_flags}
    -D CMAKE_SHARED_LINKER_FLAGS=${linker_flags})

run("configure Tupelo" ${CMAKE_COMMAND} -S ${source} -B ${build} ${settings} -D BUILD_SHARED_LIBS=${shared}
    -D TUPELO_UNITY=${unity} -D TUPELO_BUILD_TESTS=OFF -D TUPELO_BUILD_EXAMPLES=OFF -D TUPELO_INSTALL=ON)
run("build Tupelo" ${CMAKE_COMMAND} --build ${build})
run("install Tupelo" ${CMAKE_COMMAND} --install ${build} --prefix ${prefix})

# The consumer is copied away: nothing of the tree may reach it but the installed copy.
file(COPY ${source}/tests/install/consumer/ DESTINATION ${program}/source)
# --as-needed is what some distributions' compilers pass by themselves.
run("configure the consumer" ${CMAKE_COMMAND} -S ${program}/source -B ${program}/build ${settings} -D
    CMAKE_PREFIX_PATH=${prefix} -D "CMAKE_EXE_LINKER_FLAGS=${linker_flags} -Wl,--as-needed")
run("build the consumer" ${CMAKE_COMMAND} --build ${program}/build)
run("run the consumer" ${program}/build/consumer)

# The example is there to be copied: elsewhere it is a project of its own.
if(NOT shared)
  file(COPY ${source}/examples/blog/ DESTINATION ${program}/blog)
  run("configure a copy of the blog" ${CMAKE_COMMAND} -S ${program}/blog -B ${program}/blog/build ${settings} -D
      CMAKE_PREFIX_PATH=${prefix})
  run("build a copy of the blog" ${CMAKE_COMMAND} --build ${program}/blog/build --target blog_manage)
  run("migrate with a copy of the blog" ${program}/blog/build/manage db upgrade --url sqlite:///${program}/blog/blog.db)
endif()

if(shared)
  file(GLOB libraries ${prefix}/lib*/libtupelo.so ${prefix}/lib*/*/libtupelo.so)
else()
  file(GLOB libraries ${prefix}/lib*/libtupelo.a ${prefix}/lib*/*/libtupelo.a)
endif()
if(NOT libraries)
  message(FATAL_ERROR "install test: no libtupelo of the asked kind under ${prefix}")
endif()

# A component that does not exist is refused by name, with what there is.
execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${program}/source -B ${program}/unknown ${settings} -D CMAKE_PREFIX_PATH=${prefix} -D
          extra_component=oracle
  RESULT_VARIABLE status
  OUTPUT_QUIET
  ERROR_VARIABLE said)
string(REGEX REPLACE "[ \n]+" " " said "${said}")
if(status EQUAL 0 OR NOT said MATCHES "tupelo has no component `oracle` here.*has: .*sqlite")
  message(NOTICE "${said}")
  message(FATAL_ERROR "install test: an unknown component is not refused with the list of those there are")
endif()
