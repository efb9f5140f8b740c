# Writes docs/facts.json as C++ string literals: cmake -DOUT=file -DIN=docs/facts.json -P embed_facts.cmake
include("${CMAKE_CURRENT_LIST_DIR}/../cmake/literal_pieces.cmake")
file(READ "${IN}" text)
literal_pieces(pieces "${text}")
file(WRITE "${OUT}" "// Generated from docs/facts.json by suites/embed_facts.cmake.
#include \"suites/facts.hpp\"

namespace gateproof::suites {

std::string facts_text() {
    std::string text;
${pieces}    return text;
}

}  // namespace gateproof::suites
")
