// How messages as the build packs print them are judged.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/model/verdict.hpp"
#include "harness/probe/http/http.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// To the text of the WS-Addressing Action of an envelope.
inline constexpr std::string_view action_xpath =
    "string(/*[local-name()='Envelope']/*[local-name()='Header']/*[local-name()='Action' and "
    "namespace-uri()='http://www.w3.org/2005/08/addressing'])";

/// Where the element of a SOAP envelope's operation stands in its text.
struct OperationElement {
    std::size_t name_at;  ///< of its name, with the prefix
    std::size_t name_size;
    std::size_t content_at;  ///< behind its start tag
    std::size_t closing_at;  ///< of its end tag
};
/// Nothing for what is no envelope with a body and an element that is closed in it.
std::optional<OperationElement> operation_element(std::string_view envelope);

/// The SOAP envelope with nothing inside its operation's element, which no schema takes; nothing for what is no
/// envelope with a body.
std::optional<std::string> without_message(std::string_view envelope);

/// The envelope with this text in its softwarePlatform; nothing where it has no such element.
std::optional<std::string> of_other_platform(std::string_view envelope, std::string_view platform);

/// DELEG-ERROR: the request as it is, and of a platform that nobody onboarded; `shape`: how that is refused.
Verdict judge_other_platform(const Answer& good, const Tries& tries, const Answer& shape, const ErrorModel& model);

/// One request four times: with a good and a bad token, with a good and an empty message.
struct MessageAnswers {
    Answer good;
    Answer bad_message;
    Answer bad_token;
    Answer bad_both;
};
/// SOAP-ORDER: what is bad in both ways is refused for its token.
Verdict judge_schema_order(const MessageAnswers& answers, const ErrorModel& model);

/// SOAP-ACTION: of a request and of its answer; empty: there was none.
Verdict judge_action(std::string_view asked, std::string_view answered);

/// REST-METHOD: a documented POST, and the same by GET.
Verdict judge_get(const Answer& posted, const Answer& got);

/// STATUS-ALL
Verdict judge_status(const HttpOutcome& outcome, const Operation& operation);

}  // namespace gateproof::suites
