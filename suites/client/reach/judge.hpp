// Verdicts about how client software finds its gateway.
#pragma once

#include <string_view>

#include "harness/model/verdict.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof::suites {

/// RFC 6066 3, RFC 9325 3.7: the name of the server, and none for an address. `host`: of the URL that it was given.
Verdict judge_server_name(const Attempt& attempt, std::string_view host);
/// RFC 9110 7.2: host and port, as they stand in the URL.
Verdict judge_host_field(const Attempt& attempt, std::string_view host);

/// SE, ports. Of an attempt by a proxy: of its host it asked for `declared` ("services.example:4046") alone.
Verdict judge_declared_port(const Attempt& attempt, std::string_view declared);
/// The same of an attempt at which that port was refused.
Verdict judge_no_other_port(const Attempt& attempt, std::string_view declared);

/// RFC 1123 2.3: of an attempt at which nobody listened at the first address, `closed`. A warning where it went no
/// further.
Verdict judge_next_address(const Attempt& attempt, std::string_view closed);

}  // namespace gateproof::suites
