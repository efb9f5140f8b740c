// Wildcards as check ids, suites and targets are chosen by them.
#pragma once

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

/// '*' matches any run of characters, '?' one; case-sensitive, the whole text.
bool glob_match(std::string_view pattern, std::string_view text);

/// A filter of globs that remembers which of them ever matched. Refers to the patterns.
class Globs {
public:
    explicit Globs(const std::vector<std::string>& patterns) : patterns_(patterns) {}

    /// The first pattern that matches the check or its suite; null: none does.
    const std::string* match(std::string_view id, std::string_view suite) {
        const std::string* first = nullptr;
        for (const std::string& pattern : patterns_) {
            if (glob_match(pattern, id) || glob_match(pattern, suite)) {
                used_.insert(pattern);
                first = first == nullptr ? &pattern : first;
            }
        }
        return first;
    }
    [[nodiscard]] bool empty() const { return patterns_.empty(); }
    void append_unused(std::vector<std::string>& out) const {
        std::ranges::copy_if(patterns_, std::back_inserter(out),
                             [this](const std::string& pattern) { return !used_.contains(pattern); });
    }

private:
    const std::vector<std::string>& patterns_;
    std::set<std::string> used_;
};

}  // namespace gateproof
