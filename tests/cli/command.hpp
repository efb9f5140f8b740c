// The program under test as a child process, and profiles for it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/files.hpp"
#include "tests/support/process.hpp"

namespace gateproof::test {

/// The program with these arguments, without what the caller's environment says about colours and CI.
std::vector<std::string> command(const std::vector<std::string>& arguments);
ProcessOptions plain_environment();
Finished gateproof(const std::vector<std::string>& arguments);

/// A desktop profile of 127.0.0.1:port with short timeouts; its path.
std::string write_profile(const TemporaryFolder& folder, std::uint16_t port, int probe_timeout_ms,
                          const std::string& name = "lab");

}  // namespace gateproof::test
