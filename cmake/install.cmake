# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` gives: one library per component and find_package(tupelo CONFIG [COMPONENTS ...]).
#
#   tupelo::tupelo    libtupelo           every room that names no database
#   tupelo::sqlite    libtupelo_sqlite    the SQLite dialect and driver
#   tupelo::postgres  libtupelo_postgres  the PostgreSQL dialect and driver
#   tupelo::cli       libtupelo_cli       the command-line tool's library
#   tupelo::testkit   libtupelo_testkit   what tests of programs that use Tupelo need
#   tupelo::asio                          headers that meet Boost.Asio; no library
include(CMakePackageConfigHelpers)

set(tupelo_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tupelo)
set(tupelo_components asio)

# tupelo_component(<name> ROOMS room... [DEPENDS target...] [LINK lib...] [LINK_PUBLIC lib...])
# makes target tupelo_<name>_library from the rooms' objects and installs it, its headers and its export file.
function(tupelo_component name)
  cmake_parse_arguments(PARSE_ARGV 1 component "" "" "ROOMS;DEPENDS;LINK;LINK_PUBLIC")
  set(target tupelo_${name}_library)
  set(objects "")
  foreach(room IN LISTS component_ROOMS)
    get_target_property(type tupelo_${room} TYPE)
    if(NOT type STREQUAL "INTERFACE_LIBRARY")
      list(APPEND objects $<TARGET_OBJECTS:tupelo_${room}>)
    endif()
    get_property(dir GLOBAL PROPERTY TUPELO_ROOM_${room}_DIR)
    if(EXISTS ${PROJECT_SOURCE_DIR}/${dir}/include)
      install(
        DIRECTORY ${PROJECT_SOURCE_DIR}/${dir}/include/
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING
        PATTERN "*.hpp"
        PATTERN "*.inc")
    endif()
  endforeach()
  list(TRANSFORM component_DEPENDS REPLACE "(.+)" "tupelo_\\1_library")

  if(objects)
    add_library(${target} ${objects}) # BUILD_SHARED_LIBS decides the kind
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE ${component_LINK})
    if(name STREQUAL "tupelo")
      set(file tupelo)
    else()
      set(file tupelo_${name})
    endif()
    set_target_properties(
      ${target}
      PROPERTIES LINKER_LANGUAGE CXX
                 OUTPUT_NAME ${file}
                 VERSION ${PROJECT_VERSION}
                 SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                 INSTALL_RPATH "$ORIGIN")
    if(BUILD_SHARED_LIBS AND NOT TUPELO_SANITIZE)
      target_link_options(${target} PRIVATE LINKER:-z,defs)
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(${target} ${scope} cxx_std_20)
  target_link_libraries(${target} ${scope} ${component_DEPENDS} ${component_LINK_PUBLIC})

  install(
    TARGETS ${target}
    EXPORT tupelo-${name}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
    INCLUDES
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
  install(
    EXPORT tupelo-${name}
    NAMESPACE tupelo::
    FILE tupelo-${name}-targets.cmake
    DESTINATION ${tupelo_package_dir})
  if(NOT name STREQUAL "tupelo")
    set(tupelo_components ${tupelo_components} ${name} PARENT_SCOPE)
  endif()
endfunction()

tupelo_component(
  tupelo
  ROOMS core security model query dialect driver engine session schema factory
  LINK OpenSSL::Crypto
  LINK_PUBLIC Boost::headers Threads::Threads)
# tupelo_database_component(<name> LINK lib...): a component of a dialect, a driver and the edge that makes them known.
function(tupelo_database_component name)
  cmake_parse_arguments(PARSE_ARGV 1 component "" "" "LINK")
  tupelo_component(
    ${name}
    ROOMS dialect_${name} driver_${name} ${name}
    DEPENDS tupelo
    LINK ${component_LINK})
  get_target_property(link_options tupelo_${name} INTERFACE_LINK_OPTIONS)
  # A program calls nothing of a shared component either, and linkers that drop such libraries must not drop this one.
  target_link_options(tupelo_${name}_library INTERFACE ${link_options}
                      $<$<BOOL:${BUILD_SHARED_LIBS}>:LINKER:--no-as-needed>)
  set(tupelo_components ${tupelo_components} PARENT_SCOPE)
  set(database_components ${database_components} ${name} PARENT_SCOPE)
endfunction()
set(database_components "")
if(TUPELO_SQLITE)
  tupelo_database_component(sqlite LINK SQLite::SQLite3)
endif()
if(TUPELO_POSTGRES)
  tupelo_database_component(postgres LINK OpenSSL::SSL OpenSSL::Crypto ICU::uc)
endif()
if(TUPELO_CLI)
  tupelo_component(
    cli
    ROOMS cli diagram
    DEPENDS tupelo ${database_components}
    LINK tomlplusplus::tomlplusplus fmt::fmt)
endif()
tupelo_component(testkit ROOMS testkit DEPENDS tupelo ${database_components})

if(BUILD_SHARED_LIBS)
  set(tupelo_static OFF)
else()
  set(tupelo_static ON)
endif()
configure_package_config_file(
  ${CMAKE_CURRENT_LIST_DIR}/tupelo-config.cmake.in ${PROJECT_BINARY_DIR}/tupelo-config.cmake
  INSTALL_DESTINATION ${tupelo_package_dir} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# Before 1.0 a minor version may break its users.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tupelo-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tupelo-config.cmake ${PROJECT_BINARY_DIR}/tupelo-config-version.cmake
              ${CMAKE_CURRENT_LIST_DIR}/tupelo-embed.cmake
        DESTINATION ${tupelo_package_dir})
install(FILES LICENSE NOTICE DESTINATION ${CMAKE_INSTALL_DOCDIR})
