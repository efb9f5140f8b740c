// JSON of servers, bounded.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace gateproof::client {

/// Null where the text is no JSON, or is nested deeper than any answer is.
nlohmann::json parse_bounded(const std::string& text);
/// A member that is a text; empty: there is none, or the value is no object.
std::string text_member(const nlohmann::json& object, const char* name);

}  // namespace gateproof::client
