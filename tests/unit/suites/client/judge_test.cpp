#include "suites/client/judge.hpp"

#include <gtest/gtest.h>

#include "suites/client/identity/judge.hpp"
#include "suites/client/tls/judge.hpp"
#include "tests/unit/probe/mint.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites {
namespace {

using test::attempt;
using test::Came;
using Kind = Claim::Kind;
using stage::Visit;

Outcome refused(const Attempt& attempt) {
    return judge_client_refused(attempt, {"a certificate for another host", "compare the name"}).outcome();
}

TEST(ClientJudge, TheFirstApplicationByteAccepts) {
    EXPECT_EQ(refused(attempt({Came().hello().finished().request()})), Outcome::fail);
    EXPECT_EQ(refused(attempt({Came().hello().finished().request()}, Kind::success)), Outcome::fail);
    EXPECT_EQ(refused(attempt({Came().hello().alert(42), Came().hello().finished().request()})), Outcome::fail)
        << "one that refuses at first and then gives in has accepted";
    EXPECT_EQ(refused(attempt({Came().hello().went_on().ended(Ending::closed)})), Outcome::fail);
}

TEST(ClientJudge, ARefusalNeedsNoAlert) {
    EXPECT_EQ(refused(attempt({Came().hello().alert(42)})), Outcome::pass);
    EXPECT_EQ(refused(attempt({Came().hello().finished().ended(Ending::closed)})), Outcome::pass);  // curl, wget
    EXPECT_EQ(refused(attempt({Came().hello().ended(Ending::reset)})), Outcome::pass);  // HttpClient of Java
}

TEST(ClientJudge, WhoNeverCameRefusedNothing) {
    EXPECT_EQ(refused(attempt({})), Outcome::inconclusive);
    EXPECT_EQ(refused(attempt({Came().ended(Ending::closed)})), Outcome::inconclusive);
    EXPECT_EQ(refused(attempt({}, Kind::not_started)), Outcome::inconclusive);
    EXPECT_EQ(refused(attempt({}, Kind::success)), Outcome::inconclusive);
}

TEST(ClientJudge, SilenceIsNoRefusal) {
    EXPECT_EQ(refused(attempt({Came().hello()}, Kind::ended_by_us)), Outcome::inconclusive);
    Attempt told = attempt({Came().hello().finished().ended(Ending::closed)}, Kind::ended_by_us);
    told.claim.told_to_end = told.visits.front().began;
    EXPECT_EQ(refused(told), Outcome::inconclusive) << "its connection ended since we ended it";
    told.claim.kind = Kind::failure;
    EXPECT_EQ(refused(told), Outcome::inconclusive) << "what it left behind was ended, and the connection was of that";
    EXPECT_EQ(refused(attempt({Came().hello().ended(Ending::closed, true)})), Outcome::inconclusive)
        << "the stage ended it";
}

TEST(ClientJudge, ComingBackWithoutTlsIsNoRefusal) {
    Visit clear;
    clear.in_clear = true;
    EXPECT_EQ(refused(attempt({Came().hello().alert(42), clear})), Outcome::fail);
}

TEST(ClientJudge, WhoCameToSeeNothingNeitherRefusesNorAccepts) {
    Visit blind = Came().hello().refused_by_us();
    EXPECT_EQ(refused(attempt({blind, Came().hello().alert(42)})), Outcome::pass);
    blind.certificate_shown = true;
    EXPECT_EQ(refused(attempt({blind, Came().hello().alert(42)})), Outcome::inconclusive)
        << "a second stack of the client went on with what was shown, until its missing certificate ended it";
}

TEST(ClientJudge, SuccessThatNobodySawIsNotBelieved) {
    EXPECT_EQ(refused(attempt({Came().hello().alert(42)}, Kind::success)), Outcome::inconclusive);
}

TEST(ClientJudge, ACrashFails) {
    EXPECT_EQ(refused(attempt({Came().hello().ended(Ending::reset)}, Kind::crashed)), Outcome::fail);
}

TEST(ClientJudge, WhoCannotDoItIsNotTried) {
    const Verdict verdict =
        judge_client_refused(attempt({}, Kind::unsupported), {"a certificate for another host", "compare the name"});
    EXPECT_EQ(verdict.outcome(), Outcome::skipped);
    EXPECT_EQ(verdict.skip(), Skip::not_tried);
}

TEST(ClientJudge, ServedMeansAnsweredAndNotDenied) {
    const auto served = [](const Attempt& one) { return judge_client_served(one, "the gateway", "see").outcome(); };
    EXPECT_EQ(served(attempt({Came().hello().finished().request(200)}, Kind::success)), Outcome::pass);
    EXPECT_EQ(served(attempt({Came().hello().finished().request(200)}, Kind::failure)), Outcome::fail);
    EXPECT_EQ(served(attempt({Came().hello().finished().request(404)}, Kind::success)), Outcome::fail);
    EXPECT_EQ(served(attempt({Came().hello().alert(48)})), Outcome::fail);
    EXPECT_EQ(served(attempt({})), Outcome::inconclusive);
}

TEST(ClientJudge, NoFallback) {
    EXPECT_EQ(judge_no_fallback(attempt({Came().hello()})).outcome(), Outcome::pass);
    EXPECT_EQ(judge_no_fallback(attempt({Came().hello(), Came().hello()})).outcome(), Outcome::pass);
    EXPECT_EQ(judge_no_fallback(attempt({Came().hello(), Came().hello(TlsVersion::tls_1_2)})).outcome(), Outcome::fail);
    Visit signalled = Came().hello(TlsVersion::tls_1_2);
    signalled.hello->hello.cipher_suites.push_back(0x5600);
    EXPECT_EQ(judge_no_fallback(attempt({Came().hello(), signalled})).outcome(), Outcome::pass);
    EXPECT_EQ(judge_no_fallback(attempt({})).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_no_fallback(attempt({Came().hello()}, Kind::success)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_no_fallback(attempt({Came().hello()}, Kind::crashed)).outcome(), Outcome::fail);
}

TEST(ClientJudge, OfferedSuites) {
    TlsExpectations expected;
    expected.cipher_suites = {"TLS_AES_128_GCM_SHA256"};
    ClientHelloSeen hello;
    hello.hello.cipher_suites = {0x1301};
    EXPECT_EQ(judge_suites_offered(hello, expected).outcome(), Outcome::pass);
    hello.hello.cipher_suites = {0x1301, 0xc013};  // ECDHE_RSA with AES-128-CBC
    EXPECT_EQ(judge_suites_offered(hello, expected).outcome(), Outcome::warning);
    hello.hello.cipher_suites = {0x1301, 0x000a};  // 3DES, as Go before 1.23 offers it
    EXPECT_EQ(judge_suites_offered(hello, expected).outcome(), Outcome::warning);
    hello.hello.cipher_suites = {0x1301, 0x0009};  // DES
    EXPECT_EQ(judge_suites_offered(hello, expected).outcome(), Outcome::fail);
    hello.hello.cipher_suites = {0x1302};
    EXPECT_EQ(judge_suites_offered(hello, expected).outcome(), Outcome::fail);
}

TEST(ClientJudge, ALateRefusalIsNoticedOnceOrAFewTimes) {
    const std::vector<Visit> once{Came().hello().finished().refused_by_us()};
    EXPECT_EQ(judge_refusal_noticed(attempt(once), 2).outcome(), Outcome::pass);
    EXPECT_EQ(judge_refusal_noticed(attempt(once, Kind::success), 2).outcome(), Outcome::fail);
    EXPECT_EQ(judge_refusal_noticed(attempt(once, Kind::ended_by_us), 2).outcome(), Outcome::fail);
    EXPECT_EQ(judge_refusal_noticed(attempt(once, Kind::none), 2).outcome(), Outcome::skipped);
    EXPECT_EQ(judge_refusal_noticed(attempt(std::vector<Visit>(4, once.front())), 2).outcome(), Outcome::fail);
    EXPECT_EQ(judge_refusal_noticed(attempt({}), 2).outcome(), Outcome::inconclusive);
}

TEST(ClientJudge, ACertificateShownOnceIsShown) {
    Visit none = Came().hello().finished().request(200);
    none.certificate_requested = true;
    Visit shows = none;
    shows.certificates.push_back(test::pki().client.certificate);
    EXPECT_EQ(judge_nothing_shown(attempt({none}, Kind::success)).outcome(), Outcome::pass);
    EXPECT_EQ(judge_nothing_shown(attempt({shows}, Kind::success)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_nothing_shown(attempt({none, shows}, Kind::success)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_nothing_shown(attempt({Came().hello().finished().request(200)}, Kind::success)).outcome(),
              Outcome::inconclusive)
        << "it was not asked for one";
    EXPECT_EQ(judge_nothing_shown(attempt({})).outcome(), Outcome::inconclusive);
}

TEST(ClientJudge, APageIsNoAnswer) {
    const std::vector<Visit> once{Came().hello().finished().request(403)};
    EXPECT_EQ(judge_page_noticed(attempt(once), 2).outcome(), Outcome::pass);
    EXPECT_EQ(judge_page_noticed(attempt(once, Kind::success), 2).outcome(), Outcome::fail);
    EXPECT_EQ(judge_page_noticed(attempt(std::vector<Visit>(4, once.front())), 2).outcome(), Outcome::fail);
    EXPECT_EQ(judge_page_noticed(attempt(once, Kind::ended_by_us), 2).outcome(), Outcome::fail);
    EXPECT_EQ(judge_page_noticed(attempt({}), 2).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
