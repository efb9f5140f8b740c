// Known failures that are bound to what was found, and expected skips: what is found beyond them counts, what covers
// nothing is told, and every step of a job comes to the same conclusion.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace gateproof::test::known_test {
namespace {

using Json = nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* cbc = "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256";
const std::vector<std::string> newer{"TLS_ECDHE_ECDSA_WITH_NULL_SHA", "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
                                     "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA"};

class Known : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// Judges the suites of a gateway that accepts CBC, and more with these faults.
    [[nodiscard]] Finished judge(const std::string& out, std::vector<std::string> faults,
                                 const std::vector<std::string>& more) const {
        std::vector<std::string> arguments{"run",      "embedded-cloud",
                                           "--fault",  "accepts-cbc",
                                           "--check",  "tls.cipher-allow-list",
                                           "--out",    path(out),
                                           "--report", "html,junit,json,markdown,csv"};
        for (const std::string& fault : faults) {
            arguments.insert(arguments.end(), {"--fault", fault});
        }
        arguments.insert(arguments.end(), more.begin(), more.end());
        return gateproof(arguments);
    }
    [[nodiscard]] std::string list_of(const std::string& name, const Json& failures,
                                      const Json& skips = Json::array()) const {
        return folder_.write(name, Json{{"known_failures", failures}, {"expected_skips", skips}}.dump());
    }
    static Json entry(const Json& found, const char* check = "tls.cipher-allow-list") {
        Json one{{"check", check}, {"reason", "INC-4711"}, {"expires", "9999-12-31"}};
        if (!found.is_null()) {
            one["found"] = found;
        }
        return one;
    }
    /// A journal of two checks that decide one requirement, the second of which was not tried.
    [[nodiscard]] std::string partial_journal(bool second_judged) const {
        const std::string planned = R"("target":"lab","suite":"m2m","title":"t","requirements":["CLOUD-M2M"])";
        const std::string ended =
            R"("target":"lab","outcome":"pass","sentence":"s","started":"2026-02-03T12:00:00.000Z")";
        return folder_.write(
            second_judged ? "judged.jsonl" : "partial.jsonl",
            R"({"event":"run_started","schema":1,"version":"0","started":"2026-02-03T12:00:00.000Z","whole_plan":2,)"
            R"("selection":{},"planned":2,"requirements":[{"id":"CLOUD-M2M","sentence":"s","source":"IA"}]})"
            "\n"
            R"({"event":"target","name":"lab","environment":"test","channel":"cloud","url":"https://x"})"
            "\n"
            R"({"event":"planned","check":"m2m.a",)" +
                planned + "}\n" + R"({"event":"planned","check":"m2m.b",)" + planned +
                (second_judged ? "" : R"(,"skip_reason":"needs a machine","skip":"not-tried")") + "}\n" +
                R"({"event":"check_ended","check":"m2m.a",)" + ended + "}\n" +
                (second_judged ? R"({"event":"check_ended","check":"m2m.b",)" + ended + "}\n" : "") +
                R"({"event":"run_ended","at":"2026-02-03T12:00:09.000Z","reason":"complete","counts":{"pass":1}})"
                "\n");
    }

    TemporaryFolder folder_;
};

TEST_F(Known, WhatIsFoundBeyondAnEntryCountsAndIsNamedInEveryReport) {
    const std::string list = list_of("known.json", Json::array({entry(Json::array({cbc}))}));
    const Finished known = judge("known", {}, {"--known", list});
    EXPECT_EQ(known.status, 0) << known.out << known.err;
    EXPECT_THAT(known.out, HasSubstr("1 known"));

    const Finished more =
        judge("more", {"accepts-null", "accepts-anonymous", "accepts-export"}, {"--known", list, "-v"});
    EXPECT_EQ(more.status, 1);
    std::vector<std::string> texts{more.out};
    for (const char* const file : {"report.html", "junit.xml", "report.json", "report.md", "test-report.csv"}) {
        texts.push_back(read_file(path(std::string("more/") + file)));
    }
    for (std::string& text : texts) {
        std::erase(text, '\\');  // of Markdown
        for (const std::string& suite : newer) {
            EXPECT_THAT(text, HasSubstr(suite)) << text.substr(0, 400);
        }
    }
    EXPECT_THAT(more.out, AllOf(HasSubstr("not accepted: known.json:1 knows less than was found (INC-4711); new: "),
                                Not(HasSubstr("new: " + std::string(cbc))), HasSubstr("    found sha256:")));
    const Json check = Json::parse(read_file(path("more/report.json"))).at("checks").at(0);
    EXPECT_TRUE(check.at("known").is_null());
    EXPECT_EQ(check.at("found").size(), 4U);
    EXPECT_THAT(check.at("digest").get<std::string>(), testing::StartsWith("sha256:"));

    const Finished compared = gateproof({"compare", path("known/run.jsonl"), path("more/run.jsonl")});
    EXPECT_EQ(compared.status, 1) << "it failed before, and fails in more now";
    EXPECT_THAT(compared.out, AllOf(HasSubstr("REGRESSION"), HasSubstr(newer.front())));
}

TEST_F(Known, LessThanAnEntryKnowsIsCoveredAndSaid) {
    const std::string list = list_of("known.json", Json::array({entry(Json::array({cbc, newer.front()}))}));
    const Finished narrower = judge("out", {}, {"--known", list});
    EXPECT_EQ(narrower.status, 0);
    EXPECT_THAT(narrower.out, HasSubstr("narrower now; not found any more: " + newer.front()));
    const std::string digest = Json::parse(read_file(path("out/report.json")))
                                   .at("checks")
                                   .at(0)
                                   .at("digest")
                                   .get<std::string>()
                                   .substr(0, 19);
    EXPECT_THAT(read_file(path("out/junit.xml")),
                HasSubstr("name=\"gateproof.found.tls.cipher-allow-list\" value=\"" + digest + "\""));
    EXPECT_EQ(judge("digest", {}, {"--known", list_of("digest.json", Json::array({entry(digest)}))}).status, 0);
    EXPECT_EQ(judge("digest", {"accepts-null"}, {"--known", path("digest.json")}).status, 1);
    EXPECT_EQ(judge("wide", {"accepts-null"}, {"--known", list_of("wide.json", Json::array({entry(nullptr)}))}).status,
              0)
        << "without found an entry covers whatever is found";
}

TEST_F(Known, EveryStepOfAJobComesToTheSameConclusion) {
    const std::string list = list_of("known.json", Json::array({entry(Json::array({cbc}))}));
    ASSERT_EQ(judge("out", {}, {}).status, 1);
    const std::string merged = path("merged.jsonl");
    ASSERT_EQ(gateproof({"merge", path("out/run.jsonl"), "--out", merged, "--known", list}).status, 0);
    EXPECT_THAT(gateproof({"report", merged, "--format", "junit"}).out,
                AllOf(HasSubstr("failures=\"0\""), Not(HasSubstr("<failure")),
                      HasSubstr("name=\"gateproof.known\" value=\"known.json (sha256 ")));
    EXPECT_THAT(gateproof({"report", merged, "--format", "markdown"}).out,
                AllOf(HasSubstr("1 known failure is accepted"), Not(HasSubstr("❌"))));
    EXPECT_EQ(Json::parse(gateproof({"report", merged, "--format", "json"}).out).at("exit_code"), 0);
    EXPECT_EQ(gateproof({"compare", merged, merged}).status, 0);
    EXPECT_EQ(gateproof({"merge", merged, "--out", path("again.jsonl")}).status, 0);
    const Finished other = gateproof({"report", path("out/run.jsonl"), "--format", "junit"});
    EXPECT_THAT(other.out, HasSubstr("<failure")) << "nobody gave that one a list";

    const Finished both = gateproof({"merge", merged, path("out/run.jsonl"), "--out", path("both.jsonl")});
    EXPECT_EQ(both.status, 1);
    EXPECT_THAT(both.err, HasSubstr("the lists of known failures differ, so that none counts"));
    EXPECT_EQ(gateproof({"merge", merged, path("out/run.jsonl"), "--out", path("both.jsonl"), "--known", list}).status,
              0);
}

TEST_F(Known, StrictlyNoEntryMayBeOverOrCoverNothing) {
    Json over = entry(Json::array({cbc}));
    over["expires"] = "2020-01-01";
    const std::string good = list_of("good.json", Json::array({entry(Json::array({cbc}))}));
    const std::string stale =
        list_of("stale.json", Json::array({entry(Json::array({cbc})), entry(nullptr, "tls.no-such-check")}));
    const std::string expired = list_of("expired.json", Json::array({over, entry(nullptr)}));
    const std::string journal = path("out/run.jsonl");
    ASSERT_EQ(judge("out", {}, {"--known", good, "--known-strict"}).status, 0);
    EXPECT_EQ(judge("lax", {}, {"--known", stale}).status, 0) << "without it they are said";
    const Finished strict = judge("strict", {}, {"--known", stale, "--known-strict"});
    EXPECT_EQ(strict.status, 1);
    EXPECT_THAT(strict.out, AllOf(HasSubstr("--known-strict: "),
                                  HasSubstr("stale.json:1: tls.no-such-check (INC-4711): matches no check of this run; "
                                            "correct its check or target, or remove it")));
    const std::string out = path("out.txt");
    const std::vector<std::vector<std::string>> commands{
        {"report", journal},
        {"merge", journal, "--out", out},
        {"compare", journal, journal},
        {"pack", journal, "--out", path("p.tar"), "--accept", "incomplete,partial,embedded"}};
    for (const std::vector<std::string>& command : commands) {
        const auto status = [&](const std::vector<std::string>& more) {
            std::vector<std::string> all = command;
            all.insert(all.end(), more.begin(), more.end());
            return gateproof(all).status;
        };
        EXPECT_EQ(status({"--known-strict"}), 0) << command.front() << ", with the list that the journal carries";
        EXPECT_EQ(status({"--known", stale}), 0) << command.front();
        EXPECT_EQ(status({"--known", stale, "--known-strict"}), 1) << command.front();
    }
    const Finished late = gateproof({"report", journal, "--known", expired, "--known-strict"});
    EXPECT_EQ(late.status, 1) << "another entry covers it, and the one that is over is to go: " << late.err;
    const Finished alone =
        gateproof({"report", journal, "--known", list_of("over.json", Json::array({over})), "--known-strict"});
    EXPECT_EQ(alone.status, 1);
    EXPECT_THAT(alone.err,
                HasSubstr("accepted until 2020-01-01; that is over, so it accepts nothing: mend what is found"));
    const Finished nothing = judge("none", {}, {"--known-strict"});
    EXPECT_EQ(nothing.status, 2);
    EXPECT_THAT(nothing.err, HasSubstr("give it with --known FILE"));
}

TEST_F(Known, WhatIsExpectedNotToBeTriedDoesNotCountAsAPart) {
    const std::string journal = partial_journal(false);
    const auto merge = [&](const std::string& of, const std::vector<std::string>& more) {
        std::vector<std::string> all{"merge", of, "--out", path("merged.jsonl"), "--fail-on", "partial"};
        all.insert(all.end(), more.begin(), more.end());
        return gateproof(all);
    };
    EXPECT_EQ(merge(journal, {}).status, 3);
    const std::string list =
        list_of("known.json", Json::array(),
                Json::array({Json{{"check", "m2m.b"}, {"target", "la*"}, {"reason", "no machine there"}}}));
    const Finished expected = merge(journal, {"--known", list, "--known-strict"});
    EXPECT_EQ(expected.status, 0) << expected.out << expected.err;
    EXPECT_THAT(expected.out, AllOf(HasSubstr("PARTLY JUDGED"), HasSubstr("accepted: no machine there")));
    EXPECT_THAT(gateproof({"report", path("merged.jsonl"), "--format", "html"}).out,
                AllOf(HasSubstr("Partly judged"), HasSubstr("accepted: no machine there")));
    EXPECT_EQ(merge(journal, {"--known", list_of("other.json", Json::array(),
                                                 Json::array({Json{{"check", "m2m.c"}, {"reason", "another"}}}))})
                  .status,
              3)
        << "a skip that nobody expects counts";
    const Finished judged = merge(partial_journal(true), {"--known", list, "--known-strict"});
    EXPECT_EQ(judged.status, 1);
    EXPECT_THAT(judged.out, HasSubstr("it was judged, so nothing is skipped there; remove it"));
    EXPECT_EQ(merge(partial_journal(true), {"--known", list}).status, 0);
}

TEST_F(Known, AListIsBegunFromARunAndAddedTo) {
    ASSERT_EQ(judge("out", {}, {}).status, 1);
    const std::string list = path("known.json");
    const Finished missing = judge("none", {}, {"--known", list});
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.err, HasSubstr("gateproof known init " + list + " run.jsonl"));

    const Finished begun = gateproof({"known", "init", list, path("out/run.jsonl"), "--expires", "9999-12-31"});
    EXPECT_EQ(begun.status, 0) << begun.err;
    EXPECT_THAT(begun.out, HasSubstr("1 new entry; say in each why it is accepted, in place of FILL IN"));
    EXPECT_EQ(gateproof({"known", "init", list, path("out/run.jsonl")}).status, 2) << "it is there already";
    const Finished unfilled = judge("unfilled", {}, {"--known", list});
    EXPECT_EQ(unfilled.status, 2);
    EXPECT_THAT(unfilled.err, HasSubstr("/known_failures/0/reason: expected a reason, found the placeholder"));
    const auto fill_in = [&] {
        std::string text = read_file(list);
        const std::string mark = "FILL IN: why it is accepted, and what is done about it";
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
            text.replace(at, mark.size(), "INC-1");
        }
        folder_.write("known.json", text);
    };
    fill_in();
    const Json first = Json::parse(read_file(list)).at("known_failures");
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first.at(0).at("found"), Json::array({cbc}));
    EXPECT_EQ(judge("filled", {}, {"--known", list, "--known-strict"}).status, 0);

    const std::vector<std::string> faults{"accepts-null", "accepts-anonymous", "accepts-export"};
    ASSERT_EQ(judge("more", faults, {"--known", list}).status, 1);
    EXPECT_EQ(gateproof({"known", "update", list, path("more/run.jsonl"), "--expires", "9999-12-30"}).status, 0);
    fill_in();
    const Json both = Json::parse(read_file(list)).at("known_failures");
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both.at(0), first.at(0)) << "what was there stays";
    EXPECT_EQ(both.at(1).at("found").size(), newer.size());
    EXPECT_EQ(judge("more", faults, {"--known", list, "--known-strict"}).status, 0);
    EXPECT_THAT(gateproof({"known", "update", list, path("more/run.jsonl")}).out, HasSubstr("nothing to add"));
    EXPECT_EQ(gateproof({"known", "init", path("x.json"), path("out/run.jsonl"), "--expires", "soon"}).status, 2);
}

/// The journal carries the list and the day; a run that goes on with it is judged by today.
TEST_F(Known, ARunThatGoesOnJudgesTheListAnew) {
    const std::string list = list_of("known.json", Json::array({entry(Json::array({cbc}))}));
    ASSERT_EQ(judge("out", {}, {"--known", list}).status, 0);
    const std::string journal = path("out/run.jsonl");
    std::string text = read_file(journal);
    const auto put = [&text](const std::string& from, const std::string& to) {
        const std::size_t at = text.find(from);
        ASSERT_NE(at, std::string::npos) << from;
        text.replace(at, from.size(), to);
    };
    put("\"expires\":\"9999-12-31\"", "\"expires\":\"2020-01-02\"");
    const std::size_t day = text.find("\"judged\":\"") + 10;
    text.replace(day, 10, "2020-01-01");
    folder_.write("out/run.jsonl", text);
    EXPECT_EQ(gateproof({"report", journal, "--format", "json", "--known-strict"}).status, 0) << "as of then";
    const Finished again = gateproof({"run", "embedded-cloud", "--fault", "accepts-cbc", "--rerun", journal, "--only",
                                      "fail", "--journal", path("again.jsonl"), "--report", "none"});
    EXPECT_EQ(again.status, 1) << again.out << again.err;
    EXPECT_THAT(again.out + again.err, HasSubstr("accepted until 2020-01-02; that is over"));
}

TEST_F(Known, UpdateSaysThatAnEntryHasExpired) {
    Json over = entry(Json::array({cbc}));
    over["expires"] = "2020-01-01";
    ASSERT_EQ(judge("out", {}, {}).status, 1);
    const std::string list = list_of("over.json", Json::array({over}));
    const Finished updated = gateproof({"known", "update", list, path("out/run.jsonl")});
    EXPECT_EQ(updated.status, 0);
    EXPECT_THAT(updated.out, AllOf(HasSubstr("1 entry has expired and covers nothing; give it a later day"),
                                   Not(HasSubstr("nothing to add"))));
}

/// What is packed with a list is verified by the journal alone, and by the same day.
TEST_F(Known, VerifyAndPackJudgeAListByTheSameDay) {
    ASSERT_EQ(judge("out", {}, {}).status, 1);
    const std::string journal = path("out/run.jsonl");
    std::string text = read_file(journal);
    const std::size_t at = text.find("\"started\":\"") + 11;
    text.replace(at, 10, "2020-01-01");  // the run began before the list was over, and is packed afterwards
    folder_.write("out/run.jsonl", text);
    Json over = entry(Json::array({cbc}));
    over["expires"] = "2020-06-30";
    const std::string list = list_of("over.json", Json::array({over}));
    const auto pack = [&](const std::string& known, const std::string& accept) {
        return gateproof({"pack", journal, "--out", path("p.tar"), "--known", known, "--accept", accept});
    };
    EXPECT_EQ(pack(list, "incomplete,partial,embedded").status, 2) << "it is over today, so that the run failed";
    ASSERT_EQ(pack(list, "incomplete,partial,embedded,failed").status, 0);
    const Finished verified = gateproof({"verify", path("p.tar")});
    EXPECT_THAT(verified.out, AllOf(HasSubstr("run.jsonl: failed"), HasSubstr("    failed: "),
                                    Not(HasSubstr("PARTIAL.txt says otherwise"))));
    EXPECT_EQ(verified.status, 0) << verified.err;
    const std::string good = list_of("good.json", Json::array({entry(Json::array({cbc}))}));
    ASSERT_EQ(pack(good, "incomplete,partial,embedded").status, 0);
    EXPECT_THAT(gateproof({"verify", path("p.tar")}).out, Not(HasSubstr("failed: ")));
}

/// Whoever makes a pack says in it what he likes; what the runs are no proof of is said beside that.
TEST_F(Known, WhatVerifyFindsIsNotHiddenByWhatThePackSays) {
    ASSERT_EQ(judge("out", {}, {}).status, 1);
    ASSERT_EQ(gateproof({"pack", path("out/run.jsonl"), "--out", path("p.tar"), "--accept",
                         "incomplete,partial,embedded,failed"})
                  .status,
              0);
    const Finished other =
        run({"/bin/sh", "-c",
             "cd '" + folder_.path().string() +
                 "' && mkdir x && tar xf p.tar -C x && cd x && echo 'all is well' > PARTIAL.txt && "
                 "sha256sum $(sed 's/^[0-9a-f]*  //' MANIFEST.sha256) > S && mv S MANIFEST.sha256 && "
                 "tar cf ../q.tar MANIFEST.sha256 $(sed 's/^[0-9a-f]*  //' MANIFEST.sha256)"});
    ASSERT_EQ(other.status, 0) << other.err;
    const Finished verified = gateproof({"verify", path("q.tar")});
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_THAT(verified.out, AllOf(HasSubstr("    failed: "), HasSubstr("    incomplete: "),
                                    HasSubstr("its PARTIAL.txt says otherwise:"), HasSubstr("  all is well")));
}

TEST_F(Known, SkipsAreListedOnRequest) {
    const std::string list = path("known.json");
    EXPECT_EQ(gateproof({"known", "init", list, partial_journal(false), "--skips"}).status, 0);
    const Json skips = Json::parse(read_file(list)).at("expected_skips");
    ASSERT_EQ(skips.size(), 1U);
    EXPECT_EQ(skips.at(0).at("check"), "m2m.b");
    EXPECT_THAT(skips.at(0).at("reason").get<std::string>(), HasSubstr("FILL IN: why it is not tried here (needs a"));
}

}  // namespace
}  // namespace gateproof::test::known_test
