# Reads the #include "..." lines below ROOT and fails on one that points against the architecture (docs/architecture.md).
# cmake -DROOT=folder -P include_arrows.cmake

cmake_minimum_required(VERSION 3.25)

# Room, then the rooms that it may include beside itself.
set(arrows
    "app: selfproof suites reports gateway profiles evidence harness/model harness/profile harness/journal harness/run"
    "selfproof: suites gateway profiles reports harness/model harness/profile harness/journal harness/run"
    "suites: harness/model harness/profile harness/probe harness/run harness/text"
    "reports: harness/model harness/journal harness/text"
    "evidence: harness/model harness/profile harness/text"
    "gateway:"
    "profiles:"
    "harness/run: harness/model harness/profile harness/probe harness/journal harness/text"
    "harness/journal: harness/model harness/text"
    "harness/probe: harness/model harness/profile harness/text"
    "harness/profile: harness/model harness/text"
    "harness/model:"
    "harness/text:")

# room_of(path variable): the room that a path from the root lies in; empty for none.
function(room_of path variable)
    if(path MATCHES "^(harness/[a-z]+|[a-z]+)/")
        set(${variable} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    else()
        set(${variable} "" PARENT_SCOPE)
    endif()
endfunction()

set(wrong "")
set(read 0)
foreach(line IN LISTS arrows)
    string(REGEX MATCH "^([^:]+):(.*)$" matched "${line}")
    set(room "${CMAKE_MATCH_1}")
    string(REGEX MATCHALL "[^ ]+" allowed "${CMAKE_MATCH_2}")
    list(APPEND allowed "${room}")
    file(GLOB_RECURSE sources RELATIVE "${ROOT}" "${ROOT}/${room}/*.cpp" "${ROOT}/${room}/*.hpp")
    foreach(source IN LISTS sources)
        math(EXPR read "${read} + 1")
        file(STRINGS "${ROOT}/${source}" includes REGEX "^ *# *include *\"")
        foreach(include IN LISTS includes)
            string(REGEX REPLACE "^[^\"]*\"([^\"]*)\".*$" "\\1" path "${include}")
            room_of("${path}" target)
            if(target STREQUAL "")
                string(APPEND wrong "\n${source}: \"${path}\" does not start at the root of the tree")
            elseif(NOT target IN_LIST allowed)
                string(APPEND wrong "\n${source}: ${room} must not include ${target} (\"${path}\")")
            endif()
        endforeach()
    endforeach()
endforeach()
if(read EQUAL 0)
    message(FATAL_ERROR "no source file below ${ROOT}")
endif()
if(wrong)
    message(FATAL_ERROR "wrong include arrows:${wrong}")
endif()
message(STATUS "include arrows: ${read} files, all right")
