#include "harness/profile/client_certificate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace gateproof {
namespace {

constexpr std::string_view hex_digits_word = "{hex32}";
constexpr std::string_view domain_word = "{domain}";

bool is_hex_digit(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Two labels or more (RFC 1034 3.5).
bool is_domain(std::string_view text) {
    std::size_t labels = 0;
    while (!text.empty()) {
        const std::string_view label = text.substr(0, text.find('.'));
        const bool good =
            !label.empty() && label.front() != '-' && label.back() != '-' && std::ranges::all_of(label, [](char c) {
                return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
            });
        if (!good || label.size() + 1 == text.size()) {
            return false;
        }
        ++labels;
        text.remove_prefix(std::min(text.size(), label.size() + 1));
    }
    return labels > 1;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> curve_names{
    {{"P-256", "prime256v1"}, {"P-384", "secp384r1"}, {"P-521", "secp521r1"}}};

}  // namespace

const std::vector<std::string>& published_authorities() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const CertificateAuthority& authority : certificate_authorities()) {
            list.emplace_back(authority.name);
        }
        return list;
    }();
    return names;
}

ClientCertificateRules published_rules(Environment environment) {
    if (environment != Environment::test && environment != Environment::production) {
        return {};
    }
    return {"{hex32}.irdgws.{domain}", published_authorities(), {"P-384"}};
}

bool fits_pattern(std::string_view name, std::string_view pattern) {
    if (pattern.empty()) {
        return name.empty();
    }
    if (pattern.starts_with(hex_digits_word)) {
        constexpr std::size_t digits = 32;
        return name.size() >= digits && std::ranges::all_of(name.substr(0, digits), is_hex_digit) &&
               fits_pattern(name.substr(digits), pattern.substr(hex_digits_word.size()));
    }
    if (pattern.starts_with(domain_word)) {
        const std::string_view rest = pattern.substr(domain_word.size());
        for (std::size_t size = 1; size <= name.size(); ++size) {
            if (is_domain(name.substr(0, size)) && fits_pattern(name.substr(size), rest)) {
                return true;
            }
        }
        return false;
    }
    return !name.empty() && name.front() == pattern.front() && fits_pattern(name.substr(1), pattern.substr(1));
}

std::string pattern_fault(std::string_view pattern) {
    std::size_t domains = 0;
    for (std::size_t at = pattern.find('{'); at != std::string_view::npos; at = pattern.find('{', at + 1)) {
        const std::string_view rest = pattern.substr(at);
        domains += rest.starts_with(domain_word) ? 1 : 0;
        if (!rest.starts_with(hex_digits_word) && !rest.starts_with(domain_word)) {
            return fmt::format("{} stands for nothing; {{hex32}} and {{domain}} do",
                               rest.substr(0, rest.find('}') == std::string_view::npos ? 20 : rest.find('}') + 1));
        }
    }
    return domains > 1 ? "{domain} may stand in it once" : "";
}

const std::vector<std::string>& known_curves() {
    static const std::vector<std::string> names{"P-256", "P-384", "P-521"};
    return names;
}

std::string curve_name(std::string_view openssl_name) {
    const auto* const found =
        std::ranges::find(curve_names, openssl_name, &std::pair<std::string_view, std::string_view>::second);
    return std::string(found == curve_names.end() ? openssl_name : found->first);
}

}  // namespace gateproof
