// A check: one provable statement about an endpoint, and the coroutine that proves it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/requirement.hpp"
#include "harness/model/verdict.hpp"

namespace gateproof {

class Context;
struct Operation;
struct Profile;

/// How much a check intrudes on the endpoint. Production runs passive checks alone unless allowed otherwise.
enum class Intrusiveness {
    passive,  ///< what any client does: a handshake, a documented request
    active,   ///< malformed, forged or refused on purpose, or holds resources open
    load,     ///< many requests at a rate
};
std::string_view to_string(Intrusiveness intrusiveness);

/// What a profile must offer for a check to be possible; a missing one makes the plan skip it, with the reason.
enum class Need {
    enrolled_identity,   ///< identities.enrolled
    second_identity,     ///< identities.second
    issuer,              ///< issuer: a test CA that issues what must be refused
    identity_operation,  ///< identity.operation: an answer that says whom the gateway takes us for
    // A role that the profile fills, or an issuer that can issue it.
    unenrolled_identity,
    expired_identity,
    not_yet_valid_identity,
    wrong_eku_identity,
    revoked_identity,            ///< identities.revoked: nobody can make one on the fly
    other_environment_identity,  ///< identities.other_environment
    not_entitled_operation,      ///< not_entitled: an operation that the enrolled identity must be refused
    server_trust,                ///< a CA to judge the server's chain by (always there unless trust is "none")
};

/// Who vouches that the endpoint is alive and serves us while this check looks at a refusal.
enum class Control {
    bracket,  ///< the runner proves service before and after; a pass without both becomes inconclusive
    before,   ///< proven before only (the check itself observes a success)
    /// Like bracket, but the check runs even where the control fails: what it fails on is a service that it observes
    /// itself (an answer in clear on a port that should speak TLS), which no dead endpoint could fake.
    for_pass,
    none,  ///< local or self-proving: it can only pass by observing a success
};

using CheckFunction = boost::asio::awaitable<Verdict> (*)(Context&);

/// Why a profile offers not what the check needs, and how to provide it ("needs ...; give ... in the profile");
/// empty: it does. For what only one family asks; the rest is a Need.
using UnmetFunction = std::string (*)(const Profile&);

/// How long a check may take with this profile, where limits.check_deadline is not the measure (timeouts, load).
using DeadlineFunction = std::chrono::milliseconds (*)(const Profile&);

/// One of the cases that a profile lists as data (permission cases): a test case of its own in every report.
struct CheckCase {
    std::string name;        ///< [a-z0-9-]+, unique within check and profile; reports file the case by it
    std::string title;       ///< what is asked and expected, in one line
    std::string unmet = {};  ///< what the profile lacks for this case alone, as UnmetFunction says it; empty: nothing
};
/// The cases of a check with this profile, in the profile's order; Context::case_index() tells the check which one
/// it runs. None: the check is planned once, and its `unmet` says why it is skipped.
using CasesFunction = std::vector<CheckCase> (*)(const Profile&);

/// The operations that a check sends to the profile's endpoint, apart from the control: where one of them carries a
/// secret and nothing can prove the endpoint, the plan skips the check.
using OperationsFunction = std::vector<const Operation*> (*)(const Profile&);

struct Check {
    std::string_view id;     ///< "tls.refuses-1.1": suite, dot, check; stable across releases
    std::string_view title;  ///< "TLS 1.1 is refused"
    std::vector<std::string_view> requirements;
    CheckFunction run = nullptr;
    Intrusiveness intrusiveness = Intrusiveness::passive;
    Control control = Control::bracket;
    std::vector<Channel> channels = {};          ///< empty: every channel
    std::vector<Environment> environments = {};  ///< empty: every environment
    std::vector<Need> needs = {};
    /// Checks of one target that name the same resource never overlap; empty: free.
    std::string_view resource = {};
    UnmetFunction unmet = nullptr;        ///< null: the needs say it all
    DeadlineFunction deadline = nullptr;  ///< null: limits.check_deadline
    CasesFunction cases = nullptr;        ///< null: one run of the check for each target
    OperationsFunction sends = nullptr;   ///< null: none but the control
    /// What it fails on is a ServerHello that it has seen itself, whoever the server may be: it runs also where the
    /// control could not be made since it carries a secret and the server did not prove itself. It cannot pass then.
    bool judges_hellos_alone = false;

    /// "tls" of "tls.refuses-1.1".
    [[nodiscard]] std::string_view suite() const { return id.substr(0, id.find('.')); }
};

/// A requirement family: its checks in the order that reports show.
struct Suite {
    std::string_view id;     ///< "tls"
    std::string_view title;  ///< "TLS versions, cipher suites and protocol hygiene"
    std::vector<Check> checks;
};

/// Every requirement and suite the program knows: an explicit list, made by suites/catalogue.cpp.
struct Catalogue {
    std::vector<Requirement> requirements;
    std::vector<Suite> suites;

    [[nodiscard]] const Requirement* requirement(std::string_view id) const;
    [[nodiscard]] const Check* check(std::string_view id) const;
};

}  // namespace gateproof
