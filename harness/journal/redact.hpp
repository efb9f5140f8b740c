// Keeps secret values out of everything that leaves the process.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/journal/needles.hpp"
#include "harness/journal/reading.hpp"
#include "harness/journal/record.hpp"

namespace gateproof {

/// Finds secrets however a server spells them when it says them back: with escapes of JSON, HTML and URLs, in capitals
/// or not, all characters or some, one escape inside another; in hex and in base64 of either alphabet, padded or not,
/// also in the middle of what was encoded; folded or spread by white space; cut off at the end of the text.
class Redactor {
public:
    /// Values of fewer than four characters are ignored: replacing them would only garble the text. Shorter ones than
    /// eight are found with escapes, but not across white space, which ordinary words would often match.
    explicit Redactor(const std::vector<std::string>& secrets);

    /// One more secret, such as a token that a run has obtained. Longer ones than longest_secret are ignored: nothing
    /// that is shown is as long. Of "Bearer TOKEN" and the like, what stands behind the scheme is a secret too.
    void add(std::string_view secret);

    /// Every secret in `text` becomes "[redacted]"; so does what overlapping secrets cover together. A text that was
    /// made to be expensive to search becomes "[redacted]" altogether.
    void apply(std::string& text) const;
    /// Sentence, remedy, facts and every text of the evidence.
    void apply(CheckResult& result) const;

    static constexpr std::size_t longest_secret = std::size_t{64} * 1024;

private:
    /// Of a text, at first sight: what may stand in it.
    struct Glance {
        bool plain = false;
        bool bare = false;
        bool escapes = false;
    };
    struct Match {
        Range range;  ///< of the reading
        const Needle* needle = nullptr;
    };

    void add_credentials(std::string_view secret);
    void add_base64(std::string_view bytes);
    void add_spelling(Needle needle);
    [[nodiscard]] std::string once(const std::string& text, SearchBudget& budget) const;
    [[nodiscard]] Glance glance(std::string_view text) const;
    void find(std::string_view text, bool at_end, std::vector<Range>& found, SearchBudget& budget) const;
    void find_in(Reading& reading, std::string_view text, bool at_end, std::vector<Range>& found,
                 SearchBudget& budget) const;
    void find_bare(const Reading& last, std::string_view text, bool at_end, std::vector<Range>& found,
                   SearchBudget& budget) const;
    [[nodiscard]] std::size_t cut_off_from(std::string_view bare, SearchBudget& budget) const;
    static std::vector<Match> matches(std::string_view text, const Needles& needles, SearchBudget& budget);

    Needles plain_;  ///< to be found in each reading as it is
    Needles bare_;   ///< to be found in the bare form of the last reading
};

}  // namespace gateproof
