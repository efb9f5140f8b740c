// What a plan says beforehand of connections and time, held against what a run makes.
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "suites/connections.hpp"
#include "tests/peers/nginx.hpp"
#include "tests/support/forwarder.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class PlanTest : public NginxTest {
protected:
    [[nodiscard]] std::string plan(const std::string& profile) const {
        return run({GATEPROOF_PROGRAM, "plan", profile}).out;
    }
    /// The number before these words.
    [[nodiscard]] static double number_before(const std::string& text, const std::string& words) {
        const std::size_t at = text.find(words);
        if (at == std::string::npos) {
            return -1;
        }
        std::size_t begin = at;
        while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9') {
            --begin;
        }
        return std::stod(text.substr(begin, at - begin));
    }
};

/// Connections by check, of one case of it, as the evidence tells; the most of all targets.
std::map<std::string, std::size_t> connections_of(const RunRecord& record) {
    const std::set<std::string> kinds{"client_hello",   "http_exchange",   "tls_handshake", "tcp_exchange",
                                      "oauth_exchange", "held_connection", "slow_exchange"};
    std::map<std::pair<std::string, std::string>, std::pair<std::size_t, std::size_t>> sums;
    for (const CheckRecord& check : record.checks) {
        const CheckResult result = record.result_of(check);
        if (result.outcome == Outcome::skipped) {
            continue;
        }
        auto& [connections, cases] = sums[{check.id, check.target}];
        ++cases;
        for (const Observation& seen : result.evidence) {
            connections += kinds.contains(seen.kind) ? 1 : 0;
        }
    }
    std::map<std::string, std::size_t> most;
    for (const auto& [key, sum] : sums) {
        const std::size_t each = (sum.first + sum.second - 1) / sum.second;
        most[key.first] = std::max(most[key.first], each);
    }
    return most;
}

std::string table_of(const std::map<std::string, std::size_t>& measured) {
    std::string table = read_file(GATEPROOF_CONNECTIONS_TABLE);
    const std::string begin = "std::size_t>>({\n";
    const std::size_t from = table.find(begin) + begin.size();
    std::string rows;
    for (const auto& [check, connections] : measured) {
        rows += connections == 1 ? "" : fmt::format("    {{\"{}\", {}}},\n", check, connections);
    }
    return table.replace(from, table.find("});") - from, rows);
}

TEST_F(PlanTest, TheTableOfConnectionsIsWhatARunMakes) {
    const Judgement judgement = judge_files({"embedded-cloud", "embedded-desktop", "embedded-mock"}, {});
    const std::map<std::string, std::size_t> measured = connections_of(judgement.record);
    if (std::getenv("GATEPROOF_WRITE_PAGES") != nullptr) {
        const std::string table = table_of(measured);  // before it is opened, and so emptied
        std::ofstream(GATEPROOF_CONNECTIONS_TABLE) << table;
        GTEST_SKIP() << "written anew; build again";
    }
    double made = 0;
    double told = 0;
    for (const auto& [check, connections] : measured) {
        made += static_cast<double>(connections);
        told += static_cast<double>(suites::usual_connections(check));
    }
    EXPECT_NEAR(told, made, made / 4) << "write it anew: GATEPROOF_WRITE_PAGES=1 ./dev test peers -R PlanTest";
}

TEST_F(PlanTest, TellsConnectionsAboutAsARunMakesThem) {
    serve({});
    const Forwarder counting(listener_.port());
    const std::string profile = write_profile(profile_, counting.port());
    const std::string said = plan(profile);
    EXPECT_EQ(counting.connections(), 0U);
    const Judgement judgement = judge_files({profile}, {});
    const auto made = static_cast<double>(counting.connections());
    // Told as for the embedded gateway, whose profile names more to try.
    EXPECT_GE(number_before(said, " connections"), made * 0.8) << said << judgement.output;
    EXPECT_LE(number_before(said, " connections"), made * 1.6) << said;
    EXPECT_THAT(said, Not(HasSubstr("limits.requests")));
    EXPECT_LT(made, 3 * 151) << "so many is what a run may make that counts what is refused";
    RecordProperty("connections", static_cast<int>(counting.connections()));
}

TEST_F(PlanTest, WarnsOfACapThatIsTooLow) {
    profile_.limits = R"("connections_per_second": 5, "requests": 40)";
    const std::string said = plan(write_profile(profile_, listener_.port()));
    EXPECT_THAT(said, HasSubstr("limits.requests is 40"));
    EXPECT_THAT(said, HasSubstr("at 5 a second"));
}

}  // namespace
}  // namespace gateproof::test
