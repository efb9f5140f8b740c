// Keeps secret values out of everything that leaves the process.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/record.hpp"

namespace gateproof {

class Redactor {
public:
    /// Values of fewer than four characters are ignored: replacing them would only garble the text.
    /// Each value is also looked for in base64, percent-encoding and hex.
    explicit Redactor(const std::vector<std::string>& secrets);

    /// Every secret in `text` becomes "[redacted]".
    void apply(std::string& text) const;
    /// Sentence, remedy and every text of the evidence.
    void apply(CheckResult& result) const;

private:
    std::vector<std::string> needles_;  ///< longest first
};

}  // namespace gateproof
