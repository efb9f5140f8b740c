// What people with files and habits of their own ran into in their first hours.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class NewUser : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

    TemporaryFolder folder_;
};

class NewUserAtAGateway : public NewUser {
protected:
    void SetUp() override { ASSERT_TRUE(gateway_.serving()) << gateway_.output(); }

    /// One check of the cloud profile, or of another one.
    Finished judge(const std::string& check, std::vector<std::string> more = {}, std::string profile = {}) {
        std::vector<std::string> words{
            "run", profile.empty() ? gateway_.cloud() : profile, "--check", check, "--out", path("out")};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    }

    ServedGateway gateway_{path("gateway")};
};

/// RC2-40, as Windows exports it and as `openssl -legacy` does.
TEST_F(NewUserAtAGateway, AnOldPkcs12FileIsOpenedAsItIs) {
    const Finished made = run({"/bin/sh", "-c",
                               fmt::format("cd '{}' && openssl pkcs12 -export -legacy -in enrolled.crt.pem -inkey "
                                           "enrolled.key.pem -passout pass:old -out legacy.pfx",
                                           path("gateway"))});
    ASSERT_EQ(made.status, 0) << made.err;
    std::string profile = read_file(gateway_.cloud());
    const std::regex enrolled(R"re("enrolled": *\{[^}]*\})re");
    ASSERT_TRUE(std::regex_search(profile, enrolled));
    profile = std::regex_replace(profile, enrolled,
                                 R"("enrolled": {"pkcs12": "file:legacy.pfx", "passphrase": "file:legacy.pass"})");
    folder_.write("gateway/legacy.pass", "old");
    folder_.write("gateway/legacy.json", profile);
    const Finished served = judge("mtls.enrolled-served", {}, path("gateway/legacy.json"));
    EXPECT_EQ(served.status, 0) << served.out << served.err;
}

TEST_F(NewUser, AnEmptyAddressIsRefusedAndAimsAtNobodyElse) {
    const Finished empty =
        gateproof({"init", path("c.json"), "--environment", "test", "--channel", "cloud", "--url", ""});
    EXPECT_EQ(empty.status, 2);
    EXPECT_THAT(empty.err, AllOf(HasSubstr("--url"), HasSubstr("is empty")));
    EXPECT_FALSE(std::filesystem::exists(path("c.json")));
}

TEST_F(NewUserAtAGateway, AnAnswerThatIsNotTheOperationsOwnSaysWhatItLacks) {
    std::string profile = read_file(gateway_.cloud());
    const std::string ok = R"("body_contains": "OK")";
    ASSERT_NE(profile.find(ok), std::string::npos);
    profile.replace(profile.find(ok), ok.size(), R"("body_contains": "FINE")");
    folder_.write("gateway/other.json", profile);
    const Finished finished = judge("tls.refuses-1.1", {}, path("gateway/other.json"));
    EXPECT_EQ(finished.status, 3);
    EXPECT_THAT(finished.out, HasSubstr("HTTP 200, but its body does not hold what expect.body_contains says"));
    const Finished served = judge("mtls.enrolled-served", {}, path("gateway/other.json"));
    EXPECT_THAT(served.out, AllOf(HasSubstr("expect.body_contains"), Not(HasSubstr("expect_body_contains"))));
}

TEST_F(NewUserAtAGateway, ReportsOfAnEarlierRunAreNamedWhereTheNextOneIsUnusable) {
    ASSERT_EQ(judge("tls.refuses-1.1").status, 0);
    ASSERT_TRUE(std::filesystem::exists(path("out/junit.xml")));
    folder_.write("broken.json", "{");
    const Finished broken = judge("tls.refuses-1.1", {}, path("broken.json"));
    EXPECT_EQ(broken.status, 2);
    EXPECT_THAT(broken.err, AllOf(HasSubstr("Of an earlier run, and still there: "), HasSubstr("junit.xml"),
                                  HasSubstr("report.html")));
}

/// Only an embedded or sandbox profile may lend its CA: elsewhere nobody is told to give it.
TEST_F(NewUserAtAGateway, APlanAsksForNothingThatTheProfileMayNotHold) {
    auto profile = nlohmann::ordered_json::parse(read_file(gateway_.cloud()));
    profile["identities"] = {{"enrolled", profile["identities"]["enrolled"]}};
    profile.erase("issuer");
    const auto planned = [&](const std::string& environment) {
        profile["environment"] = environment;
        folder_.write("gateway/bare.json", profile.dump());
        return gateproof({"plan", path("gateway/bare.json"), "--suite", "mtls", "--json"});
    };
    EXPECT_THAT(planned("sandbox").out, HasSubstr("identities.expired or issuer in the profile"));
    const Finished test = planned("test");
    EXPECT_EQ(test.status, 0) << test.err;
    EXPECT_THAT(test.out,
                AllOf(HasSubstr("identities.expired in the profile"), Not(HasSubstr("issuer in the profile"))));
}

TEST_F(NewUserAtAGateway, AMissingListOfKnownFailuresSaysHowToStartOne) {
    const Finished missing = judge("tls.refuses-1.1", {"--known", path("known.json")});
    EXPECT_EQ(missing.status, 2);
    const std::string empty_list = R"({"known_failures": []})";
    EXPECT_THAT(missing.err, HasSubstr(empty_list));
    folder_.write("known.json", empty_list);
    EXPECT_EQ(judge("tls.refuses-1.1", {"--known", path("known.json")}).status, 0) << "the remedy works";
}

TEST_F(NewUserAtAGateway, ComparingTwoEndpointsOfOneNameSaysThatTheyAreTwo) {
    const ServedGateway other(path("other"));
    ASSERT_TRUE(other.serving()) << other.output();
    ASSERT_EQ(judge("tls.refuses-1.1", {"--journal", path("a.jsonl")}).status, 0);
    ASSERT_EQ(judge("tls.refuses-1.1", {"--journal", path("b.jsonl")}, other.cloud()).status, 0);
    // Of the gateway inside the program nobody wants to know its ports.
    for (const char* const journal : {"a.jsonl", "b.jsonl"}) {
        const std::string here = std::regex_replace(read_file(path(journal)), std::regex(R"("environment":"embedded")"),
                                                    R"("environment":"sandbox")");
        folder_.write(journal, here);
    }
    for (const char* const format : {"text", "json", "markdown"}) {
        const Finished compared = gateproof({"compare", path("a.jsonl"), path("b.jsonl"), "--format", format});
        EXPECT_THAT(compared.out, HasSubstr("and is at https:")) << format;
    }
    EXPECT_THAT(gateproof({"compare", path("a.jsonl"), path("a.jsonl")}).out, Not(HasSubstr("is at https:")));
}

/// A check that fails now and had nothing to look at before is a change.
TEST_F(NewUserAtAGateway, WhatANextMomentFindsIsToldBesideItsBaseline) {
    const auto moment = [&](const std::string& name, std::vector<std::string> more) {
        std::vector<std::string> words{"rotate-check",
                                       "--profile",
                                       gateway_.cloud(),
                                       "--old",
                                       path("gateway/enrolled.crt.pem"),
                                       "--old-key",
                                       path("gateway/enrolled.key.pem"),
                                       "--new",
                                       path("gateway/rotated_new.crt.pem"),
                                       "--new-key",
                                       path("gateway/rotated_new.key.pem"),
                                       "--moment",
                                       name,
                                       "--out",
                                       path(name)};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    };
    ASSERT_EQ(moment("during", {}).status, 0);
    const Finished after = moment("after", {"--baseline", path("during/run.jsonl")});
    EXPECT_EQ(after.status, 1) << after.out;
    EXPECT_THAT(after.out, AllOf(HasSubstr("rotation.old-refused-after-cut-over"), Not(HasSubstr("nothing changed"))));
}

/// What other programs call it, and what is left out by habit.
TEST_F(NewUser, AWrongWordSaysWhichOneWasMeant) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> meant{
        {{"validate", "x.json"}, "did you mean gateproof profile validate?"},
        {{"-V"}, "did you mean gateproof --version?"},
        {{"local.json"}, "did you mean gateproof run local.json?"},
        {{"report", path("no.jsonl")}, "there is no journal"},
    };
    for (const auto& [words, text] : meant) {
        const Finished finished = gateproof(words);
        EXPECT_EQ(finished.status, 2) << words.front();
        EXPECT_THAT(finished.err, HasSubstr(text));
    }
}

TEST_F(NewUser, HelpIsACommandToo) {
    EXPECT_EQ(gateproof({"help"}).out, gateproof({"--help"}).out);
    EXPECT_EQ(gateproof({"help", "run"}).out, gateproof({"run", "--help"}).out);
    EXPECT_THAT(gateproof({"help", "run"}).out, HasSubstr("--deadline"));
}

/// A line of `run` becomes its plan by the verb alone.
TEST_F(NewUser, APlanTakesTheOptionsOfARun) {
    const Finished planned =
        gateproof({"plan", "embedded-cloud", "--check", "tls.refuses-1.1", "--out", path("out"), "--report",
                   "html,junit", "--deadline", "1m30s", "--fail-on", "fail", "--known", "known.json", "-v"});
    EXPECT_EQ(planned.status, 0) << planned.err;
    EXPECT_THAT(planned.out, HasSubstr("tls.refuses-1.1"));
    EXPECT_FALSE(std::filesystem::exists(path("out")));
    const Finished interactive = gateproof(
        {"plan", "embedded-desktop", "--suite", "oauth", "--interactive", "--step-wait", "90s", "--no-browser"});
    EXPECT_EQ(interactive.status, 0) << interactive.err;
    EXPECT_THAT(interactive.out, HasSubstr("oauth.denied-consent"));
}

TEST_F(NewUser, TimesMayHaveTwoUnits) {
    const auto with_deadline = [&](const std::string& time) {
        return gateproof(
                   {"run", "embedded-cloud", "--check", "port.declared", "--deadline", time, "--out", path("out")})
            .status;
    };
    EXPECT_EQ(with_deadline("1m30s"), 0);
    EXPECT_EQ(with_deadline("90"), 0) << "seconds, as the help says";
    for (const char* const strange : {"30s1m", "1m30", "1m30m", "m", "-5s", "1d"}) {
        EXPECT_EQ(with_deadline(strange), 2) << strange;
    }
}

/// The sum of what the checks took is no multiple of the run: waiting for one's turn is no time of one's own.
TEST_F(NewUserAtAGateway, DurationsHoldNoWaiting) {
    std::string profile = read_file(gateway_.cloud());
    const std::string quick = R"("connections_per_second": 0)";
    ASSERT_NE(profile.find(quick), std::string::npos);
    profile.replace(profile.find(quick), quick.size(), R"("connections_per_second": 2)");
    folder_.write("gateway/slow.json", profile);
    ASSERT_EQ(judge("tls.refuses-*", {"--quick"}, path("gateway/slow.json")).status, 0);
    const JournalRead read = read_journal(path("out/run.jsonl"));
    std::chrono::milliseconds sum{0};
    for (const CheckRecord& check : read.run.checks) {
        sum += check.result->duration;
    }
    ASSERT_TRUE(read.run.ended);
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(*read.run.ended - read.run.started);
    EXPECT_GT(whole.count(), 1500) << "the cap made them wait";
    EXPECT_LT(sum.count(), whole.count());
}

/// A word behind an option is told which was meant, as an option is.
TEST_F(NewUser, AWordThatAnOptionDoesNotKnowIsToldWhichWasMeant) {
    const Finished prod = gateproof({"init", path("c.json"), "--environment", "prod", "--channel", "cloud"});
    EXPECT_EQ(prod.status, 2);
    EXPECT_THAT(prod.err, HasSubstr("did you mean production?"));
    EXPECT_THAT(gateproof({"run", "--fail-on", "skiped"}).err, HasSubstr("did you mean skipped?"));
    EXPECT_THAT(gateproof({"run", "--fail-on", "zzz"}).err, Not(HasSubstr("did you mean")));
}

/// Files that people take for PEM are named for what they are, with a remedy that works.
TEST_F(NewUserAtAGateway, FilesOfOtherKindsAreNamedForWhatTheyAre) {
    const auto shell = [&](const std::string& line) {
        const Finished done = run({"/bin/sh", "-c", fmt::format("cd '{}' && {}", path("gateway"), line)});
        EXPECT_EQ(done.status, 0) << line << done.err;
    };
    shell("openssl crl2pkcs7 -nocrl -certfile enrolled.crt.pem -out bundle.p7b");
    shell("openssl crl2pkcs7 -nocrl -certfile enrolled.crt.pem -outform der -out binary.p7b");
    shell("iconv -f UTF-8 -t UTF-16 enrolled.crt.pem > wide.pem");
    const auto told = [&](const std::string& file) {
        std::string profile = read_file(gateway_.cloud());
        const std::regex enrolled(R"re("enrolled": *\{[^}]*\})re");
        profile = std::regex_replace(
            profile, enrolled,
            fmt::format(R"("enrolled": {{"certificate": "file:{}", "key": "file:enrolled.key.pem"}})", file));
        folder_.write("gateway/foreign.json", profile);
        return gateproof({"profile", "validate", path("gateway/foreign.json")}).err;
    };
    EXPECT_THAT(told("bundle.p7b"), HasSubstr("openssl pkcs7 -print_certs -in FILE"));
    EXPECT_THAT(told("binary.p7b"), HasSubstr("openssl pkcs7 -inform der -print_certs -in FILE"));
    EXPECT_THAT(told("wide.pem"), HasSubstr("iconv -f UTF-16 -t UTF-8 FILE"));
    shell("openssl pkcs7 -print_certs -in bundle.p7b -out client.pem");
    EXPECT_EQ(told("client.pem"), "");
    shell("openssl pkcs7 -inform der -print_certs -in binary.p7b -out client.pem");
    EXPECT_EQ(told("client.pem"), "");
    shell("iconv -f UTF-16 -t UTF-8 wide.pem > client.pem");
    EXPECT_EQ(told("client.pem"), "");
}

/// The name service's and OpenSSL's own numbers are nothing that a reader can use.
TEST_F(NewUser, AnUnreachableEndpointIsSaidInPlainWords) {
    const auto judged = [&](const std::string& url) {
        const Finished made = gateproof(
            {"init", path("c.json"), "--environment", "sandbox", "--channel", "desktop", "--url", url, "--force"});
        EXPECT_EQ(made.status, 0) << made.err;
        return gateproof({"run", path("c.json"), "--check", "port.open", "--out", path("out")}).out;
    };
    const std::string unknown = judged("https://nobody.invalid:4046");
    EXPECT_THAT(unknown, AllOf(HasSubstr("knows no address of that name"), Not(HasSubstr("authoritative"))));
}

/// A failure that is accepted is no FAIL as it happens, and where journal and reports are is the last that is said.
TEST_F(NewUserAtAGateway, AKnownFailureIsCalledSoAsItHappens) {
    const ServedGateway broken(path("broken"), {"accepts-tls-1.1"});
    ASSERT_TRUE(broken.serving()) << broken.output();
    folder_.write(
        "known.json",
        R"({"known_failures": [{"check": "tls.refuses-1.1", "reason": "INC-4711", "expires": "9999-12-31"}]})");
    const Finished told = judge("tls.refuses-1.1", {"--known", path("known.json"), "-v"}, broken.cloud());
    EXPECT_EQ(told.status, 0) << told.out << told.err;
    EXPECT_THAT(told.out,
                AllOf(testing::ContainsRegex("\nKNOWN +[a-z-]+ tls.refuses-1.1 \\("), Not(HasSubstr("FAIL "))));
    EXPECT_THAT(told.out, testing::ContainsRegex("\nreport: [^\n]*\n$"));
}

/// At the width of a usual screen the table of endpoints is not cut where its addresses are long.
TEST_F(NewUserAtAGateway, TheTableOfEndpointsWrapsItsAddresses) {
    ASSERT_EQ(judge("tls.refuses-1.1").status, 0);
    const std::string page = read_file(path("out/report.html"));
    EXPECT_THAT(page, AllOf(HasSubstr(".endpoints td code { overflow-wrap: anywhere; }"),
                            Not(HasSubstr(".endpoints td code { white-space: nowrap"))));
}

}  // namespace
}  // namespace gateproof::test
