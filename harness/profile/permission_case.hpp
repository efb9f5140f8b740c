// Permission cases: who asks for what, and what the answer must be; and how an error is told from a served answer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/profile/causes.hpp"

namespace gateproof {

/// What `{name}` in an operation's path and body stands for.
using Placeholders = std::map<std::string, std::string>;

/// A value inside an answer, and the texts that it may have.
struct AnswerValue {
    std::string pointer;  ///< JSON pointer (RFC 6901); empty: `xpath` leads to it
    std::string xpath;    ///< XPath 1.0, evaluated to a string
    std::vector<std::string> equals;
};

/// How an operation says no (DELEG-ERROR). The code stands in the same place whatever the reason.
struct ErrorModel {
    /// One reason: the HTTP statuses that belong to it, and the codes.
    struct Reason {
        std::vector<int> status;
        std::vector<std::string> codes;
    };
    std::string name;  ///< "rest"
    std::string pointer;
    std::string xpath;
    std::vector<std::string> success;      ///< values that stand there in a served answer: "0"
    Reason not_permitted;                  ///< no delegation, and no such customer
    std::optional<Reason> unknown;         ///< no such customer, where that is told apart by contract
    std::optional<Reason> not_onboarded;   ///< of a software provider or product that is not as it was enrolled
    std::optional<Reason> no_token;        ///< empty: not documented
    std::optional<Reason> invalid_token;   ///< expired, forged, revoked, of another environment
    std::optional<Reason> unwanted_token;  ///< any token, of a service that the client certificate alone opens
    /// Of what was asked for, which says nothing of the right to ask: refusals for these reasons are judged where they
    /// are provoked, and are unclear elsewhere.
    std::optional<Reason> invalid_number;     ///< an IRD number with a wrong check digit
    std::optional<Reason> invalid_message;    ///< it does not fit the schema
    std::optional<Reason> unknown_operation;  ///< of a SOAP service
};

/// A known answer: what the target's record holds, as a served case shows it.
struct KnownRecord {
    std::string shown_by;             ///< name of a served case; empty: `values` alone
    std::vector<std::string> fields;  ///< pointers or XPaths of that case's answer that must never leak
    std::vector<std::string> values;  ///< further values that must never leak
};

struct PermissionCase {
    /// Which check it is a case of.
    enum class Kind {
        own,       ///< served
        customer,  ///< of another customer: refused
        account,   ///< of another account of a customer: refused
        write,     ///< a change without the right to it: refused
        batch,     ///< one item allowed, one not: each answered for itself
    };
    std::string name;  ///< [a-z0-9-]+
    Kind kind = Kind::own;
    /// Role of a user, "m2m", or who is known by the client certificate alone: "certificate", the enrolled one, and
    /// "tds", the one for summary and batch requests of TDS.
    std::string subject;
    std::string operation;  ///< key of Profile::operations
    Placeholders with;
    std::string control;  ///< name of the served case that shows that the same subject is served; empty for Kind::own
    std::string error;    ///< name of an error model; empty for Kind::own without one
    std::optional<Placeholders> unknown;  ///< the same target that does not exist, for the existence oracle
    std::optional<KnownRecord> record;
    std::optional<AnswerValue> allowed;  ///< Kind::batch: the item that is served
    std::optional<AnswerValue> refused;  ///< Kind::batch: the item that is not

    /// The subject is a user, who needs an access token.
    [[nodiscard]] bool of_user() const { return subject != "m2m" && subject != "certificate" && subject != "tds"; }
    [[nodiscard]] bool refuses() const { return kind != Kind::own && kind != Kind::batch; }
};
std::string_view to_string(PermissionCase::Kind kind);

struct Permissions {
    std::map<std::string, ErrorModel> errors;  ///< by name; the profile's own, which go before documented_errors()
    CausesByCode causes;                       ///< the profile's own, which go before published_causes()
    std::vector<PermissionCase> cases;         ///< in the order of the profile

    /// Null: there is none of this name.
    [[nodiscard]] const PermissionCase* find(std::string_view name) const;
    [[nodiscard]] const ErrorModel* model(const std::string& name) const;
    [[nodiscard]] const ErrorModel* model_of(const PermissionCase& one) const { return model(one.error); }
};

/// As published by June 2024, by service: customer (also account, address, bank, contact, name, period, BIC), document,
/// notifications, income, bill, pir, tds, irv (the validation of IRD numbers, which knows neither tokens nor
/// delegations; code at /errors/0/code), soap (statusCode of the body); and rest, which is customer with either status
/// for tokens.
const std::map<std::string, ErrorModel>& documented_errors();

/// `{name}` replaced by its value; names that are not there stay as they are.
std::string filled_in(std::string_view text, const Placeholders& values);
/// The names that `{name}` asks for: lower-case letters, digits and '_', a letter first.
std::vector<std::string> placeholders_in(std::string_view text);

}  // namespace gateproof
