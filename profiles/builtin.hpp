// The profiles and the schema that come with the program, compiled into it.
#pragma once

#include <span>
#include <string_view>

namespace gateproof {

struct BuiltinProfile {
    std::string_view name;  ///< "embedded-cloud"; the file is NAME.json
    std::string_view text;  ///< the JSON text; templates hold "FILL IN" placeholders
};

/// Every built-in profile, in the order in which a reader meets them: embedded, mock, test, production.
std::span<const BuiltinProfile> builtin_profiles();

/// Null for an unknown name.
const BuiltinProfile* find_builtin(std::string_view name);

/// The presets of the published services (services/NAME.json), by the name of the service.
std::span<const BuiltinProfile> builtin_services();

/// profile.schema.json (JSON Schema, draft 2020-12), for editors.
std::string_view profile_schema_text();

}  // namespace gateproof
