# gateproof_options: what every one of our translation units is compiled with.
add_library(gateproof_options INTERFACE)
target_include_directories(gateproof_options INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR};${PROJECT_BINARY_DIR}/generated>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/gateproof>")
target_compile_features(gateproof_options INTERFACE cxx_std_20)
# The implementations of Asio and Beast are compiled once, in harness/boost_impl.cpp.
target_compile_definitions(gateproof_options INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
# Warnings are ours; a program that links the installed libraries has its own.
target_compile_options(gateproof_options INTERFACE
    "$<BUILD_INTERFACE:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Werror>")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # ccache needs -fpch-preprocess to see through a precompiled header. g++ 12 takes Asio's coroutine frames, which are
    # allocated by aligned_alloc and freed by their own operator delete, for a mismatch.
    target_compile_options(gateproof_options INTERFACE $<BUILD_INTERFACE:-fpch-preprocess> -Wno-mismatched-new-delete)
endif()
target_link_libraries(gateproof_options INTERFACE
    Boost::headers OpenSSL::SSL OpenSSL::Crypto fmt::fmt nlohmann_json::nlohmann_json Threads::Threads)
if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # It takes a file that is compiled with its neighbours for a header.
    target_compile_options(gateproof_options INTERFACE $<BUILD_INTERFACE:-Wno-subobject-linkage>)
endif()
if(GATEPROOF_SANITIZE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # A false alarm of g++ 12 in std::regex once it is instrumented.
    target_compile_options(gateproof_options INTERFACE -Wno-maybe-uninitialized)
    if(GATEPROOF_SANITIZE STREQUAL "thread")
        # The thread sanitizer does not model Asio's fences; what they order passes through Asio's mutexes as well.
        target_compile_options(gateproof_options INTERFACE -Wno-tsan)
    endif()
endif()
if(GATEPROOF_SANITIZE)
    target_compile_options(gateproof_options INTERFACE
        -fsanitize=${GATEPROOF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(gateproof_options INTERFACE -fsanitize=${GATEPROOF_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        # Its prologue data does not survive the splitting of coroutines ("difference across sections").
        target_compile_options(gateproof_options INTERFACE -fno-sanitize=function)
    endif()
endif()
if(GATEPROOF_FUZZ)
    target_compile_options(gateproof_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=true  # one clone's objects serve the next
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()

# gateproof_pch: the headers that most of our files need, compiled once; gateproof_use_pch(target) shares them.
file(WRITE "${PROJECT_BINARY_DIR}/generated/pch.cpp.in" "")
configure_file("${PROJECT_BINARY_DIR}/generated/pch.cpp.in" "${PROJECT_BINARY_DIR}/generated/pch.cpp" COPYONLY)
add_library(gateproof_pch STATIC "${PROJECT_BINARY_DIR}/generated/pch.cpp")
target_link_libraries(gateproof_pch PUBLIC gateproof_options)
target_precompile_headers(gateproof_pch PRIVATE
    <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <span> <string>
    <string_view> <unordered_map> <variant> <vector> <fmt/format.h> <fmt/chrono.h>
    <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/io_context.hpp>
    <boost/asio/ip/tcp.hpp> <boost/asio/steady_timer.hpp> <boost/asio/use_awaitable.hpp>
    <nlohmann/json.hpp> <openssl/ssl.h> <openssl/x509v3.h>)
function(gateproof_use_pch target)
    target_precompile_headers(${target} REUSE_FROM gateproof_pch)
endfunction()
