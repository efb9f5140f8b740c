// What became of a write whose answer was cut: whoever sent it cannot tell, and asks before sending it again.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// What the write's status operation (Operation::status) says of it afterwards.
struct WriteFate {
    enum class Kind { carried_out, not_carried_out, unknown };
    Kind kind = Kind::unknown;
    bool answered = false;  ///< the status operation was answered in words; else nothing is known of it either
    std::string request;    ///< the status operation's: "POST /gateway/gws/returns/"
    std::string why;        ///< Kind::unknown: what came instead

    /// "carried out", "not carried out", "could not be learned, because ..."
    [[nodiscard]] std::string words() const;
    /// "asked afterwards, GET /status says that it was carried out", or that it could not be learned: for sentences.
    [[nodiscard]] std::string told() const;
};
WriteFate read_fate(const HttpOutcome& outcome, const Operation& asked, const StatusQuery& query);

/// The answer to a write leaves open whether it was carried out: it was cut, nobody answered in time, or a gateway says
/// by HTTP 408, 502, 503 or 504 that it gave up waiting.
bool leaves_open(const HttpOutcome& outcome);

/// Asks the status operation of `write`, which is as the profile has it, with the write's own placeholders, as
/// `identity` with this Authorization (empty: the operation's own headers), again while it is cut. What came of it is
/// noted in the evidence. Precondition: write.status.
boost::asio::awaitable<WriteFate> ask_fate(Context& ctx, const Operation& write, Placeholders with,
                                           std::string authorization, std::shared_ptr<const Identity> identity);

}  // namespace gateproof::suites
