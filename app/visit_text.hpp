// What came of one connection to the stage, for whoever watches it.
#pragma once

#include <string>

#include "harness/stage/visit.hpp"

namespace gateproof::cli {

/// One line without its end, printable, and without secrets: "12:03:11.123  127.0.0.1:40112  hello TLS 1.3, TLS 1.2 for
/// localhost (http/1.1)  certificate CN=LedgerLink  GET /status -> 200  ended by the client with close_notify, 12 ms".
std::string visit_line(const stage::Visit& visit);

}  // namespace gateproof::cli
