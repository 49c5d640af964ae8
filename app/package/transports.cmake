# SPDX-License-Identifier: BSD-3-Clause
#
# The messenger on lwIP is compiled against somebody's lwIP, as that is configured. Its sources are
# beside this file's folder, in this project's tree as where it is installed.

# msgr_add_transport(NAME LWIP): the messenger on lwIP's raw API. LWIP is a library target: its
# include directories and definitions say which lwIP, and how it is configured.
function(msgr_add_transport name lwip)
    msgr_compile_transport(${name} ${lwip}
        framed.c
        framed_connect.c
        framed_tcp.c
        framed_udp.c
        framed_url.c
        lwip_address.c
        lwip_tcp.c
        plain_request.c
        plain_tcp_client.c
        plain_tcp_connection.c
        plain_tcp_server.c
        plain_udp_client.c
        plain_udp_server.c)
endfunction()

# msgr_add_sockets_transport(NAME LWIP): the messenger on lwIP's sockets. LWIP as above, defined with
# MSGR_SOCKETS_LWIP=1.
function(msgr_add_sockets_transport name lwip)
    msgr_compile_transport(${name} ${lwip} ${msgr_sockets_sources} lwip_address.c
        sockets_lwip.c sockets_lwip_address.c sockets_lwip_bell.c sockets_lwip_datagram.c
        sockets_lwip_names.c)
endfunction()

# What the transport on sockets is made of, but for the stack's own.
set(msgr_sockets_sources
    sockets_address.c
    sockets_connect.c
    sockets_fd.c
    sockets_framed.c
    sockets_leave.c
    sockets_loop.c
    sockets_plain_client.c
    sockets_plain_connection.c
    sockets_plain_request.c
    sockets_plain_server.c
    sockets_plain_udp_client.c
    sockets_plain_udp_server.c
    sockets_stream.c
    sockets_udp.c
    sockets_url.c
    CACHE INTERNAL "") # functions run in their caller's scope

function(msgr_compile_transport name lwip)
    set(app ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/..)
    list(TRANSFORM ARGN PREPEND ${app}/transport/ OUTPUT_VARIABLE sources)
    add_library(${name} STATIC EXCLUDE_FROM_ALL ${sources})
    target_include_directories(${name} PRIVATE ${app}/core)
    target_compile_features(${name} PUBLIC c_std_11)
    target_link_libraries(${name}
        PUBLIC msgr::msgr ${lwip} PRIVATE $<TARGET_NAME_IF_EXISTS:msgr_warnings>)
endfunction()
