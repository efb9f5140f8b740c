// A run as its journal tells it: the plain data that every report is made from.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/evidence.hpp"
#include "harness/model/verdict.hpp"

namespace gateproof {

struct RequirementRecord {
    std::string id;
    std::string sentence;
    std::string source;
    std::string level;                       ///< "must" or "should"
    std::vector<std::string> channels = {};  ///< of which it is asked; empty: every channel
};

struct CheckResult {
    Outcome outcome = Outcome::inconclusive;
    std::string sentence;
    std::string remedy;
    std::chrono::system_clock::time_point started;
    std::chrono::milliseconds duration{0};
    bool flaky = false;  ///< a control had to be retried
    std::vector<Observation> evidence;
    std::size_t observations_dropped = 0;
};

struct CheckRecord {
    std::string target;  ///< profile name
    std::string suite;
    std::string id;
    std::string title;                      ///< of the case, where the check has cases
    std::vector<std::string> requirements;  ///< ids; look up in RunRecord::requirements
    std::string skip_reason;                ///< empty: the plan says run
    std::optional<CheckResult> result;      ///< empty: planned to run, but the run ended first
    std::string case_name = {};             ///< of a check whose cases are data of the profile; empty: it has none
    std::string scenario = {};              ///< "positive": a service is proven; "negative": a refusal

    /// "permission.outcome[other-customer]"; the bare id for a check without cases. Unique within a target.
    [[nodiscard]] std::string full_id() const;
};

/// A certificate that a profile gives, so that reports can say when it expires. Never its key.
struct CertificateRecord {
    std::string role;  ///< of the identity: "enrolled", "second" ...
    std::string subject;
    std::string issuer;
    std::string sha256;  ///< fingerprint, upper-case hex
    std::optional<std::chrono::system_clock::time_point> not_before;
    std::optional<std::chrono::system_clock::time_point> not_after;
};

struct TargetRecord {
    std::string name;
    std::string title;
    std::string environment;
    std::string channel;
    std::string url;
    std::string profile_file;
    std::vector<CertificateRecord> identities = {};  ///< client certificates, by role
};

struct RunRecord {
    int schema = 1;
    std::string tool_version;
    std::string hostname;
    std::chrono::system_clock::time_point started;
    std::optional<std::chrono::system_clock::time_point> ended;  ///< empty: the run was killed
    std::string end_reason;  ///< "complete", "interrupted", "deadline"; empty: killed
    std::uint64_t seed = 0;
    double timeout_scale = 1;  ///< --timeout-scale: every time of the profiles' `timeouts` was multiplied by it
    std::vector<TargetRecord> targets;
    std::map<std::string, RequirementRecord> requirements;
    std::map<std::string, std::string> suites;  ///< titles by suite id
    std::vector<CheckRecord> checks;            ///< in the order of the plan

    /// The outcome to report: the result's; skipped where the plan says so; inconclusive ("not run: ...") where the
    /// run ended before the check did.
    [[nodiscard]] CheckResult result_of(const CheckRecord& check) const;
    /// How many checks have that outcome, by result_of.
    [[nodiscard]] std::size_t count(Outcome outcome) const;
};

}  // namespace gateproof
