# Writes the approved authorities and the days on which they stop issuing clientAuth as a C++ table, so that they stand
# in one data file alone:
# cmake -DOUT=file -DFILE=certificate_authorities.json -P certificate_authorities.cmake
cmake_minimum_required(VERSION 3.25)

file(READ "${FILE}" data)
string(JSON count LENGTH "${data}" authorities)
set(rows "")
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
    string(JSON name GET "${data}" authorities ${i} name)
    set(row "\"${name}\"")
    foreach(key left_out_since ends source)
        string(JSON value ERROR_VARIABLE absent GET "${data}" authorities ${i} client_auth ${key})
        if(absent)
            set(value "")
            string(JSON dated ERROR_VARIABLE undated GET "${data}" authorities ${i} client_auth)
            if(NOT undated)
                message(FATAL_ERROR "${FILE}: client_auth of ${name} has no ${key}")
            endif()
        elseif(NOT key STREQUAL "source" AND NOT value MATCHES "^20[0-9][0-9]-[01][0-9]-[0-3][0-9]$")
            message(FATAL_ERROR "${FILE}: ${key} of ${name} is no day such as 2027-03-01: ${value}")
        endif()
        if(value MATCHES "[\"\\\\]")
            message(FATAL_ERROR "${FILE}: ${key} of ${name} holds a quotation mark or a backslash")
        endif()
        string(APPEND row ", \"${value}\"")
    endforeach()
    string(APPEND rows "    {${row}},\n")
endforeach()
file(WRITE "${OUT}" "// Generated from harness/profile/certificate_authorities.json by certificate_authorities.cmake.
#include <array>

#include \"harness/profile/client_certificate.hpp\"

namespace gateproof {
namespace {

constexpr std::array<CertificateAuthority, ${count}> authorities{{
${rows}}};

}  // namespace

std::span<const CertificateAuthority> certificate_authorities() { return authorities; }

}  // namespace gateproof
")
