// An embedded gateway that outlives a run, and profiles of it: for tests that judge the same endpoint more than once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/cli/command.hpp"

namespace gateproof::test {

class ServedGateway {
public:
    /// Serves until the object goes; writes certificates and profiles into the folder. `before`: a program that becomes
    /// it, with its arguments.
    explicit ServedGateway(std::string folder, const std::vector<std::string>& faults = {},
                           std::vector<std::string> before = {});
    /// The test fails where anything goes on serving.
    ~ServedGateway();
    ServedGateway(const ServedGateway&) = delete;
    ServedGateway& operator=(const ServedGateway&) = delete;

    /// Whether it came up; what it printed otherwise.
    [[nodiscard]] bool serving() const { return serving_; }
    [[nodiscard]] std::string output() const;
    [[nodiscard]] pid_t pid() const { return process_->pid(); }
    [[nodiscard]] std::string cloud() const { return folder_ + "/embedded-cloud.json"; }
    [[nodiscard]] std::string desktop() const { return folder_ + "/embedded-desktop.json"; }
    [[nodiscard]] std::string mock() const { return folder_ + "/embedded-mock.json"; }

private:
    std::string folder_;
    std::unique_ptr<Process> process_;
    bool serving_ = false;
};

}  // namespace gateproof::test
