// Endpoints, or what stands in front of them, that ban whoever sends what must be refused.
#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <mutex>
#include <sstream>

#include "tests/peers/haproxy.hpp"
#include "tests/peers/nginx.hpp"
#include "tests/support/forwarder.hpp"

namespace gateproof::test {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;
using testing::HasSubstr;

/// When connections came, as whoever counts them in front of the server sees it.
class Counter {
public:
    /// Counts one, and gives how many came before it.
    std::size_t count() {
        const std::lock_guard lock(mutex_);
        times_.push_back(Clock::now());
        return times_.size() - 1;
    }
    [[nodiscard]] std::vector<Clock::time_point> times() const {
        const std::lock_guard lock(mutex_);
        return times_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<Clock::time_point> times_;
};

std::size_t occurrences(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

std::string contents(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

class CutOffTest : public NginxTest {};

/// Seven refused requests, and the address is shut out for two minutes.
TEST_F(CutOffTest, ABanIsOneFindingAndTheBannedKeepsQuiet) {
    const std::string program = find_program("haproxy");
    ASSERT_FALSE(program.empty()) << "haproxy is not installed: apt-get install haproxy";
    const std::string config = folder_.write(
        "haproxy.cfg",
        std::string(haproxy_preamble) + fmt::format(R"(frontend gateway
    bind fd@{} ssl crt {} ca-file {} verify optional ssl-min-ver TLSv1.2 ciphers ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305
    stick-table type ip size 1k expire 120s store gpc0
    tcp-request connection reject if {{ src_get_gpc0 gt 6 }}
    tcp-request connection track-sc0 src
    acl named ssl_c_used
    http-request sc-inc-gpc0(0) if !named
    http-request deny deny_status 403 if !named
    http-request return status 200 content-type text/plain string OK if {{ path /gateway/customer-service/status }}
    http-request deny deny_status 404
)",
                                                    listener_.descriptor(), path("server.pem"), path("client-ca.pem")));
    const std::uint16_t port = listener_.port();
    start({program, "-db", "-f", config});
    Counter counter;
    const Forwarder front([&counter, port] {
        counter.count();
        Course course;
        course.target = port;
        return course;
    });
    profile_.limits += R"(, "cut_off_wait_ms": 3000)";
    const Judgement judgement = judge_port(front.port(), "cloud", {"--junit", path("junit.xml")});
    EXPECT_EQ(judgement.exit_status, 3) << judgement.output;
    EXPECT_EQ(judgement.record.end_reason, EndReason::cut_off);
    std::set<std::string> told;
    for (const CheckRecord& check : judgement.record.checks) {
        const CheckResult result = judgement.record.result_of(check);
        EXPECT_NE(result.outcome, Outcome::fail) << check.id << ": " << result.sentence;
        if (result.outcome == Outcome::inconclusive) {
            told.insert(result.sentence);
        }
    }
    ASSERT_EQ(told.size(), 1U) << testing::PrintToString(told);
    EXPECT_THAT(*told.begin(), HasSubstr("cut off since "));
    EXPECT_THAT(*told.begin(), HasSubstr(" UTC, after "));
    EXPECT_EQ(occurrences(judgement.output, "INCONCLUSIVE"), 1U) << judgement.output;
    EXPECT_EQ(occurrences(contents(path("junit.xml")), "<error"), 1U);
    // Of what came after the ban was suspected, one is the try after the wait.
    const std::vector<Clock::time_point> times = counter.times();
    ASSERT_GT(times.size(), 10U);
    EXPECT_GT(times.back() - times[times.size() - 2], 2500ms) << "it kept quiet while it waited";
}

/// A whole run, in the middle of which the endpoint is gone for a while.
TEST_F(CutOffTest, WhoIsLetInAgainInTimeJudgesEverything) {
    serve({});
    const std::uint16_t port = listener_.port();
    const ReservedPort nobody;
    Counter counter;
    std::optional<Clock::time_point> banned;
    const Forwarder front([&] {
        constexpr std::size_t first = 60;
        if (counter.count() == first) {
            banned = Clock::now();
        }
        Course course;
        course.target = banned && Clock::now() - *banned < 2500ms ? nobody.number() : port;
        return course;
    });
    profile_.limits += R"(, "cut_off_wait_ms": 4000)";
    const Judgement judgement = judge_port(front.port(), "cloud", {});
    EXPECT_TRUE(banned);
    EXPECT_EQ(judgement.record.end_reason, EndReason::complete);
    EXPECT_THAT(judgement.findings(), testing::IsEmpty()) << judgement.output;
    EXPECT_EQ(judgement.exit_status, 0);
}

}  // namespace
}  // namespace gateproof::test
