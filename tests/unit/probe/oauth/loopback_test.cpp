#include "harness/probe/oauth/loopback_redirect.hpp"

#include <gmock/gmock.h>

namespace gateproof::oauth {
namespace {

TEST(LoopbackUri, KnowsLoopbackInClearAlone) {
    const auto parsed = parse_loopback_uri("http://127.0.0.1:8765/callback");
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->port, 8765);
    EXPECT_EQ(parsed->path, "/callback");
    EXPECT_EQ(parse_loopback_uri("http://[::1]/cb")->with_port(81), "http://[::1]:81/cb");
    EXPECT_EQ(parse_loopback_uri("http://localhost/cb")->with_port(81), "http://localhost:81/cb");
    EXPECT_EQ(parse_loopback_uri("http://127.0.0.1")->path, "/");
    for (const char* other :
         {"https://127.0.0.1/cb", "http://127.0.0.2/cb", "http://127.0.0.1.example/cb", "http://127.0.0.1:99999/cb",
          "http://127.0.0.1:/cb", "http://127.0.0.1:80x/cb", "http://127.0.0.1/cb?x", "org.example.app:/cb", ""}) {
        EXPECT_FALSE(parse_loopback_uri(other)) << other;
    }
}

TEST(LoopbackRequest, OnlyAGetHasATarget) {
    EXPECT_EQ(target_of_request("GET /cb?code=1 HTTP/1.1\r\nHost: x\r\n\r\n"), "/cb?code=1");
    for (const char* other : {"POST /cb HTTP/1.1\r\n\r\n", "GET http://x/ HTTP/1.1\r\n\r\n",
                              "GET /a b HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "", "GET ", "GET / HTTP/2\r\n\r\n"}) {
        EXPECT_FALSE(target_of_request(other)) << other;
    }
}

}  // namespace
}  // namespace gateproof::oauth
