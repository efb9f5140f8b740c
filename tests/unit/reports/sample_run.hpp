// Runs for the tests of reports: one with every outcome, and pieces to build others.
#pragma once

#include <string>

#include "harness/journal/codec.hpp"
#include "harness/journal/record.hpp"

namespace gateproof::reports {

inline std::chrono::system_clock::time_point noon() {
    return *parse_iso_time("2026-02-03T12:00:00.000Z");
}

inline CheckResult result_with(Outcome outcome, std::string sentence, std::string remedy = {}) {
    CheckResult result;
    result.outcome = outcome;
    result.sentence = std::move(sentence);
    result.remedy = std::move(remedy);
    result.started = noon() + std::chrono::milliseconds(100);
    result.duration = std::chrono::milliseconds(1234);
    return result;
}

inline CheckRecord check_with(std::string target, std::string id, CheckResult result) {
    const std::string suite = id.substr(0, id.find('.'));
    return {{suite, std::move(id), "a title", {"CLOUD-TLS-MIN"}}, std::move(target), "", std::move(result)};
}

inline RunRecord empty_run() {
    RunRecord run;
    run.tool_version = "0.1.0";
    run.hostname = "builder";
    run.started = noon();
    run.ended = noon() + std::chrono::seconds(3);
    run.end_reason = EndReason::complete;
    run.seed = 42;
    run.requirements["CLOUD-TLS-MIN"] = {"CLOUD-TLS-MIN", "TLS 1.2 is the lowest version negotiated", "SE; RFC 8996",
                                         Level::must};
    run.targets.push_back({"cloud", "Cloud", "test", "cloud", "https://gateway.example:4046", "cloud.json"});
    run.targets.push_back({"desktop", "Desktop", "test", "desktop", "https://gateway.example", ""});
    return run;
}

/// Two targets, two suites, every outcome.
inline RunRecord sample_run() {
    RunRecord run = empty_run();
    CheckResult broken = result_with(Outcome::fail, "negotiated TLS 1.1", "disable TLS 1.1");
    broken.evidence.push_back({"alert", broken.started + std::chrono::milliseconds(12), {}});
    broken.evidence.back().with("level", 2).with("name", "protocol_version (70)");
    run.checks = {
        check_with("cloud", "tls.refuses-1.1", broken),
        check_with("cloud", "tls.accepts-1.2", result_with(Outcome::pass, "served")),
        check_with("cloud", "server.validity", result_with(Outcome::warning, "expires in 12 days", "renew it")),
        check_with("cloud", "tls.refuses-1.0", result_with(Outcome::inconclusive, "no answer within 10 s")),
        check_with("desktop", "tls.refuses-1.1", result_with(Outcome::error, "out of descriptors")),
        {{"tls", "tls.accepts-1.2", "a title", {"CLOUD-TLS-MIN"}}, "desktop", "not for desktop"},
    };
    return run;
}

/// An endpoint that shut us out before three checks came to their turn.
inline RunRecord cut_off_run() {
    RunRecord run = empty_run();
    for (const char* const id : {"tls.a", "tls.b", "tls.c"}) {
        run.checks.push_back({{"tls", id, "a title"}, "cloud"});
    }
    run.targets[0].cut_off = CutOff{noon(), {"mtls.a"}, "connection reset"};
    run.end_reason = EndReason::cut_off;
    return run;
}

inline KnownList known_list(std::vector<KnownFailure> failures, std::chrono::sys_days day) {
    return {.failures = std::move(failures), .name = "known.json", .sha256 = std::string(64, 'a'), .judged = day};
}

}  // namespace gateproof::reports
