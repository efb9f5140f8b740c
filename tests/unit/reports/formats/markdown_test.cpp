#include "reports/formats/markdown.hpp"

#include <gmock/gmock.h>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Markdown, WhatNeedsAPersonComesFirst) {
    RunRecord run = sample_run();
    run.targets[0].identities = {{"enrolled", "CN=dsp", "CN=ca", "AA", std::nullopt, noon() + std::chrono::hours(48)}};
    const std::string text = markdown_report(run);
    EXPECT_THAT(text, StartsWith("## ❌ Gateproof: 1 of 5 checks failed\n\n2026-02-03 12:00:00 UTC, 3.0 s, gateproof"));
    EXPECT_THAT(text, HasSubstr("| cloud | 1 | 0 | 1 | 1 | 1 | 0 | 0 |\n"));
    EXPECT_THAT(
        text,
        HasSubstr(
            "- ❌ **tls.refuses-1.1** a title (cloud): negotiated TLS 1.1<br>_Remedy:_ disable TLS "
            "1.1<br>_Repeat:_ gateproof run cloud.json --check tls.refuses-1.1 --seed 42<br>_Found_ sha256:0d946488dae1\n"));
    EXPECT_LT(text.find("❌ **tls.refuses-1.1**"), text.find("💥 **tls.refuses-1.1**"));
    EXPECT_LT(text.find("❔ **tls.refuses-1.0**"), text.find("⚠️ **server.validity**"));
    EXPECT_THAT(text, HasSubstr("| **CLOUD-TLS-MIN** TLS 1.2 is the lowest version negotiated | ❌ failed | 💥 error |"));
    EXPECT_THAT(text, HasSubstr("| cloud | enrolled | CN=dsp | 1 |"));
    EXPECT_THAT(text, Not(HasSubstr("did not complete")));
}

TEST(Markdown, OneFaultOfManyEndpointsIsOneItem) {
    RunRecord run = empty_run();
    const CheckResult broken = result_with(Outcome::fail, "negotiated TLS 1.1");
    run.checks = {check_with("cloud", "tls.refuses-1.1", broken), check_with("desktop", "tls.refuses-1.1", broken)};
    EXPECT_THAT(markdown_report(run), HasSubstr("- ❌ **tls.refuses-1.1** a title (cloud, desktop): negotiated"));
    run.checks.push_back(check_with("desktop", "tls.refuses-1.0", broken));
    EXPECT_THAT(markdown_report(run), HasSubstr("- ❌ **3 checks** (cloud tls.refuses-1.1, desktop tls.refuses-1.1, "
                                                "desktop tls.refuses-1.0): negotiated"));
}

TEST(Markdown, EveryReadingIsCitedAndWhoWasJudgedByIt) {
    RunRecord run = sample_run();
    EXPECT_THAT(markdown_report(run), Not(HasSubstr("judged by")));
    run.requirements.at("CLOUD-TLS-MIN").readings = {{"SE-2021", "No TLS 1.1.", "page (2021-04-28)"},
                                                     {"packs-2024", "No TLS 1.2.", "packs (2024-06-18)"}};
    run.targets[0].readings = {{"CLOUD-TLS-MIN", "packs-2024"}};
    run.targets[1].readings = {{"CLOUD-TLS-MIN", "packs-2024"}};
    EXPECT_THAT(markdown_report(run), HasSubstr("\n\n- CLOUD-TLS-MIN, SE-2021: No TLS 1.1. Source: page (2021-04-28).\n"
                                                "- CLOUD-TLS-MIN, packs-2024: No TLS 1.2. Source: packs (2024-06-18).\n"
                                                "- CLOUD-TLS-MIN: judged by packs-2024: cloud, desktop\n"));
}

TEST(Markdown, AKilledRunSaysSo) {
    RunRecord run = sample_run();
    run.end_reason = EndReason::killed;
    run.ended.reset();
    EXPECT_THAT(markdown_report(run), HasSubstr("**The run did not complete (killed).**"));
}

TEST(Markdown, ABanIsOneFinding) {
    const std::string text = markdown_report(cut_off_run());
    EXPECT_THAT(text, HasSubstr("- \xe2\x9d\x94 **3 checks** (cloud tls.a, cloud tls.b, cloud tls.c): not run: cut off "
                                "since 12:00:00 UTC, after mtls.a: "));
    EXPECT_EQ(text.find("not run: cut off"), text.rfind("not run: cut off"));
}

TEST(Markdown, TextHasNoEffect) {
    EXPECT_EQ(markdown_text("<img src=x onerror=a()>"), "&lt;img src=x onerror=a()&gt;");
    EXPECT_EQ(markdown_text("a|b`c*d_e[f](g)\\h"), "a\\|b\\`c\\*d\\_e\\[f\\](g)\\\\h");
    EXPECT_EQ(markdown_text("line\nbreak"), "line break");
    EXPECT_EQ(markdown_text("&lt; @user #12 ~~x~~"), "&amp;lt; &#64;user \\#12 \\~\\~x\\~\\~");
    EXPECT_EQ(markdown_text("see https://evil.example and www.evil.example"),
              "see https\\://evil.example and www\\.evil.example");
    EXPECT_EQ(markdown_text("TLS 1.1: no"), "TLS 1.1: no") << "plain words stay readable";
}

TEST(Markdown, ManyLongProblemsStayBelowWhatAStepSummaryTakes) {
    RunRecord run = empty_run();
    for (int i = 0; i < 3000; ++i) {
        run.checks.push_back(
            check_with("cloud", "tls.c" + std::to_string(i),
                       result_with(Outcome::fail, std::to_string(i) + std::string(5000, '|'), std::string(5000, '<'))));
        run.checks.back().title = std::string(5000, '[');
        run.checks.back().requirements = {"R" + std::to_string(i)};
    }
    const std::string text = markdown_report(run);
    EXPECT_LT(text.size(), 512U * 1024U);
    EXPECT_THAT(text, HasSubstr(" more; report.html and run.jsonl have them all."));
    EXPECT_THAT(text, HasSubstr("The whole matrix is in report.html."));
}

}  // namespace
}  // namespace gateproof::reports
