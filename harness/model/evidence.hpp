// What a check saw, in order: the proof behind its verdict.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace gateproof {

/// One typed value of an observation.
using FieldValue = std::variant<std::string, std::int64_t, double, bool>;

/// One thing that was done or seen, with the moment it happened.
struct Observation {
    /// What kind: "connect", "client_hello", "server_hello", "alert", "tls_handshake", "certificate",
    /// "http_exchange", "control", "close", "note" ... lower case, stable, listed in docs/journal.md.
    std::string kind;
    std::chrono::system_clock::time_point at;
    /// Named values in the order they were added; names are snake_case.
    std::vector<std::pair<std::string, FieldValue>> fields;

    template <std::integral T>
    requires(!std::same_as<T, bool>) Observation& with(std::string_view name, T value) {
        fields.emplace_back(std::string(name), static_cast<std::int64_t>(value));
        return *this;
    }
    Observation& with(std::string_view name, bool value) {
        fields.emplace_back(std::string(name), value);
        return *this;
    }
    Observation& with(std::string_view name, double value) {
        fields.emplace_back(std::string(name), value);
        return *this;
    }
    Observation& with(std::string_view name, std::string_view value) {
        fields.emplace_back(std::string(name), std::string(value));
        return *this;
    }
    /// A string literal must not decay to bool.
    Observation& with(std::string_view name, const char* value) { return with(name, std::string_view(value)); }
};

/// An ordered, bounded list of observations. Text is redacted by the owner of the run before it is stored
/// anywhere; secrets must not be added in the first place.
class Evidence {
public:
    /// More than this many observations are counted but not kept: what a peer sends must not fill memory.
    static constexpr std::size_t max_observations = 200;
    /// A longer text value is cut here, and says so.
    static constexpr std::size_t max_text = 4096;

    /// Appends an observation of this kind, stamped now; the reference stays valid until the next call.
    Observation& add(std::string_view kind);

    [[nodiscard]] const std::vector<Observation>& observations() const { return observations_; }
    [[nodiscard]] std::size_t dropped() const { return dropped_; }

    /// Hands the observations over, when the check has ended.
    [[nodiscard]] std::vector<Observation> take() && { return std::move(observations_); }

private:
    std::vector<Observation> observations_;
    Observation overflow_;
    std::size_t dropped_ = 0;
};

/// Cuts every text longer than Evidence::max_text, and says so.
void bound_texts(std::vector<Observation>& observations);

}  // namespace gateproof
