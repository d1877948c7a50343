// SPDX-License-Identifier: Apache-2.0
#include "scaffold.hpp"

namespace tupelo::cli {
namespace {

constexpr const char* cmake_lists = R"template(
cmake_minimum_required(VERSION 3.25)
project(@name@ LANGUAGES CXX)

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR "g++ 12 miscompiles coroutines; use clang 19 or g++ 13 or later: cmake --preset dev")
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_package(tupelo @version@ CONFIG REQUIRED COMPONENTS @component@ cli)

# A migration or seed is found when it is written: CONFIGURE_DEPENDS looks again at every build.
file(GLOB migrations CONFIGURE_DEPENDS migrations/*.cpp)
file(GLOB seeds CONFIGURE_DEPENDS seeds/*.cpp)

# The project's own tool: it knows the models, and has the migrations and seeds linked in.
add_executable(manage manage.cpp ${migrations} ${seeds})
target_include_directories(manage PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(manage PRIVATE tupelo::tupelo tupelo::@component@ tupelo::cli)

add_executable(@name@ main.cpp)
target_link_libraries(@name@ PRIVATE tupelo::tupelo tupelo::@component@)

enable_testing()
add_executable(@name@_test tests/models_test.cpp ${migrations})
target_include_directories(@name@_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(@name@_test PRIVATE tupelo::tupelo tupelo::@component@)
add_test(NAME models COMMAND @name@_test)
add_test(NAME migrations_are_complete COMMAND manage db check)
)template";

constexpr const char* presets = R"template(
{
  "version": 6,
  "configurePresets": [
    {
      "name": "dev",
      "displayName": "Everyday work, with the compiler that Tupelo was built with",
      "binaryDir": "${sourceDir}/build",
      "cacheVariables": {
        "CMAKE_BUILD_TYPE": "Debug",
        "CMAKE_CXX_COMPILER": "@compiler@"
      }
    }
  ]
}
)template";

constexpr const char* settings = R"template(
# What `db` commands need to know of this project. --url and DATABASE_URL come before what is written here.
# A URL with a password belongs in DATABASE_URL or in .env, not in a file that is committed.

[database]
@url_line@

[migrations]
directory = "migrations"

# How `tupelo db …` builds and finds the project's own program.
[manage]
build_directory = "build"
target = "manage"
)template";

constexpr const char* ignored = R"template(
/build/
/.env
/CMakeUserPresets.json
*.db
*.db-shm
*.db-wal
*.backup
)template";

constexpr const char* readme = R"template(
# @name@

Two models, their migrations, a seed, a test and a program, on @sqlite{[SQLite](https://sqlite.org)}@@postgres{[PostgreSQL](https://www.postgresql.org)}@ with Tupelo.

## From here to a database with rows

You need CMake 3.25, @compiler@ and an installed Tupelo whose `tupelo` is on your PATH (CMake finds Tupelo by it)@postgres{,
and the PostgreSQL server and database that tupelo.toml names; `createdb` makes an empty one. The test uses a schema of
its own in that database and drops it at the end}@.

```sh
cmake --preset dev               # configures build/
tupelo db migrate "Initial"      # writes migrations/<time>_initial.cpp from models.hpp
@sqlite{tupelo db upgrade                # makes the database and its tables}@@postgres{tupelo db upgrade                # makes the tables}@
tupelo db seed                   # puts the rows of seeds/ into it
cmake --build build              # builds everything
./build/@name@                   # asks the database
ctest --test-dir build           # the models' test, and: do models and migrations agree?
```

`tupelo db …` builds `manage` (manage.cpp) where it is out of date and runs it; `./build/manage db …` is the same without
the build. A new migration is C++: it has to be compiled in before `upgrade` sees it, and `tupelo db upgrade` sees to that.

@postgres{The tool reads a URL with a password from `.env`; the program and the test read `DATABASE_URL` from their environment
only, which `set -a && . ./.env && set +a` fills.

}@## When a model changes

Change models.hpp, then:

```sh
tupelo db migrate "Say what changed"
tupelo db upgrade
```

Look at the new file before you apply it. `tupelo db downgrade` takes it back.

## Where things are

| file | what it is |
|---|---|
| models.hpp | the models: plain structs |
| main.cpp | the program |
| manage.cpp | the project's own tool; a new model is added to its list |
| migrations/ | how the database came to be, one file a step |
| seeds/ | rows to begin with: `tupelo db seed --env test` runs those of another environment |
| tests/ | the test |
| tupelo.toml | where the database is, unless `--url` or `DATABASE_URL` says otherwise |

More commands: `tupelo db --help`, and `--help` behind each of them.
)template";

}  // namespace

const std::vector<project_template>& build_templates() {
  static const std::vector<project_template> files{{"CMakeLists.txt", cmake_lists},
                                                   {"CMakePresets.json", presets},
                                                   {"tupelo.toml", settings},
                                                   {".gitignore", ignored},
                                                   {"README.md", readme}};
  return files;
}

}  // namespace tupelo::cli
