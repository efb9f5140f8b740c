#include "suites/gateway/tls/suite_search.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "harness/probe/tls/cipher_suites.hpp"

namespace gateproof::suites {
namespace {

std::size_t key_exchange_of(std::uint16_t suite) {
    const std::string name = cipher_suite_name(suite);
    if (name.find("PSK") != std::string::npos) {
        return 4;
    }
    if (name.find("_anon_") != std::string::npos) {
        return 2;
    }
    if (name.starts_with("TLS_ECDHE_")) {
        return 0;
    }
    if (name.starts_with("TLS_DHE_")) {
        return 1;
    }
    const bool by_certificate =
        name.starts_with("TLS_RSA_") || name.starts_with("TLS_ECDH_") || name.starts_with("TLS_DH_");
    return by_certificate ? 3 : 5;
}

}  // namespace

std::vector<std::vector<std::uint16_t>> by_key_exchange(const std::vector<std::uint16_t>& suites) {
    std::array<std::vector<std::uint16_t>, 6> kinds;
    for (const std::uint16_t suite : suites) {
        kinds.at(key_exchange_of(suite)).push_back(suite);
    }
    std::vector<std::vector<std::uint16_t>> parts;
    for (std::vector<std::uint16_t>& kind : kinds) {
        if (!kind.empty()) {
            parts.push_back(std::move(kind));
        }
    }
    return parts;
}

SuiteSearch::SuiteSearch(std::vector<std::uint16_t> offer) {
    if (!offer.empty()) {
        parts_.push_back({std::move(offer), 0});
    }
}

bool SuiteSearch::chosen(std::uint16_t suite) {
    std::vector<std::uint16_t>& suites = parts_.back().suites;
    const bool offered = std::erase(suites, suite) > 0;
    if (suites.empty()) {
        parts_.pop_back();
    }
    return offered;
}

void SuiteSearch::refused(bool ordinary) {
    const Part part = std::move(parts_.back());
    parts_.pop_back();
    // A refusal of the whole is never taken at its word; of a part it is, in the words that mean "none of these".
    const bool believed = ordinary && part.depth > 0;
    if (!believed && part.suites.size() > 1) {
        split(part);
    }
}

void SuiteSearch::split(const Part& part) {
    std::vector<std::vector<std::uint16_t>> pieces;
    if (part.depth == 0) {
        pieces = by_key_exchange(part.suites);
    }
    if (pieces.size() < 2) {
        const auto middle = part.suites.begin() + static_cast<std::ptrdiff_t>(part.suites.size() / 2);
        pieces = {{part.suites.begin(), middle}, {middle, part.suites.end()}};
    }
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
        parts_.push_back({std::move(*piece), part.depth + 1});
    }
}

}  // namespace gateproof::suites
