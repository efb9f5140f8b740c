#include "harness/journal/redact.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cctype>

namespace gateproof {
namespace {

constexpr std::size_t shortest_secret = 4;
constexpr std::string_view replacement = "[redacted]";

std::string base64(std::string_view text) {
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::string encoded(std::string_view text, bool every_byte, std::string_view prefix) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (!every_byte && (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos)) {
            out.push_back(c);
        } else {
            fmt::format_to(std::back_inserter(out), "{}{:02X}", prefix, byte);
        }
    }
    return out;
}

}  // namespace

Redactor::Redactor(const std::vector<std::string>& secrets) {
    for (const std::string& secret : secrets) {
        if (secret.size() < shortest_secret) {
            continue;
        }
        std::string hex = encoded(secret, true, "");
        std::string lower = hex;
        std::ranges::transform(lower, lower.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        needles_.insert(needles_.end(),
                        {secret, base64(secret), encoded(secret, false, "%"), std::move(hex), std::move(lower)});
    }
    std::ranges::sort(needles_, [](const std::string& a, const std::string& b) {
        return a.size() != b.size() ? a.size() > b.size() : a < b;
    });
    needles_.erase(std::unique(needles_.begin(), needles_.end()), needles_.end());
}

void Redactor::apply(std::string& text) const {
    for (const std::string& needle : needles_) {
        for (std::size_t at = text.find(needle); at != std::string::npos;
             at = text.find(needle, at + replacement.size())) {
            text.replace(at, needle.size(), replacement);
        }
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
