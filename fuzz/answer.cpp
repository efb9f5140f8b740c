// What answers of a gateway are read for beside their status: whom they name (a JSON pointer), tokens, cookies.
// The first byte divides the rest into a pointer and a body.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "harness/probe/jwt/jwt.hpp"
#include "harness/probe/oauth/cookie_jar.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "suites/shared/callers.hpp"

namespace {

void check_cookies(const std::string& body) {
    gateproof::HttpResponse response;
    for (std::size_t at = 0; at < body.size() && response.headers.size() < 100;) {
        const std::size_t end = std::min(body.find('\n', at), body.size());
        response.headers.emplace_back("set-cookie", body.substr(at, end - at));
        at = end + 1;
    }
    gateproof::CookieJar jar;
    jar.take(response, "/gateway3/oauth/authorize");
    const std::string header = jar.header("/gateway3/oauth/token");
    require(header.find('\r') == std::string::npos && header.find('\0') == std::string::npos,
            "a cookie that breaks out of its header");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const TwoTexts input = two_texts(data, size);
    gateproof::HttpOutcome outcome;
    outcome.response.emplace();
    outcome.response->status = 200;
    outcome.response->body = input.second;
    const std::optional<std::string> name = gateproof::suites::named_in(outcome, gateproof::Operation{}, input.first);
    require(!name || name->size() <= 6 * input.all.size() + 64, "a name that was never said");
    gateproof::jwt::decode(input.all);
    gateproof::oauth::read_token_answer(outcome);
    check_cookies(input.all);
    return 0;
}
