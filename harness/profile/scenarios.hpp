// Scenarios of test report templates: how those rows are asked that a profile has run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/model/scenario.hpp"
#include "harness/profile/permission_case.hpp"

namespace gateproof {

/// How a row is asked, and which answer it expects.
struct ScenarioCall {
    /// A list in the answer whose items must not fall.
    struct Order {
        std::string pointer;  ///< JSON pointer of the list
        std::string by;       ///< and, in each of its items, of the text by which they are in order
    };
    /// One more request of a row that is about several operations.
    struct Further {
        std::string operation;
        Placeholders with;
    };

    std::string operation;  ///< key of Profile::operations
    std::string subject;    ///< as PermissionCase::subject, or `nobody`, `invalid` or `expired`
    Placeholders with;
    std::string error;              ///< name of an error model, which says where the code stands
    std::vector<std::string> code;  ///< any of these refuses as it should; none: it must be served
    std::vector<int> status;        ///< any of these; none: whatever HTTP says
    std::vector<AnswerValue> body;  ///< values that the answer must have; without texts any that is not empty
    std::optional<Order> ascending;
    std::vector<Further> also;  ///< sent after it, and each to be answered as it is
    std::string beside;  ///< key of a served row of the same table without which a refusal proves nothing; may be empty

    /// No token is sent.
    static constexpr const char* nobody = "nobody";
    /// What is sent for a token is none.
    static constexpr const char* invalid = "invalid";
    /// The token of this role of oauth.tokens is sent; without one what `invalid` sends, and the verdict says so.
    static constexpr const char* expired = "expired";

    /// The subject is somebody who needs an access token.
    [[nodiscard]] bool of_user() const;
    [[nodiscard]] bool refuses() const { return !code.empty(); }
    /// Every request of the row as a call of its own, in the order in which they are sent.
    [[nodiscard]] std::vector<ScenarioCall> requests() const;
};

/// A template as a profile has it; `calls` are those of its rows, empty where a row is filled in by hand.
struct Scenarios {
    ScenarioTable table;
    std::vector<std::optional<ScenarioCall>> calls;

    /// The call of the row of this key; null: there is no such row, or it is filled in by hand.
    [[nodiscard]] const ScenarioCall* find(const std::string& key) const;
};

/// A row that is asked.
struct AskedRow {
    const Scenarios* table = nullptr;
    const ScenarioRow* row = nullptr;
    const ScenarioCall* call = nullptr;
};

/// Those of all templates that apply and have a call, in their order. They live as long as `all`.
std::vector<AskedRow> asked_rows(const std::vector<Scenarios>& all);

}  // namespace gateproof
