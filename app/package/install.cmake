# SPDX-License-Identifier: BSD-3-Clause
#
# What is installed: headers; the libraries; the sources of what is compiled against a user's lwIP;
# and for find_package() and pkg-config a description each. Nothing in it names the prefix, so it may
# be moved.

include(CMakePackageConfigHelpers)

set(share_dir ${CMAKE_INSTALL_DATADIR}/lwip-messenger)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/lwip-messenger)

# Users before libraries that they use: the order in which a linker wants them.
set(installed msgr_engine msgr_core msgr_text msgr_hash)
set(threads "")
if(TARGET msgr_sockets)
    list(PREPEND installed msgr_sockets)
    set(threads " -pthread")
endif()
foreach(library ${installed})
    string(REPLACE msgr_ "" name ${library})
    set_target_properties(${library} PROPERTIES EXPORT_NAME ${name})
endforeach()

install(TARGETS msgr ${installed} EXPORT lwip-messengerTargets)
install(EXPORT lwip-messengerTargets NAMESPACE msgr:: DESTINATION ${package_dir})
install(DIRECTORY include/msgr TYPE INCLUDE)
install(DIRECTORY transport DESTINATION ${share_dir})
install(DIRECTORY core DESTINATION ${share_dir} FILES_MATCHING PATTERN *.h)

# Before 1.0 another minor version may be another interface.
set(compatibility SameMajorVersion)
if(PROJECT_VERSION_MAJOR EQUAL 0)
    set(compatibility SameMinorVersion)
endif()
write_basic_package_version_file(lwip-messengerConfigVersion.cmake COMPATIBILITY ${compatibility})
configure_package_config_file(package/lwip-messengerConfig.cmake.in lwip-messengerConfig.cmake
    INSTALL_DESTINATION ${package_dir} PATH_VARS share_dir)
install(FILES package/transports.cmake DESTINATION ${share_dir}/package)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lwip-messengerConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/lwip-messengerConfigVersion.cmake DESTINATION ${package_dir})

# The ways from the file itself to the prefix, and from there to what is installed.
file(RELATIVE_PATH pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_prefix ${pc_prefix})
file(RELATIVE_PATH pc_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
list(TRANSFORM installed PREPEND -l OUTPUT_VARIABLE pc_libs)
list(JOIN pc_libs " " pc_libs)
list(TRANSFORM MSGR_OPTIONS PREPEND " -D" OUTPUT_VARIABLE pc_definitions)
list(JOIN pc_definitions "" pc_definitions)
configure_file(package/lwip-messenger.pc.in lwip-messenger.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/lwip-messenger.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
