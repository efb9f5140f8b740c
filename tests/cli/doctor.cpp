#include "tests/cli/doctor.hpp"

#include <gtest/gtest.h>

namespace gateproof::test {

Doctor::Doctor(const std::vector<std::string>& arguments, ProcessOptions options) {
    std::vector<std::string> words{"doctor", "--json"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto begun = std::chrono::steady_clock::now();
    finished_ = run(command(words), std::move(options));
    took_ = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
    answer_ = nlohmann::json::parse(finished_.out, nullptr, false);
    EXPECT_TRUE(answer_.is_object()) << output();
    EXPECT_EQ(answer_.value("exit_code", -1), finished_.status) << output();
}

std::vector<nlohmann::json> Doctor::lines() const {
    std::vector<nlohmann::json> all;
    for (const nlohmann::json& profile : answer_.value("profiles", nlohmann::json::array())) {
        all.insert(all.end(), profile["lines"].begin(), profile["lines"].end());
    }
    return all;
}

std::string Doctor::member(const std::string& about, const char* name) const {
    for (const nlohmann::json& line : lines()) {
        if (line["about"] == about) {
            return line.value(name, "");
        }
    }
    return {};
}

std::vector<std::string> Doctor::marked(const std::string& mark) const {
    std::vector<std::string> found;
    for (const nlohmann::json& line : lines()) {
        if (line["mark"] == mark) {
            found.push_back(line["about"].get<std::string>() + ": " + line["text"].get<std::string>());
        }
    }
    return found;
}

}  // namespace gateproof::test
