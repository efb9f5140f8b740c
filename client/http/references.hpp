// What an XML document refers to, fetched as a careless parser does: for a
// fault alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/base/io.hpp"

namespace gateproof::client {

/// Whether the text may name one of what fetch_references looks for.
bool may_refer(std::string_view text);
/// Asks for each http address that a DTD, an entity or a schema location of the
/// text names, eight at most.
void fetch_references(const std::string& text, const std::vector<std::string>& addresses, const Stop& stop);

}  // namespace gateproof::client
