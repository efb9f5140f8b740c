// What a check, a code, a requirement or a document means: the texts of docs/explanations, joined with what the
// catalogue and the tables of faults know.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "reports/view/explained.hpp"

namespace gateproof::cli {

/// All that there is to say of one thing.
struct Explanation {
    std::string id;     ///< "tls.refuses-1.1", "EV1022", "CLOUD-TLS-MIN", "SE"
    std::string kind;   ///< "check of a gateway", "REST error code of the Customer suite"
    std::string title;  ///< one sentence
    std::vector<reports::ExplainedPart> parts;
};

/// What goes by this word: a check's id, with its case or without, a code, a requirement, a document, a suite. Capitals
/// do not matter. Several, where a code means one thing here and another there; none: nothing goes by it.
std::vector<Explanation> explanations_of(std::string_view word);
/// Every code once, in the order of their file.
std::vector<std::string> explained_code_words();
/// Every word that something goes by.
std::vector<std::string> explained_words();
/// "; did you mean A, B or C?": the words nearest to one that nothing goes by. Empty: none is near.
std::string near_words(std::string_view word);

Explanation explanation_of(const Check& check);
Explanation explanation_of(const Requirement& requirement);

/// For reports.
reports::Explainer explainer();

/// "Service endpoints (Inland Revenue, 2021-04-28)"
std::string title_of(const Document& document);

}  // namespace gateproof::cli
