// What reports say beside a finding of what its check does: texts of this program, which whoever makes a report hands
// in, since a journal has none.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof::reports {

/// A part of what is said of something.
struct ExplainedPart {
    std::string key;                 ///< "sent": for programs
    std::string heading;             ///< "What is sent"
    std::vector<std::string> lines;  ///< a paragraph each
};

/// A document that requirements come from, and where it is to be read.
struct ExplainedDocument {
    std::string code;     ///< "SE"
    std::string title;    ///< "Service endpoints (Inland Revenue, 2021-04-28)"
    std::string address;  ///< empty: it has none
};

struct Explainer {
    /// Of the check of this id, without its case; nothing: it is not known.
    std::function<std::vector<ExplainedPart>(std::string_view check)> check;
    std::vector<ExplainedDocument> documents;
};

}  // namespace gateproof::reports
