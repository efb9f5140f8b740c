// An operation that takes its time, sent once, on a connection that is still there afterwards.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>

#include "harness/probe/http/patience.hpp"
#include "harness/run/context.hpp"

namespace gateproof::suites {

/// A slow operation, answered or not, and the connection that it was asked on.
struct SlowExchange {
    Context::TlsConnection connection;  ///< without a session the handshake failed, and its step tells why
    SlowAnswer answer;
};
/// A number of nine digits for {submission_key}, another for each write: it is what the write is asked after by.
Placeholders fresh_submission();
/// The timed operation as it is sent, with these values.
Operation timed_request(const Profile& profile, const TimedOperation& timed, const Placeholders& with);

/// Waits until the operation must have been cut, and notes what came in the evidence.
boost::asio::awaitable<SlowExchange> ask_slowly(Context& ctx, Operation operation);
/// The same on a connection that is there.
boost::asio::awaitable<SlowAnswer> ask_on(Context& ctx, TlsSession& session, Operation operation,
                                          std::chrono::milliseconds patience);

}  // namespace gateproof::suites
