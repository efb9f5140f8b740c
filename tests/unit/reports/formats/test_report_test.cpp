#include "reports/formats/test_report.hpp"

#include <gmock/gmock.h>

#include "tests/unit/reports/sample_run.hpp"

namespace gateproof::reports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A reader of RFC 4180 of its own: rows of cells; fails on anything else.
std::vector<std::vector<std::string>> read_csv(const std::string& text) {
    std::vector<std::vector<std::string>> rows(1, {""});
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string& cell = rows.back().back();
        if (quoted) {
            if (text[i] != '"') {
                cell += text[i];
            } else if (text.substr(i + 1, 1) == "\"") {
                cell += text[++i];
            } else {
                quoted = false;
                EXPECT_NE(std::string(",\r").find(text.substr(i + 1, 1)), std::string::npos) << "after a quoted cell";
            }
        } else if (text[i] == '"') {
            EXPECT_EQ(cell, "") << "a quote within an unquoted cell";
            quoted = true;
        } else if (text[i] == ',') {
            rows.back().emplace_back();
        } else if (text.compare(i, 2, "\r\n") == 0) {
            ++i;
            rows.push_back({""});
        } else {
            EXPECT_NE(text[i], '\n') << "a bare line feed";
            cell += text[i];
        }
    }
    EXPECT_FALSE(quoted);
    EXPECT_THAT(rows.back(), ElementsAre("")) << "the last line ends";
    rows.pop_back();
    return rows;
}

TEST(TestReport, TheColumnsOfTheForm) {
    RunRecord run = sample_run();
    run.checks[0].scenario = Scenario::negative;
    Observation exchange{"http_exchange", noon(), {}};
    exchange.with("request", "GET /gateway/customer-service/status");
    run.checks[1].result->evidence = {{"tls_handshake", noon(), {}}, exchange};
    run.checks[1].scenario = Scenario::positive;
    run.checks[2].result->evidence = {{"client_hello", noon(), {}}};
    const auto rows = read_csv(csv_report(run));
    ASSERT_EQ(rows.size(), 7U);
    EXPECT_THAT(rows[0], ElementsAre("\uFEFFService", "ID", "Operation", "Scenario description", "Scenario type",
                                     "Applicable (Y/N)", "Exclusion reason", "Pass/Fail", "Notes"));
    EXPECT_THAT(rows[1], ElementsAre("Cloud", "tls.refuses-1.1", "", "a title", "Negative", "Y", "", "Fail",
                                     "negotiated TLS 1.1. Remedy: disable TLS 1.1"));
    EXPECT_THAT(rows[2], ElementsAre("Cloud", "tls.accepts-1.2", "GET /gateway/customer-service/status", "a title",
                                     "Positive", "Y", "", "Pass", "served"));
    EXPECT_THAT(rows[3], ElementsAre("Cloud", "server.validity", "Connection", "a title", "", "Y", "", "Pass",
                                     "Warning: expires in 12 days. Remedy: renew it"));
    EXPECT_EQ(rows[4][7], "Inconclusive");
    EXPECT_EQ(rows[5][7], "Error");
    EXPECT_THAT(rows[6], ElementsAre("Desktop", "tls.accepts-1.2", "", "a title", "", "N", "not for desktop", "", ""));
}

TEST(TestReport, NothingIsAFormula) {
    for (const std::string text : {"=1+1", "+1", "-1", "@SUM(A1)", "|calc", "%x", " =1", "\t=1", "\r=1", "\n=1", "\"=1",
                                   "'=1", "\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "  '\"=cmd|' /C calc'!A0"}) {
        const std::string cell = read_csv(csv_cell(text) + "\r\n")[0][0];
        EXPECT_EQ(cell.front(), '\'') << text;
        EXPECT_EQ(read_csv("a," + csv_cell(text) + ",b\r\n")[0].size(), 3U) << text;
    }
    EXPECT_EQ(csv_cell("1-1=0"), "1-1=0") << "only a start makes a formula";
}

TEST(TestReport, HostileTextStaysInItsCell) {
    std::string every;
    for (int c = 0; c < 256; ++c) {
        every.push_back(static_cast<char>(c));
    }
    RunRecord run = empty_run();
    run.targets[0].title = every;
    CheckResult result = result_with(Outcome::fail, every + "\",\r\n=1,", std::string(1'000'000, 'x'));
    run.checks = {check_with("cloud", every, result)};
    const auto rows = read_csv(csv_report(run));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[1].size(), 9U);
    EXPECT_THAT(rows[1][8], HasSubstr("\", =1,"));
    EXPECT_LT(rows[1][8].size(), 3000U);
}

}  // namespace
}  // namespace gateproof::reports
