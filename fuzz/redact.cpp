// A secret is spelt by chance, in one or two layers, and put between two texts. Whatever is left of it after redaction
// is read back by other means than the redactor's: nothing of the secret may come out, and what stood around stays. The
// input is a list of choices, with the secret and the texts in it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <regex>
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

/// Marks always, since an encoder that leaves them is none; letters and digits sometimes.
std::string each(Choices& choices, const std::string& text, const std::function<std::string(unsigned char)>& form) {
    std::string out;
    for (const char c : text) {
        out += is_plain(c) && choices.next() % 4 != 0 ? std::string(1, c) : form(static_cast<unsigned char>(c));
    }
    return out;
}

std::string as_json(Choices& choices, const std::string& text) {
    const bool solidus = choices.coin();
    std::string out;
    for (const char c : text) {
        const bool must = static_cast<unsigned char>(c) < 0x20;
        if (must || choices.next() % 8 == 0) {
            out += "\\u" + digits_of(static_cast<unsigned char>(c), 16, 4, choices.coin());
        } else {
            out += std::string(c == '"' || c == '\\' || (solidus && c == '/') ? "\\" : "") + c;
        }
    }
    return out;
}

std::string as_percent(Choices& choices, const std::string& text) {
    const bool form = choices.coin();
    return each(choices, text, [&](unsigned char c) {
        return form && c == ' ' ? std::string("+") : "%" + digits_of(c, 16, 2, choices.coin());
    });
}

std::string as_html(Choices& choices, const std::string& text) {
    return each(choices, text, [&](unsigned char c) -> std::string {
        const std::size_t zeros = choices.below(4);
        if (c == '&' && choices.coin()) {
            return choices.coin() ? "&amp;" : "&AMP;";
        }
        return choices.coin() ? "&#" + std::string(zeros, '0') + digits_of(c, 10, 1, false) + ";"
                              : (choices.coin() ? "&#x" : "&#X") + std::string(zeros, '0') +
                                    digits_of(c, 16, 1, choices.coin()) + ";";
    });
}

std::string as_folded(Choices& choices, const std::string& text) {
    const std::size_t width = 1 + choices.below(70);
    static const std::vector<std::string> ends{"\n", "\r\n", " ", "\r\n\t", "\t", "\n\n  "};
    const std::string& end = ends[choices.below(ends.size())];
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += width) {
        out += (at == 0 ? "" : end) + text.substr(at, width);
    }
    return out;
}

std::string as_base64(Choices& choices, const std::string& text) {
    const std::string whole = std::string(choices.below(5), 'k') + text + std::string(choices.below(5), 'x');
    std::string out = choices.coin() ? gateproof::base64url(whole) : gateproof::base64(whole);
    if (choices.coin()) {
        out.erase(std::min(out.find('='), out.size()));
    }
    return out;
}

std::string as_hex(Choices& choices, const std::string& text) {
    const bool capitals = choices.coin();
    std::string out;
    for (const char c : text) {
        out += digits_of(static_cast<unsigned char>(c), 16, 2, capitals);
    }
    return out;
}

enum class Layer { none, json, percent, html, folded, base64, hex };

std::string spelt(Choices& choices, Layer layer, const std::string& text) {
    switch (layer) {
        case Layer::json: return as_json(choices, text);
        case Layer::percent: return as_percent(choices, text);
        case Layer::html: return as_html(choices, text);
        case Layer::folded: return as_folded(choices, text);
        case Layer::base64: return as_base64(choices, text);
        case Layer::hex: return as_hex(choices, text);
        case Layer::none: break;
    }
    return text;
}

unsigned number(const std::string& digits, int base) {
    return static_cast<unsigned>(std::strtoul(digits.c_str(), nullptr, base));
}

std::string replaced(const std::string& text, const std::regex& pattern,
                     const std::function<std::string(const std::smatch&)>& meant) {
    std::string out;
    auto at = text.cbegin();
    for (std::sregex_iterator found(text.begin(), text.end(), pattern), end; found != end; ++found) {
        out.append(at, (*found)[0].first);
        out += meant(*found);
        at = (*found)[0].second;
    }
    return out.append(at, text.cend());
}

/// Everything that a piece of base64 may mean: where its groups begin is not known.
std::string base64_meanings(std::string text) {
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    std::erase_if(text, [](char c) { return !is_plain(c) && c != '-' && c != '_'; });
    std::string out;
    for (std::size_t skip = 0; skip < 4 && skip < text.size(); ++skip) {
        const std::size_t whole = (text.size() - skip) / 4 * 4;
        out += gateproof::from_base64url(text.substr(skip, whole)).value_or("") + '\n';
    }
    return out;
}

/// By other means than the redactor's.
std::string undone(Layer layer, const std::string& text) {
    static const std::regex json(R"(\\(?:u([0-9a-fA-F]{4})|(["\\/])))");
    static const std::regex percent("%([0-9a-fA-F]{2})|\\+");
    static const std::regex html("&(?:#([0-9]+)|#[xX]([0-9a-fA-F]+)|amp|AMP);");
    static const std::regex hex("([0-9a-fA-F]{2})");
    const auto byte = [](unsigned value) { return std::string(1, static_cast<char>(value)); };
    switch (layer) {
        case Layer::json:
            return replaced(text, json,
                            [&](const std::smatch& m) { return m[2].matched ? m.str(2) : byte(number(m[1], 16)); });
        case Layer::percent:
            return replaced(text, percent,
                            [&](const std::smatch& m) { return byte(m[1].matched ? number(m[1], 16) : ' '); });
        case Layer::html:
            return replaced(text, html, [&](const std::smatch& m) {
                return m[1].matched ? byte(number(m[1], 10)) : m[2].matched ? byte(number(m[2], 16)) : "&";
            });
        case Layer::folded: {
            std::string out = text;
            std::erase_if(out, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
            return out;
        }
        case Layer::base64: return base64_meanings(text);
        case Layer::hex: return replaced(text, hex, [&](const std::smatch& m) { return byte(number(m[1], 16)); });
        case Layer::none: break;
    }
    return text;
}

/// No six bytes of the secret, most of them letters or digits, stand in the text.
bool is_free_of(const std::string& text, std::string secret) {
    constexpr std::size_t width = 6;
    for (std::size_t at = 0; at + width <= secret.size(); ++at) {
        const std::string part = secret.substr(at, width);
        if (std::ranges::count_if(part, is_plain) + 1 >= static_cast<std::ptrdiff_t>(width) &&
            text.find(part) != std::string::npos) {
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
    if (std::ranges::count_if(secret, is_plain) < 12) {
        secret += "aB3dE5gH7jK9";
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
    const std::string middle = spelt(choices, outer, spelt(choices, inner, secret));
    const std::string before = around(choices.text(40)) + '"';
    const std::string behind = '"' + around(choices.text(40)) + '|';

    const gateproof::Redactor redactor({"some other secret", secret});
    std::string text = before + middle + behind;
    redactor.apply(text);
    require(text.size() >= before.size() + mark.size() + behind.size() && text.starts_with(before) &&
                text.ends_with(behind),
            "what stands around has changed");
    std::string left = text.substr(before.size(), text.size() - before.size() - behind.size());
    require(left.find(mark) != std::string::npos, "a spelling that is not found");
    for (std::size_t at = left.find(mark); at != std::string::npos; at = left.find(mark)) {
        left.replace(at, mark.size(), "\n");
    }
    require(is_free_of(left, secret), "a part of the secret is left");
    const std::string once = undone(outer, left);
    require(is_free_of(once, secret), "a part of the secret is left in one layer");
    require(is_free_of(undone(inner, once), secret), "a part of the secret is left in two layers");
    std::string again = text;
    redactor.apply(again);
    require(again == text, "redacted twice is not redacted once");
    return 0;
}
