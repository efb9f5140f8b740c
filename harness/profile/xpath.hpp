// XPath expressions of a profile, judged before they are used.
#pragma once

#include <string>

namespace gateproof {

/// What is wrong with the expression (XPath 1.0); empty: nothing.
std::string xpath_fault(const std::string& expression);

}  // namespace gateproof
