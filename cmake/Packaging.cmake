# `cpack` in the build folder makes two Debian packages: gateproof, and gateproof-dev for suites of one's own.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gateproof)
set(CPACK_PACKAGE_VENDOR Gateproof)
set(CPACK_PACKAGE_CONTACT "Gateproof maintainers <maintainers@gateproof.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "https://gateproof.example")

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME gateproof)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION net)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS "ca-certificates")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SUGGESTS "libengine-pkcs11-openssl, bash-completion")
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "conformance test harness for gateway services
 Tests a gateway endpoint from outside against the published requirements of
 the Inland Revenue gateway services: TLS versions and cipher suites, mutual
 TLS, ports, OAuth, machine-to-machine tokens, timeouts, throttling and the
 rotation of certificates. It reports with evidence which requirements hold.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME gateproof-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "gateproof (= ${PROJECT_VERSION}), libboost1.81-dev | libboost-dev (>= 1.81), libcurl4-openssl-dev, libssl-dev, libfmt-dev, nlohmann-json3-dev, libpugixml-dev, libxml2-dev, libyaml-cpp-dev, libarchive-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "conformance test harness for gateway services (development files)
 Libraries, headers and CMake configuration to add suites of your own to
 Gateproof, which tests gateway endpoints against published requirements.")

# Debian's own files, in the form that it wants, are made when a package is: `cmake --install` needs none of them.
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/debian_files.cmake")
include(CPack)
