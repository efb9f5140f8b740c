// The program under test as a child process, and profiles for it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tests/support/files.hpp"
#include "tests/support/process.hpp"
#include "tests/support/terminal.hpp"

namespace gateproof::test {

/// The program with these arguments, without what the caller's environment says about colours and CI.
std::vector<std::string> command(const std::vector<std::string>& arguments);
ProcessOptions plain_environment();
Finished gateproof(const std::vector<std::string>& arguments);

/// Through a shell in that folder, which is made, as somebody pastes a line that the program printed.
Finished pasted(const std::string& line, const std::filesystem::path& folder);

/// The program on a terminal: on_terminal_of(). `typed`: at once, since the terminal keeps it until the program asks
/// for it.
std::string on_terminal(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment,
                        int& status, const std::string& typed = {});
std::string on_terminal(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment,
                        int& status, const std::vector<Answering>& answers);

/// A desktop profile of 127.0.0.1:port with short timeouts; its path.
std::string write_profile(const TemporaryFolder& folder, std::uint16_t port, int probe_timeout_ms,
                          const std::string& name = "lab");

}  // namespace gateproof::test
