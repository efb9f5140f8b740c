// What answers of a gateway are read for beside their status: whom they name (a JSON pointer), tokens, cookies.
// The first byte divides the rest into a pointer and a body.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "harness/probe/http/cookie_jar.hpp"
#include "harness/probe/jwt/jwt.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "suites/shared/callers.hpp"

namespace {

void check_cookies(const std::string& body) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < body.size() && lines.size() < 100;) {
        const std::size_t end = std::min(body.find('\n', at), body.size());
        lines.push_back("Set-Cookie: " + body.substr(at, end - at));
        at = end + 1;
    }
    const gateproof::CookieJar jar;
    jar.store()->add(lines);
    jar.store()->keep_bounds();
    const std::vector<std::string> kept = jar.store()->lines();
    require(gateproof::CookieJar(jar).store()->lines().size() <= kept.size(), "another browser knows more cookies");
    require(kept.size() <= gateproof::CookieJar::max_cookies, "more cookies than a browser may have");
    for (const std::string& line : kept) {
        require(line.find_first_of("\r\n") == std::string::npos, "a cookie that breaks out of its header");
    }
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
