// What the timeout checks need of a profile.
#pragma once

#include "harness/model/check.hpp"

namespace gateproof::suites {

/// timeouts.slow: an operation that takes longer than the timeout
Need slow_operation();
/// timeouts.below_limit: one that takes long, but less
Need operation_below_timeout();
Need slow_write();
/// timeouts.phases: clients that stop there are expected to be cut.
Need cut_in_handshake();
Need cut_in_headers();
Need cut_in_body();
Need cut_of_keep_alive();

}  // namespace gateproof::suites
