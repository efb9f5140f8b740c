// What descriptions of messages say of one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace gateproof {

/// What a schema says of a value.
struct SchemaFinding {
    enum class Result {
        fits,
        breaks,
        unknown,  ///< a keyword that nobody here knows, or a bound was reached, and the rest does not decide it
    };
    Result result = Result::fits;
    std::vector<std::string> problems;  ///< "/Customer/ID: a number, where the schema has string"; where it breaks
    std::vector<std::string> open;      ///< what was not judged: "the keyword patternProperties"

    [[nodiscard]] bool fits() const { return result == Result::fits; }
    [[nodiscard]] bool breaks() const { return result == Result::breaks; }
};

/// Problems of one value that are told.
inline constexpr std::size_t most_schema_problems = 8;

/// One more line, unless it is there already or there are enough.
inline void note(std::vector<std::string>& lines, std::string more) {
    if (lines.size() < most_schema_problems && std::ranges::find(lines, more) == lines.end()) {
        lines.push_back(std::move(more));
    }
}

/// What a description says of one answer.
struct AnswerFinding {
    SchemaFinding schema;  ///< where `silent` is empty
    /// Why nothing was judged: "it has no answer HTTP 416 for POST /list". The description says nothing of this one.
    std::string silent;
};

}  // namespace gateproof
