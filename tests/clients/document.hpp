// The programs and commands of docs/clients.md, as somebody follows them who reads it for the first time.
#pragma once

#include <string>
#include <vector>

namespace gateproof::test {

/// What stands under one `<!-- client: NAME -->`.
struct Snippet {
    std::string name;  ///< "java"
    std::string file;  ///< "Read.java", where the program is to be kept; empty: there is none
    std::string program;
    std::vector<std::vector<std::string>> commands;  ///< words of each line of its sh block
};

/// Of the page's text. A block of code in "Stack by stack" without a mark, or a mark without commands, throws.
std::vector<Snippet> snippets_of(const std::string& page);

/// Of docs/clients.md; throws when it is not there.
Snippet snippet(const std::string& name);

}  // namespace gateproof::test
