// Many short texts that are looked for in long ones at the same time.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gateproof {

struct Needle {
    std::string text;
    /// base64 at another alignment: the character before, or behind, holds a few bits of the needle as well.
    bool shares_before = false;
    bool shares_behind = false;
    /// How many characters that a bare reading leaves out, white space not counted, it has at either end.
    std::size_t left_out_before = 0;
    std::size_t left_out_behind = 0;
};

/// How many bytes may be compared for one text. Spent: somebody made the text to be expensive.
struct SearchBudget {
    std::size_t left = 0;
    bool spent = false;

    [[nodiscard]] bool spend(std::size_t bytes) {
        spent = spent || bytes > left;
        left -= spent ? 0 : bytes;
        return !spent;
    }
};

class Needles {
public:
    /// Needles are kept by so many first bytes.
    static constexpr std::size_t shortest = 4;

    /// Of at least `shortest` bytes; false: it is known already.
    bool add(Needle needle);
    [[nodiscard]] bool empty() const { return by_beginning_.empty(); }
    /// Size of the longest one.
    [[nodiscard]] std::size_t longest() const { return longest_; }

    /// Whether some needle may begin with these bytes, the first one highest. It has to be quick: it is asked for
    /// every byte of every text, and says no to nearly all.
    [[nodiscard]] bool may_begin_with(std::uint32_t beginning) const { return filter_.test(slot(beginning)); }
    /// The same for certain.
    [[nodiscard]] bool begins_with(std::uint32_t beginning) const {
        return may_begin_with(beginning) && by_beginning_.contains(beginning);
    }
    /// The longest needle that `text` begins with; null: none, or the budget is spent.
    [[nodiscard]] const Needle* longest_match(std::string_view text, SearchBudget& budget) const;
    /// Some longer needle begins with all of `text`.
    [[nodiscard]] bool begins_one(std::string_view text, SearchBudget& budget) const;

private:
    static constexpr std::size_t slots = std::size_t{1} << 17;
    static constexpr std::size_t slot(std::uint32_t beginning) { return (beginning * 2654435761U) >> 15; }
    [[nodiscard]] const std::vector<Needle>* bucket(std::string_view text) const;

    std::unordered_map<std::uint32_t, std::vector<Needle>> by_beginning_;  ///< each sorted by text
    std::bitset<slots> filter_;
    std::size_t longest_ = 0;
};

}  // namespace gateproof
