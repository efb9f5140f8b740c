# Writes docs/explanations/*.json as C++ string literals: cmake -DOUT=file -DDIR=folder -DNAMES=a;b -P embed_explanations.cmake
include("${CMAKE_CURRENT_LIST_DIR}/../cmake/literal_pieces.cmake")
set(code "// Generated from docs/explanations/*.json by suites/embed_explanations.cmake.
#include \"suites/explained.hpp\"

namespace gateproof::suites {

std::vector<ExplanationFile> explanation_files() {
    std::vector<ExplanationFile> files;
")
foreach(name IN LISTS NAMES)
    file(READ "${DIR}/${name}.json" text)
    literal_pieces(pieces "${text}")
    string(APPEND code "    {\n    std::string text;\n${pieces}    files.push_back({\"${name}\", std::move(text)});\n    }\n")
endforeach()
file(WRITE "${OUT}" "${code}    return files;
}

}  // namespace gateproof::suites
")
