// IA 2.1, OA: a code is good for ten minutes; RFC 6749 4.1.2 calls that the most that it should be. Whoever wants to
// see it expire has to wait, so the profile says for how long.
#include <algorithm>

#include "suites/gateway/oauth/judge.hpp"
#include "suites/gateway/oauth/needs.hpp"
#include "suites/gateway/oauth/probe.hpp"
#include "suites/gateway/oauth/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How long after its end a code is tried: clocks and nodes differ a little.
milliseconds grace(milliseconds lifetime) {
    constexpr milliseconds least{2000};
    constexpr int part = 20;
    return std::max(least, lifetime / part);
}

milliseconds age(Clock::time_point since) {
    return std::chrono::duration_cast<milliseconds>(Clock::now() - since);
}

awaitable<Verdict> code_expires(Context& ctx, CookieJar& browser) {
    const Authority& authority = authority_of(ctx);
    const milliseconds lifetime = authority.code_lifetime;
    const Clock::time_point before = Clock::now();
    const CodeGrant early = co_await get_code(ctx, authority.client, browser);
    const CodeGrant late = co_await get_code(ctx, authority.client, browser);
    if (early.code.empty() || late.code.empty()) {
        co_return no_code(early.code.empty() ? early : late);
    }
    const Clock::time_point given = Clock::now();
    AgedCodes codes;
    co_await ctx.wait_quietly(before + lifetime * 3 / 4);
    codes.early = co_await exchange(ctx, authority.client, early);
    codes.early_age = age(before);
    co_await ctx.wait_quietly(given + lifetime + grace(lifetime));
    codes.late_age = age(given);
    codes.late = co_await exchange(ctx, authority.client, late);
    const oauth::TokenAnswer fresh = co_await new_tokens(ctx, authority.client, browser);
    if (!fresh.granted()) {
        co_return no_tokens(fresh);
    }
    co_return judge_code_lifetime(codes, lifetime);
}

/// Beside the waits, two logins and some requests.
milliseconds wait_of(const Profile& profile) {
    const milliseconds lifetime = profile.authority ? profile.authority->code_lifetime : milliseconds(0);
    return lifetime.count() > 0 ? lifetime + grace(lifetime) : milliseconds(0);
}

}  // namespace

std::vector<Check> oauth_code_lifetime_checks() {
    return checks(oauth_family(), {{.id = "oauth.code-expires",
                                    .title = "A code must expire when its time is over",
                                    .requirements = {decides("OAUTH-CODE-LIFETIME")},
                                    .run = in_browser(code_expires),
                                    .needs = {user_login(), code_lifetime()},
                                    .deadline = with_time_for(wait_of)}});
}

}  // namespace gateproof::suites
