// The SOAP fault UnAuthorised: in spite of its name technical, and published to be tried again after a pause. It says
// nothing of the right to ask.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

#include "harness/probe/http/http.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// The body is a SOAP message whose fault has that name, as an element, a code or a text in it; the elements of the
/// published fault are not published.
bool is_soap_fault(std::string_view body, const std::string& name);
/// The answer is the published technical fault, whatever its HTTP status.
bool is_technical_fault(const HttpOutcome& outcome);

/// How often it is tried again.
inline constexpr std::size_t most_after_technical_faults = 2;

/// What `ask` comes to, asked again behind a `pause` while it is that fault. Both return awaitables, and are no
/// coroutines themselves.
template <class Ask, class Pause>
std::invoke_result_t<Ask> past_technical_faults(Ask ask, Pause pause) {
    auto outcome = co_await ask();
    for (std::size_t again = 0; again < most_after_technical_faults && is_technical_fault(outcome); ++again) {
        co_await pause();
        outcome = co_await ask();
    }
    co_return outcome;
}

/// Sends the request; once more after limits.technical_fault_pause_ms where it is answered with that fault and `reads`,
/// since of what writes nobody says that it was not carried out.
boost::asio::awaitable<HttpOutcome> http_past_technical_faults(Context& ctx, HttpRequest request, bool reads);

}  // namespace gateproof::suites
