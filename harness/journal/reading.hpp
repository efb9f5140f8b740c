// A text as somebody reads it who undoes escapes and foldings, and where each of its bytes stood before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

/// From one byte of a text to behind another.
struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// May begin an escape.
constexpr bool is_escaping(char c) {
    return c == '\\' || c == '%' || c == '&';
}

/// What foldings and forms put in, '+' among it: a reading has it for a blank.
constexpr bool is_blank(char c) {
    return (c >= '\t' && c <= '\r') || c == ' ' || c == '+';
}

/// '+', '-' and backslashes, which encodings change too: a bare reading leaves them out beside white space.
constexpr bool is_left_out(char c) {
    return c == '+' || c == '-' || c == '\\';
}

class Reading {
public:
    /// The text as it is, with '+' for blanks, which is how forms write them.
    explicit Reading(std::string_view original);

    [[nodiscard]] const std::string& text() const { return text_; }
    /// How often it was changed since.
    [[nodiscard]] std::size_t depth() const { return stages_.size(); }
    /// Bytes of the text that this one was at that depth, of which these were made; 0: of the original.
    [[nodiscard]] Range made_of(Range range, std::size_t depth) const { return made_of(range, depth, this->depth()); }
    /// The same of bytes of the text that this one was at depth `from`.
    [[nodiscard]] Range made_of(Range range, std::size_t depth, std::size_t from) const;

    /// Undoes every escape once; false: there is none, nothing has changed. Where `open`, character references without
    /// their semicolon too, which may be what a folding or another layer has made of others.
    bool undo_escapes(bool open = false);
    /// Until there is none, or the bound of depth is reached.
    void undo_all_escapes();
    /// Of a text without escapes: where folding may have torn some apart, leaves out blanks and undoes them.
    void unfold();
    /// Leaves out blanks, '-' and backslashes, and has '/' for '_', so that both alphabets of base64 are read alike.
    void strip();
    void bare() {
        unfold();
        strip();
    }

    /// Two layers of encodings, and what a secret itself holds of the kind, are undone; more is nobody's habit.
    static constexpr int most_layers = 5;

private:
    /// Where a run of bytes that were copied, or the bytes of one escape, begin here, and where they did before.
    struct Piece {
        std::uint32_t here = 0;
        std::uint32_t before = 0;
        std::uint32_t escape = 0;  ///< size of the escape; 0: copied
    };
    using Stage = std::vector<Piece>;

    template <class Dropped>
    void drop(Dropped dropped);

    std::string text_;
    std::vector<Stage> stages_;
};

}  // namespace gateproof
