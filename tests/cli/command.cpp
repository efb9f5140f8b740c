#include "tests/cli/command.hpp"

#include <fmt/format.h>

namespace gateproof::test {

std::vector<std::string> command(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{GATEPROOF_PROGRAM};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
}

ProcessOptions plain_environment() {
    ProcessOptions options;
    options.environment = {{"NO_COLOR", ""}, {"CI", ""}, {"TERM", "xterm"}};
    return options;
}

Finished gateproof(const std::vector<std::string>& arguments) {
    return run(command(arguments), plain_environment());
}

std::string write_profile(const TemporaryFolder& folder, std::uint16_t port, int probe_timeout_ms,
                          const std::string& name) {
    return folder.write(name + ".json", fmt::format(R"({{
  "name": "{0}",
  "environment": "sandbox",
  "channel": "desktop",
  "endpoint": {{"url": "https://127.0.0.1:{1}"}},
  "operations": {{"status": {{"method": "GET", "path": "/status", "expect": {{"status": [200]}}}}}},
  "control": "status",
  "limits": {{"connections_per_second": 0, "connect_timeout_ms": {2}, "probe_timeout_ms": {2},
             "check_deadline_ms": 30000}}
}}
)",
                                                    name, port, probe_timeout_ms));
}

}  // namespace gateproof::test
