// Wildcards as check ids, suites and targets are chosen by them.
#pragma once

#include <string_view>

namespace gateproof {

/// '*' matches any run of characters, '?' one; case-sensitive, the whole text.
bool glob_match(std::string_view pattern, std::string_view text);

}  // namespace gateproof
