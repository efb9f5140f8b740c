// How what came of client software is judged: one vocabulary for all families of its checks.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/run/client/context.hpp"

namespace gateproof::suites {

/// What something that must be refused is, and what to do where it was not.
struct Refusable {
    std::string_view what;    ///< "a certificate for another host"
    std::string_view remedy;  ///< begins small, as every remedy
};

/// Of one attempt. It was accepted where an application byte came, whatever the client says of itself; it was refused
/// where the client came with a ClientHello and ended the connection before one; a client that never came, or was
/// silent, refused nothing. A client that reports success although nothing reached the gateway is not believed.
Verdict judge_client_refused(const Attempt& attempt, const Refusable& shown);

/// A crash, which fails whatever it is about; what the client cannot do; and what nobody can say. Nothing: neither.
std::optional<Verdict> told_otherwise(const Attempt& attempt);
/// Nothing was served (`what` says so), so that a report of success means another gateway, or nothing.
std::optional<Verdict> reports_success(const Attempt& attempt, std::string_view what);

/// Of an attempt at a scene that every client has to cope with: served whole, and no failure reported.
Verdict judge_client_served(const Attempt& attempt, std::string_view what, std::string_view remedy);

/// Of an attempt at a scene whose answers are to be looked at: why there is nothing to look at. Nothing: a request was
/// answered, in part at least.
std::optional<Verdict> not_answered(const Attempt& attempt);
/// Of an attempt at which every answer was one that nobody may take for what was asked for. What the client made of it
/// leaves no trace on the wire: its own word decides, and without one nothing is judged. `taken`: what it is to take
/// it.
Verdict judge_not_taken(const Attempt& attempt, const Refusable& shown, Outcome taken = Outcome::fail);
/// What a clock says against the software says nothing where what it rests on was noted late by more than `margin`
/// (stage::Lateness): a failure or warning is inconclusive then, and tells so.
Verdict unless_late(Verdict verdict, std::chrono::milliseconds late, std::chrono::milliseconds margin);
/// A failure as a warning: of what should be, and what sound software in common use does not do.
Verdict advised(Verdict verdict);
/// The number of a SOAP message (WS-Addressing MessageID); empty: it has none.
std::string message_number_of(const stage::RequestSeen& request);
/// Two requests are one call where this is the same: method, target, and body but for the number of the message.
std::string call_of(const stage::RequestSeen& request);
/// Those that were kept, over all visits, in the order in which they came.
std::vector<const stage::RequestSeen*> requests_in_order(const Attempt& attempt);
/// The requests that came, over all visits.
std::size_t requests_of(const Attempt& attempt);

/// Changes one member of a twin.
using SceneChange = std::function<void(stage::Scene&, const ClientContext&)>;

/// A check that shows the twin with that change limits.repeat times, and passes where each was refused.
ClientCheck refuses(Refusable shown, SceneChange change, Twin twin = Twin::conforming);
/// The same of what should be refused, and what many sound clients accept as they are shipped: a warning.
ClientCheck should_refuse(Refusable shown, SceneChange change, Twin twin = Twin::conforming);
/// That check, whose failures are warnings.
ClientCheck as_advice(ClientCheck check);
/// A check that shows the twin with that change once, and passes where the client is served.
ClientCheck is_served(std::string_view what, std::string_view remedy, SceneChange change, Twin twin = Twin::conforming);

/// One case of a check: what is shown instead of which twin.
struct ShownCase {
    std::string_view name;   ///< of CheckCase
    std::string_view title;  ///< in one line
    Twin twin = Twin::conforming;
    SceneChange change = {};  ///< empty: the twin itself is shown
    ClientAct act = ClientAct::read;
};
/// What those cases are to a plan, which skips one whose act the software lacks, and the check that runs one of them.
CasesFunction cases_of(const std::vector<ShownCase>& cases);
std::vector<Twin> twins_of(const std::vector<ShownCase>& cases);
/// The change of the case that is run.
SceneChange change_of(const std::vector<ShownCase>& cases, const ClientContext& ctx);
ClientCheck refuses_each(Refusable shown, std::vector<ShownCase> cases);
ClientCheck is_served_in_each(std::string_view what, std::string_view remedy, std::vector<ShownCase> cases);
/// A check of its own that looks at what came of its case's scene.
using AttemptJudge = Verdict (*)(const Attempt&, const ClientContext&);
ClientCheck looks_at_each(AttemptJudge judge, std::vector<ShownCase> cases);

/// Every request is answered so.
SceneChange every_answer(stage::AnswerAct act);
/// A check that shows the twin with such answers, none of which may be taken for what was asked for.
ClientCheck is_not_taken(Refusable shown, std::vector<ShownCase> cases, Outcome taken = Outcome::fail);

/// What the software must be able to do for a check: "needs the act write; give client.trigger.command.write".
Need able_to(ClientAct act);

}  // namespace gateproof::suites
