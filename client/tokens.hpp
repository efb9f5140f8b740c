// The tokens that a user's consent is worth, and where they are kept.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "client/base/io.hpp"

namespace gateproof::client {

struct Tokens {
    std::string access;
    std::string refresh;
    std::optional<std::chrono::system_clock::time_point> refresh_at;  ///< a little before `access` expires
    std::optional<std::chrono::system_clock::time_point> expires;     ///< of `access`; nothing: not known

    [[nodiscard]] bool empty() const { return access.empty() && refresh.empty(); }
};

/// A file that one process at a time changes (flock), readable by its owner
/// alone. Without a name, memory.
class TokenStore {
public:
    explicit TokenStore(std::string file, bool for_everybody = false)
        : file_(std::move(file)), for_everybody_(for_everybody) {}

    /// What the file says now. Throws Unusable where it is there and cannot be
    /// understood.
    [[nodiscard]] Tokens load() const;
    /// Throws Unusable.
    void save(const Tokens& tokens);
    void clear();
    /// Nobody else changes the file as long as this lives.
    [[nodiscard]] Descriptor lock() const;

private:
    std::string file_;
    bool for_everybody_;  ///< a fault
    Tokens memory_;
};

}  // namespace gateproof::client
