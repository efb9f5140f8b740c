#include "reports/formats/junit.hpp"

#include <gmock/gmock.h>

#include <map>
#include <pugixml.hpp>
#include <regex>
#include <set>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// The rules of the dialect: which attributes an element must have, which it may have, which children it takes.
struct Rule {
    std::set<std::string> attributes;
    std::set<std::string> children;
};
const std::map<std::string, Rule> rules{
    {"testsuites", {{"name", "tests", "failures", "errors", "time"}, {"testsuite"}}},
    {"testsuite",
     {{"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}, {"properties", "testcase"}}},
    {"properties", {{}, {"property"}}},
    {"property", {{"name", "value"}, {}}},
    {"testcase",
     {{"name", "classname", "time"},
      {"failure", "error", "skipped", "system-out", "flakyFailure", "flakyError", "rerunFailure", "rerunError"}}},
    {"failure", {{"message", "type"}, {}}},
    {"error", {{"message", "type"}, {}}},
    {"skipped", {{"message"}, {}}},
    // Earlier attempts.
    {"flakyFailure", {{"message", "type"}, {}}},
    {"flakyError", {{"message", "type"}, {}}},
    {"rerunFailure", {{"message", "type"}, {}}},
    {"rerunError", {{"message", "type"}, {}}},
    {"system-out", {{}, {}}},
};

void check_element(const pugi::xml_node& node) {
    const auto rule = rules.find(node.name());
    ASSERT_NE(rule, rules.end()) << "unknown element " << node.name();
    std::set<std::string> attributes;
    for (const pugi::xml_attribute& attribute : node.attributes()) {
        EXPECT_TRUE(attributes.insert(attribute.name()).second) << "twice: " << attribute.name();
        if (std::string(attribute.name()) == "time") {
            EXPECT_TRUE(std::regex_match(attribute.value(), std::regex(R"(\d+\.\d{3})"))) << attribute.value();
        }
    }
    EXPECT_EQ(attributes, rule->second.attributes) << node.name();
    for (const pugi::xml_node& child : node.children()) {
        if (child.type() == pugi::node_element) {
            EXPECT_TRUE(rule->second.children.contains(child.name())) << node.name() << " holds " << child.name();
            check_element(child);
        }
    }
}

std::map<std::string, int> sums_of_cases(const pugi::xml_node& suite) {
    std::map<std::string, int> sums{{"tests", 0}, {"failures", 0}, {"errors", 0}, {"skipped", 0}};
    for (const pugi::xml_node& testcase : suite.children("testcase")) {
        ++sums["tests"];
        sums["failures"] += testcase.child("failure") ? 1 : 0;
        sums["errors"] += testcase.child("error") ? 1 : 0;
        sums["skipped"] += testcase.child("skipped") ? 1 : 0;
    }
    return sums;
}

/// Parses, holds the document against the rules and its own counts, and gives it back.
pugi::xml_document parsed(const RunRecord& run) {
    const std::string text = junit_report(run);
    pugi::xml_document document;
    const auto status = document.load_buffer(text.data(), text.size(), pugi::parse_full);
    EXPECT_TRUE(status) << status.description();
    EXPECT_THAT(text, StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
    const pugi::xml_node root = document.child("testsuites");
    EXPECT_TRUE(root);
    check_element(root);
    std::map<std::string, int> total;
    for (const pugi::xml_node& suite : root.children("testsuite")) {
        EXPECT_STREQ(suite.first_child().name(), "properties");
        EXPECT_TRUE(
            std::regex_match(suite.attribute("timestamp").value(), std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")))
            << suite.attribute("timestamp").value();
        for (const auto& [name, sum] : sums_of_cases(suite)) {
            EXPECT_EQ(suite.attribute(name.c_str()).as_int(-1), sum) << suite.attribute("name").value() << ' ' << name;
            total[name] += sum;
        }
    }
    for (const char* name : {"tests", "failures", "errors"}) {
        EXPECT_EQ(root.attribute(name).as_int(-1), total[name]) << name;
    }
    return document;
}

pugi::xml_node find_case(const pugi::xml_document& document, const std::string& class_name, const std::string& name) {
    return document.find_node([&](const pugi::xml_node& node) {
        return std::string(node.name()) == "testcase" && node.attribute("classname").value() == class_name &&
               node.attribute("name").value() == name;
    });
}

TEST(Junit, EveryOutcomeHasItsElement) {
    const pugi::xml_document document = parsed(sample_run());
    const pugi::xml_node root = document.child("testsuites");
    EXPECT_STREQ(root.attribute("tests").value(), "6");
    EXPECT_STREQ(root.attribute("failures").value(), "1");
    EXPECT_STREQ(root.attribute("errors").value(), "2");
    EXPECT_STREQ(root.attribute("time").value(), "3.000");

    const auto failed = find_case(document, "gateproof.cloud.tls", "tls.refuses-1.1 a title");
    ASSERT_TRUE(failed);
    EXPECT_STREQ(failed.attribute("time").value(), "1.234");
    EXPECT_STREQ(failed.child("failure").attribute("message").value(), "negotiated TLS 1.1");
    EXPECT_STREQ(failed.child("failure").attribute("type").value(), "fail");
    EXPECT_THAT(
        failed.child("failure").text().get(),
        HasSubstr(
            "remedy: disable TLS 1.1\nrepeat: gateproof run cloud.json --check tls.refuses-1.1 --seed 42\nCLOUD-TLS-MIN (must)"));
    EXPECT_THAT(
        failed.child("system-out").text().get(),
        StartsWith(
            "CLOUD-TLS-MIN (must): TLS 1.2 is the lowest version negotiated. Source: SE; RFC 8996\n"
            "fail: negotiated TLS 1.1\nremedy: disable TLS 1.1\nrepeat: gateproof run cloud.json --check tls.refuses-1.1 --seed 42\nfound sha256:0d946488dae1\n"
            "+0.012 alert level=2 name=\"protocol_version (70)\"\n"));

    const auto unclear = find_case(document, "gateproof.cloud.tls", "tls.refuses-1.0 a title");
    EXPECT_STREQ(unclear.child("error").attribute("type").value(), "inconclusive");
    const auto error = find_case(document, "gateproof.desktop.tls", "tls.refuses-1.1 a title");
    EXPECT_STREQ(error.child("error").attribute("type").value(), "error");
    const auto skipped = find_case(document, "gateproof.desktop.tls", "tls.accepts-1.2 a title");
    EXPECT_STREQ(skipped.child("skipped").attribute("message").value(), "not applicable: not for desktop");
    const auto warned = find_case(document, "gateproof.cloud.server", "server.validity a title");
    EXPECT_STREQ(warned.first_child().name(), "system-out") << "a warning passes";
    EXPECT_THAT(warned.child("system-out").text().get(), HasSubstr("warning: expires in 12 days\nremedy: renew it\n"));
}

TEST(Junit, ASuiteForEachProfileAndSuiteInPlanOrder) {
    const pugi::xml_document document = parsed(sample_run());
    std::vector<std::string> names;
    for (const pugi::xml_node& suite : document.child("testsuites").children("testsuite")) {
        names.emplace_back(suite.attribute("name").value());
    }
    EXPECT_THAT(names, testing::ElementsAre("gateproof.cloud.tls", "gateproof.cloud.server", "gateproof.desktop.tls"));
    const pugi::xml_node first = document.child("testsuites").first_child();
    EXPECT_STREQ(first.attribute("timestamp").value(), "2026-02-03T12:00:00");
    EXPECT_STREQ(first.attribute("hostname").value(), "builder");
    EXPECT_STREQ(first.child("properties").find_child_by_attribute("name", "url").attribute("value").value(),
                 "https://gateway.example:4046");
}

TEST(Junit, AKilledRunReportsWhatDidNotRunAsErrors) {
    RunRecord run = sample_run();
    run.checks.push_back({{"tls", "tls.late", "a title"}, "cloud"});
    run.ended.reset();
    run.end_reason = EndReason::killed;
    const pugi::xml_document document = parsed(run);
    const auto late = find_case(document, "gateproof.cloud.tls", "tls.late a title");
    EXPECT_STREQ(late.child("error").attribute("message").value(), "not run: the run was killed");
    EXPECT_STREQ(document.child("testsuites").attribute("time").value(), "1.334") << "to the last end that is known";
}

TEST(Junit, ABanIsOneErrorAndWhatDidNotComeToItsTurnIsSkipped) {
    RunRecord run = sample_run();
    for (const char* const id : {"tls.first", "tls.second", "server.third"}) {
        const std::string suite(id, std::string_view(id).find('.'));
        run.checks.push_back({{suite, id, "a title"}, "cloud"});
    }
    run.targets[0].cut_off = CutOff{noon(), {"mtls.a"}, "connection reset"};
    run.end_reason = EndReason::cut_off;
    const pugi::xml_document document = parsed(run);
    const auto first = find_case(document, "gateproof.cloud.tls", "tls.first a title");
    EXPECT_THAT(first.child("error").attribute("message").value(),
                StartsWith("not run: cut off since 12:00:00 UTC, after mtls.a: "));
    for (const auto& [suite, name] : {std::pair("gateproof.cloud.tls", "tls.second a title"),
                                      std::pair("gateproof.cloud.server", "server.third a title")}) {
        const auto other = find_case(document, suite, name);
        EXPECT_FALSE(other.child("error")) << name;
        EXPECT_THAT(other.child("skipped").attribute("message").value(), StartsWith("not run: cut off")) << name;
    }
    EXPECT_STREQ(document.child("testsuites").attribute("errors").value(), "3") << "two of the sample, and the ban";
}

TEST(Junit, AnEmptyRunIsStillADocument) {
    const pugi::xml_document document = parsed(empty_run());
    EXPECT_STREQ(document.child("testsuites").attribute("tests").value(), "0");
}

/// ASCII, and no character that XML 1.0 (section 2.2) forbids, as itself or as a reference.
bool only_xml_characters(const std::string& text) {
    const auto allowed = [](unsigned long c) {
        return c == '\n' || c == '\t' || (c >= 0x20 && c < 0xd800) || (c >= 0xe000 && c < 0xfffe) ||
               (c >= 0x10000 && c <= 0x10ffff);
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const bool reference = text.compare(i, 3, "&#x") == 0;
        if (c > 0x7e || !allowed(c) || (text.compare(i, 2, "&#") == 0 && !reference) ||
            (reference && !allowed(std::stoul(text.substr(i + 3, 8), nullptr, 16)))) {
            return false;
        }
    }
    return true;
}

TEST(Junit, HostileTextIsCarriedSafely) {
    std::string every;
    for (int c = 0; c < 256; ++c) {
        every.push_back(static_cast<char>(c));
    }
    const std::string hostile = every + "]]></failure><x y='\"'>&amp;\xef\xbf\xbe\xed\xa0\x80\xe2\x80\xae";
    RunRecord run = empty_run();
    CheckResult result = result_with(Outcome::fail, hostile, hostile);
    result.evidence.push_back({hostile, result.started, {}});
    result.evidence.back().with(hostile, hostile);
    CheckRecord check = check_with(hostile, hostile, result);
    check.suite = check.title = hostile;
    check.requirements = {hostile};
    run.checks = {check};
    run.hostname = run.tool_version = hostile;
    run.requirements[hostile] = {hostile, hostile, hostile};
    const std::string text = junit_report(run);
    EXPECT_TRUE(only_xml_characters(text));
    const pugi::xml_document document = parsed(run);
    const auto testcase = document.child("testsuites").child("testsuite").child("testcase");
    EXPECT_THAT(testcase.child("failure").text().get(), HasSubstr("]]></failure><x y='\"'>&amp;"));
    EXPECT_THAT(testcase.child("failure").text().get(), testing::Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(testcase.child("failure").text().get(), HasSubstr("\xef\xbf\xbd"));
}

/// With a thousand targets the whole would be a hundred megabytes and more.
TEST(Junit, IsWrittenSuiteBySuite) {
    RunRecord run = empty_run();
    LeftOutCheck left_out;
    left_out.suite = "tls";
    left_out.id = "tls.left-out";
    left_out.by = "--check tls.a";
    for (int number = 0; number < 100; ++number) {
        left_out.targets.push_back("target-" + std::to_string(number));
    }
    run.left_out = {left_out};
    std::size_t suites = 0;
    std::size_t longest = 0;
    std::string text;
    write_junit(run, [&](std::string_view piece) {
        suites += piece.find("<testsuite ") != std::string_view::npos ? 1 : 0;
        longest = std::max(longest, piece.size());
        text += piece;
    });
    EXPECT_EQ(suites, 100U);
    EXPECT_LT(longest * 50, text.size());
    EXPECT_EQ(text, junit_report(run));
    const pugi::xml_document document = parsed(run);
    EXPECT_EQ(document.child("testsuites").attribute("tests").as_int(), 100);
}

TEST(Junit, HugeTextIsBounded) {
    RunRecord run = empty_run();
    CheckResult result = result_with(Outcome::inconclusive, std::string(1'000'000, 'x'));
    for (int i = 0; i < 200; ++i) {
        result.evidence.push_back({"note", result.started, {}});
        result.evidence.back().with("body", std::string(100'000, 'y'));
    }
    run.checks = {check_with("cloud", "tls.a", result)};
    const pugi::xml_document document = parsed(run);
    EXPECT_LT(junit_report(run).size(), 100'000U);
    const auto testcase = document.child("testsuites").child("testsuite").child("testcase");
    EXPECT_LE(std::string(testcase.child("error").attribute("message").value()).size(), 1100U);
    EXPECT_THAT(testcase.child("system-out").text().get(), HasSubstr("bytes more)"));
}

TEST(Junit, ALongRunKeepsItsTimesPlain) {
    RunRecord run = empty_run();
    run.ended = run.started + std::chrono::hours(2) + std::chrono::milliseconds(7);
    run.checks = {check_with("cloud", "tls.a", result_with(Outcome::pass, "s"))};
    EXPECT_STREQ(parsed(run).child("testsuites").attribute("time").value(), "7200.007");
    run.ended = run.started - std::chrono::hours(1);
    EXPECT_STREQ(parsed(run).child("testsuites").attribute("time").value(), "0.000") << "the clock was set back";
}

}  // namespace
}  // namespace gateproof::reports
