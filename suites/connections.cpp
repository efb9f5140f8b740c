#include "suites/connections.hpp"

#include <algorithm>

#include "suites/connections_table.hpp"

namespace gateproof::suites {

std::size_t usual_connections(std::string_view check_id) {
    const auto* const found =
        std::ranges::find(connections_table, check_id, &std::pair<std::string_view, std::size_t>::first);
    return found == connections_table.end() ? 1 : found->second;
}

}  // namespace gateproof::suites
