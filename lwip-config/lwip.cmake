# SPDX-License-Identifier: BSD-3-Clause
#
# lwIP as static libraries, one for each configuration. Sets LWIP_DIR, which a user may have set.

set(LWIP_DIR "" CACHE PATH "lwIP's source tree; empty: fetch LWIP_VERSION from Debian")
set(LWIP_VERSION 2.2.1 CACHE STRING "The version to fetch: 2.2.1 or 2.1.3")
set_property(CACHE LWIP_VERSION PROPERTY STRINGS 2.2.1 2.1.3)

if(NOT LWIP_DIR)
    set(lwip_dir ${CMAKE_BINARY_DIR}/lwip-${LWIP_VERSION})
    execute_process(
        COMMAND ${CMAKE_CURRENT_LIST_DIR}/fetch --version ${LWIP_VERSION} ${lwip_dir}
        RESULT_VARIABLE status)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "lwIP is missing; the lines above say why, and what to do.")
    endif()
else()
    get_filename_component(lwip_dir ${LWIP_DIR} ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})
endif()
if(NOT EXISTS ${lwip_dir}/src/Filelists.cmake)
    message(FATAL_ERROR "LWIP_DIR=${lwip_dir} holds no lwIP: there is no src/Filelists.cmake")
endif()

# lwIP's own lists of its files. They read LWIP_DIR, and define targets that nobody here uses.
function(msgr_lwip_sources core api)
    set(LWIP_DIR ${lwip_dir})
    set(CMAKE_DISABLE_FIND_PACKAGE_Doxygen ON) # for its manual
    include(${LWIP_DIR}/src/Filelists.cmake)
    set(${core} ${lwipcore_SRCS} ${lwipcore4_SRCS} ${lwipcore6_SRCS}
        ${LWIP_DIR}/src/netif/ethernet.c PARENT_SCOPE)
    set(${api} ${lwipapi_SRCS} PARENT_SCOPE)
endfunction()
msgr_lwip_sources(lwip_sources lwip_api_sources)

# lwIP's threads, mailboxes and locks on Unix are in its contrib, which not every copy has.
set(lwip_unix_dir ${lwip_dir}/contrib/ports/unix/port)
set(MSGR_HAS_THREADS OFF)
if(EXISTS ${lwip_unix_dir}/sys_arch.c)
    set(MSGR_HAS_THREADS ON)
endif()

# msgr_add_lwip(NAME PORT_DIR [DEFINITION...]): lwIP configured by lwipopts.h and the definitions,
# with cc.h from PORT_DIR/arch. With MSGR_LWIP_THREADS=1 among them also its sockets, and contrib's
# sys_arch for Unix (only where MSGR_HAS_THREADS). Its headers are system headers: its warnings are
# not ours.
function(msgr_add_lwip name port_dir)
    add_library(${name} STATIC EXCLUDE_FROM_ALL ${lwip_sources})
    target_include_directories(${name} SYSTEM PUBLIC ${lwip_dir}/src/include)
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR}/lwip-config ${port_dir})
    target_compile_definitions(${name} PUBLIC ${ARGN})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}) # its hooks: port/isn.h
    if("MSGR_LWIP_THREADS=1" IN_LIST ARGN)
        set(THREADS_PREFER_PTHREAD_FLAG ON)
        find_package(Threads REQUIRED)
        target_sources(${name} PRIVATE ${lwip_api_sources} ${lwip_unix_dir}/sys_arch.c)
        target_include_directories(${name} SYSTEM PUBLIC ${lwip_unix_dir}/include)
        target_link_libraries(${name} PUBLIC Threads::Threads)
    endif()
endfunction()
