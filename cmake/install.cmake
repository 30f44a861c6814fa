# SPDX-License-Identifier: BSD-3-Clause
#
# What is installed: headers, libraries, pkg-config files and the CMake
# package Libevent, under the names libevent has; and the man pages, which
# tools/man makes of the headers (not without Python).

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(EVI_PACKAGE_VERSION 2.1.12)
set(EVI_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/libevent)
set(EVI_PACKAGE_DIR ${PROJECT_BINARY_DIR}/package)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
    FILES_MATCHING PATTERN "*.h")
install(FILES ${PROJECT_BINARY_DIR}/include/event2/event-config.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/event2 COMPONENT dev)

foreach(kind shared static)
    string(TOUPPER ${kind} KIND)
    if(NOT EVI_BUILD_${KIND})
        continue()
    endif()
    foreach(part core extra pthreads)
        set_target_properties(event_${part}_${kind} PROPERTIES
            EXPORT_NAME ${part})
        install(TARGETS event_${part}_${kind}
            EXPORT LibeventTargets-${kind}
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT lib
                NAMELINK_SKIP
            ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev
            INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    endforeach()
    install(TARGETS event_${kind}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT lib
            NAMELINK_SKIP
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
    install(EXPORT LibeventTargets-${kind}
        NAMESPACE libevent:: DESTINATION ${EVI_CMAKE_DIR} COMPONENT dev)
endforeach()

if(EVI_BUILD_SHARED)
    foreach(name event event_core event_extra event_pthreads)
        install(FILES ${EVI_LIBRARY_DIR}/lib${name}.so
            DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
    endforeach()
endif()

configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/LibeventConfig.cmake.in
    ${EVI_PACKAGE_DIR}/LibeventConfig.cmake
    INSTALL_DESTINATION ${EVI_CMAKE_DIR}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(
    ${EVI_PACKAGE_DIR}/LibeventConfigVersion.cmake
    VERSION ${EVI_PACKAGE_VERSION} COMPATIBILITY AnyNewerVersion)
install(FILES
    ${EVI_PACKAGE_DIR}/LibeventConfig.cmake
    ${EVI_PACKAGE_DIR}/LibeventConfigVersion.cmake
    DESTINATION ${EVI_CMAKE_DIR} COMPONENT dev)

# evi_install_pc(libevent_core "what it is" "Field: value" ...)
function(evi_install_pc name description)
    set(PC_NAME ${name})
    set(PC_DESCRIPTION ${description})
    list(JOIN ARGN "\n" PC_FIELDS)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/libevent.pc.in
        ${EVI_PACKAGE_DIR}/${name}.pc @ONLY)
    install(FILES ${EVI_PACKAGE_DIR}/${name}.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
endfunction()

evi_install_pc(libevent "libevent-ng, core and extra"
    "Libs: -L\${libdir} -levent_extra -levent_core")
evi_install_pc(libevent_core "libevent-ng: loop, buffers, bufferevents"
    "Libs: -L\${libdir} -levent_core")
evi_install_pc(libevent_extra "libevent-ng: what stands on the core"
    "Requires.private: libevent_core"
    "Libs: -L\${libdir} -levent_extra")
evi_install_pc(libevent_pthreads "libevent-ng: POSIX threads"
    "Requires: libevent"
    "Libs: -L\${libdir} -levent_pthreads"
    "Libs.private: -pthread")

find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_Interpreter_FOUND)
    set(EVI_MAN_DIR ${PROJECT_BINARY_DIR}/man)
    file(GLOB EVI_HEADERS CONFIGURE_DEPENDS
        ${PROJECT_SOURCE_DIR}/include/*.h
        ${PROJECT_SOURCE_DIR}/include/event2/*.h*)
    add_custom_command(OUTPUT ${EVI_MAN_DIR}/made
        COMMAND Python3::Interpreter ${PROJECT_SOURCE_DIR}/tools/man
            --version ${PROJECT_VERSION} ${EVI_MAN_DIR}/man3
        COMMAND ${CMAKE_COMMAND} -E touch ${EVI_MAN_DIR}/made
        DEPENDS ${PROJECT_SOURCE_DIR}/tools/man ${EVI_HEADERS}
        COMMENT "Making the man pages" VERBATIM)
    add_custom_target(event_man ALL DEPENDS ${EVI_MAN_DIR}/made)
    install(DIRECTORY ${EVI_MAN_DIR}/man3
        DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT dev)
endif()
