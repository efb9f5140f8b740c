// Verdicts about what client software offers and how it takes what it is shown.
#pragma once

#include <string_view>

#include "harness/model/verdict.hpp"
#include "harness/probe/tls/client_hello_reader.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof::suites {

/// A published suite is offered, and none that is broken; those that are merely out of date are a warning.
Verdict judge_suites_offered(const ClientHelloSeen& hello, const TlsExpectations& expected);

/// Of an attempt at which every hello was refused: no later one offers less than the first, unless it says so (RFC
/// 7507, TLS_FALLBACK_SCSV).
Verdict judge_no_fallback(const Attempt& attempt);

/// Of an attempt at a server of this version alone: refused where the client does not even offer it, which the server
/// then says (RFC 8446 4.2.1), and else as everything is.
Verdict judge_version_refused(const Attempt& attempt, TlsVersion version, std::string_view remedy);

/// Of an attempt whose ClientHello was answered by HTTP in clear: nothing of that is taken, and nothing goes out in
/// clear.
Verdict judge_clear_answer(const Attempt& attempt);

/// Null compression alone (RFC 3749, RFC 9325 3.3).
Verdict judge_compression(const ClientHelloSeen& hello);

}  // namespace gateproof::suites
