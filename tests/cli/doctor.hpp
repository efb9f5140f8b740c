// gateproof doctor, as a test reads what it says.
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/cli/command.hpp"

namespace gateproof::test {

/// One call with --json.
class Doctor {
public:
    explicit Doctor(const std::vector<std::string>& arguments, ProcessOptions options = plain_environment());

    [[nodiscard]] int status() const { return finished_.status; }
    [[nodiscard]] std::chrono::milliseconds took() const { return took_; }
    /// Everything that it printed.
    [[nodiscard]] std::string output() const { return finished_.out + finished_.err; }
    /// "FAIL" and the like of the first line about that, of any profile; empty: there is none.
    [[nodiscard]] std::string mark(const std::string& about) const { return member(about, "mark"); }
    [[nodiscard]] std::string text(const std::string& about) const { return member(about, "text"); }
    [[nodiscard]] std::string remedy(const std::string& about) const { return member(about, "remedy"); }
    /// "about: text" of each line with that mark.
    [[nodiscard]] std::vector<std::string> marked(const std::string& mark) const;

private:
    [[nodiscard]] std::string member(const std::string& about, const char* name) const;
    [[nodiscard]] std::vector<nlohmann::json> lines() const;

    Finished finished_;
    std::chrono::milliseconds took_{0};
    nlohmann::json answer_;
};

/// What a doctor may take beside the start of client software, on this machine with its load.
inline constexpr std::chrono::milliseconds promised_time{5000 * GATEPROOF_SLOW};

}  // namespace gateproof::test
