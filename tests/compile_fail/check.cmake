# SPDX-License-Identifier: Apache-2.0
# Checks one must-not-compile case:
#
#   // SPDX-License-Identifier: Apache-2.0
#   // expect: <a part of the message, or a regular expression that finds it>     one or more such lines
#   // errors: 1                          optional: how many errors the compiler may report
#   #ifdef GOOD
#     ... the same thing said rightly: must compile, so that the failure is due to the rule alone
#   #else
#     ... the broken rule: must not compile, and the compiler must say what is expected
#   #endif
#
# Called with -D compiler= -D case= -D flags=<file with the compiler's flags> -D precompiled=<folder of <header>.pch>.

function(refuse text)
  message(NOTICE "${case}: ${text}") # unlike FATAL_ERROR, this leaves the compiler's lines as they are
  message(FATAL_ERROR "refused")
endfunction()

set(command ${compiler} @${flags} -fsyntax-only -fno-color-diagnostics -ferror-limit=0 ${case})
file(STRINGS ${case} header REGEX "^#include \"(blog|things)\\.hpp\"$")
if(header)
  string(REGEX REPLACE "^#include \"(.*)\\.hpp\"$" "-include-pch;${precompiled}/\\1.pch" header "${header}")
  list(APPEND command ${header})
endif()

file(STRINGS ${case} expectations REGEX "^// expect: ")
if(NOT expectations)
  refuse("say what the compiler must say, in a line `// expect: <message>`")
endif()
file(STRINGS ${case} good REGEX "^#ifn?def GOOD")
if(NOT good)
  refuse("show the right way under `#ifdef GOOD`, so that only the broken rule can fail")
endif()

execute_process(COMMAND ${command} -DGOOD RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_QUIET)
if(NOT status EQUAL 0)
  refuse("its GOOD part must compile, and does not:\n${said}")
endif()

execute_process(COMMAND ${command} RESULT_VARIABLE status ERROR_VARIABLE said OUTPUT_QUIET)
if(status EQUAL 0)
  refuse("compiles, and must not")
endif()
foreach(expectation IN LISTS expectations)
  string(REGEX REPLACE "^// expect: " "" expectation "${expectation}")
  string(FIND "${said}" "${expectation}" position)
  if(position EQUAL -1)
    # Only now as a regular expression: plain text with brackets need not be a valid one.
    string(REGEX MATCH "${expectation}" position "${said}")
    if(position STREQUAL "")
      refuse("the compiler does not say `${expectation}`. It says:\n${said}")
    endif()
  endif()
endforeach()

file(STRINGS ${case} limit REGEX "^// errors: ")
if(limit)
  string(REGEX REPLACE "^// errors: " "" limit "${limit}")
  string(REGEX MATCHALL "(fatal )?error: " errors "${said}")
  list(LENGTH errors count)
  if(NOT count EQUAL limit)
    refuse("${count} errors reported, ${limit} expected:\n${said}")
  endif()
endif()
