#include "harness/profile/xpath.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

namespace gateproof {

std::string xpath_fault(const std::string& expression) {
    try {
        const pugi::xpath_query query(expression.c_str());
        return {};
    } catch (const pugi::xpath_exception& problem) {
        const pugi::xpath_parse_result& result = problem.result();
        return fmt::format("{} at character {}", result.description(), result.offset + 1);
    }
}

}  // namespace gateproof
