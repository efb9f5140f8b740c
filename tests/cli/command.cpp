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

Finished pasted(const std::string& line, const std::filesystem::path& folder) {
    const std::string programs = std::filesystem::path(GATEPROOF_PROGRAM).parent_path().string();
    std::filesystem::create_directories(folder);
    return run({"/bin/sh", "-c", fmt::format("cd '{}' && PATH='{}':$PATH && {}", folder.string(), programs, line)},
               plain_environment());
}

std::string on_terminal(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment,
                        int& status, const std::string& typed) {
    return on_terminal(arguments, std::move(environment), status, std::vector<Answering>{Answering{"", typed}});
}

std::string on_terminal(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment,
                        int& status, const std::vector<Answering>& answers) {
    for (const char* const name : {"HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"}) {
        environment.try_emplace(name);  // this machine's own proxy would be one question more
    }
    return on_terminal_of(command(arguments), std::move(environment), status, answers);
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
