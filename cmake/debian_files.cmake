# Run by cpack over the staged files: copyright and changelog of each package; man page and changelog compressed.
# Without them cpack stops in words of its own, or makes a package that names none of the libraries that it needs.
foreach(program IN ITEMS file dpkg-shlibdeps)
    unset(found)
    find_program(found ${program} NO_CACHE)
    if(NOT found)
        message(FATAL_ERROR "there is no ${program}, which finds out what the packages depend on: "
                            "apt-get install file dpkg-dev")
    endif()
endforeach()
file(GLOB stages LIST_DIRECTORIES true "${CPACK_TEMPORARY_DIRECTORY}/*")
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
foreach(stage IN LISTS stages)
    if(NOT IS_DIRECTORY "${stage}/usr")
        continue()
    endif()
    get_filename_component(component "${stage}" NAME)
    set(package gateproof)
    if(component STREQUAL "development")
        set(package gateproof-dev)
    endif()
    set(folder "${stage}/usr/share/doc/${package}")
    file(WRITE "${folder}/copyright" "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Gateproof

Files: *
Copyright: 2026 Gateproof maintainers
License: Apache-2.0
 On Debian systems the text of the licence is in
 /usr/share/common-licenses/Apache-2.0.
")
    file(WRITE "${folder}/changelog" "gateproof (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * CHANGELOG.md of the source tells what is new.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
    file(REMOVE "${folder}/LICENSE")  # it is in common-licenses
    file(GLOB plain "${folder}/changelog" "${stage}/usr/share/man/man1/*.1")
    foreach(file IN LISTS plain)
        execute_process(COMMAND gzip -9nf "${file}" COMMAND_ERROR_IS_FATAL ANY)
    endforeach()
    file(GLOB_RECURSE archives "${stage}/usr/lib/*.a")
    if(archives)
        execute_process(COMMAND strip --strip-debug --enable-deterministic-archives ${archives} COMMAND_ERROR_IS_FATAL ANY)
    endif()
endforeach()
