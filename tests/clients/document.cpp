#include "tests/clients/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "tests/support/files.hpp"

namespace gateproof::test {

namespace {

/// Blanks divide words, and double quotes keep them together: no other rule of a shell is needed.
std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    bool inside = false;
    bool begun = false;
    for (const char c : line) {
        if (c == '"') {
            inside = !inside;
        } else if (c == ' ' && !inside) {
            begun = false;
            continue;
        }
        if (!begun) {
            words.emplace_back();
            begun = true;
        }
        if (c != '"') {
            words.back() += c;
        }
    }
    return words;
}

/// "<!-- client: java, Read.java -->"
Snippet named(const std::string& mark) {
    constexpr std::string_view begin = "<!-- client: ";
    const std::string inside = mark.substr(begin.size(), mark.find(" -->") - begin.size());
    const std::size_t comma = inside.find(", ");
    return {inside.substr(0, comma), comma == std::string::npos ? "" : inside.substr(comma + 2), {}, {}};
}

}  // namespace

std::vector<Snippet> snippets_of(const std::string& page) {
    std::vector<Snippet> found;
    const std::size_t begin = page.find("\n## Stack by stack\n");
    std::istringstream lines(page.substr(begin, page.find("\n## ", begin + 1) - begin));
    bool marked = false;
    std::string line;
    while (std::getline(lines, line)) {
        if (line.starts_with("<!-- client: ")) {
            found.push_back(named(line));
            marked = true;
        } else if (line.starts_with("<!-- not run: ")) {
            marked = false;
            while (std::getline(lines, line) && !line.starts_with("```")) {
            }
            while (std::getline(lines, line) && line != "```") {
            }
        } else if (line.starts_with("```")) {
            if (!marked) {
                throw std::runtime_error("docs/clients.md: a block of code without a mark: " + line);
            }
            const bool commands = line == "```sh";
            while (std::getline(lines, line) && line != "```") {
                if (commands) {
                    found.back().commands.push_back(words_of(line));
                } else {
                    found.back().program += line + '\n';
                }
            }
            marked = !commands;
        }
    }
    for (const Snippet& one : found) {
        if (one.commands.empty() || one.file.empty() != one.program.empty()) {
            throw std::runtime_error(fmt::format("docs/clients.md: {} has no commands, or no program", one.name));
        }
    }
    return found;
}

Snippet snippet(const std::string& name) {
    const std::vector<Snippet> all = snippets_of(read_file(GATEPROOF_CLIENTS_DOCUMENT));
    const auto found = std::ranges::find(all, name, &Snippet::name);
    if (found == all.end()) {
        throw std::runtime_error(fmt::format("docs/clients.md has nothing for {}", name));
    }
    return *found;
}

}  // namespace gateproof::test
