# SPDX-License-Identifier: BSD-3-Clause
#
# Compiler flags, held by three interface targets so that nothing leaks into
# a project that includes this one:
#   evi_flags          for everything built here
#   evi_library_flags  for the libraries' own objects
#   evi_instrument     sanitizers and coverage, when asked for

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

add_library(evi_instrument INTERFACE)
if(EVENT__SANITIZE)
    target_compile_options(evi_instrument INTERFACE
        -fsanitize=${EVENT__SANITIZE} -fno-sanitize-recover=all
        -fno-omit-frame-pointer -g)
    target_link_options(evi_instrument INTERFACE
        -fsanitize=${EVENT__SANITIZE})
endif()
if(EVENT__COVERAGE)
    target_compile_options(evi_instrument INTERFACE --coverage -g
        -fprofile-update=atomic)
    target_link_options(evi_instrument INTERFACE --coverage)
endif()

add_library(evi_flags INTERFACE)
target_compile_definitions(evi_flags INTERFACE _GNU_SOURCE)
target_compile_options(evi_flags INTERFACE
    -Wall -Wextra -Wshadow -Wundef -Wvla -Wpointer-arith -Wwrite-strings
    -Wstrict-prototypes -Wmissing-prototypes -Wformat=2
    # The same bytes wherever the tree lies: no path of it in the objects.
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
    -ffile-prefix-map=${PROJECT_BINARY_DIR}/=build/)
if(EVENT__ENABLE_WERROR)
    target_compile_options(evi_flags INTERFACE -Werror)
endif()
target_link_libraries(evi_flags INTERFACE evi_instrument)

# The library's calls to its own public functions bind at link time: nobody
# may put another event_add() between two files of libevent, and the address
# of a public function is compared by nobody.  Calls to libc stay open to
# LD_PRELOAD (malloc and socket wrappers).
add_library(evi_library_flags INTERFACE)
target_compile_options(evi_library_flags INTERFACE
    -fno-semantic-interposition -fno-plt -fvisibility=hidden
    # Not CMake's -O3: smaller, and no slower here.
    $<$<CONFIG:Release>:-O2>)
target_link_libraries(evi_library_flags INTERFACE evi_flags Threads::Threads)
