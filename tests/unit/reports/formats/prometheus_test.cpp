#include "reports/formats/prometheus.hpp"

#include <gmock/gmock.h>

#include <regex>
#include <set>
#include <sstream>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

/// The text exposition format 0.0.4, strictly: HELP, then TYPE, then the samples of that metric; names and labels by
/// the grammar; no series twice; the last line ends.
std::map<std::string, double> read_metrics(const std::string& text) {
    static const std::regex help(R"(# HELP (gateproof_[a-z_]+) (\S.*\.))");
    static const std::regex type(R"(# TYPE (gateproof_[a-z_]+) gauge)");
    static const std::regex sample(
        R"((gateproof_[a-z_]+)((?:\{(?:[a-z_][a-z0-9_]*="(?:[^"\\]|\\[\\"n])*",?)*\})?) (-?[0-9]+(?:\.[0-9]+)?))");
    std::map<std::string, double> samples;
    std::set<std::string> metrics;
    std::string described;
    std::string typed;
    std::istringstream in(text);
    EXPECT_EQ(text.back(), '\n');
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (std::regex_match(line, match, help)) {
            EXPECT_TRUE(metrics.insert(match[1]).second) << "a metric's lines must stand together: " << line;
            described = match[1];
        } else if (std::regex_match(line, match, type)) {
            EXPECT_EQ(match[1], described);
            typed = match[1];
        } else if (std::regex_match(line, match, sample)) {
            EXPECT_EQ(match[1], typed);
            EXPECT_TRUE(samples.emplace(match[1].str() + match[2].str(), std::stod(match[3])).second) << line;
        } else {
            ADD_FAILURE() << "no line of the format: " << line;
        }
    }
    return samples;
}

TEST(Prometheus, CountsStatusesDatesAndDuration) {
    RunRecord run = sample_run();
    run.targets[0].identities = {{"enrolled", "CN=dsp", "CN=ca", "AA", std::nullopt, noon() + std::chrono::hours(48)}};
    const auto samples = read_metrics(prometheus_report(run));
    EXPECT_EQ(samples.at(R"(gateproof_checks{profile="cloud",verdict="fail"})"), 1);
    EXPECT_EQ(samples.at(R"(gateproof_checks{profile="desktop",verdict="fail"})"), 0) << "a series never vanishes";
    EXPECT_EQ(samples.at(R"(gateproof_checks{profile="desktop",verdict="error"})"), 1);
    EXPECT_EQ(samples.at(R"(gateproof_requirement_status{profile="cloud",requirement="CLOUD-TLS-MIN",level="must",)"
                         R"(status="fail"})"),
              1);
    EXPECT_EQ(samples.at(R"(gateproof_requirement_status{profile="cloud",requirement="CLOUD-TLS-MIN",level="must",)"
                         R"(status="pass"})"),
              0);
    EXPECT_EQ(
        samples.at(R"(gateproof_certificate_daysleft{profile="cloud",role="enrolled",subject="CN=dsp",sha256="AA"})"),
        1);
    EXPECT_EQ(samples.at(R"(gateproof_certificate_not_after_timestamp_seconds{profile="cloud",role="enrolled",)"
                         R"(subject="CN=dsp",sha256="AA"})"),
              1770292800);
    EXPECT_EQ(samples.at(R"(gateproof_run_duration_seconds{profiles="cloud,desktop"})"), 3);
    EXPECT_EQ(samples.at(R"(gateproof_run_start_timestamp_seconds{profiles="cloud,desktop"})"), 1770120000);
    EXPECT_EQ(samples.at(R"(gateproof_run_end_timestamp_seconds{profiles="cloud,desktop"})"), 1770120003);
    EXPECT_EQ(samples.at(R"(gateproof_run_status{profiles="cloud,desktop",status="failed"})"), 1);
    EXPECT_EQ(samples.at(R"(gateproof_run_status{profiles="cloud,desktop",status="passed"})"), 0);
    EXPECT_EQ(samples.at(R"(gateproof_build_info{profiles="cloud,desktop",version="0.1.0"})"), 1);
}

TEST(Prometheus, HostileTextStaysInItsLabel) {
    std::string every;
    for (int c = 0; c < 256; ++c) {
        every.push_back(static_cast<char>(c));
    }
    every += "\"} 1\nforged_metric 1\n\\";
    RunRecord run = empty_run();
    run.tool_version = every;
    run.targets[0].name = run.targets[1].name = every;
    run.targets[0].identities.assign(
        3, CertificateRecord{every, every, every, every, std::nullopt, noon() + std::chrono::hours(1)});
    run.requirements[every] = {every, every, every};
    CheckRecord check = check_with(every, "tls.a", result_with(Outcome::pass, every));
    check.requirements = {every};
    run.checks = {check};
    const auto samples = read_metrics(prometheus_report(run));
    EXPECT_EQ(samples.count("forged_metric"), 0U);
    EXPECT_EQ(label_value("a\"b\\c\nd"), "a\\\"b\\\\c d");
}

}  // namespace
}  // namespace gateproof::reports
