// References inside a document (RFC 6901 as a URI fragment).
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace gateproof {

/// What "$ref" of `from` leads to in `document`. Null: to nothing, to another document, or it is no text.
const nlohmann::json* follow_reference(const nlohmann::json& document, const nlohmann::json& from);

}  // namespace gateproof
