# SPDX-License-Identifier: Apache-2.0
# tupelo_embed_migrations(<target> <folder>)
#
# Makes the .sql migrations of a folder part of the program, so that tp::migrate::upgrade(db) knows them where the folder
# is not. A file that is added, changed or removed is noticed at the next build.
function(tupelo_embed_migrations target folder)
  cmake_path(ABSOLUTE_PATH folder BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  if(NOT IS_DIRECTORY ${folder})
    message(FATAL_ERROR "tupelo_embed_migrations: there is no folder ${folder}")
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "STATIC_LIBRARY")
    message(FATAL_ERROR "tupelo_embed_migrations: ${target} is a static library, whose migrations the linker leaves out; "
                        "name the program, or an OBJECT library")
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${folder}/*.sql)
  set(entries "")
  foreach(path IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
    file(READ ${path} text)
    if(text MATCHES "\\)tupelo_sql\"")
      message(FATAL_ERROR "${path} holds the text )tupelo_sql\", which cannot be embedded; write it otherwise")
    endif()
    cmake_path(GET path FILENAME name)
    string(APPEND entries "    {\"${name}\", R\"tupelo_sql(${text})tupelo_sql\"},\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_sql_migrations.cpp)
  file(
    WRITE ${source}.new
    "#include <tupelo/schema/sql_migration.hpp>\n\nnamespace {\n[[maybe_unused]] const tupelo::detail::embedded_sql_files embedded{\n${entries}};\n}\n"
  )
  configure_file(${source}.new ${source} COPYONLY) # written only where it is another
  target_sources(${target} PRIVATE ${source})
endfunction()
