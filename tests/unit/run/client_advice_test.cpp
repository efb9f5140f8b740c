#include <gmock/gmock.h>

#include "harness/run/client/advice.hpp"

namespace gateproof {
namespace {

using Kind = Claim::Kind;
using stage::Visit;
using testing::HasSubstr;

Profile profile() {
    Profile profile;
    profile.client.emplace();
    return profile;
}

std::string advice(Kind kind, std::vector<Visit> visits = {}) {
    Attempt attempt;
    attempt.claim.kind = kind;
    attempt.visits = std::move(visits);
    return advice_for(attempt, {}, profile());
}

Visit hello(TlsVersion newest = TlsVersion::tls_1_3, TlsVersion oldest = TlsVersion::tls_1_2) {
    Visit visit;
    visit.hello.emplace();
    visit.hello->hello = ClientHello::offering(newest, "localhost", oldest);
    return visit;
}

Visit asked(int status) {
    Visit visit = hello();
    visit.accepted_at = std::chrono::steady_clock::now();
    stage::RequestSeen& request = visit.requests.emplace_back();
    request.status = status;
    if (status != 0) {
        request.answered = visit.accepted_at;
    }
    return visit;
}

TEST(ClientAdvice, OfWhoNeverCameItSaysWhereToCall) {
    for (const Kind kind : {Kind::success, Kind::failure, Kind::ended_by_us}) {
        EXPECT_THAT(advice(kind), HasSubstr("{url}, or {host} and {port}")) << to_string(kind);
    }
    EXPECT_THAT(advice(Kind::ended_by_us), HasSubstr("needs more than 10 s until its first connection"));
    EXPECT_THAT(advice(Kind::success), HasSubstr("client.exit.success"));
    EXPECT_THAT(advice(Kind::not_started), HasSubstr("client.trigger.command.read"));
    EXPECT_THAT(advice(Kind::crashed), HasSubstr("why it crashes"));
    EXPECT_THAT(advice(Kind::unsupported), HasSubstr("client.exit.unsupported"));
}

TEST(ClientAdvice, OfWhoCameItSaysWhatStoppedIt) {
    Visit clear;
    clear.in_clear = true;
    EXPECT_THAT(advice(Kind::failure, {clear}), HasSubstr("begins with https"));
    EXPECT_THAT(advice(Kind::failure, {Visit()}), HasSubstr("begin with a TLS handshake"));
    Visit untrusting = hello();
    untrusting.alert = Alert{2, 48};
    EXPECT_THAT(advice(Kind::failure, {untrusting}), HasSubstr("let it trust {ca}"));
    Visit bare = hello();
    bare.certificate_requested = true;
    bare.our_alert = Alert{2, 116};
    EXPECT_THAT(advice(Kind::failure, {bare}), HasSubstr("show {certificate} with {key}"));
    Visit foreign = hello();
    foreign.our_alert = Alert{2, 40};
    EXPECT_THAT(advice(Kind::failure, {foreign}), HasSubstr("what its ClientHello offers"));
    EXPECT_THAT(advice(Kind::failure, {hello(TlsVersion::tls_1_1, TlsVersion::tls_1_0)}),
                HasSubstr("let it offer TLS 1.3"));
}

TEST(ClientAdvice, OfWhoAskedItSaysWhatToAskFor) {
    EXPECT_THAT(advice(Kind::failure, {asked(401)}), HasSubstr("{token}"));
    EXPECT_THAT(advice(Kind::failure, {asked(403)}), HasSubstr("{ird}"));
    EXPECT_THAT(advice(Kind::failure, {asked(404)}), HasSubstr("the path that it asks for"));
    EXPECT_THAT(advice(Kind::failure, {asked(0)}), HasSubstr("wait for the answer"));
    EXPECT_THAT(advice(Kind::failure, {asked(200)}), HasSubstr("client.exit.success"));
    EXPECT_THAT(advice(Kind::ended_by_us, {asked(200)}), HasSubstr("client.patience.end_ms"));
}

}  // namespace
}  // namespace gateproof
