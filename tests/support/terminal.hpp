// A program on a terminal, as a person runs it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace gateproof::test {

/// What a person does when he has read `prompt`: `before`, and then he types.
struct Answering {
    std::string prompt;
    std::string typed;
    std::function<void()> before = [] {};
};

/// Everything that the program of `command` writes to a terminal of 60 columns, until it ends; its exit status in
/// `status`. The answers come in turn, lines and all; the terminal shows what is typed too.
std::string on_terminal_of(std::vector<std::string> command, std::map<std::string, std::string> environment,
                           int& status, const std::vector<Answering>& answers);

}  // namespace gateproof::test
