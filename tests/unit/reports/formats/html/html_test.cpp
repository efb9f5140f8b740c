#include "reports/formats/html/html.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "reports/formats/html/sections.hpp"
#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t occurrences(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

TEST(HtmlWriter, ForeignTextIsInert) {
    HtmlWriter out;
    out << "<p";
    out.attribute("title", "\"><script>'&\x1b") << ">";
    out.text("</p><script>alert(1)</script>\n\xff") << "</p>";
    EXPECT_EQ(std::move(out).take(),
              "<p title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\\x1b\">&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt; "
              "\xef\xbf\xbd</p>");
}

TEST(HtmlWriter, DataCannotEndItsElement) {
    const nlohmann::json value = "</script><!--<script>&amp;";
    HtmlWriter out;
    out.json(value.dump());
    const std::string text = std::move(out).take();
    EXPECT_EQ(text.find_first_of("<>&"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(text), value);
}

TEST(HtmlWriter, AnchorsAreOneWord) {
    EXPECT_EQ(anchor("cloud-test"), "cloud-test");
    EXPECT_EQ(anchor("a b\"<c>/ä[1]"), "a_b__c____[1]");
    EXPECT_EQ(anchor(std::string(1000, 'x')).size(), 200U);
}

/// What is said of a check stands behind its finding, once; of what passed nothing is said.
TEST(Html, FindingsAreExplainedOnceAndDocumentsHaveTheirAddress) {
    RunRecord run = sample_run();
    run.requirements["CLOUD-TLS-MIN"].source = "Service endpoints (Inland Revenue, 2021-04-28), cloud endpoint";
    Explainer explainer;
    explainer.check = [](std::string_view check) {
        return std::vector<ExplainedPart>{
            {"sent", "What is sent", {"a hello of " + std::string(check), "read https://rfc.example/1 <first>"}}};
    };
    explainer.documents = {{"SE", "Service endpoints (Inland Revenue, 2021-04-28)", "https://documents.example/se"},
                           {"SM", "Security measures", "https://documents.example/sm"}};
    const std::string page = html_report(run, Trend{}, &explainer);
    EXPECT_EQ(occurrences(page, "<dd>a hello of tls.refuses-1.1</dd>"), 1U) << "at two endpoints, said once";
    EXPECT_THAT(page, HasSubstr("<a href=\"#cloud/tls.refuses-1.1\">What this check does"));
    EXPECT_THAT(
        page,
        HasSubstr("<a rel=\"noreferrer\" href=\"https://rfc.example/1\">https://rfc.example/1</a> &lt;first&gt;"));
    EXPECT_THAT(page, Not(HasSubstr("a hello of tls.accepts-1.2"))) << "it passed";
    EXPECT_THAT(page, HasSubstr("<dt>SE</dt><dd>Service endpoints (Inland Revenue, 2021-04-28): <a "));
    EXPECT_THAT(page, Not(HasSubstr("documents.example/sm"))) << "no requirement of this run comes from it";
    EXPECT_THAT(html_report(run), Not(HasSubstr("class=\"explained\"")));
}

TEST(Html, VerdictFirstThenEverythingElse) {
    RunRecord run = sample_run();
    run.suites["tls"] = "TLS versions";
    run.checks[3].case_name = "other";
    const std::string page = html_report(run);
    EXPECT_THAT(page, StartsWith("<!DOCTYPE html>\n<html lang=\"en\">"));
    const std::vector<std::string> order{"<h1 id=\"verdict-title\">",
                                         "1 of 5 checks failed</span></h1>",
                                         "What needs attention",
                                         "<h2 id=\"endpoints-title\">",
                                         "<h2 id=\"requirements-title\">",
                                         "<h2 id=\"checks-title\"",
                                         "TLS versions",
                                         "<h2 id=\"hand-in-title\">"};
    std::size_t last = 0;
    for (const std::string& part : order) {
        const std::size_t at = page.find(part, last);
        ASSERT_NE(at, std::string::npos) << part;
        last = at;
    }
    EXPECT_EQ(occurrences(page, "<details class=\"check "), 6U);
    EXPECT_THAT(page, HasSubstr("id=\"cloud/tls.refuses-1.0[other]\""));
    EXPECT_THAT(page, HasSubstr("<noscript><pre>+0.012 alert level=2 name=&quot;protocol_version (70)&quot;\n</pre>"));
    EXPECT_THAT(page, HasSubstr("[[12,\"alert\",[[\"level\",2],[\"name\",\"protocol_version (70)\"]]],0]"));
    EXPECT_THAT(page, HasSubstr("what somebody attested is marked as said, and the rest is not tested"));
    EXPECT_THAT(page, Not(HasSubstr("to hand in")));
    EXPECT_THAT(page, HasSubstr("<td>Inconclusive</td>"));
    EXPECT_THAT(page, Not(HasSubstr("traffic-title"))) << "no load, no charts";
}

TEST(Html, ThePolicyAllowsItsOwnStyleAndScriptAlone) {
    const std::string page = html_report(sample_run());
    std::smatch policy;
    ASSERT_TRUE(std::regex_search(page, policy, std::regex("Content-Security-Policy\" content=\"([^\"]*)\"")));
    EXPECT_THAT(policy[1].str(), StartsWith("default-src &#39;none&#39;; script-src &#39;sha256-"));
    EXPECT_THAT(policy[1].str(), Not(HasSubstr("unsafe")));
    EXPECT_LT(page.find("Content-Security-Policy"), page.find("<style>"));
    EXPECT_EQ(occurrences(page, "<style>"), 1U);
    EXPECT_EQ(occurrences(page, "<script>"), 1U);
    for (const char* outside : {"http://", "https://", "//cdn", "@import", "url("}) {
        EXPECT_THAT(std::string(report_style().text()), Not(HasSubstr(outside)));
        EXPECT_THAT(std::string(report_script().text()), Not(HasSubstr(outside)));
    }
    for (const char* sink : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("}) {
        EXPECT_THAT(std::string(report_script().text()), Not(HasSubstr(sink)));
    }
}

/// Every tag of the page without its attributes, so that two pages can be compared in structure.
std::vector<std::string> tags(const std::string& page) {
    static const std::regex tag(R"(<(/?[a-zA-Z!][a-zA-Z0-9-]*))");
    std::vector<std::string> all;
    for (std::sregex_iterator at(page.begin(), page.end(), tag), end; at != end; ++at) {
        all.push_back((*at)[1]);
    }
    return all;
}

RunRecord run_that_says(const std::string& text) {
    RunRecord run = sample_run();
    run.hostname = run.tool_version = text;
    for (TargetRecord& target : run.targets) {
        target = {target.name,
                  text,
                  text,
                  text,
                  text,
                  text,
                  {{text, text, text, text, std::nullopt, noon() + std::chrono::hours(1)}}};
    }
    run.requirements["CLOUD-TLS-MIN"] = {"CLOUD-TLS-MIN", text, text};
    run.suites = {{"tls", text}, {"server", text}};
    for (CheckRecord& check : run.checks) {
        check.title = check.case_name = text;
        check.skip_reason += text;
        if (check.result) {
            check.result->sentence = text;
            check.result->remedy = text;
            check.result->evidence = {{text, noon(), {}}, {"http_exchange", noon(), {}}, {"load_window", noon(), {}}};
            check.result->evidence[0].with(text, text);
            check.result->evidence[1].with("request", text).with("body", text);
            check.result->evidence[2].with("stream", text).with("sent", 5);
        }
    }
    return run;
}

TEST(Html, HostileTextAddsNoElementAndNoAttribute) {
    const std::string hostile =
        "\"'><script>alert(1)</script><img src=x onerror=alert(1)></style></noscript></template>--><!--]]>"
        "<svg/onload=alert(1)> javascript:alert(1) {{7*7}} \x1b[31m\xe2\x80\xae\xff";
    const std::string page = html_report(run_that_says(hostile));
    EXPECT_EQ(tags(page), tags(html_report(run_that_says("x"))));
    EXPECT_EQ(occurrences(page, "<img"), 0U);
    EXPECT_EQ(occurrences(page, "<script>"), 1U);
    EXPECT_THAT(page, Not(HasSubstr("\x1b")));
    EXPECT_THAT(page, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(page, Not(HasSubstr("href=\"javascript:")));
}

TEST(Html, EvidenceIsBoundedAndSaysWhatIsLeftOut) {
    RunRecord run = empty_run();
    CheckResult result = result_with(Outcome::fail, std::string(1'000'000, 'x'), std::string(1'000'000, 'y'));
    for (int i = 0; i < 200; ++i) {
        result.evidence.push_back({"note", result.started, {}});
        result.evidence.back().with("body", std::string(4096, '<'));
    }
    run.checks = {check_with("cloud", "tls.a", result)};
    const std::string page = html_report(run);
    // About 1.0 MB now: evidence at its bounds, and 31 kB of style and script, which may grow.
    EXPECT_LT(page.size(), 1'020'000U);
    std::smatch left;
    ASSERT_TRUE(std::regex_search(page, left, std::regex(R"(,(\d+)\]</script>)")));
    EXPECT_GT(std::stoi(left[1]), 100);
}

}  // namespace
}  // namespace gateproof::reports
