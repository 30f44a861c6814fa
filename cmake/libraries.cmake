# SPDX-License-Identifier: BSD-3-Clause
#
# The libraries.  Each is compiled once (event_core_objects, ...) and shipped
# as event_core_shared and event_core_static:
#
#   event_core       loop, buffers, bufferevents, listeners, util
#   event_extra      what stands on the core
#   event_pthreads   evthread_use_pthreads()
#   event            core and extra under one name.  The shared one is empty
#                    and only NEEDs the two, so a program has one copy of the
#                    state; for the linker libevent.so is a two-name script.

set(EVI_LIBRARY_DIR ${PROJECT_BINARY_DIR}/lib)
set(EVI_ABI -2.1)
set(EVI_SOVERSION 7)
set(EVI_SOFILE_VERSION 7.0.1)
set(EVI_EMPTY ${PROJECT_BINARY_DIR}/empty.c)
file(WRITE ${EVI_EMPTY}.new "typedef int evi_empty;\n")
configure_file(${EVI_EMPTY}.new ${EVI_EMPTY} COPYONLY)

set(EVI_PUBLIC_INCLUDES
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:include>)

# Names, places and versions of a shared library; its link for the linker.
function(evi_shape_shared target name)
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME ${name}${EVI_ABI}
        VERSION ${EVI_SOFILE_VERSION}
        SOVERSION ${EVI_SOVERSION}
        LIBRARY_OUTPUT_DIRECTORY ${EVI_LIBRARY_DIR})
    target_link_options(${target} PRIVATE
        -Wl,-Bsymbolic-functions -Wl,-z,relro,-z,now)
    if(NOT EVENT__SANITIZE)
        target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
endfunction()

# If asked for: optimise across files.  Objects that are not machine code yet
# want the archiver and the linker's options for it, too; the latter for
# whatever here has them from a static library.
function(evi_use_lto target)
    if(NOT EVENT__ENABLE_LTO)
        return()
    endif()
    set_target_properties(${target} PROPERTIES
        INTERPROCEDURAL_OPTIMIZATION ON)
    get_target_property(type ${target} TYPE)
    if(type STREQUAL STATIC_LIBRARY)
        target_link_options(${target} INTERFACE
            $<BUILD_INTERFACE:$<IF:$<C_COMPILER_ID:Clang>,-flto=thin,-flto>>)
    endif()
endfunction()

# The name the linker looks for, as a link beside the library.
function(evi_add_dev_link target name)
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_COMMAND} -E create_symlink
            $<TARGET_FILE_NAME:${target}> ${EVI_LIBRARY_DIR}/lib${name}.so
        VERBATIM)
endfunction()

# evi_add_library(event_core source ... [NEEDS event_x ...])
function(evi_add_library name)
    cmake_parse_arguments(arg "" "" "NEEDS" ${ARGN})
    list(TRANSFORM arg_UNPARSED_ARGUMENTS PREPEND ${PROJECT_SOURCE_DIR}/)
    if(NOT arg_UNPARSED_ARGUMENTS)
        set(arg_UNPARSED_ARGUMENTS ${EVI_EMPTY})
    endif()

    add_library(${name}_objects OBJECT ${arg_UNPARSED_ARGUMENTS})
    set_target_properties(${name}_objects PROPERTIES
        POSITION_INDEPENDENT_CODE ON)
    evi_use_lto(${name}_objects)
    target_include_directories(${name}_objects PRIVATE
        ${PROJECT_SOURCE_DIR}/src ${EVI_PUBLIC_INCLUDES})
    target_link_libraries(${name}_objects PRIVATE evi_library_flags)

    set(shared_needs ${arg_NEEDS})
    set(static_needs ${arg_NEEDS})
    list(TRANSFORM shared_needs APPEND _shared)
    list(TRANSFORM static_needs APPEND _static)
    if(EVI_BUILD_SHARED)
        add_library(${name}_shared SHARED $<TARGET_OBJECTS:${name}_objects>)
        evi_shape_shared(${name}_shared ${name})
        evi_add_dev_link(${name}_shared ${name})
        evi_use_export_map(${name})
        evi_use_lto(${name}_shared)
        if(shared_needs)
            # NEEDed even while nothing of it is used, as in libevent.
            target_link_options(${name}_shared PRIVATE -Wl,--no-as-needed)
        endif()
        target_link_libraries(${name}_shared
            PUBLIC ${shared_needs}
            PRIVATE Threads::Threads $<BUILD_INTERFACE:evi_instrument>)
        target_include_directories(${name}_shared
            PUBLIC ${EVI_PUBLIC_INCLUDES})
    endif()
    if(EVI_BUILD_STATIC)
        add_library(${name}_static STATIC $<TARGET_OBJECTS:${name}_objects>)
        set_target_properties(${name}_static PROPERTIES
            OUTPUT_NAME ${name}
            ARCHIVE_OUTPUT_DIRECTORY ${EVI_LIBRARY_DIR})
        evi_use_lto(${name}_static)
        target_link_libraries(${name}_static
            PUBLIC ${static_needs} Threads::Threads
            PRIVATE $<BUILD_INTERFACE:evi_instrument>)
        target_include_directories(${name}_static
            PUBLIC ${EVI_PUBLIC_INCLUDES})
    endif()
endfunction()

# Only the names in src/export/<name>.map leave the library.
function(evi_use_export_map name)
    set(map ${PROJECT_SOURCE_DIR}/src/export/${name}.map)
    if(NOT EXISTS ${map})
        return()
    endif()
    target_link_options(${name}_shared PRIVATE
        -Wl,--version-script=${map})
    set_property(TARGET ${name}_shared APPEND PROPERTY LINK_DEPENDS ${map})
endfunction()

# libevent itself.
function(evi_add_combined)
    if(EVI_BUILD_SHARED)
        add_library(event_shared SHARED ${EVI_EMPTY})
        evi_shape_shared(event_shared event)
        target_link_options(event_shared PRIVATE -Wl,--no-as-needed)
        target_link_libraries(event_shared
            PUBLIC event_core_shared event_extra_shared)
        file(GENERATE OUTPUT ${EVI_LIBRARY_DIR}/libevent.so
            CONTENT "INPUT ( -levent_core -levent_extra )\n")
    endif()
    if(EVI_BUILD_STATIC)
        add_library(event_static STATIC
            $<TARGET_OBJECTS:event_core_objects>
            $<TARGET_OBJECTS:event_extra_objects>)
        set_target_properties(event_static PROPERTIES
            OUTPUT_NAME event
            ARCHIVE_OUTPUT_DIRECTORY ${EVI_LIBRARY_DIR})
        evi_use_lto(event_static)
        target_include_directories(event_static
            PUBLIC ${EVI_PUBLIC_INCLUDES})
        target_link_libraries(event_static PUBLIC Threads::Threads)
    endif()
endfunction()

evi_add_library(event_core ${EVI_CORE_SOURCES})
evi_add_library(event_extra ${EVI_EXTRA_SOURCES} NEEDS event_core)
evi_add_library(event_pthreads ${EVI_PTHREADS_SOURCES} NEEDS event_core)
evi_add_combined()

# libevent::core and so on, the shared ones if both are there.
foreach(part core extra pthreads)
    if(EVI_BUILD_SHARED)
        add_library(libevent::${part} ALIAS event_${part}_shared)
    else()
        add_library(libevent::${part} ALIAS event_${part}_static)
    endif()
endforeach()
