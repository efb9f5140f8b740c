#include "harness/journal/codec.hpp"

#include <gmock/gmock.h>

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

namespace gateproof {
namespace {

using namespace std::chrono_literals;

template <class Event>
Event round_trip(const Event& event) {
    const std::string line = encode_event(event);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    DecodedEvent decoded = decode_event(line);
    EXPECT_EQ(decoded.problem, "");
    if (!decoded.event || !std::holds_alternative<Event>(*decoded.event)) {
        ADD_FAILURE() << "no event of that kind from " << line;
        return {};
    }
    return std::get<Event>(*decoded.event);
}

const auto noon = *parse_iso_time("2026-02-03T12:00:00.250Z");

TEST(Time, IsoTextIsUtcWithMilliseconds) {
    EXPECT_EQ(iso_time(std::chrono::system_clock::time_point(1'500ms)), "1970-01-01T00:00:01.500Z");
    EXPECT_EQ(iso_time(noon), "2026-02-03T12:00:00.250Z");
    EXPECT_EQ(parse_iso_time("2026-02-03T12:00:00Z"), noon - 250ms);
}

TEST(Time, RefusesWhatIsNoTime) {
    for (const char* text : {"", "2026-02-03", "2026-02-30T12:00:00.250Z", "2026-02-03T24:00:00Z",
                             "9999-01-01T00:00:00Z", "2026-02-03T12:00:00.25Z", "2026-02-03 12:00:00.250Z",
                             "2026-02-03T12:00:00.250+", "2O26-02-03T12:00:00Z", "-026-02-03T12:00:00Z"}) {
        EXPECT_FALSE(parse_iso_time(text)) << text;
    }
}

TEST(Codec, RunStarted) {
    RunStarted start;
    start.tool_version = "0.1.0";
    start.started = noon;
    start.hostname = "host";
    start.seed = std::numeric_limits<std::uint64_t>::max();
    start.requirements = {{"CLOUD-TLS-MIN", "TLS 1.2 is the lowest version", "SE; RFC 8996", Level::must, {"cloud"}}};
    start.requirements[0].readings = {{"SE-2021", "no TLS 1.1", "page, 2021-04-28"}, {"packs-2024", "none", "packs"}};
    start.suites = {{"tls", "TLS versions"}};
    const RunStarted back = round_trip(start);
    EXPECT_EQ(back.schema, 1);
    EXPECT_EQ(back.tool_version, "0.1.0");
    EXPECT_EQ(back.started, noon);
    EXPECT_EQ(back.hostname, "host");
    EXPECT_EQ(back.seed, std::numeric_limits<std::uint64_t>::max());
    ASSERT_EQ(back.requirements.size(), 1U);
    EXPECT_EQ(back.requirements[0].source, "SE; RFC 8996");
    EXPECT_EQ(back.requirements[0].level, Level::must);
    EXPECT_THAT(back.requirements[0].channels, testing::ElementsAre("cloud"));
    ASSERT_EQ(back.requirements[0].readings.size(), 2U);
    EXPECT_EQ(back.requirements[0].readings[0].name, "SE-2021");
    EXPECT_EQ(back.requirements[0].readings[0].sentence, "no TLS 1.1");
    EXPECT_EQ(back.requirements[0].readings[0].source, "page, 2021-04-28");
    EXPECT_EQ(back.suites.at("tls"), "TLS versions");
}

TEST(Codec, AShardAndWhoMakesLoadBesideIt) {
    RunStarted shard{{1, "0.1.0", noon, "host", 7}, {}};
    shard.shard = {2, 4};
    shard.load_elsewhere = {"throttle.engages of cloud-test", "throttle.isolates of cloud-test"};
    const RunStarted back = round_trip(shard);
    EXPECT_EQ(back.shard, shard.shard);
    EXPECT_EQ(back.load_elsewhere, shard.load_elsewhere);
    shard.shard = {};
    EXPECT_TRUE(round_trip(shard).load_elsewhere.empty()) << "a whole run leaves nothing to others";
}

TEST(Codec, WhatIsNoSuccess) {
    RunStarted run{{1, "0.1.0", noon, "host", 7}, {}};
    EXPECT_EQ(encode_event(run).find("fail_on"), std::string::npos) << "the usual is not written";
    EXPECT_EQ(round_trip(run).fail_on, default_fail_on());
    for (const std::set<Outcome>& outcomes :
         {std::set<Outcome>{}, {Outcome::fail, Outcome::warning, Outcome::skipped}}) {
        run.fail_on = outcomes;
        EXPECT_EQ(round_trip(run).fail_on, outcomes);
    }
}

TEST(Codec, WhatWasAskedForAndTheSizeOfTheWholePlan) {
    RunStarted run{{1, "0.1.0", noon, "host", 7}, {}};
    for (const char* name : {"selection", "whole_plan", "plan_suites", "accepts_excluded"}) {
        EXPECT_EQ(encode_event(run).find(name), std::string::npos) << name;
    }
    EXPECT_FALSE(round_trip(run).selection);
    run.selection = Selection{};
    EXPECT_EQ(round_trip(run).selection, Selection{}) << "asked for everything is not the same as not recorded";
    run.selection = Selection{{"tls"}, {"tls.*", "x"}, {"tls.refuses-1.1"}, true, true};
    run.whole_plan = 284;
    run.plan_suites = {"rotation"};
    run.accepts_excluded = true;
    const RunStarted back = round_trip(run);
    EXPECT_EQ(back.selection, run.selection);
    EXPECT_EQ(back.whole_plan, 284U);
    EXPECT_EQ(back.plan_suites, run.plan_suites);
    EXPECT_TRUE(back.accepts_excluded);
}

TEST(Codec, TheCatalogueThatJudged) {
    RunStarted run;
    run.selection = Selection{};
    run.selection->requirements = "2026-11";
    run.catalogue = {"2026-11",
                     true,
                     3,
                     {{"SE", "Service endpoints", "Inland Revenue", "2021-04-28"}, {"RFC 8996", "", "", "2021-03"}}};
    const RunStarted back = round_trip(run);
    EXPECT_EQ(back.selection, run.selection);
    EXPECT_EQ(back.catalogue, run.catalogue);
    LeftOutCheck newer{{"tls", "tls.a"}, "--requirements 2026-11"};
    newer.newer_than = "2026-11";
    const LeftOutCheck left = round_trip(newer);
    EXPECT_EQ(left.newer_than, "2026-11");
    EXPECT_EQ(left.sentence(), "not selected: newer than the catalogue 2026-11, which --requirements 2026-11 asks for");
    EXPECT_EQ(round_trip(RunStarted{}).catalogue, CatalogueRecord{});
    EXPECT_NE(
        decode_event(R"({"event":"run_started","schema":1,"started":"2026-02-03T12:00:00Z","catalogue":[]})").problem,
        "");
}

TEST(Codec, NotSelected) {
    const LeftOutCheck back = round_trip(
        LeftOutCheck{{"permission", "permission.outcome", "B reads A's", {"R", "S"}, "other-data", Scenario::negative},
                     "--exclude permission",
                     true,
                     "needs B's token",
                     {"cloud", "desktop"}});
    EXPECT_EQ(back.suite, "permission");
    EXPECT_EQ(back.full_id(), "permission.outcome[other-data]");
    EXPECT_EQ(back.title, "B reads A's");
    EXPECT_THAT(back.requirements, testing::ElementsAre("R", "S"));
    EXPECT_EQ(back.by, "--exclude permission");
    EXPECT_TRUE(back.excluded);
    EXPECT_EQ(back.scenario, Scenario::negative);
    EXPECT_THAT(back.targets, testing::ElementsAre("cloud", "desktop"));
    EXPECT_EQ(back.sentence(),
              "not selected: left out by --exclude permission; it would have been skipped: needs B's token");
    EXPECT_EQ(round_trip(LeftOutCheck{{"tls", "tls.a"}, "--suite port"}).sentence(),
              "not selected: the run was asked for --suite port alone");
    for (const char* line :
         {R"({"event":"not_selected","by":"--exclude x"})", R"({"event":"not_selected","check":"tls.a"})",
          R"({"event":"not_selected","check":"tls.a","by":"x","targets":"cloud"})",
          R"({"event":"run_started","schema":1,"started":"2026-02-03T12:00:00Z","selection":[]})"}) {
        EXPECT_NE(decode_event(line).problem, "") << line;
    }
}

TEST(Codec, TargetAndPlanned) {
    const TargetRecord target =
        round_trip(TargetRecord{"cloud-test",
                                "Cloud",
                                "test",
                                "cloud",
                                "https://a:4046",
                                "cloud.json",
                                {{"enrolled", "CN=a", "CN=ca", "AB12", noon, noon + 24h},
                                 {"second", "CN=b", "CN=ca", "CD34", std::nullopt, std::nullopt}}});
    EXPECT_EQ(target.url, "https://a:4046");
    EXPECT_EQ(target.profile_file, "cloud.json");
    ASSERT_EQ(target.identities.size(), 2U);
    EXPECT_EQ(target.identities[0].role, "enrolled");
    EXPECT_EQ(target.identities[0].subject, "CN=a");
    EXPECT_EQ(target.identities[0].issuer, "CN=ca");
    EXPECT_EQ(target.identities[0].sha256, "AB12");
    EXPECT_EQ(target.identities[0].not_before, noon);
    EXPECT_EQ(target.identities[0].not_after, noon + 24h);
    EXPECT_FALSE(target.identities[1].not_after);
    EXPECT_THAT(encode_event(target), testing::Not(testing::HasSubstr("repeat")));
    EXPECT_THAT(encode_event(target), testing::Not(testing::HasSubstr("readings")));
    TargetRecord judged = target;
    judged.readings = {{"FW-NONPROD", "SE-2021"}, {"ROTATION", "packs-2024"}};
    EXPECT_EQ(round_trip(judged).readings, judged.readings);
    EXPECT_THAT(encode_event(target), testing::Not(testing::HasSubstr("side")));
    TargetRecord software = target;
    software.side = Side::client;
    EXPECT_EQ(round_trip(software).side, Side::client);
    EXPECT_EQ(round_trip(target).side, Side::gateway);
    EXPECT_THAT(encode_event(target), testing::Not(testing::HasSubstr("templates")));
    TargetRecord handed_in = target;
    ScenarioRow asked;
    asked.id = asked.key = "GST001";
    asked.case_name = "gst-gst001";
    asked.operation = "File";
    ScenarioRow by_hand;
    by_hand.id = "Not 26";
    by_hand.key = "Not 26#2";
    by_hand.applicable = false;
    by_hand.exclusion = "not sold";
    handed_in.templates = {{"gst", "GST", "2018", {{"ID", "id"}, {"Notes", "notes"}}, {asked, by_hand}}};
    EXPECT_EQ(round_trip(handed_in).templates, handed_in.templates);
    TargetRecord quick = target;
    quick.repeat = 1;
    EXPECT_EQ(round_trip(quick).repeat, 1U);

    const CheckRecord run =
        round_trip(CheckRecord{{"tls", "tls.refuses-1.1", "TLS 1.1 is refused", {"CLOUD-TLS-MIN"}}, "cloud-test"});
    EXPECT_EQ(run.id, "tls.refuses-1.1");
    EXPECT_EQ(run.suite, "tls");
    EXPECT_THAT(run.requirements, testing::ElementsAre("CLOUD-TLS-MIN"));
    EXPECT_EQ(run.skip_reason, "");
    EXPECT_FALSE(run.result);
    EXPECT_THAT(encode_event(run), testing::Not(testing::HasSubstr("skip_reason")));

    const CheckRecord skipped = round_trip(CheckRecord{{"tls", "tls.a"}, "t", "no second identity"});
    EXPECT_EQ(skipped.skip_reason, "no second identity");
    EXPECT_FALSE(skipped.scenario);
    for (const Skip skip : {Skip::not_applicable, Skip::not_tried}) {
        CheckRecord of_a_kind = skipped;
        of_a_kind.skip = skip;
        EXPECT_EQ(round_trip(of_a_kind).skip, skip);
        CheckResult result;
        result.outcome = Outcome::skipped;
        result.skip = skip;
        EXPECT_EQ(round_trip(CheckEnded{"t", "tls.a", result}).result.skip, skip);
    }
    CheckRecord adding = skipped;
    adding.requirements = {"R", "S"};
    adding.adds = {"S"};
    EXPECT_TRUE(round_trip(adding).decides("R"));
    EXPECT_FALSE(round_trip(adding).decides("S"));
    CheckRecord refusal = skipped;
    for (const Scenario scenario : {Scenario::negative, Scenario::positive}) {
        refusal.scenario = scenario;
        EXPECT_EQ(round_trip(refusal).scenario, scenario);
    }
}

TEST(Codec, TheClock) {
    ClockReading reading;
    reading.state = ClockReading::State::apart;
    reading.peer = "a:4046";
    reading.least = -600'500ms;
    reading.most = -599'400ms;
    reading.sentence = "this machine's clock is 10 minutes ahead, beyond the tolerance";
    reading.difference = "this machine's clock is 10 minutes ahead";
    const ClockRead back = round_trip(ClockRead{"cloud", reading});
    EXPECT_EQ(back.target, "cloud");
    EXPECT_EQ(back.reading.state, ClockReading::State::apart);
    EXPECT_EQ(back.reading.peer, "a:4046");
    EXPECT_EQ(back.reading.least, reading.least);
    EXPECT_EQ(back.reading.most, reading.most);
    EXPECT_EQ(back.reading.sentence, reading.sentence);
    EXPECT_EQ(back.reading.difference, reading.difference);
    EXPECT_EQ(round_trip(ClockRead{"cloud", {}}).reading.state, ClockReading::State::unknown);
    for (const char* line : {R"({"event":"clock"})", R"({"event":"clock","target":"a","least_ms":"x"})",
                             R"({"event":"clock","target":"a","most_ms":9000000000000000})"}) {
        EXPECT_NE(decode_event(line).problem, "") << line;
    }
}

TEST(Codec, WhoseTestItIsAndWhatIsSaid) {
    TargetRecord target{"cloud", "", "test", "cloud", "https://a:4046", ""};
    EXPECT_EQ(encode_event(target).find("record\""), std::string::npos);
    target.details = {"Example Ltd", "Example Pay", "4.2", "Jane Doe",
                      std::chrono::floor<std::chrono::days>(*parse_iso_time("2027-02-03T00:00:00Z"))};
    const DecodedEvent told = decode_event(encode_event(target));
    ASSERT_TRUE(told.event) << told.problem;
    EXPECT_EQ(std::get<TargetRecord>(*told.event).details, target.details);
    EXPECT_NE(encode_event(target).find(R"("valid_until":"2027-02-03")"), std::string::npos);

    const std::chrono::sys_days day = std::chrono::floor<std::chrono::days>(*parse_iso_time("2026-02-03T12:00:00Z"));
    const Attestation said{Attestation::Subject::scenario,
                           "EMS_GST010",
                           "cloud",
                           "Jane Doe",
                           day,
                           "served",
                           {"evidence/a.png", std::string(64, 'a'), 17}};
    const std::string line = encode_event(said);
    EXPECT_EQ(line,
              R"({"event":"attestation","subject":"scenario","id":"EMS_GST010","target":"cloud","who":"Jane Doe",)"
              R"("when":"2026-02-03","text":"served","file":{"path":"evidence/a.png","sha256":")" +
                  std::string(64, 'a') + "\",\"bytes\":17}}\n");
    const DecodedEvent read = decode_event(line);
    ASSERT_TRUE(read.event) << read.problem;
    EXPECT_EQ(std::get<Attestation>(*read.event), said);
    EXPECT_EQ(std::get<Attestation>(*read.event).file.path, said.file.path);
    for (const char* wrong : {R"({"event":"attestation","subject":"verdict","id":"a","when":"2026-02-03"})",
                              R"({"event":"attestation","subject":"check","when":"2026-02-03"})",
                              R"({"event":"attestation","subject":"check","id":"a","when":"soon"})",
                              R"({"event":"target","name":"a","record":7})"}) {
        EXPECT_FALSE(decode_event(wrong).event) << wrong;
        EXPECT_FALSE(decode_event(wrong).problem.empty()) << wrong;
    }
}

TEST(Codec, ACaseStaysApartFromItsCheck) {
    const CheckRecord check{{"permission", "permission.outcome", "A must not read B's", {}, "other"}, "t"};
    const CheckRecord back = round_trip(check);
    EXPECT_EQ(back.id, "permission.outcome");
    EXPECT_EQ(back.case_name, "other");
    EXPECT_EQ(back.full_id(), "permission.outcome[other]");
    EXPECT_EQ(round_trip(CheckStarted{"t", "permission.outcome", noon, "other"}).case_name, "other");
    EXPECT_EQ(round_trip(CheckEnded{"t", "permission.outcome", {}, "other"}).case_name, "other");
}

TEST(Codec, CheckEndedKeepsEvidenceWithTypesAndOrder) {
    Observation seen{"alert", noon, {}};
    seen.with("level", 2).with("name", "protocol_version (70)").with("fatal", true).with("seconds", 2.0);
    seen.with("lowest", std::numeric_limits<std::int64_t>::min());
    CheckResult result{Outcome::fail, "negotiated TLS 1.1", "disable it", noon, 1234ms, true, {seen}, 7};
    const CheckEnded back = round_trip(CheckEnded{"t", "tls.refuses-1.1", result});
    EXPECT_EQ(back.target, "t");
    EXPECT_EQ(back.check, "tls.refuses-1.1");
    EXPECT_EQ(back.result.outcome, Outcome::fail);
    EXPECT_EQ(back.result.sentence, "negotiated TLS 1.1");
    EXPECT_EQ(back.result.remedy, "disable it");
    EXPECT_EQ(back.result.started, noon);
    EXPECT_EQ(back.result.duration, 1234ms);
    EXPECT_TRUE(back.result.flaky);
    EXPECT_FALSE(back.result.withheld);
    result.withheld = true;
    EXPECT_TRUE(round_trip(CheckEnded{"t", "tls.refuses-1.1", result}).result.withheld);
    EXPECT_EQ(back.result.observations_dropped, 7U);
    ASSERT_EQ(back.result.evidence.size(), 1U);
    EXPECT_EQ(back.result.evidence[0].kind, "alert");
    EXPECT_EQ(back.result.evidence[0].at, noon);
    EXPECT_EQ(back.result.evidence[0].fields, seen.fields);
}

TEST(Codec, StartedAndEnded) {
    EXPECT_EQ(round_trip(CheckStarted{"t", "tls.a", noon}).at, noon);
    const RunEnded ended = round_trip(RunEnded{noon, EndReason::interrupted, {{"pass", 3}, {"fail", 1}}});
    EXPECT_EQ(ended.reason, EndReason::interrupted);
    EXPECT_EQ(ended.counts.at("pass"), 3U);
}

TEST(Codec, ATargetThatIsCutOff) {
    const TargetCutOff back = round_trip(TargetCutOff{"t", {noon, {"mtls.a", "mtls.b"}, "connection reset"}});
    EXPECT_EQ(back.target, "t");
    EXPECT_EQ(back.cut_off.since, noon);
    EXPECT_EQ(back.cut_off.after, (std::vector<std::string>{"mtls.a", "mtls.b"}));
    EXPECT_EQ(back.cut_off.answer, "connection reset");
    EXPECT_EQ(round_trip(RunEnded{noon, EndReason::cut_off, {}}).reason, EndReason::cut_off);
}

TEST(Codec, BytesThatAreNoUtf8DoNotBreakTheLine) {
    CheckResult result;
    result.sentence = "peer said \xff\xfe\nand \"more\"";
    result.started = noon;
    const CheckEnded back = round_trip(CheckEnded{"t", "tls.a", result});
    EXPECT_EQ(back.result.sentence, "peer said \xef\xbf\xbd\xef\xbf\xbd\nand \"more\"");
}

TEST(Codec, NumbersThatJsonCannotWriteBecomeText) {
    Observation seen{"note", noon, {}};
    seen.with("rate", std::numeric_limits<double>::infinity());
    const auto back = observation_from_json(observation_to_json(seen));
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<std::string>(back->fields.at(0).second), "inf");
}

TEST(Codec, AnEventOfALaterVersionIsIgnored) {
    const DecodedEvent decoded = decode_event(R"({"event":"weather","sunny":true})");
    EXPECT_FALSE(decoded.event);
    EXPECT_EQ(decoded.problem, "");
}

TEST(Codec, WrongLinesAreProblemsAndNeverThrow) {
    const char* bad[] = {
        "",
        "null",
        "[]",
        "{",
        R"({"event":1})",
        R"({})",
        R"({"event":"target"})",
        R"({"event":"target","name":5})",
        R"({"event":"run_started","schema":"one","started":"2026-02-03T12:00:00Z"})",
        R"({"event":"run_started","schema":1,"started":"today"})",
        R"({"event":"run_started","schema":1,"started":"2026-02-03T12:00:00Z","seed":"x"})",
        R"({"event":"run_started","schema":1,"started":"2026-02-03T12:00:00Z","requirements":[1]})",
        R"({"event":"run_started","schema":1,"started":"2026-02-03T12:00:00Z","fail_on":["great"]})",
        R"({"event":"planned","target":"t","check":"c","requirements":[{}]})",
        R"({"event":"planned","target":"t","check":"c","requirements":{}})",
        R"({"event":"check_ended","target":"t","check":"c","outcome":"great","started":"2026-02-03T12:00:00Z"})",
        R"({"event":"check_ended","target":"t","check":"c","outcome":"pass","started":"2026-02-03T12:00:00Z","duration_ms":-1})",
        R"({"event":"check_ended","target":"t","check":"c","outcome":"pass","started":"2026-02-03T12:00:00Z","duration_ms":1e300})",
        R"({"event":"check_ended","target":"t","check":"c","outcome":"pass","started":"2026-02-03T12:00:00Z","flaky":"no"})",
        R"({"event":"check_ended","target":"t","check":"c","outcome":"pass","started":"2026-02-03T12:00:00Z","evidence":[1]})",
        R"({"event":"check_ended","target":"t","check":"c","outcome":"pass","started":"2026-02-03T12:00:00Z","evidence":[{"kind":"x","at":"2026-02-03T12:00:00Z","fields":[["a"]]}]})",
        R"({"event":"check_ended","target":"t","check":"c","outcome":"pass","started":"2026-02-03T12:00:00Z","evidence":[{"kind":"x","at":"2026-02-03T12:00:00Z","fields":[["a",18446744073709551615]]}]})",
        R"({"event":"check_ended","target":"t","check":"c","outcome":"pass","started":"2026-02-03T12:00:00Z","evidence":[{"kind":"x","at":"2026-02-03T12:00:00Z","fields":7}]})",
    };
    for (const char* line : bad) {
        const DecodedEvent decoded = decode_event(line);
        EXPECT_FALSE(decoded.event) << line;
        EXPECT_NE(decoded.problem, "") << line;
    }
}

TEST(Codec, DeepNestingIsRefusedCheaply) {
    const std::string deep =
        R"({"event":"target","name":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
    EXPECT_EQ(decode_event(deep).problem, "nested too deep");
    EXPECT_NE(decode_event(std::string(1'000'000, '[')).problem, "");
}

TEST(Codec, AStrangersEvidenceIsBounded) {
    std::string line =
        R"({"event":"check_ended","target":"t","check":"c","outcome":"pass","started":"2026-02-03T12:00:00Z","evidence":[)";
    for (int i = 0; i < 300; ++i) {
        line += i == 0 ? "" : ",";
        line += R"({"kind":"x","at":"2026-02-03T12:00:00Z","fields":[]})";
    }
    const DecodedEvent decoded = decode_event(line + "]}");
    ASSERT_TRUE(decoded.event);
    const auto& ended = std::get<CheckEnded>(*decoded.event);
    EXPECT_EQ(ended.result.evidence.size(), Evidence::max_observations);
    EXPECT_EQ(ended.result.observations_dropped, 100U);
}

}  // namespace
}  // namespace gateproof
