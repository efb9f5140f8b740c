#include "harness/journal/reading.hpp"

#include <algorithm>
#include <utility>

#include "harness/text/escapes.hpp"

namespace gateproof {

namespace {

/// Place of the next escape from `at` on, and the escape; npos: none.
std::size_t next_escape(std::string_view text, std::size_t at, bool open, Escape& escape) {
    for (; at < text.size(); ++at) {
        if (is_escaping(text[at])) {
            escape = escape_at(text.substr(at), open);
            if (escape.size > 0) {
                return at;
            }
        }
    }
    return std::string_view::npos;
}

std::uint32_t narrow(std::size_t place) {
    return static_cast<std::uint32_t>(place);
}

}  // namespace

Reading::Reading(std::string_view original) : text_(original) {
    std::ranges::replace(text_, ' ', '+');
}

Range Reading::made_of(Range range, std::size_t depth, std::size_t from) const {
    for (std::size_t stage = from; stage > depth; --stage) {
        const Stage& pieces = stages_[stage - 1];
        const auto piece_of = [&pieces](std::size_t at) {
            return *(std::ranges::upper_bound(pieces, narrow(at), {}, &Piece::here) - 1);
        };
        const Piece first = piece_of(range.begin);
        const Piece last = piece_of(range.end - 1);
        range.begin = first.escape > 0 ? first.before : first.before + (range.begin - first.here);
        range.end = last.before + (last.escape > 0 ? last.escape : range.end - last.here);
    }
    return range;
}

bool Reading::undo_escapes(bool open) {
    Escape escape;
    std::size_t found = next_escape(text_, 0, open, escape);
    if (found == std::string::npos) {
        return false;
    }
    std::string out;
    out.reserve(text_.size());
    Stage pieces;
    for (std::size_t at = 0; at < text_.size();) {
        const std::size_t end = std::min(found, text_.size());
        if (at < end) {
            pieces.push_back({narrow(out.size()), narrow(at), 0});
            out.append(text_, at, end - at);
        }
        at = end;
        if (found != std::string::npos) {
            pieces.push_back({narrow(out.size()), narrow(at), narrow(escape.size)});
            out += escape.text() == " " ? "+" : escape.text();
            at += escape.size;
            found = next_escape(text_, at, open, escape);
        }
    }
    text_ = std::move(out);
    stages_.push_back(std::move(pieces));
    return true;
}

void Reading::undo_all_escapes() {
    for (int layer = 0; layer < most_layers && undo_escapes(); ++layer) {
    }
}

template <class Dropped>
void Reading::drop(Dropped dropped) {
    std::size_t kept = 0;
    Stage pieces;
    bool run = false;
    for (std::size_t at = 0; at < text_.size(); ++at) {
        const char c = text_[at];
        const bool keep = !dropped(c);
        if (keep && !run) {
            pieces.push_back({narrow(kept), narrow(at), 0});
        }
        run = keep;
        text_[kept] = c;
        kept += keep ? 1 : 0;
    }
    text_.resize(kept);
    stages_.push_back(std::move(pieces));
}

void Reading::unfold() {
    for (int layer = 0; layer < most_layers && std::ranges::any_of(text_, is_escaping); ++layer) {
        drop(is_blank);
        if (!undo_escapes()) {
            break;
        }
    }
}

void Reading::strip() {
    drop([](char c) { return is_blank(c) || is_left_out(c); });
    std::ranges::replace(text_, '_', '/');
}

}  // namespace gateproof
