// YAML as far as it says what JSON can say (OpenAPI 3.0.3 4.2), read within bounds.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace gateproof {

inline constexpr std::size_t max_description_bytes = std::size_t{4} * 1024 * 1024;

struct YamlValue {
    std::shared_ptr<const nlohmann::json> value;  ///< null: with a problem
    std::string problem;                          ///< "line 12: ..."
};
/// One document. Plain scalars are read by the core schema of YAML 1.2, but for whole numbers that begin with a zero,
/// which are texts; names of members are texts always. Aliases are followed, and count as often as they are used.
YamlValue read_yaml(std::string_view text);

}  // namespace gateproof
