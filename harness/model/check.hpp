// A check: one provable statement about an endpoint, and the coroutine that proves it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/model/requirement.hpp"
#include "harness/model/side.hpp"
#include "harness/model/verdict.hpp"

namespace gateproof {

class ClientContext;
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

/// What a profile must offer for a check to be possible. One that is lacking makes the plan skip the check, and says
/// why.
struct Need {
    std::string_view name;  ///< "second identity": for lists of what is needed
    /// What the profile lacks and how to provide it ("needs ...; give ... in the profile"); empty: nothing.
    std::function<std::string(const Profile&)> lack;
    Skip skip = Skip::not_tried;  ///< what it means where it is lacking
};

/// How a check bears on a requirement.
struct Bearing {
    std::string_view requirement;  ///< its id
    /// The check proves what the requirement says; one that adds to it makes it stricter. A requirement is whole only
    /// when all that decide it were judged.
    bool decides = true;
};
constexpr Bearing decides(std::string_view requirement) {
    return {requirement, true};
}
constexpr Bearing adds(std::string_view requirement) {
    return {requirement, false};
}

/// Who vouches that the endpoint is alive and serves us while this check looks at a refusal.
enum class Control {
    bracket,  ///< the runner proves service before and after; a pass without both becomes inconclusive
    before,   ///< proven before only (the check itself observes a success)
    /// Like bracket, but the check runs even where the control fails: what it fails on is a service that it observes
    /// itself (an answer in clear on a port that should speak TLS), which no dead endpoint could fake.
    for_pass,
    none,  ///< local or self-proving: it can only pass by observing a success
};

/// The coroutine that proves a statement about a gateway. It is called once for each run of the check; what it captures
/// lives as long as the catalogue. A lambda here is no coroutine itself: it calls one with its captures by value.
using GatewayCheck = std::function<boost::asio::awaitable<Verdict>(Context&)>;
/// The conforming scenes of a stage that a check of client software is compared with: what it shows differs from its
/// twin in one thing, and the software has to be served by the twin before and behind that.
enum class Twin {
    conforming,  ///< TLS 1.2 and 1.3, a certificate of EC P-256
    tls_1_2,     ///< TLS 1.2 alone
    tls_1_3,     ///< TLS 1.3 alone
    rsa,         ///< TLS 1.2 and 1.3, a certificate of RSA 2048
};
std::string_view to_string(Twin twin);

/// The same for a statement about client software, which calls a stage of the harness.
struct ClientCheck {
    std::function<boost::asio::awaitable<Verdict>(ClientContext&)> run;
    std::vector<Twin> twins{Twin::conforming};  ///< of each of its cases, or one for all of them
};

/// How long a check may take with this profile, where limits.check_deadline is not the measure (timeouts, load).
using DeadlineFunction = std::function<std::chrono::milliseconds(const Profile&)>;

/// One of the cases that a profile lists as data (permission cases): a test case of its own in every report.
struct CheckCase {
    std::string name;        ///< [a-z0-9-]+, unique within check and profile; reports file the case by it
    std::string title;       ///< what is asked and expected, in one line
    std::string unmet = {};  ///< what the profile lacks for this case alone, as Need::lack says it; empty: nothing
};
/// The cases of a check with this profile, in the profile's order; Context::case_index() tells the check which one
/// it runs. None: the check is planned once, and one of its needs says why it is skipped.
using CasesFunction = std::function<std::vector<CheckCase>(const Profile&)>;

/// The operations that a check sends to the profile's endpoint, apart from the control: where one of them carries a
/// secret and nothing can prove the endpoint, the plan skips the check.
using OperationsFunction = std::function<std::vector<const Operation*>(const Profile&)>;

struct Check {
    std::string_view id;     ///< "tls.refuses-1.1": suite, dot, check; stable across releases
    std::string_view title;  ///< what must hold: "TLS 1.1 must be refused"
    std::vector<Bearing> requirements;
    std::variant<GatewayCheck, ClientCheck> run;  ///< its type says whose software the check judges
    Intrusiveness intrusiveness = Intrusiveness::passive;
    Control control = Control::bracket;
    std::vector<Channel> channels = {};          ///< empty: every channel
    std::vector<Environment> environments = {};  ///< empty: every environment
    /// What the mock environment does not have, so that the check says nothing of it: "it knows no delegations". Empty:
    /// the check applies to it as well.
    std::string_view mock_lacks = {};
    std::vector<Need> needs = {};  ///< asked in this order; the first that is lacking is the reason
    /// Checks of one target that name the same resource never overlap; empty: free.
    std::string_view resource = {};
    DeadlineFunction deadline = {};  ///< empty: limits.check_deadline
    CasesFunction cases = {};        ///< empty: one run of the check for each target
    OperationsFunction sends = {};   ///< empty: none but the control
    /// What it fails on is a ServerHello that it has seen itself, whoever the server may be and whatever else it
    /// serves: it runs also where the control fails, since a server of old versions or of no encryption alone is one
    /// that the control cannot speak to. It cannot pass then.
    bool judges_hellos_alone = false;

    /// "tls" of "tls.refuses-1.1".
    [[nodiscard]] std::string_view suite() const { return id.substr(0, id.find('.')); }
    [[nodiscard]] Side side() const { return run.index() == 0 ? Side::gateway : Side::client; }
};

/// The check proves a refusal beside a service: what it sends may be taken ill.
[[nodiscard]] inline bool proves_refusals(const Check& check) {
    return check.control == Control::bracket || check.control == Control::for_pass;
}

/// What the checks of a family have in common; a row says only what is its own.
struct CheckFamily {
    std::vector<Bearing> requirements = {};
    Intrusiveness intrusiveness = Intrusiveness::passive;
    Control control = Control::bracket;
    std::vector<Channel> channels = {};
    std::vector<Environment> environments = {};
    std::string_view mock_lacks = {};
    std::vector<Need> needs = {};
    std::string_view resource = {};
    DeadlineFunction deadline = {};
    OperationsFunction sends = {};
    bool judges_hellos_alone = false;
};

/// A check in one place. What is left out is the family's, and needs are added to the family's.
struct CheckRow {
    std::string_view id;
    std::string_view title;
    std::vector<Bearing> requirements = {};
    std::variant<GatewayCheck, ClientCheck> run = {};
    std::optional<Intrusiveness> intrusiveness = {};
    std::optional<Control> control = {};
    std::vector<Channel> channels = {};
    std::vector<Environment> environments = {};
    std::string_view mock_lacks = {};
    std::vector<Need> needs = {};
    std::string_view resource = {};
    DeadlineFunction deadline = {};
    CasesFunction cases = {};
    OperationsFunction sends = {};
    bool judges_hellos_alone = false;
};

/// The rows as checks, in their order.
std::vector<Check> checks(const CheckFamily& family, std::vector<CheckRow> rows);

/// A requirement family: its checks in the order that reports show.
struct Suite {
    std::string_view id;     ///< "tls"
    std::string_view title;  ///< "TLS versions, cipher suites and protocol hygiene"
    std::vector<Check> checks;
};

/// A state of the catalogue that has a name: the checks that it had then. A run that is asked to judge by it leaves out
/// what is newer.
struct CatalogueVersion {
    std::string_view name;                     ///< "2026-11"
    std::span<const std::string_view> checks;  ///< ids, which outlive the catalogue

    [[nodiscard]] bool has(std::string_view check) const;
};

/// Every requirement and suite the program knows: an explicit list, made by suites/catalogue.cpp.
struct Catalogue {
    std::vector<Requirement> requirements;
    std::vector<Suite> suites;
    std::vector<Document> documents = {};         ///< that the requirements name
    std::vector<CatalogueVersion> versions = {};  ///< oldest first

    [[nodiscard]] const Requirement* requirement(std::string_view id) const;
    [[nodiscard]] const Check* check(std::string_view id) const;
    [[nodiscard]] const Document* document(std::string_view id) const;
    [[nodiscard]] const CatalogueVersion* version(std::string_view name) const;
    /// Name of the first version that has the check; empty: it is newer than them all.
    [[nodiscard]] std::string_view since(const Check& check) const;
    /// The same for a requirement: of the first version that has a check of it.
    [[nodiscard]] std::string_view since(const Requirement& requirement) const;
    /// "Service endpoints (Inland Revenue, 2021-04-28), cloud endpoint; RFC 8996 (2021-03)".
    [[nodiscard]] std::string source_of(const Requirement& requirement) const;
};

}  // namespace gateproof
