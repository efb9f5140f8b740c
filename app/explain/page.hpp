// Explanations as texts: for a terminal, for programs, and the page docs/checks.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "app/explain/explain.hpp"

namespace gateproof::cli {

std::string explanation_text(const Explanation& explanation);
/// {"id", "kind", "title", and each part by its key: a list of texts}
nlohmann::ordered_json explanation_json(const Explanation& explanation);
/// Every check, code and document, with anchors: docs/checks.md as a whole.
std::string explanations_page();
/// What `explain` without words lists.
std::string explained_list();

}  // namespace gateproof::cli
