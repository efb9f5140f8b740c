// What the reference client can be told to break: each fault breaks one rule.
#pragma once

#include <string_view>

namespace gateproof::client {

struct Fault {
    std::string_view name = {};          ///< "skips-host-name"
    std::string_view title = {};         ///< what the client then does wrong, one clause
    std::string_view requirements = {};  ///< ids that it breaks, with a blank between them
    std::string_view caught_by = {};     ///< ids of the checks that must notice, with a blank between them
    /// The client is served by no conforming gateway any more, so what leans on a
    /// success is inconclusive.
    bool ends_service = false;
    /// A setting that it needs, for messages; empty: none.
    std::string_view needs = {};
};

}  // namespace gateproof::client
