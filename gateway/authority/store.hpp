// What the authority remembers: logins under way, sessions, consents, codes and families of tokens. Everything expires
// and is bounded: strangers can make it remember things.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace gateproof::gateway {

using Moment = std::chrono::system_clock::time_point;

/// Values by a random key; the oldest go first when there are too many.
template <class Value>
class Expiring {
public:
    static constexpr std::size_t most = 20'000;

    explicit Expiring(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

    Value& add(std::string key, Value value, Moment now) {
        while (!order_.empty() && (order_.size() >= most || order_.front().first <= now)) {
            entries_.erase(order_.front().second);
            order_.pop_front();
        }
        order_.emplace_back(now + lifetime_, key);
        return entries_.insert_or_assign(std::move(key), Entry{std::move(value), now + lifetime_}).first->second.value;
    }
    /// Null: unknown or expired.
    [[nodiscard]] Value* find(std::string_view key, Moment now) {
        const auto found = entries_.find(key);
        return found == entries_.end() || found->second.expires <= now ? nullptr : &found->second.value;
    }
    void erase(std::string_view key) {
        const auto found = entries_.find(key);
        if (found != entries_.end()) {
            entries_.erase(found);
        }
    }

private:
    struct Entry {
        Value value;
        Moment expires;
    };
    std::chrono::milliseconds lifetime_;
    std::map<std::string, Entry, std::less<>> entries_;
    std::deque<std::pair<Moment, std::string>> order_;
};

/// An authorization request that a browser is on its way through.
struct Transaction {
    std::string client_id;
    std::string redirect_uri;
    std::string scope;
    std::string state;
    std::string challenge;  ///< PKCE, S256; empty: none
    std::string prompt;
    std::string browser;  ///< cookie of the browser that began it
    std::string csrf;
    std::string user;  ///< who has logged in on it; empty: nobody yet
    int failed_logins = 0;
};

struct LoginSession {
    std::string user;
};

/// What was granted with a code.
struct Grant {
    std::string client_id;
    std::string redirect_uri;
    std::string user;
    std::string scope;
    std::string challenge;
    std::string family;  ///< set when it was exchanged
    bool used = false;
};

/// All tokens that come from one code.
struct Family {
    std::string client_id;
    std::string user;
    std::string scope;
    std::vector<std::string> token_ids;  ///< jti of its access tokens
    bool revoked = false;
    Moment revoked_at = {};
};

struct RefreshToken {
    std::string family;
    bool used = false;
    std::chrono::steady_clock::time_point used_at = {};
};

struct Store {
    explicit Store(std::chrono::milliseconds code_lifetime) : codes(code_lifetime) {}

    Expiring<Transaction> transactions{std::chrono::minutes(10)};
    Expiring<LoginSession> sessions{std::chrono::hours(1)};
    Expiring<Grant> codes;
    Expiring<Family> families{std::chrono::hours(24 * 365)};
    Expiring<RefreshToken> refresh_tokens{std::chrono::hours(24 * 365)};
    std::set<std::tuple<std::string, std::string, std::string>> consents;  ///< user, client, scope
};

}  // namespace gateproof::gateway
