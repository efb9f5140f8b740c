// A secret is spelt by chance, in one or two layers, and put between two texts. Each character of the spelling knows
// what it tells of the secret: those that are left after redaction may tell nothing of it, and what stood around stays.
// What is left is not searched for the secret, since the digits of an escape may be six characters of a secret by
// chance. The input is a list of choices, with the secret and the texts in it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "harness/journal/redact.hpp"
#include "harness/text/encoding.hpp"

namespace {

constexpr std::string_view mark = "[redacted]";

/// The bytes of the input, one after another; zeros when it is used up.
class Choices {
public:
    Choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

    std::uint8_t next() { return at_ < size_ ? data_[at_++] : std::uint8_t{0}; }
    bool coin() { return next() % 2 == 0; }
    std::size_t below(std::size_t bound) { return next() % bound; }
    std::string text(std::size_t most) {
        const std::size_t length = std::min({std::size_t{next()}, most, size_ - at_});
        std::string out(reinterpret_cast<const char*>(data_) + at_, length);
        at_ += length;
        return out;
    }

private:
    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
};

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string digits_of(unsigned value, unsigned base, std::size_t least, bool capitals) {
    std::string out;
    for (; value > 0 || out.size() < least; value /= base) {
        out += (capitals ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
    }
    std::ranges::reverse(out);
    return out;
}

/// Bits of the secret, from the first to behind the last.
struct Bits {
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] bool empty() const { return begin == end; }
};

struct Spelling {
    std::string text;
    std::vector<Bits> tells;  ///< what each character of it tells

    void add(std::string_view characters, Bits bits = {}) {
        text += characters;
        tells.resize(text.size(), bits);
    }
};

Spelling as_it_is(const std::string& secret) {
    Spelling out;
    for (std::size_t at = 0; at < secret.size(); ++at) {
        out.add(secret.substr(at, 1), {8 * at, 8 * at + 8});
    }
    return out;
}

using Form = std::function<std::string(char)>;

Spelling each(const Spelling& inner, const Form& form) {
    Spelling out;
    for (std::size_t at = 0; at < inner.text.size(); ++at) {
        out.add(form(inner.text[at]), inner.tells[at]);
    }
    return out;
}

/// Marks always, since an encoder that leaves them is none; letters and digits sometimes.
Spelling each_mark(Choices& choices, const Spelling& inner, const Form& form) {
    return each(inner, [&](char c) { return is_plain(c) && choices.next() % 4 != 0 ? std::string(1, c) : form(c); });
}

Spelling as_json(Choices& choices, const Spelling& inner) {
    const bool solidus = choices.coin();
    return each(inner, [&, solidus](char c) {
        const bool must = static_cast<unsigned char>(c) < 0x20;
        if (must || choices.next() % 8 == 0) {
            return "\\u" + digits_of(static_cast<unsigned char>(c), 16, 4, choices.coin());
        }
        return std::string(c == '"' || c == '\\' || (solidus && c == '/') ? "\\" : "") + c;
    });
}

Spelling as_percent(Choices& choices, const Spelling& inner) {
    const bool form = choices.coin();
    return each_mark(choices, inner, [&, form](char c) {
        return form && c == ' ' ? std::string("+")
                                : "%" + digits_of(static_cast<unsigned char>(c), 16, 2, choices.coin());
    });
}

Spelling as_html(Choices& choices, const Spelling& inner) {
    return each_mark(choices, inner, [&](char c) -> std::string {
        const std::string zeros(choices.below(4), '0');
        if (c == '&' && choices.coin()) {
            return choices.coin() ? "&amp;" : "&AMP;";
        }
        if (choices.coin()) {
            return "&#" + zeros + digits_of(static_cast<unsigned char>(c), 10, 1, false) + ";";
        }
        const std::string begin = choices.coin() ? "&#x" : "&#X";
        return begin + zeros + digits_of(static_cast<unsigned char>(c), 16, 1, choices.coin()) + ";";
    });
}

Spelling as_folded(Choices& choices, const Spelling& inner) {
    const std::size_t width = 1 + choices.below(70);
    static const std::vector<std::string> ends{"\n", "\r\n", " ", "\r\n\t", "\t", "\n\n  "};
    const std::string& end = ends[choices.below(ends.size())];
    Spelling out;
    for (std::size_t at = 0; at < inner.text.size(); ++at) {
        if (at > 0 && at % width == 0) {
            out.add(end);
        }
        out.add(inner.text.substr(at, 1), inner.tells[at]);
    }
    return out;
}

/// What bits of a text tell whose characters tell eight bits each, or nothing.
Bits told_by(const std::vector<Bits>& tells, std::size_t begin, std::size_t end) {
    Bits told;
    for (std::size_t bit = begin; bit < std::min(end, 8 * tells.size()); ++bit) {
        const Bits& all = tells[bit / 8];
        if (!all.empty()) {
            const std::size_t place = all.begin + bit % 8;
            told = told.empty() ? Bits{place, place + 1} : Bits{told.begin, place + 1};
        }
    }
    return told;
}

Spelling as_base64(Choices& choices, const Spelling& inner) {
    Spelling whole;
    whole.add(std::string(choices.below(5), 'k'));
    whole.text += inner.text;
    whole.tells.insert(whole.tells.end(), inner.tells.begin(), inner.tells.end());
    whole.add(std::string(choices.below(5), 'x'));
    std::string text = choices.coin() ? gateproof::base64url(whole.text) : gateproof::base64(whole.text);
    if (choices.coin()) {
        text.erase(std::min(text.find('='), text.size()));
    }
    Spelling out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        out.add(text.substr(at, 1), told_by(whole.tells, 6 * at, 6 * at + 6));
    }
    return out;
}

Spelling as_hex(Choices& choices, const Spelling& inner) {
    const bool capitals = choices.coin();
    return each(inner, [=](char c) { return digits_of(static_cast<unsigned char>(c), 16, 2, capitals); });
}

enum class Layer { none, json, percent, html, folded, base64, hex };

Spelling spelt(Choices& choices, Layer layer, const Spelling& inner) {
    switch (layer) {
        case Layer::json: return as_json(choices, inner);
        case Layer::percent: return as_percent(choices, inner);
        case Layer::html: return as_html(choices, inner);
        case Layer::folded: return as_folded(choices, inner);
        case Layer::base64: return as_base64(choices, inner);
        case Layer::hex: return as_hex(choices, inner);
        case Layer::none: break;
    }
    return inner;
}

/// Which characters of `text` were replaced to make `left` of it. Between two marks a part may have several places: the
/// first one is taken.
std::vector<bool> replaced(const std::string& text, const std::string& left) {
    std::vector<bool> gone(text.size(), true);
    const auto keep = [&](std::size_t begin, std::size_t size) {
        std::fill_n(gone.begin() + static_cast<std::ptrdiff_t>(begin), size, false);
    };
    std::size_t begin = 0;
    std::size_t kept = 0;
    for (std::size_t end = left.find(mark); end != std::string::npos; end = left.find(mark, begin)) {
        const std::string part = left.substr(begin, end - begin);
        const std::size_t place = begin == 0 ? 0 : text.find(part, kept + 1);
        require(place <= text.size() && text.compare(place, part.size(), part) == 0, "a text that was never there");
        keep(place, part.size());
        kept = place + part.size();
        begin = end + mark.size();
    }
    const std::string last = left.substr(begin);
    require(kept + last.size() < text.size() && text.ends_with(last), "an end that was never there");
    keep(text.size() - last.size(), last.size());
    return gone;
}

/// No six bytes of the secret, most of them letters or digits, are told by what is left.
bool tells_nothing(const Spelling& spelling, const std::vector<bool>& gone, const std::string& secret) {
    std::vector<bool> told(secret.size(), true);
    for (std::size_t at = 0; at < gone.size(); ++at) {
        for (std::size_t bit = spelling.tells[at].begin; gone[at] && bit < spelling.tells[at].end; ++bit) {
            told[bit / 8] = false;
        }
    }
    constexpr std::ptrdiff_t width = 6;
    std::ptrdiff_t run = 0;
    for (std::ptrdiff_t at = 0; at < std::ssize(secret); ++at) {
        run = told[static_cast<std::size_t>(at)] ? run + 1 : 0;
        const auto end = secret.begin() + at + 1;
        if (run >= width && std::count_if(end - width, end, is_plain) + 1 >= width) {
            return false;
        }
    }
    return true;
}

/// What an answer is made of around a secret, without anything that makes an escape or may be of the secret.
std::string around(std::string text) {
    constexpr std::string_view marks = "{}:,;<>=.()!? \n*";
    std::ranges::transform(text, text.begin(),
                           [&](char c) { return marks[static_cast<unsigned char>(c) % marks.size()]; });
    return text;
}

std::string chosen_secret(Choices& choices) {
    std::string secret = choices.text(64);
    // In UTF-8 a byte is not a character; unit tests have those.
    std::ranges::replace_if(
        secret, [](char c) { return static_cast<unsigned char>(c) >= 0x7f || c == '\0'; }, '/');
    std::erase_if(secret, [](char c) { return c == '[' || c == ']' || c == '|'; });
    // Letters and digits of an escape may mean a blank or a '-', and fewer than eight others are not found across
    // folds.
    const bool may_hold_escapes = secret.find_first_of("\\%&") != std::string::npos;
    if (may_hold_escapes || std::ranges::count_if(secret, is_plain) < 12) {
        secret.insert(secret.size() / 2, "aB3dE5gH7jK9");
    }
    return secret;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Choices choices(data, size);
    std::string secret = chosen_secret(choices);
    const auto inner = static_cast<Layer>(choices.below(7));
    const auto outer = static_cast<Layer>(choices.below(5));
    if (outer == Layer::folded) {
        // An escape that is torn apart, and then read together with one in the secret, may mean either.
        std::erase_if(secret, [](char c) { return c == '\\' || c == '%' || c == '&'; });
    }
    const Spelling middle = spelt(choices, outer, spelt(choices, inner, as_it_is(secret)));
    const std::string before = around(choices.text(40)) + '"';
    const std::string behind = '"' + around(choices.text(40)) + '|';

    const gateproof::Redactor redactor({"some other secret", secret});
    std::string text = before + middle.text + behind;
    redactor.apply(text);
    require(text.size() >= before.size() + mark.size() + behind.size() && text.starts_with(before) &&
                text.ends_with(behind),
            "what stands around has changed");
    const std::string left = text.substr(before.size(), text.size() - before.size() - behind.size());
    require(left.find(mark) != std::string::npos, "a spelling that is not found");
    require(tells_nothing(middle, replaced(middle.text, left), secret), "a part of the secret is left");
    std::string again = text;
    redactor.apply(again);
    require(again == text, "redacted twice is not redacted once");
    return 0;
}
