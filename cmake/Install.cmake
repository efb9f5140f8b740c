# What `cmake --install` leaves: the program and its files (component runtime), and for suites of one's own the libraries,
# headers and find_package(gateproof) (component development).

# gateproof_install_room(target folder): a library as gateproof::NAME, and the headers of its folder as "FOLDER/...". They
# are a file set, so that `./dev check` can compile each alone (the target all_verify_interface_header_sets).
function(gateproof_install_room target folder)
    string(REGEX REPLACE "^gateproof_" "" name "${target}")
    set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
    set(headers)
    if(folder)
        file(GLOB_RECURSE files CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/${folder}/*.hpp")
        target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS "${PROJECT_SOURCE_DIR}" FILES ${files})
        set(headers FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/gateproof" COMPONENT development)
    endif()
    install(TARGETS ${target} EXPORT gateproof
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}/gateproof" COMPONENT development ${headers})
endfunction()

gateproof_install_room(gateproof_options "")
gateproof_install_room(gateproof_boost "")
foreach(room harness suites reports evidence doctor gateway client profiles selfproof)
    gateproof_install_room(gateproof_${room} ${room})
endforeach()

include(CMakePackageConfigHelpers)
set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/gateproof")
install(EXPORT gateproof NAMESPACE gateproof:: FILE gateproof-targets.cmake DESTINATION "${package_folder}"
    COMPONENT development)
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/gateproof-config.cmake.in"
    "${PROJECT_BINARY_DIR}/generated/gateproof-config.cmake" INSTALL_DESTINATION "${package_folder}")
# Before 1.0 nothing is promised from one minor version to the next.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/generated/gateproof-config-version.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/generated/gateproof-config.cmake"
    "${PROJECT_BINARY_DIR}/generated/gateproof-config-version.cmake" DESTINATION "${package_folder}"
    COMPONENT development)
