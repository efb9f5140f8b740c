// SOAP messages that no schema has, made of a good one, and how what cannot be read is answered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/http/http.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// The envelope with its common types in a version that there is none of; nothing where it does not name them.
std::optional<std::string> in_other_namespace(std::string_view envelope);

/// The envelope with another name in its Action and of its operation's element; nothing where the two do not go
/// together.
std::optional<std::string> of_unknown_operation(std::string_view envelope);

/// The envelope with softwarePlatform before softwareProvider, which the schema has the other way round; nothing where
/// it does not have the two one behind the other.
std::optional<std::string> in_other_order(std::string_view envelope);

/// Something that nobody can read as a SOAP envelope, and its answer.
struct UnreadableAnswer {
    std::string_view what;  ///< "malformed XML"
    HttpOutcome outcome;
    Answer reading;
};
/// SOAP-SCHEMA: refused, with an error that is no XML.
Verdict judge_unreadable(const Answer& good, const std::vector<UnreadableAnswer>& answers, const ErrorModel& model);

}  // namespace gateproof::suites
