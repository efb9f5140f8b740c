#include "reports/view/evidence_text.hpp"

#include <gmock/gmock.h>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::ElementsAre;

TEST(EvidenceLines, TimeKindAndFieldsInOrder) {
    CheckResult result = result_with(Outcome::pass, "served");
    result.evidence.push_back({"connect", result.started + std::chrono::milliseconds(12), {}});
    result.evidence.back().with("remote_address", "127.0.0.1:4046").with("ok", true).with("ms", 1.5).with("tries", 2);
    result.evidence.push_back({"alert", result.started + std::chrono::milliseconds(61'007), {}});
    result.evidence.back().with("name", "protocol_version (70)").with("raw", "").with("quoted", "a\"b\x1b[0m\nnext");
    result.observations_dropped = 3;
    EXPECT_THAT(evidence_lines(result),
                ElementsAre("+0.012 connect remote_address=127.0.0.1:4046 ok=true ms=1.5 tries=2",
                            R"_(+61.007 alert name="protocol_version (70)" raw="" quoted="a\"b\x1b[0m next")_",
                            "... and 3 more observations that were not kept"));
}

TEST(EvidenceLines, AnObservationBeforeTheStartIsAtZero) {
    CheckResult result = result_with(Outcome::pass, "served");
    result.evidence.push_back({"control", result.started - std::chrono::seconds(5), {}});
    EXPECT_THAT(evidence_lines(result), ElementsAre("+0.000 control"));
}

TEST(EvidenceLines, SayTheSameOfARecordAndOfItsJournal) {
    CheckResult fresh = result_with(Outcome::pass, "served");
    fresh.started += std::chrono::microseconds(700);
    fresh.evidence.push_back({"control", fresh.started + std::chrono::microseconds(400), {}});
    CheckResult journaled = fresh;
    journaled.started = *parse_iso_time(iso_time(fresh.started));
    journaled.evidence[0].at = *parse_iso_time(iso_time(fresh.evidence[0].at));
    EXPECT_EQ(evidence_lines(fresh), evidence_lines(journaled));
}

TEST(RequirementLine, SaysSentenceAndSource) {
    EXPECT_EQ(requirement_line(sample_run(), "CLOUD-TLS-MIN", "cloud-test"),
              "CLOUD-TLS-MIN (must): TLS 1.2 is the lowest version negotiated. Source: SE; RFC 8996");
    EXPECT_EQ(requirement_line(sample_run(), "OTHER\x1b", ""), "OTHER\\x1b");
}

TEST(RequirementLine, CitesEveryReadingAndNamesTheOneThatJudged) {
    RunRecord run = sample_run();
    run.requirements.at("CLOUD-TLS-MIN").readings = {{"SE-2021", "No TLS 1.1.", "page (2021-04-28)"},
                                                     {"packs-2024", "No TLS 1.2.", "packs (2024-06-18)"}};
    const std::string cited =
        "CLOUD-TLS-MIN (must): TLS 1.2 is the lowest version negotiated. Source: SE; RFC 8996. SE-2021: No TLS 1.1. "
        "Source: page (2021-04-28). packs-2024: No TLS 1.2. Source: packs (2024-06-18)";
    EXPECT_EQ(requirement_line(run, "CLOUD-TLS-MIN", "cloud"), cited) << "an older journal does not say";
    run.targets[0].readings = {{"CLOUD-TLS-MIN", "packs-2024"}};
    run.targets[1].readings = {{"CLOUD-TLS-MIN", "profile"}};
    EXPECT_EQ(requirement_line(run, "CLOUD-TLS-MIN", "cloud"), cited + ". Judged by: packs-2024");
    EXPECT_EQ(requirement_line(run, "CLOUD-TLS-MIN", "desktop"), cited + ". Judged by: what the profile says");
}

}  // namespace
}  // namespace gateproof::reports
