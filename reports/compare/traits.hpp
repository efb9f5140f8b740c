// What a target showed in one run, gathered from evidence, and how two of those differ.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "reports/compare/compare.hpp"
#include "reports/view/retries.hpp"

namespace gateproof::reports {

struct TargetTraits {
    std::set<std::string> certificates;
    std::set<std::string> chain;
    std::set<std::string> acceptable_cas;
    std::set<std::string> tls_versions;                          ///< under which a request was answered
    std::map<std::string, std::set<std::string>> cipher_suites;  ///< accepted, by version
    std::set<std::string> groups;
    std::map<std::string, std::set<std::string>>
        offers;  ///< of client software: "groups" its ClientHello's, "User-Agent"
    std::map<std::string, std::set<std::string>> refusals;   ///< by check: "alert unknown_ca (48)", "HTTP 403"
    std::map<std::string, std::vector<RetryTimes>> retries;  ///< by check: a start each
    std::map<std::string, std::vector<double>> latencies;    ///< by request and answer, in microseconds

    /// Adds what the evidence of one check shows.
    void add(const CheckRecord& check, const CheckResult& result);
};

/// A trait that a side did not look at is no difference.
std::vector<TraitChange> trait_changes(const std::string& target, const TargetTraits& before, const TargetTraits& after,
                                       const LatencyRule& rule);

}  // namespace gateproof::reports
