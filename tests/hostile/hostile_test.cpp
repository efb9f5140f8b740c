// Hostile peers times every check: each ends in its deadline with a verdict, nothing crashes, nothing grows without
// bound, and nobody is believed who proves nothing.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <malloc.h>

#include <fstream>
#include <pugixml.hpp>
#include <set>

#include "harness/profile/read/load.hpp"
#include "harness/run/runner.hpp"
#include "profiles/builtin.hpp"
#include "reports/formats/console.hpp"
#include "reports/formats/junit.hpp"
#include "suites/catalogue.hpp"
#include "tests/hostile/world.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;

/// Few enough that honest answers come in time, on a slow machine too.
constexpr std::size_t checks_at_once = 48;
constexpr auto probe_timeout = 600ms;
constexpr auto check_deadline = 4000ms;
/// What the machine may add to a deadline when other tests run beside this one, with what a check waits for its turn
/// among fifteen thousand, which is not counted in it.
constexpr auto late = 5000ms;
/// In flight: 48 checks, each with bodies and headers of a mebibyte, on both sides of the wire in one process.
constexpr long peak_bound_kib = 768L * 1024;
/// Kept: the record of some thousand checks with their evidence. 5 to 7 KiB for each were measured of `http`; what the
/// allocator keeps of it differs by tens of MiB from run to run.
constexpr long kept_kib_of_a_check = 9;

long resident_kib(const char* field) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(field)) {
            return std::strtol(line.c_str() + std::string_view(field).size(), nullptr, 10);
        }
    }
    return 0;
}

class Hostile : public testing::TestWithParam<std::string> {
protected:
    /// The built-in profile with every address that of the peer.
    Profile profile_of(std::string_view builtin, const std::string& name, std::uint16_t port) const {
        LoadOptions options;
        options.embedded = [this, port](std::string_view reference) -> std::optional<std::string> {
            constexpr std::string_view scheme = "embedded:";
            if (reference.starts_with(scheme)) {
                reference.remove_prefix(scheme.size());
            }
            if (reference.ends_with("-url")) {
                return fmt::format("{}://localhost:{}", reference == "http-url" ? "http" : "https", port);
            }
            if (reference.ends_with("-port")) {
                return std::to_string(port);
            }
            if (reference == "ca.pem") {
                return world_.root() + gateway_.reference(reference).value_or("");
            }
            return gateway_.reference(reference);
        };
        LoadedProfile loaded = load_profile_text(find_builtin(builtin)->text, name, {}, options);
        if (!loaded.profile) {
            throw std::runtime_error(loaded.problems.front().text());
        }
        loaded.profile->name = name;
        loaded.profile->limits.connect_timeout = probe_timeout;
        loaded.profile->limits.probe_timeout = probe_timeout;
        loaded.profile->limits.check_deadline = check_deadline;
        loaded.profile->limits.concurrent_connections = 64;
        loaded.profile->limits.cut_off_after = 0;  // who is hostile in turn would be left alone
        if (GetParam() == "http" || GetParam() == "document") {
            // Behind the handshake a peer answers each try alike, so once is enough; what asking on costs is seen
            // below.
            loaded.profile->limits.repeat = 1;
        }
        return std::move(*loaded.profile);
    }

    void add(std::string_view builtin, const Script& script, When when) {
        const std::uint16_t port = world_.add(script, when, builtin == "embedded-cloud");
        const std::string name = fmt::format("{}-{}{}", script.name, when == When::always ? "always" : "in-turn",
                                             builtin == "embedded-cloud" ? "" : "-desktop");
        targets_.push_back(profile_of(builtin, name, port));
        always_.push_back(when == When::always);
    }

    const gateway::Gateway gateway_;
    HostileWorld world_{gateway_};
    std::vector<Profile> targets_;
    std::vector<bool> always_;  ///< by target: not one of its connections is honest
};

std::vector<Script> scripts_of(const std::string& level) {
    return level == "transport" ? transport_scripts()
           : level == "tls"     ? tls_scripts()
           : level == "http"    ? http_scripts()
                                : document_scripts();
}

std::chrono::milliseconds deadline_of(const Check& check, const Profile& profile) {
    return check.deadline ? check.deadline(profile) : profile.limits.check_deadline;
}

/// Refusals that are judged by an answer: a peer that answers everybody alike, without sense, refuses nobody.
bool claims_refusal_by_answer(const CheckRecord& check) {
    static const std::set<std::string> by_answer{"mtls", "oauth", "m2m", "permission"};
    return by_answer.contains(check.suite) && check.id.ends_with("-refused");
}

bool vouched_for(const CheckResult& result) {
    return result.observations_dropped > 0 || std::ranges::any_of(result.evidence, [](const Observation& seen) {
               const auto holds = [&seen](std::string_view name, const FieldValue& value) {
                   return std::ranges::find(seen.fields, std::pair{std::string(name), value}) != seen.fields.end();
               };
               return seen.kind == "control" && holds("phase", FieldValue(std::string("after"))) &&
                      holds("served", FieldValue(true));
           });
}

TEST_P(Hostile, EveryCheckEndsInItsDeadlineWithAVerdict) {
    const std::vector<Script> scripts = scripts_of(GetParam());
    const bool by_request = GetParam() == "http" || GetParam() == "document";
    for (const Script& script : scripts) {
        add("embedded-cloud", script, When::always);
        add("embedded-cloud", script, When::in_turn);
        if (by_request) {
            add("embedded-desktop", script, When::in_turn);
        }
    }
    world_.start();
    Selection everything;
    everything.allow_active = true;
    everything.allow_load = true;
    const Plan plan = make_plan(suites::catalogue(), std::move(targets_), everything);
    RunOptions options;
    options.seed = 1;
    options.jobs = checks_at_once;
    JournalWriter journal;
    RunObserver observer;
    const long before = resident_kib("VmRSS:");
    const RunRecord record = run(plan, suites::catalogue(), journal, options, observer);
    const long peak = resident_kib("VmHWM:");
    ::malloc_trim(0);  // what is free is not kept
    const long after = resident_kib("VmRSS:");

    ASSERT_EQ(record.end_reason, EndReason::complete);
    std::map<std::string, std::size_t> said;
    for (std::size_t index = 0; index < record.checks.size(); ++index) {
        const CheckRecord& check = record.checks[index];
        const PlannedCheck& planned = plan.checks[index];
        const CheckResult result = record.result_of(check);
        const std::string what = fmt::format("{} {}: {} ({})", check.target, check.full_id(), to_string(result.outcome),
                                             result.sentence.substr(0, 500));
        ++said[std::string(to_string(result.outcome))];
        EXPECT_NE(result.outcome, Outcome::error) << what;
        EXPECT_FALSE(result.sentence.empty()) << what;
        EXPECT_LT(result.duration, deadline_of(*planned.check, plan.targets[planned.target]) + late) << what;
        const bool leans = planned.check->control == Control::bracket || planned.check->control == Control::for_pass;
        if (leans && result.outcome == Outcome::pass) {
            EXPECT_TRUE(vouched_for(result)) << what << ": nobody proved that the endpoint was alive";
        }
        if (by_request && always_[planned.target] && claims_refusal_by_answer(check)) {
            EXPECT_NE(result.outcome, Outcome::pass) << what << ": an answer without sense is no refusal";
        }
    }
    EXPECT_LT(peak - before, peak_bound_kib);
    EXPECT_LT(after - before, kept_kib_of_a_check * static_cast<long>(record.checks.size()));
    for (const auto& [outcome, count] : said) {
        RecordProperty(outcome, std::to_string(count));
        fmt::print("{}: {} {}\n", GetParam(), count, outcome);
    }
    RecordProperty("behaviours", std::to_string(scripts.size()));
    RecordProperty("growth_kib", std::to_string(peak - before));
    fmt::print("{}: {} behaviours, {} targets, {} checks, {} MiB kept, {} at the peak\n", GetParam(), scripts.size(),
               plan.targets.size(), record.checks.size(), (after - before) / 1024, (peak - before) / 1024);

    // What a peer said reaches XML and terminals as text alone.
    pugi::xml_document document;
    const std::string xml = reports::junit_report(record);
    EXPECT_TRUE(document.load_buffer(xml.data(), xml.size())) << "the JUnit report is no XML";
    for (const char byte : xml + reports::console_summary(record, {}, {})) {
        const auto c = static_cast<unsigned char>(byte);
        ASSERT_TRUE(c >= 0x20 || c == '\n' || c == '\t') << "a control character in a report: " << int{c};
    }
}

INSTANTIATE_TEST_SUITE_P(Level, Hostile, testing::Values("transport", "tls", "http", "document"),
                         [](const auto& parameter) { return parameter.param; });

TEST(HostileTable, HoldsSixtyBehavioursAndMoreEachOnce) {
    std::set<std::string_view> names;
    std::size_t rows = 0;
    for (const char* const level : {"transport", "tls", "http", "document"}) {
        for (const Script& script : scripts_of(level)) {
            names.insert(script.name);
            ++rows;
        }
    }
    EXPECT_EQ(names.size(), rows);
    EXPECT_GE(rows, 60U);
}

}  // namespace
}  // namespace gateproof::test
