// Keeps secret values out of everything that leaves the process.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof {

class Redactor {
public:
    /// Values of fewer than four characters are ignored: replacing them would only garble the text.
    /// Each value is also looked for in base64, percent-encoding and hex.
    explicit Redactor(const std::vector<std::string>& secrets);

    /// One more secret, such as a token that a run has obtained. Longer ones than longest_secret are ignored: nothing
    /// that is shown is as long.
    void add(std::string_view secret);

    /// Every secret in `text` becomes "[redacted]"; so does what overlapping secrets cover together.
    void apply(std::string& text) const;
    /// Sentence, remedy and every text of the evidence.
    void apply(CheckResult& result) const;

    static constexpr std::size_t longest_secret = std::size_t{64} * 1024;

private:
    void add_needle(std::string needle);
    [[nodiscard]] std::size_t longest_match(std::string_view text) const;

    /// By their first four bytes: a text is walked once, however many secrets there are.
    std::unordered_map<std::uint32_t, std::vector<std::string>> needles_;
    std::bitset<65536> beginnings_;  ///< of their first two bytes, to pass quickly where none can begin
};

}  // namespace gateproof
