// Endpoints that give no answer: inconclusive with a clear sentence, exit 3, within the deadline; never a pass.
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <string>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;

class DeadTest : public PeerTest {
protected:
    void SetUp() override {
        profile_.limits = R"("connections_per_second": 0, "connect_timeout_ms": 500, "probe_timeout_ms": 500,
                     "check_deadline_ms": 5000)";
    }
    /// These read files of the profile alone; everything else needs an answer.
    static bool is_local(const std::string& check) {
        static const std::set<std::string> of_the_endpoint{"certificate.issuer-asked-for", "certificate.intermediates"};
        return check == "port.declared" || (check.starts_with("certificate.") && !of_the_endpoint.contains(check));
    }
    static void expect_all_inconclusive(const Judgement& judgement, const std::string& except = {}) {
        EXPECT_EQ(judgement.exit_status, 3) << judgement.output;
        for (const CheckRecord& check : judgement.record.checks) {
            const CheckResult result = judgement.record.result_of(check);
            if (is_local(check.id) || check.id == except || result.outcome == Outcome::skipped) {
                continue;
            }
            EXPECT_EQ(result.outcome, Outcome::inconclusive) << check.id << ": " << result.sentence;
            EXPECT_LT(result.duration, std::chrono::milliseconds(5500)) << check.id;
        }
    }
};

TEST_F(DeadTest, AnEndpointThatIsDown) {
    const std::uint16_t port = listener_.port();
    listener_.close();
    const Judgement judgement = judge_port(port, "cloud", {});
    expect_all_inconclusive(judgement);
    EXPECT_THAT(judgement.of("port.open").sentence, HasSubstr("refused"));
}

TEST_F(DeadTest, AServerThatAcceptsAndSaysNothing) {
    const Judgement judgement = judge();  // nobody accepts, the kernel completes the connections
    expect_all_inconclusive(judgement, "port.open");
    EXPECT_EQ(judgement.of("port.open").outcome, Outcome::pass) << "connections are accepted, after all";
    EXPECT_THAT(judgement.of("port.speaks-tls").sentence, HasSubstr("0.5 s"));
}

TEST_F(DeadTest, ABlockedPort) {
    // A listen queue that is full drops every further SYN, as a packet filter does.
    ASSERT_EQ(::listen(listener_.descriptor(), 0), 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(listener_.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::vector<int> fillers;
    for (int i = 0; i < 4; ++i) {
        fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        ::connect(fillers.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    const Judgement judgement = judge();
    expect_all_inconclusive(judgement);
    EXPECT_THAT(judgement.of("port.open").sentence, HasSubstr("0.5 s"));
    for (const int filler : fillers) {
        ::close(filler);
    }
}

}  // namespace
}  // namespace gateproof::test
