// The list of known failures as a journal carries it: reports that are made later come to the same conclusion.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "harness/model/known_failure.hpp"

namespace gateproof {

nlohmann::ordered_json known_to_json(const KnownList& known);
/// Empty for what known_to_json does not write: half of a list accepts what the whole may not.
std::optional<KnownList> known_from_json(const nlohmann::ordered_json& json);

}  // namespace gateproof
