#include "reports/view/repeat.hpp"

#include <gmock/gmock.h>

#include "harness/text/shell_word.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> lines_of(const RunRecord& run, const CheckResult& result, const std::string& target = "cloud",
                                  const std::string& id = "tls.refuses-1.1") {
    const CheckRecord check = check_with(target, id, result);
    return repeat_lines(run, Finding{&result, {&check}});
}

CheckResult old_version(const std::string& address) {
    CheckResult result = result_with(Outcome::fail, "negotiated TLS 1.1");
    result.evidence.push_back({"client_hello", result.started, {}});
    result.evidence.back().with("offered", "TLS 1.1 (92 cipher suites, 5 extensions)").with("remote_address", address);
    return result;
}

TEST(RepeatLines, WordsAreQuotedForAShell) {
    EXPECT_EQ(shell_word("out/cloud-1.json"), "out/cloud-1.json");
    EXPECT_EQ(shell_word("permission.outcome[other]"), "'permission.outcome[other]'");
    EXPECT_EQ(shell_word("it's $HOME"), R"('it'\''s $HOME')");
    EXPECT_EQ(shell_word(""), "''");
}

TEST(RepeatLines, ProfileCheckSeedAndWhatElseTheRunWasGiven) {
    RunRecord run = empty_run();
    run.targets.front().given = {"--repeat", "1"};
    run.targets.front().profile_file = "my profiles/cloud.json";
    EXPECT_THAT(lines_of(run, result_with(Outcome::fail, "served")),
                ElementsAre("gateproof run 'my profiles/cloud.json' --check tls.refuses-1.1 --seed 42 --repeat 1"));
}

TEST(RepeatLines, ABuiltInProfileHasItsName) {
    RunRecord run = empty_run();
    run.targets.push_back({"embedded-cloud", "Built in", "embedded", "cloud", "https://localhost:4046", ""});
    EXPECT_THAT(lines_of(run, old_version("127.0.0.1:4046"), "embedded-cloud"),
                ElementsAre("gateproof run embedded-cloud --check tls.refuses-1.1 --seed 42"))
        << "what is inside the program has ended, and no other tool reaches it";
}

TEST(RepeatLines, NothingIsRepeatedThatPassedOrThatNoLineCanSay) {
    RunRecord run = empty_run();
    EXPECT_THAT(lines_of(run, result_with(Outcome::pass, "served")), IsEmpty());
    EXPECT_THAT(lines_of(run, result_with(Outcome::skipped, "no")), IsEmpty());
    EXPECT_THAT(lines_of(run, result_with(Outcome::fail, "served"), "desktop"), IsEmpty()) << "it names no profile";
    run.plan_suites = {"rotation"};
    EXPECT_THAT(lines_of(run, result_with(Outcome::fail, "served")), IsEmpty())
        << "of which certificates it does not say";
}

TEST(RepeatLines, WhatRotateCheckFoundIsRepeatedByIt) {
    RunRecord run = empty_run();
    run.plan_suites = {"rotation"};
    run.targets.front().given = {"--old", "old client.pem", "--new", "new.p12", "--moment", "after"};
    EXPECT_THAT(lines_of(run, result_with(Outcome::fail, "served")),
                ElementsAre("gateproof rotate-check --profile cloud.json --old 'old client.pem' --new new.p12 "
                            "--moment after"));
}

TEST(RepeatLines, TheLineOfCurlIsShownWhereItIsWordsAndNothingElse) {
    RunRecord run = empty_run();
    const auto with_curl = [](const std::string& line) {
        CheckResult result = result_with(Outcome::fail, "served: HTTP 200");
        result.evidence.push_back({"http_exchange", result.started, {}});
        result.evidence.back().with("curl", line);
        return result;
    };
    const std::string sound =
        "curl -isS -k --connect-to '::[2001:db8::7]:' 'https://gateway.example:4046/status?a=1&b=2'";
    EXPECT_THAT(lines_of(run, with_curl(sound)), ElementsAre(testing::_, sound));
    for (const char* const hostile : {"curl -isS https://a.example/; date", "curl -isS 'https://a.example/", "date",
                                      "curl -isS \\'https://a.example/ ; date'", "curl -isS $(date)"}) {
        EXPECT_EQ(lines_of(run, with_curl(hostile)).size(), 1U) << hostile;
    }
}

TEST(RepeatLines, AnOldVersionIsOfferedByOpensslWhereThatReachesIt) {
    RunRecord run = empty_run();
    EXPECT_THAT(lines_of(run, old_version("192.0.2.7:4046")),
                ElementsAre(testing::_,
                            "openssl s_client -connect 192.0.2.7:4046 -servername gateway.example -tls1_1 "
                            "-cipher ALL:@SECLEVEL=0 </dev/null"));
    EXPECT_EQ(lines_of(run, old_version("gateway.example:4046 by HTTP proxy proxy.example:3128")).size(), 1U);
    run.targets.front().url = "https://[2001:db8::1]:4046";
    EXPECT_THAT(lines_of(run, old_version("[2001:db8::1]:4046")),
                ElementsAre(testing::_,
                            "openssl s_client -connect '[2001:db8::1]:4046' -tls1_1 "
                            "-cipher ALL:@SECLEVEL=0 </dev/null"))
        << "no address is sent as SNI";
}

}  // namespace
}  // namespace gateproof::reports
