// The program on a terminal, as a person runs it.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace gateproof::test {

/// Everything that the program writes to a terminal of 60 columns, until it ends; its exit status in `status`. `typed`
/// is what a person types, lines and all, which the terminal shows too.
std::string on_terminal(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment,
                        int& status, const std::string& typed = {});

}  // namespace gateproof::test
