// What a browser's cookies are sent to, by servers on loopback that set them and say what came.
#include "harness/probe/http/cookie_jar.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "harness/probe/http/http.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::test {
namespace {

using testing::AnyOf;
using testing::SizeIs;

/// Its answer has the path's Set-Cookie headers, and says in the body which cookies came.
class Site {
public:
    void sets(std::vector<std::string> cookies) { cookies_ = std::move(cookies); }

    /// The Cookie header of a request for `path`; empty: none.
    std::string visit(const std::shared_ptr<CookieStore>& browser, const std::string& path,
                      const std::string& host = "localhost") {
        HttpRequest request;
        request.endpoint = peer_.endpoint();
        request.endpoint.host = host;
        request.tls = false;
        request.path = path;
        request.cookies = browser;
        const HttpOutcome outcome = run(loop_, client_.send(std::move(request)));
        EXPECT_TRUE(outcome.response) << outcome.summary();
        cookies_.clear();
        return outcome.response ? outcome.response->body : "";
    }

private:
    void answer(tcp::socket& socket) const {
        std::string head;
        boost::asio::read_until(socket, boost::asio::dynamic_buffer(head), "\r\n\r\n");
        constexpr std::string_view name = "\r\nCookie: ";
        const std::size_t at = head.find(name);
        const std::size_t value = at + name.size();
        const std::string came = at == std::string::npos ? "" : head.substr(value, head.find("\r\n", value) - value);
        std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(came.size()) + "\r\n";
        for (const std::string& cookie : cookies_) {
            bytes += "Set-Cookie: " + cookie + "\r\n";
        }
        boost::asio::write(socket, boost::asio::buffer(bytes + "\r\n" + came));
        socket.shutdown(tcp::socket::shutdown_send);
        drain(socket);
    }

    std::vector<std::string> cookies_;  ///< changes between requests alone
    boost::asio::io_context loop_;
    HttpClient client_{loop_.get_executor()};
    Peer peer_{[this](tcp::socket& socket) { answer(socket); }};
};

TEST(Cookies, AreSentWhereTheirPathSays) {
    Site site;
    const CookieJar jar;
    site.sets({"a=1; Path=/id; HttpOnly", "b=2", "c=3; path=/other"});
    EXPECT_EQ(site.visit(jar.store(), "/id/authorize?x=/y/z"), "");
    // RFC 6265 5.4 asks for the earlier one first, and servers not to rely on it; libcurl has the later one first.
    EXPECT_THAT(site.visit(jar.store(), "/id/login"), AnyOf("a=1; b=2", "b=2; a=1"));
    EXPECT_EQ(site.visit(jar.store(), "/idle"), "");
    EXPECT_EQ(site.visit(jar.store(), "/other"), "c=3");
    site.sets({"a=; Path=/id; Max-Age=0", "b=9; Path=/id"});
    site.visit(jar.store(), "/id/authorize");
    EXPECT_EQ(site.visit(jar.store(), "/id/x"), "b=9");
}

TEST(Cookies, OfOneBrowserAreNotOfAnother) {
    Site site;
    CookieJar ours;
    site.sets({"a=1; Path=/"});
    site.visit(ours.store(), "/");
    const CookieJar copy = ours;
    site.sets({"a=2; Path=/"});
    site.visit(copy.store(), "/");
    EXPECT_EQ(site.visit(ours.store(), "/"), "a=1");
    EXPECT_EQ(site.visit(copy.store(), "/"), "a=2");
    EXPECT_EQ(site.visit(CookieJar().store(), "/"), "");
    EXPECT_EQ(site.visit(nullptr, "/"), "") << "a handle of libcurl's that is used again";
    ours = CookieJar();
    EXPECT_EQ(site.visit(ours.store(), "/"), "");
}

/// As browsers decide: RFC 6265 5.3, publicsuffix.org, and 4.1.3 of its successor.
TEST(Cookies, OfOthersAreRefused) {
    Site site;
    const CookieJar jar;
    const std::string host = "login.gateproof.govt.nz";
    site.sets({"a=1; Domain=other.govt.nz", "b=2; Domain=govt.nz", "__Host-c=3; Path=/", "__Secure-d=4; Path=/",
               "e=5; Secure; Path=/", "f=6; Domain=gateproof.govt.nz; Path=/"});
    site.visit(jar.store(), "/", host);
    EXPECT_EQ(site.visit(jar.store(), "/", host), "f=6") << "in clear nothing is secure";
    EXPECT_EQ(site.visit(jar.store(), "/", "id.gateproof.govt.nz"), "f=6");
    EXPECT_EQ(site.visit(jar.store(), "/", "gateproof.example"), "");
}

TEST(Cookies, AreBounded) {
    Site site;
    const CookieJar jar;
    for (const char* series : {"a", "b", "c"}) {
        std::vector<std::string> many{"long=" + std::string(6000, 'x')};
        for (int i = 0; i < 40; ++i) {
            many.push_back(series + std::to_string(i) + "=1; Path=/");
        }
        site.sets(std::move(many));
        site.visit(jar.store(), "/");
    }
    EXPECT_THAT(jar.store()->lines(), SizeIs(CookieJar::max_cookies));
    EXPECT_LT(site.visit(jar.store(), "/").size(), CookieJar::max_cookies * 8);
}

}  // namespace
}  // namespace gateproof::test
