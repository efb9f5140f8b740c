#include "harness/journal/redact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/text/ascii.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof {
namespace {

constexpr std::size_t shortest_secret = 4;
constexpr std::string_view replacement = "[redacted]";

std::string hexadecimal(std::string_view bytes) {
    std::string out;
    for (const char c : bytes) {
        fmt::format_to(std::back_inserter(out), "{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

/// The first four bytes, which every needle has.
std::uint32_t beginning(std::string_view text) {
    std::uint32_t key = 0;
    for (std::size_t i = 0; i < shortest_secret; ++i) {
        key = key << 8 | static_cast<unsigned char>(text[i]);
    }
    return key;
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
        add(secret);
    }
}

void Redactor::add(std::string_view secret) {
    if (secret.size() < shortest_secret || secret.size() > longest_secret) {
        return;
    }
    std::string hex = hexadecimal(secret);
    add_needle(std::string(secret));
    add_needle(base64(secret));
    add_needle(percent_encoded(secret));
    add_needle(lower_case(hex));
    add_needle(std::move(hex));
}

void Redactor::add_needle(std::string needle) {
    std::vector<std::string>& same = needles_[beginning(needle)];
    if (std::ranges::find(same, needle) == same.end()) {
        beginnings_.set(beginning(needle) >> 16);
        same.push_back(std::move(needle));
    }
}

std::size_t Redactor::longest_match(std::string_view text) const {
    if (text.size() < shortest_secret || !beginnings_.test(beginning(text) >> 16)) {
        return 0;
    }
    const auto found = needles_.find(beginning(text));
    std::size_t longest = 0;
    if (found != needles_.end()) {
        for (const std::string& needle : found->second) {
            longest = text.starts_with(needle) ? std::max(longest, needle.size()) : longest;
        }
    }
    return longest;
}

void Redactor::apply(std::string& text) const {
    std::string out;
    std::size_t kept = 0;     // what comes before is in `out`
    std::size_t covered = 0;  // end of the secrets that were found so far
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t size = longest_match(std::string_view(text).substr(at));
        if (size > 0) {
            if (at >= covered) {  // not a continuation of the one before
                out.append(text, kept, at - kept);
                out += replacement;
            }
            covered = std::max(covered, at + size);
            kept = covered;
        }
    }
    if (kept > 0) {
        out.append(text, kept, std::string::npos);
        text = std::move(out);
    }
}

void Redactor::apply(CheckResult& result) const {
    if (needles_.empty()) {
        return;
    }
    apply(result.sentence);
    apply(result.remedy);
    for (Observation& observation : result.evidence) {
        for (auto& [name, value] : observation.fields) {
            if (auto* text = std::get_if<std::string>(&value)) {
                apply(*text);
            }
        }
    }
}

}  // namespace gateproof
