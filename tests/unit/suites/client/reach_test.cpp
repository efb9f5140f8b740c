#include <gtest/gtest.h>

#include "suites/client/reach/judge.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites {
namespace {

using test::attempt;
using test::Came;

TEST(ClientReachJudgement, ServerName) {
    const Attempt came = attempt({Came().ended(Ending::closed), Came().hello()});
    EXPECT_EQ(judge_server_name(came, "localhost").outcome(), Outcome::pass);
    EXPECT_EQ(judge_server_name(came, "gateway.example").outcome(), Outcome::fail);
    stage::Visit nameless = Came().hello();
    nameless.hello->hello = ClientHello::offering(TlsVersion::tls_1_3, "", TlsVersion::tls_1_2);
    EXPECT_EQ(judge_server_name(attempt({nameless}), "gateway.example").outcome(), Outcome::fail);
    EXPECT_EQ(judge_server_name(attempt({nameless}), "localhost").outcome(), Outcome::skipped)
        << "Java sends no name without a dot";
    EXPECT_EQ(judge_server_name(attempt({Came().ended(Ending::closed)}), "localhost").outcome(), Outcome::inconclusive);
}

TEST(ClientReachJudgement, HostField) {
    const auto host = [](std::string value) {
        return judge_host_field(attempt({Came().hello().request(200).field("Host", std::move(value))}),
                                "gateway.example")
            .outcome();
    };
    EXPECT_EQ(host("gateway.example:4046"), Outcome::pass);
    for (const char* const wrong : {"gateway.example", "gateway.example:", "gateway.example.com:4046", "127.0.0.1:4046",
                                    "gateway.example:4046x"}) {
        EXPECT_EQ(host(wrong), Outcome::fail) << wrong;
    }
    EXPECT_EQ(judge_host_field(attempt({Came().hello().request(200)}), "gateway.example").outcome(), Outcome::fail);
    EXPECT_EQ(judge_host_field(attempt({Came().hello()}), "gateway.example").outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
