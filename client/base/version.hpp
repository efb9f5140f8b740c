// Which client this is.
#pragma once

namespace gateproof::client {

/// "0.1.0"
const char* version();

}  // namespace gateproof::client
