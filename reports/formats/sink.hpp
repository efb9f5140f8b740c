// Where a report's text goes, piece by piece.
#pragma once

#include <functional>
#include <string_view>

namespace gateproof::reports {

/// Takes the next piece of a text; throws when it cannot be kept.
using Sink = std::function<void(std::string_view)>;

}  // namespace gateproof::reports
