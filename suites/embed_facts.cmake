# Writes docs/facts.json as C++ string literals: cmake -DOUT=file -DIN=docs/facts.json -P embed_facts.cmake
# In pieces, since a compiler need not take a literal of any length.
file(READ "${IN}" text)
string(LENGTH "${text}" length)
set(pieces "")
set(start 0)
while(start LESS length)
    string(SUBSTRING "${text}" ${start} 8000 piece)
    string(APPEND pieces "    text += R\"~~(${piece})~~\";\n")
    math(EXPR start "${start} + 8000")
endwhile()
file(WRITE "${OUT}" "// Generated from docs/facts.json by suites/embed_facts.cmake.
#include \"suites/facts.hpp\"

namespace gateproof::suites {

std::string facts_text() {
    std::string text;
${pieces}    return text;
}

}  // namespace gateproof::suites
")
