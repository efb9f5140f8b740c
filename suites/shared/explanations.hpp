// What is said beside a call that should be served and was refused: why that may be, and what it is not.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>

#include "harness/profile/profile.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// What introspection (RFC 7662) told of the token; empty: it was not asked, or calls any token active.
struct TokenKnown {
    std::optional<bool> active;
    std::optional<bool> of_the_user;  ///< its username is the one that the profile names
};

/// A call that was refused, as far as this machine knows it.
struct RefusedCall {
    Answer answer;
    Placeholders with;  ///< values that stood in the request, by name: never said themselves
    std::string body;   ///< the request's, filled in
    TokenKnown token;
};

/// The published causes of the answer's code, with their source, and which of them the request rules out; empty:
/// nothing is published of the code. Ends without a full stop, as remedies do.
std::string explained(const RefusedCall& call, const CausesByCode& own);

/// Asks the authority about the token of this user's role; nothing where it has no introspection.
boost::asio::awaitable<TokenKnown> ask_about_token(Context& ctx, std::string role, std::string token);

}  // namespace gateproof::suites
