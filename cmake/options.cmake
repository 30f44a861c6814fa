# SPDX-License-Identifier: BSD-3-Clause
#
# What can be chosen.  The names that libevent's own build has mean the same
# here; inside the build EVI_BUILD_* is what was decided.  As a part of another
# project only the libraries are built, and of the kind BUILD_SHARED_LIBS says.

if(EVI_IS_TOP AND NOT DEFINED BUILD_SHARED_LIBS)
    set(EVI_TYPE_DEFAULT BOTH)
elseif(BUILD_SHARED_LIBS)
    set(EVI_TYPE_DEFAULT SHARED)
else()
    set(EVI_TYPE_DEFAULT STATIC)
endif()
if(EVI_IS_TOP)
    set(EVI_EXTRAS_OFF OFF)
else()
    set(EVI_EXTRAS_OFF ON)
endif()

set(EVENT__LIBRARY_TYPE DEFAULT CACHE STRING
    "Libraries to build: SHARED, STATIC, BOTH, or DEFAULT")
set_property(CACHE EVENT__LIBRARY_TYPE PROPERTY STRINGS
    DEFAULT SHARED STATIC BOTH)
option(EVENT__DISABLE_TESTS "Do not build the tests" ${EVI_EXTRAS_OFF})
option(EVENT__DISABLE_SAMPLES "Do not build the examples" ${EVI_EXTRAS_OFF})
option(EVENT__DISABLE_BENCHMARK "Do not build bench/" ${EVI_EXTRAS_OFF})
option(EVENT__DISABLE_INSTALL "Define no install rules" ${EVI_EXTRAS_OFF})
option(EVENT__ENABLE_WERROR "Warnings are errors" OFF)
option(EVENT__ENABLE_LTO "Optimise across files of a library" OFF)
set(EVENT__SANITIZE "" CACHE STRING
    "Sanitizers for everything built, as for -fsanitize=")
option(EVENT__COVERAGE "Count executed lines and branches" OFF)

string(TOUPPER "${EVENT__LIBRARY_TYPE}" EVI_TYPE)
if(EVI_TYPE STREQUAL DEFAULT)
    set(EVI_TYPE ${EVI_TYPE_DEFAULT})
endif()
if(NOT EVI_TYPE MATCHES "^(SHARED|STATIC|BOTH)$")
    message(FATAL_ERROR "EVENT__LIBRARY_TYPE: ${EVENT__LIBRARY_TYPE}?")
endif()

set(EVI_BUILD_SHARED ON)
set(EVI_BUILD_STATIC ON)
if(EVI_TYPE STREQUAL SHARED)
    set(EVI_BUILD_STATIC OFF)
elseif(EVI_TYPE STREQUAL STATIC)
    set(EVI_BUILD_SHARED OFF)
endif()

# Tests need both kinds: unit tests see internals, public tests must not.
foreach(part TESTS:TESTS EXAMPLES:SAMPLES BENCH:BENCHMARK INSTALL:INSTALL)
    string(REPLACE ":" ";" part ${part})
    list(GET part 0 ours)
    list(GET part 1 theirs)
    set(EVI_BUILD_${ours} ON)
    if(EVENT__DISABLE_${theirs})
        set(EVI_BUILD_${ours} OFF)
    endif()
endforeach()
if(EVI_BUILD_TESTS AND NOT EVI_TYPE STREQUAL BOTH)
    message(STATUS "libevent-ng: no tests, they need both kinds of library")
    set(EVI_BUILD_TESTS OFF)
endif()
