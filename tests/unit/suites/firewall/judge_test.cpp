#include "suites/gateway/firewall/suite.hpp"

#include <curl/curl.h>
#include <gmock/gmock.h>

#include <cerrno>

namespace gateproof::suites {
namespace {

VantagePoint from(VantagePoint::Kind kind) {
    VantagePoint point;
    point.name = "place";
    point.kind = kind;
    point.address = "192.0.2.7";
    point.port = 1080;
    return point;
}

HttpOutcome failed(Ending failure, int os_error = 0, int proxy_reply = 0) {
    HttpOutcome outcome;
    outcome.end = failure;
    outcome.os_error = os_error;
    outcome.proxy_reply = proxy_reply;
    return outcome;
}

HttpOutcome answered(int status) {
    HttpOutcome outcome;
    outcome.response.emplace();
    outcome.response->status = status;
    return outcome;
}

Barrier seen(const HttpOutcome& outcome, VantagePoint::Kind kind = VantagePoint::Kind::source_address,
             bool literal = false) {
    return sighting_of(outcome, from(kind), Operation{}, {.literal = literal}).barrier;
}

TEST(Sighting, TellsDropRefusalAndHttpApart) {
    EXPECT_EQ(seen(answered(200)), Barrier::none);
    EXPECT_EQ(seen(answered(403)), Barrier::http);
    EXPECT_EQ(seen(answered(503)), Barrier::unclear);
    EXPECT_EQ(seen(failed(Ending::connect_timeout)), Barrier::dropped);
    EXPECT_EQ(seen(failed(Ending::connect_failed, ECONNREFUSED)), Barrier::refused);
    EXPECT_EQ(seen(failed(Ending::connect_failed, EHOSTUNREACH)), Barrier::unreachable);
    EXPECT_EQ(seen(failed(Ending::connect_failed, ECONNRESET)), Barrier::closed);
    EXPECT_EQ(seen(failed(Ending::reset)), Barrier::closed);
    HttpOutcome alerted = failed(Ending::handshake_failed);
    alerted.alert = Alert{2, 49};
    EXPECT_EQ(seen(alerted), Barrier::alert);
    EXPECT_EQ(seen(failed(Ending::timeout)), Barrier::unclear) << "accepted and silent: nobody knows why";
}

TEST(Sighting, OurOwnTroubleSaysNothingOfTheEndpoint) {
    EXPECT_EQ(seen(failed(Ending::connect_failed, ENETUNREACH)), Barrier::own_side);
    EXPECT_EQ(seen(failed(Ending::local)), Barrier::own_side);
    EXPECT_EQ(seen(failed(Ending::resolve_failed)), Barrier::own_side);
    EXPECT_EQ(seen(failed(Ending::connect_failed, ECONNREFUSED), VantagePoint::Kind::socks5), Barrier::own_side)
        << "that was the proxy";
}

TEST(Sighting, BelievesAProxyOnlyWhatItCanKnow) {
    using Kind = VantagePoint::Kind;
    const auto socks = [](long reply) { return failed(Ending::proxy_failed, 0, static_cast<int>(reply)); };
    EXPECT_EQ(seen(socks(CURLPX_REPLY_CONNECTION_REFUSED), Kind::socks5h), Barrier::refused);
    EXPECT_EQ(seen(socks(CURLPX_REPLY_TTL_EXPIRED), Kind::socks5), Barrier::dropped);
    EXPECT_EQ(seen(socks(CURLPX_REPLY_HOST_UNREACHABLE), Kind::socks5h), Barrier::own_side) << "or no such name";
    EXPECT_EQ(seen(socks(CURLPX_REPLY_HOST_UNREACHABLE), Kind::socks5h, true), Barrier::unreachable);
    EXPECT_EQ(seen(socks(CURLPX_REPLY_HOST_UNREACHABLE), Kind::socks5), Barrier::unreachable);
    for (const long reply : {CURLPX_REPLY_GENERAL_SERVER_FAILURE, CURLPX_REPLY_NOT_ALLOWED, CURLPX_USER_REJECTED,
                             CURLPX_REPLY_NETWORK_UNREACHABLE, CURLPX_OK}) {
        EXPECT_EQ(seen(socks(reply), Kind::socks5), Barrier::own_side) << reply;
    }
    EXPECT_EQ(seen(failed(Ending::proxy_failed, 0, 504), Kind::http_connect), Barrier::dropped);
    for (const int status : {403, 407, 502, 503}) {
        EXPECT_EQ(seen(failed(Ending::proxy_failed, 0, status), Kind::http_connect), Barrier::own_side) << status;
    }
}

TriedSighting looked(const std::vector<Barrier>& barriers) {
    TriedSighting tried;
    for (const Barrier barrier : barriers) {
        tried.add({barrier, std::string(to_string(barrier))});
    }
    return tried;
}

Outcome blocked(const std::vector<Barrier>& barriers) {
    return judge_blocked(looked(barriers), from(VantagePoint::Kind::source_address)).outcome();
}

Outcome let_through(const std::vector<Barrier>& barriers) {
    return judge_let_through(looked(barriers), from(VantagePoint::Kind::source_address), "").outcome();
}

TEST(FirewallVerdict, IsNeverAPassOnOurOwnTrouble) {
    for (const Barrier barrier : {Barrier::http, Barrier::dropped, Barrier::unreachable, Barrier::alert}) {
        EXPECT_TRUE(looked({barrier}).tries.decided());
        EXPECT_EQ(blocked({barrier}), Outcome::pass);
        EXPECT_EQ(let_through({barrier}), Outcome::fail);
    }
    for (const Barrier barrier : {Barrier::own_side, Barrier::unclear}) {
        EXPECT_EQ(blocked({barrier}), Outcome::inconclusive);
        EXPECT_EQ(let_through({barrier}), Outcome::inconclusive);
    }
    EXPECT_EQ(blocked({Barrier::none}), Outcome::fail);
    EXPECT_EQ(let_through({Barrier::none}), Outcome::pass);
}

TEST(FirewallVerdict, OneResetIsNoBarrier) {
    for (const Barrier reset : {Barrier::closed, Barrier::refused}) {
        EXPECT_FALSE(looked({reset}).tries.decided());
        EXPECT_EQ(blocked({reset, Barrier::none}), Outcome::fail);
        EXPECT_EQ(let_through({reset, Barrier::none}), Outcome::pass);
        EXPECT_EQ(blocked({reset, reset, reset}), Outcome::pass);
        EXPECT_EQ(let_through({reset, reset, reset}), Outcome::fail);
        EXPECT_EQ(blocked({reset, reset, Barrier::unclear}), Outcome::inconclusive);
    }
    const VantagePoint point = from(VantagePoint::Kind::source_address);
    EXPECT_TRUE(judge_blocked(looked({Barrier::closed, Barrier::closed, Barrier::closed}), point).rests_on_resets());
    EXPECT_FALSE(judge_blocked(looked({Barrier::dropped}), point).rests_on_resets());
}

Profile profile_of(Channel channel, Environment environment, NamedReading reading) {
    Profile profile;
    profile.channel = channel;
    profile.environment = environment;
    profile.reading = reading;
    return profile;
}

TEST(Access, IsAsTheReadingSaysOfAPlaceThatIsOnNoList) {
    const VantagePoint elsewhere = from(VantagePoint::Kind::source_address);
    const auto access = [&](Channel channel, Environment environment, NamedReading reading) {
        return access_of(elsewhere, profile_of(channel, environment, reading));
    };
    using enum NamedReading;
    EXPECT_EQ(access(Channel::cloud, Environment::test, packs_2024), Access::by_certificate);
    EXPECT_EQ(access(Channel::cloud, Environment::test, se_2021), Access::blocked);
    for (const NamedReading reading : {packs_2024, se_2021}) {
        EXPECT_EQ(access(Channel::desktop, Environment::test, reading), Access::blocked);
        EXPECT_EQ(access(Channel::cloud, Environment::mock, reading), Access::blocked);
        EXPECT_EQ(access(Channel::cloud, Environment::production, reading), Access::served);
    }
}

TEST(Access, IsWhatTheProfileDeclares) {
    VantagePoint point = from(VantagePoint::Kind::source_address);
    Profile profile = profile_of(Channel::cloud, Environment::test, NamedReading::packs_2024);
    point.expected = VantagePoint::Expected::blocked;
    EXPECT_EQ(access_of(point, profile), Access::blocked);
    point.expected = VantagePoint::Expected::allowed;
    EXPECT_EQ(access_of(point, profile), Access::served);
    point.expected = VantagePoint::Expected::published;
    profile.firewall = SourceRule::allow_listed;
    EXPECT_EQ(access_of(point, profile), Access::blocked);
    profile = profile_of(Channel::desktop, Environment::sandbox, NamedReading::se_2021);
    profile.firewall = SourceRule::open;
    EXPECT_EQ(access_of(point, profile), Access::served) << "there is no certificate that could decide";
}

TEST(FirewallVerdict, WhoShowsNoCertificateMayComeAsFarAsTls) {
    const VantagePoint point = from(VantagePoint::Kind::source_address);
    for (const Barrier barrier : {Barrier::http, Barrier::alert, Barrier::dropped}) {
        EXPECT_EQ(judge_nameless(looked({barrier}), point).outcome(), Outcome::pass);
    }
    EXPECT_THAT(judge_nameless(looked({Barrier::alert}), point).sentence(), testing::HasSubstr("as far as TLS"));
    EXPECT_THAT(judge_nameless(looked({Barrier::dropped}), point).sentence(),
                testing::Not(testing::HasSubstr("as far as TLS")));
    EXPECT_EQ(judge_nameless(looked({Barrier::none}), point).outcome(), Outcome::fail);
    EXPECT_EQ(judge_nameless(looked({Barrier::closed, Barrier::none}), point).outcome(), Outcome::fail);
    EXPECT_EQ(judge_nameless(looked({Barrier::own_side}), point).outcome(), Outcome::inconclusive);
    EXPECT_TRUE(judge_nameless(looked({Barrier::closed, Barrier::closed, Barrier::closed}), point).rests_on_resets());
}

TEST(Sighting, ARedirectOfTheNamelessIsARefusalBesideService) {
    const VantagePoint point = from(VantagePoint::Kind::source_address);
    EXPECT_EQ(sighting_of(answered(404), point, Operation{}, {.nameless = true}).barrier, Barrier::http);
    EXPECT_EQ(sighting_of(answered(404), point, Operation{}, {}).barrier, Barrier::unclear);
}

}  // namespace
}  // namespace gateproof::suites
