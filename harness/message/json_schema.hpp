// JSON values judged by the schemas of OpenAPI 3.0 (Schema Object, 3.0.3 4.7.24) and Swagger 2.0: the keywords of JSON
// Schema draft 4 that they have, and theirs. Values are a peer's: nesting and work are bounded, and no finding quotes
// one.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/message/finding.hpp"

namespace gateproof {

/// What a message is; readOnly and writeOnly members are required in one of the two alone.
enum class MessageKind { request, answer };

/// Deeper values are not judged; schemas that refer to themselves end there as well.
inline constexpr int deepest_judged_value = 100;
/// `document`: what "$ref": "#/..." points into; references to other documents are not followed.
SchemaFinding judge_by_schema(const nlohmann::json& document, const nlohmann::json& schema, const nlohmann::json& value,
                              MessageKind kind);

/// The value has more levels than this.
bool is_deeper_than(const nlohmann::json& value, int levels);

}  // namespace gateproof
