// What an earlier run says of the rotation that this one looks at.
#pragma once

#include <string>
#include <string_view>

#include "harness/journal/record.hpp"

namespace gateproof::suites {

/// How rotation.same-identity notes whom the endpoint takes the bearer of a certificate for.
namespace rotation_identity {
inline constexpr std::string_view kind = "rotation_identity";
inline constexpr std::string_view named = "named";
inline constexpr std::string_view nobody = "nobody";
}  // namespace rotation_identity

/// Whom the endpoint took the old certificate's bearer for in that run; empty: it did not say, or was not asked.
std::string name_in(const RunRecord& earlier);

}  // namespace gateproof::suites
