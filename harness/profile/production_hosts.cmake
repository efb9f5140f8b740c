# Writes the hosts that the production templates name as a C++ table, so that they stand in one place alone:
# cmake -DOUT=file -DFILES=a.json;b.json -P production_hosts.cmake
cmake_minimum_required(VERSION 3.25)

set(hosts "")
foreach(file IN LISTS FILES)
    file(READ "${file}" profile)
    string(JSON environment GET "${profile}" environment)
    if(NOT environment STREQUAL "production")
        message(FATAL_ERROR "${file} is not a production profile: its environment is ${environment}")
    endif()
    set(found 0)
    foreach(place "endpoint;url" "endpoint;plain_http_url" "desktop;url" "oauth;url")
        string(JSON url ERROR_VARIABLE absent GET "${profile}" ${place})
        if(absent)
            continue()
        endif()
        if(NOT url MATCHES "^https?://([A-Za-z0-9._-]+)(:[0-9]+)?(/|$)")
            message(FATAL_ERROR "${file}: no host can be read from ${url}")
        endif()
        string(TOLOWER "${CMAKE_MATCH_1}" host)
        list(APPEND hosts "${host}")
        set(found 1)
    endforeach()
    if(NOT found)
        message(FATAL_ERROR "${file} names no host")
    endif()
endforeach()
list(REMOVE_DUPLICATES hosts)
list(SORT hosts)
list(LENGTH hosts count)
list(TRANSFORM hosts PREPEND "    \"")
list(TRANSFORM hosts APPEND "\",\n")
string(JOIN "" rows ${hosts})
file(WRITE "${OUT}" "// Generated from profiles/*-production.json by harness/profile/production_hosts.cmake.
#include <array>

#include \"harness/profile/production_hosts.hpp\"

namespace gateproof {
namespace {

constexpr std::array<std::string_view, ${count}> hosts{{
${rows}}};

}  // namespace

std::span<const std::string_view> production_hosts() { return hosts; }

}  // namespace gateproof
")
