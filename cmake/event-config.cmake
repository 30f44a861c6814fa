# SPDX-License-Identifier: BSD-3-Clause
#
# event-config.cmake - probes for and writes <event2/event-config.h>.
#
# Usage, after find_package(Threads):
#
#     set(EVENT_CONFIG_OPENSSL ON)    # if libevent_openssl is built
#     set(EVENT_CONFIG_MBEDTLS ON)    # if libevent_mbedtls is built
#     include(cmake/event-config.cmake)
#     event_config_write(${PROJECT_BINARY_DIR}/include/event2/event-config.h)
#
# Probes are done in groups to keep the configuring short: one program tells
# all headers, sizes and macros; a list of functions or types is tried as a
# whole first, one by one only if that fails.  Results are cached as
# EVENT__HAVE_<NAME>; delete the cache to probe again.

# The project's own version; LIBEVENT_NG_VERSION in <event2/event.h>.  (What
# project() names is the libevent release whose API and ABI this is.)
set(EVENT_CONFIG_NG_VERSION 0.1.0)

# Compile `source` with all interfaces of the system in view.
function(event_config_compile result source)
    set(dir ${CMAKE_BINARY_DIR}/CMakeFiles/event-config)
    file(WRITE ${dir}/probe.c "${source}")
    try_compile(ok ${dir} ${dir}/probe.c
        COMPILE_DEFINITIONS -D_GNU_SOURCE ${ARGN}
        CMAKE_FLAGS "-DCMAKE_C_FLAGS=${CMAKE_C_FLAGS} -w")
    set(${result} ${ok} PARENT_SCOPE)
endfunction()

function(event_config_set name value)
    set(EVENT__HAVE_${name} ${value} CACHE INTERNAL
        "a fact for event-config.h")
endfunction()

# Headers, sizes and macros: a program whose text holds the answers.
set(EVENT_CONFIG_HEADERS
    afunix.h arpa/inet.h dlfcn.h errno.h fcntl.h ifaddrs.h inttypes.h
    mach/mach.h mach/mach_time.h netdb.h netinet/in.h netinet/in6.h
    netinet/tcp.h openssl/ssl.h poll.h port.h stdarg.h stddef.h stdint.h
    stdio.h stdlib.h string.h strings.h sys/devpoll.h sys/epoll.h
    sys/event.h sys/eventfd.h sys/ioctl.h sys/mman.h sys/param.h
    sys/queue.h sys/random.h sys/resource.h sys/select.h sys/sendfile.h
    sys/socket.h sys/stat.h sys/sysctl.h sys/time.h sys/timerfd.h
    sys/types.h sys/uio.h sys/un.h sys/wait.h unistd.h wchar.h)

# name=type
set(EVENT_CONFIG_SIZES
    "SHORT=short" "INT=int" "LONG=long" "LONG_LONG=long long"
    "OFF_T=off_t" "SIZE_T=size_t" "TIME_T=time_t" "VOID_P=void *")

# name=macro
set(EVENT_CONFIG_MACROS
    "SETFD=F_SETFD" "TAILQFOREACH=TAILQ_FOREACH" "TIMERADD=timeradd"
    "TIMERCLEAR=timerclear" "TIMERCMP=timercmp" "TIMERISSET=timerisset")

function(event_config_header_name ret header)
    string(TOUPPER ${header} name)
    string(REGEX REPLACE "[/.]" "_" name ${name})
    set(${ret} ${name} PARENT_SCOPE)
endfunction()

function(event_config_facts_source ret)
    set(text "#include <stddef.h>\n#include <time.h>\n")
    foreach(h sys/types.h sys/time.h sys/queue.h fcntl.h pthread.h)
        string(APPEND text
            "#if __has_include(<${h}>)\n#include <${h}>\n#endif\n")
    endforeach()
    string(APPEND text "const char have[] = \"\\n\"\n")
    foreach(h ${EVENT_CONFIG_HEADERS})
        event_config_header_name(name ${h})
        string(APPEND text "#if __has_include(<${h}>)\n"
            "\"FACT:HAVE:${name}:\\n\"\n#endif\n")
    endforeach()
    foreach(pair ${EVENT_CONFIG_MACROS})
        string(REPLACE "=" ";" pair ${pair})
        list(GET pair 0 name)
        list(GET pair 1 macro)
        string(APPEND text "#ifdef ${macro}\n"
            "\"FACT:HAVE:${name}:\\n\"\n#endif\n")
    endforeach()
    string(APPEND text ";\n#define SIZE(t) '0' + sizeof(t) / 10, "
        "'0' + sizeof(t) % 10, ':', '\\n'\nconst char size[] = {\n")
    foreach(pair ${EVENT_CONFIG_SIZES})
        string(REPLACE "=" ";" pair ${pair})
        list(GET pair 0 name)
        list(GET pair 1 type)
        string(REGEX REPLACE "(.)" "'\\1'," chars "FACT:SIZE:${name}:")
        string(APPEND text "${chars} SIZE(${type}),\n")
    endforeach()
    string(REGEX REPLACE "(.)" "'\\1'," chars "FACT:SIZE:PTHREAD_T:")
    string(APPEND text "#if __has_include(<pthread.h>)\n"
        "${chars} SIZE(pthread_t),\n#endif\n'\\n' };\n"
        "int main(int c, char **v) { (void)v; "
        "return have[c] + size[c]; }\n")
    set(${ret} "${text}" PARENT_SCOPE)
endfunction()

function(event_config_probe_facts)
    event_config_facts_source(source)
    set(program ${CMAKE_BINARY_DIR}/CMakeFiles/event-config/facts.bin)
    event_config_compile(ok "${source}" COPY_FILE ${program})
    if(NOT ok)
        message(FATAL_ERROR "event-config: cannot compile a program "
            "that tests for headers (it needs __has_include)")
    endif()
    file(STRINGS ${program} facts REGEX "^FACT:(HAVE|SIZE):")
    foreach(fact ${facts})
        string(REPLACE ":" ";" fact ${fact})
        list(GET fact 1 kind)
        list(GET fact 2 name)
        if(kind STREQUAL "HAVE")
            event_config_set(${name} 1)
        else()
            list(GET fact 3 size)
            string(REGEX REPLACE "^0" "" size ${size})
            set(EVENT__SIZEOF_${name} ${size} CACHE INTERNAL
                "a fact for event-config.h")
        endif()
    endforeach()
    if(NOT EVENT__SIZEOF_VOID_P OR NOT EVENT__HAVE_STDDEF_H)
        message(FATAL_ERROR "event-config: no facts in ${program}")
    endif()
endfunction()

# Functions: those of a list that can be linked.
function(event_config_functions)
    set(declare "")
    set(refer "")
    foreach(f ${ARGN})
        string(APPEND declare "char ${f}(void);\n")
        string(APPEND refer "(fn)${f}, ")
    endforeach()
    set(result 0)
    if(ARGN)
        string(CONCAT source "typedef void (*fn)(void);\n${declare}"
            "fn volatile functions[] = { ${refer} 0 };\n"
            "int main(int c, char **v) { (void)v; "
            "return functions[c - 1] == 0; }\n")
        event_config_compile(result "${source}")
    endif()
    list(LENGTH ARGN count)
    foreach(f ${ARGN})
        string(TOUPPER ${f} name)
        if(result)
            event_config_set(${name} 1)
        elseif(count GREATER 1)
            event_config_functions(${f})
        endif()
    endforeach()
endfunction()

function(event_config_probe_functions)
    event_config_functions(clock_gettime fcntl getaddrinfo getegid geteuid
        getifaddrs getnameinfo getprotobynumber getservbyname
        gettimeofday inet_ntop inet_pton mmap nanosleep pipe poll
        putenv select sendfile setenv setrlimit sigaction signal
        strsep strtok_r strtoll umask unsetenv usleep vasprintf)
    event_config_functions(accept4 pipe2)
    event_config_functions(arc4random arc4random_buf)
    event_config_functions(epoll_create1 epoll_ctl eventfd getrandom
        splice timerfd_create)
    foreach(f arc4random_addrandom issetugid strlcpy)
        event_config_functions(${f})
    endforeach()
    if(EVENT__HAVE_SYS_EVENT_H)
        event_config_functions(kqueue)
    endif()
    if(EVENT__HAVE_PORT_H)
        event_config_functions(port_create)
    endif()
    if(EVENT__HAVE_MACH_MACH_TIME_H)
        event_config_functions(mach_absolute_time)
    endif()
    if(EVENT__HAVE_SYS_SYSCTL_H)
        event_config_functions(sysctl)
    endif()
endfunction()

# Types and members: those of a list of name=declaration that compile.
function(event_config_types)
    set(text "")
    foreach(h stdint.h sys/types.h sys/socket.h sys/select.h sys/un.h
            netinet/in.h netdb.h winsock2.h ws2tcpip.h)
        string(APPEND text
            "#if __has_include(<${h}>)\n#include <${h}>\n#endif\n")
    endforeach()
    set(number 0)
    foreach(pair ${ARGN})
        string(REGEX REPLACE "^[^=]*=" "" declaration ${pair})
        string(APPEND text "char t${number}[sizeof(${declaration})];\n")
        math(EXPR number "${number} + 1")
    endforeach()
    event_config_compile(result "${text}int main(void) { return 0; }\n")
    foreach(pair ${ARGN})
        string(REGEX REPLACE "=.*" "" name ${pair})
        if(result)
            event_config_set(${name} 1)
        elseif(number GREATER 1)
            event_config_types(${pair})
        endif()
    endforeach()
endfunction()

function(event_config_probe_types)
    set(storage "((struct sockaddr_storage *)0)")
    event_config_types("UINT8_T=uint8_t" "UINT16_T=uint16_t"
        "UINT32_T=uint32_t" "UINT64_T=uint64_t" "UINTPTR_T=uintptr_t"
        "STRUCT_ADDRINFO=struct addrinfo"
        "STRUCT_IN6_ADDR=struct in6_addr"
        "STRUCT_LINGER=struct linger"
        "STRUCT_SOCKADDR_IN6=struct sockaddr_in6"
        "STRUCT_SOCKADDR_STORAGE=struct sockaddr_storage"
        "STRUCT_SOCKADDR_STORAGE_SS_FAMILY=${storage}->ss_family")
    event_config_types("SA_FAMILY_T=sa_family_t" "FD_MASK=fd_mask"
        "STRUCT_SOCKADDR_UN=struct sockaddr_un"
        "STRUCT_IN6_ADDR_S6_ADDR16=((struct in6_addr *)0)->s6_addr16"
        "STRUCT_IN6_ADDR_S6_ADDR32=((struct in6_addr *)0)->s6_addr32")
    event_config_types(
        "STRUCT_SOCKADDR_IN_SIN_LEN=((struct sockaddr_in *)0)->sin_len"
        "STRUCT_SOCKADDR_IN6_SIN6_LEN=((struct sockaddr_in6 *)0)->sin6_len")
    event_config_types(
        "STRUCT_SOCKADDR_STORAGE___SS_FAMILY=${storage}->__ss_family")
endfunction()

# Everything, once for each build folder.
function(event_config_probe)
    if(EVENT_CONFIG_PROBED)
        return()
    endif()
    message(STATUS "event-config: probing the system")
    event_config_probe_facts()
    event_config_probe_functions()
    event_config_probe_types()
    set(EVENT_CONFIG_PROBED 1 CACHE INTERNAL "event-config.h was probed")
endfunction()

# Probe and write the header to `output`.
function(event_config_write output)
    event_config_probe()

    string(REPLACE "." ";" number ${EVENT_CONFIG_NG_VERSION})
    list(GET number 0 major)
    list(GET number 1 minor)
    list(GET number 2 patch)
    math(EXPR EVENT_CONFIG_NG_NUMBER
        "(${major} << 24) | (${minor} << 16) | (${patch} << 8)"
        OUTPUT_FORMAT HEXADECIMAL)

    set(EVENT__HAVE_PTHREADS ${CMAKE_USE_PTHREADS_INIT})
    set(EVENT__HAVE_OPENSSL ${EVENT_CONFIG_OPENSSL})
    set(EVENT__HAVE_MBEDTLS ${EVENT_CONFIG_MBEDTLS})
    set(EVENT__HAVE_EPOLL ${EVENT__HAVE_EPOLL_CTL})
    set(EVENT__HAVE_DEVPOLL ${EVENT__HAVE_SYS_DEVPOLL_H})
    set(EVENT__HAVE_EVENT_PORTS ${EVENT__HAVE_PORT_CREATE})
    set(EVENT__HAVE_WORKING_KQUEUE ${EVENT__HAVE_KQUEUE})
    set(EVENT__TIME_WITH_SYS_TIME ${EVENT__HAVE_SYS_TIME_H})
    configure_file(${PROJECT_SOURCE_DIR}/include/event2/event-config.h.in
        ${output} @ONLY)
endfunction()
