#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/journal/codec.hpp"

namespace gateproof {
namespace {

using Json = nlohmann::ordered_json;

std::optional<FieldValue> field_from_json(const Json& json) {
    if (json.is_string()) {
        return json.get<std::string>();
    }
    if (json.is_boolean()) {
        return json.get<bool>();
    }
    if (json.is_number_float()) {
        return json.get<double>();
    }
    if (json.is_number_unsigned() && json.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
        return std::nullopt;
    }
    if (json.is_number_integer()) {
        return json.get<std::int64_t>();
    }
    return std::nullopt;
}

}  // namespace

std::optional<Observation> observation_from_json(const Json& json) {
    if (!json.is_object() || !json.contains("kind") || !json["kind"].is_string() || !json.contains("at") ||
        !json["at"].is_string()) {
        return std::nullopt;
    }
    const auto at = parse_iso_time(json["at"].get<std::string>());
    if (!at) {
        return std::nullopt;
    }
    Observation observation{json["kind"].get<std::string>(), *at, {}};
    const auto fields = json.find("fields");
    if (fields == json.end()) {
        return observation;
    }
    for (const Json& field : *fields) {
        if (!field.is_array() || field.size() != 2 || !field[0].is_string()) {
            return std::nullopt;
        }
        auto value = field_from_json(field[1]);
        if (!value) {
            return std::nullopt;
        }
        observation.fields.emplace_back(field[0].get<std::string>(), std::move(*value));
    }
    return observation;
}

}  // namespace gateproof
