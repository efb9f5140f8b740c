// How first flights are shown, for checks of more than one file.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>

#include "harness/probe/tls/client_hello_reader.hpp"
#include "harness/run/client/context.hpp"

namespace gateproof::suites {

using Concerns = std::function<bool(const ClientHelloSeen&)>;

/// One start of the software at the twin, which answers every ClientHello with that flight.
boost::asio::awaitable<Attempt> show_flight(ClientContext& ctx, stage::RawFlight flight);
/// Without the visits whose ClientHello has nothing to notice in the flight.
Attempt concerned(Attempt attempt, const Concerns& concerns);

}  // namespace gateproof::suites
