// What checks and codes mean, for people who have to act: docs/explanations, a file for each family and one for codes.
// What the catalogue knows (title, requirements, needs, faults) is not said there again.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "suites/facts.hpp"

namespace gateproof::suites {

/// What is said of a check.
struct CheckExplained {
    std::string check;              ///< its id
    std::string sent;               ///< what is sent, or shown to the client
    std::string passes;             ///< what is a pass
    std::string fails;              ///< what is a failure or a warning
    std::string open;               ///< what leaves it inconclusive
    std::vector<std::string> mend;  ///< how it is mended, each begins with whose setting it is: "nginx: ..."
};

/// What is said of a code that the gateway answers with. The same code may mean several things, by service.
struct CodeExplained {
    std::string code;                 ///< "EV1022", "4", "429", "invalid_grant"
    std::string kind;                 ///< who answers it, and where it stands: "REST error code of the Customer suite"
    std::string means;                ///< in our words
    std::string who;                  ///< must act: "the software", "the user", "the gateway's operators"
    std::string act;                  ///< what they do
    std::vector<std::string> checks;  ///< ids of those that send it or look for it
    std::vector<FactSource> sources;  ///< where it is published
};

/// In the order of the files. Throw std::logic_error where a file that was compiled in is malformed.
const std::vector<CheckExplained>& explained_checks();
const std::vector<CodeExplained>& explained_codes();
/// Null: nothing is said of it.
const CheckExplained* find_explained(std::string_view check);

/// A file as it was compiled in.
struct ExplanationFile {
    std::string name;  ///< of its suite: "tls"; or "codes"
    std::string text;
};
std::vector<ExplanationFile> explanation_files();

}  // namespace gateproof::suites
