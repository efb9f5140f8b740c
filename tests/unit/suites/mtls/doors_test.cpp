#include "suites/gateway/mtls/doors.hpp"

#include <gmock/gmock.h>

#include "tests/unit/suites/shared/answers.hpp"

namespace gateproof::suites::doors_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

HttpOutcome alerted() {
    return failed(Ending::handshake_failed, Alert{2, 116});
}

HttpOutcome reset() {
    return failed(Ending::reset);
}

Answer::Kind kind_of(const HttpOutcome& outcome) {
    return answer_of(outcome, status_operation(), answered(200, "OK\n")).kind;
}

TEST(MtlsRefusal, WhatATryCameTo) {
    using enum Answer::Kind;
    EXPECT_EQ(kind_of(answered(200, "OK\n")), Answer::Kind::served);
    for (const int status : {302, 400, 401, 403, 404, 407, 421, 495, 496, 497}) {
        EXPECT_EQ(kind_of(answered(status, "<html>TOKEN</html>")), refused) << status;
        EXPECT_EQ(kind_of(answered(status, "OK\n")), unclear) << status << " with the service's own body";
    }
    for (const int status : {200, 204, 301, 418, 500, 503}) {
        EXPECT_EQ(kind_of(answered(status, "something else")), unclear) << status;
    }
    EXPECT_EQ(kind_of(answered(200, R"({"errors":[{"code":"EV1022"}]})")), refused)
        << "an error in words, whatever its status";
    EXPECT_EQ(kind_of(alerted()), refused);
    EXPECT_EQ(kind_of(failed(Ending::reset, Alert{2, 116})), refused);
    EXPECT_EQ(kind_of(failed(Ending::closed)), cut);
    EXPECT_EQ(kind_of(reset()), cut);
    for (const Ending failure :
         {Ending::timeout, Ending::connect_failed, Ending::connect_timeout, Ending::resolve_failed}) {
        EXPECT_EQ(kind_of(failed(failure)), silent);
    }
    for (const Ending failure : {Ending::not_http, Ending::local, Ending::handshake_failed}) {
        EXPECT_EQ(kind_of(failed(failure)), unclear);
    }
    HttpOutcome half = answered(200, "O");
    half.end = Ending::closed;
    EXPECT_EQ(kind_of(half), broken_off) << "a close behind the head of a success is no refusal";
}

Tries tried_all(const std::vector<HttpOutcome>& outcomes) {
    return counted(outcomes, answered(200, "OK\n"), status_operation());
}

std::string doubt(const std::vector<HttpOutcome>& outcomes) {
    return tried_all(outcomes).doubt();
}

TEST(MtlsRefusal, AResetCountsOnlyIfEveryTryEndsSo) {
    EXPECT_THAT(doubt({alerted(), alerted(), alerted()}), IsEmpty());
    EXPECT_THAT(doubt({alerted(), answered(403), failed(Ending::closed)}), IsEmpty());
    EXPECT_THAT(doubt({reset(), failed(Ending::closed), reset()}), IsEmpty());
    EXPECT_TRUE(tried_all({reset(), reset(), reset()}).rests_on_resets());
    EXPECT_THAT(doubt({reset()}), HasSubstr("no refusal"));
    EXPECT_THAT(doubt({alerted(), reset(), reset()}), HasSubstr("reset in 2 of 3 tries"));
    EXPECT_THAT(doubt({alerted(), alerted(), reset()}), IsEmpty()) << "told twice, and a reset that says nothing";
    EXPECT_THAT(doubt({alerted(), alerted(), failed(Ending::timeout)}), HasSubstr("no complete answer in time"));
    EXPECT_THAT(doubt({answered(503)}), HasSubstr("HTTP 503"));
    EXPECT_THAT(doubt({}), HasSubstr("nothing was tried"));
}

TEST(MtlsRefusal, TriedThreeTimesAndMoreWhereSomeWereReset) {
    const auto try_again = [](const std::vector<HttpOutcome>& outcomes) { return !tried_all(outcomes).decided(); };
    EXPECT_TRUE(try_again({alerted(), alerted()}));
    EXPECT_FALSE(try_again({alerted(), alerted(), alerted()}));
    EXPECT_FALSE(try_again({reset(), reset(), reset()}));
    EXPECT_TRUE(try_again({alerted(), reset(), alerted()}));
    EXPECT_FALSE(try_again({alerted(), reset(), alerted(), alerted(), alerted(), alerted()}));
    EXPECT_TRUE(try_again({answered(200, "OK\n")})) << "how often it is served is told";
    EXPECT_FALSE(try_again({failed(Ending::timeout)}));
}

CertificatelessTrials trials(std::vector<HttpOutcome> full, std::vector<SessionTrial> offered,
                             TlsVersion version = TlsVersion::tls_1_3) {
    CertificatelessTrials of;
    of.version = version;
    of.ourselves = answered(200, "OK\n");
    of.full = std::move(full);
    of.trials = std::move(offered);
    return of;
}

Verdict judged(std::vector<CertificatelessTrials> versions) {
    return judge_certificateless(versions, status_operation());
}

const std::vector<SessionTrial> three_served(3, {true, answered(200, "OK\n")});
const std::vector<SessionTrial> three_refused(3, {true, answered(403)});

TEST(CertificatelessSessions, ResumedAndServed) {
    const Verdict verdict = judged({trials({answered(403)}, three_refused, TlsVersion::tls_1_2),
                                    trials({answered(403)}, three_served, TlsVersion::tls_1_3)});
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("under TLS 1.3 a session made without a client certificate was resumed "
                                              "and served in 3 of 3 tries (HTTP 200)"));
    EXPECT_THAT(verdict.sentence(), HasSubstr("a full handshake without a certificate is refused (HTTP 403)"));
    EXPECT_THAT(verdict.sentence(), Not(HasSubstr("TLS 1.2")));
    EXPECT_THAT(verdict.remedy(), Not(IsEmpty()));
}

TEST(CertificatelessSessions, ServedOnceIsEnough) {
    std::vector<SessionTrial> once = three_refused;
    once.push_back({true, answered(200, "OK\n")});
    once.push_back({true, failed(Ending::timeout)});
    const Verdict verdict = judged({trials({answered(403)}, once)});
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("served in 1 of 5 tries"));
    const Verdict declined = judged({trials({alerted()}, {{false, answered(200, "OK\n")}})});
    EXPECT_EQ(declined.outcome(), Outcome::fail);
    EXPECT_THAT(declined.sentence(), HasSubstr("though it was not resumed"));
}

TEST(CertificatelessSessions, ResumedAndRefused) {
    const Verdict verdict = judged({trials({answered(403)}, three_refused)});
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr("TLS 1.3: resumed in 3 of 3 tries, and refused: HTTP 403"));
}

TEST(CertificatelessSessions, DeclinedAndRefused) {
    const Verdict verdict = judged({trials({answered(403)}, {{false, answered(403)}, {false, answered(403)}})});
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr("resumption is declined"));
}

TEST(CertificatelessSessions, NoSessionToResume) {
    const Verdict by_tls = judged({trials({alerted()}, {})});
    EXPECT_EQ(by_tls.outcome(), Outcome::pass);
    EXPECT_THAT(by_tls.sentence(), HasSubstr("TLS itself refuses, so there is no session to resume: alert"));
    const Verdict none_given = judged({trials({answered(401)}, {})});
    EXPECT_EQ(none_given.outcome(), Outcome::pass);
    EXPECT_THAT(none_given.sentence(), HasSubstr("no session is given"));
}

TEST(CertificatelessSessions, AFullHandshakeThatIsServedIsAnotherChecksFinding) {
    const std::vector<HttpOutcome> served(3, answered(200, "OK\n"));
    const Verdict open = judged({trials(served, {}, TlsVersion::tls_1_2), trials(served, {})});
    EXPECT_EQ(open.outcome(), Outcome::skipped);
    EXPECT_THAT(open.sentence(), HasSubstr("mtls.no-certificate-refused"));
    const Verdict half = judged({trials(served, {}, TlsVersion::tls_1_2), trials({answered(403)}, three_refused)});
    EXPECT_EQ(half.outcome(), Outcome::pass);
    EXPECT_THAT(half.sentence(), HasSubstr("TLS 1.2: served without a certificate in every full handshake"));
    EXPECT_EQ(judged({trials(served, {}, TlsVersion::tls_1_2), trials({answered(403)}, three_served)}).outcome(),
              Outcome::fail);
    // Any 2xx is service to that check; what the operation answers only when resumed is this one's.
    const HttpOutcome other = answered(200, "log in");
    EXPECT_EQ(judged({trials({other}, {{true, other}, {true, other}})}).outcome(), Outcome::skipped);
    EXPECT_EQ(judged({trials({other}, three_served)}).outcome(), Outcome::fail);
}

TEST(CertificatelessSessions, OneNodeThatServesEverybodyIsNotBlamedOnTheSession) {
    const Verdict verdict = judged({trials({answered(403), answered(200, "OK\n"), answered(403)}, three_served)});
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("1 of 3 full handshakes without a client certificate were served"));
    EXPECT_THAT(verdict.sentence(), Not(HasSubstr("resumed")));
}

TEST(CertificatelessSessions, SilenceAndErrorsProveNothing) {
    std::vector<SessionTrial> silent = three_refused;
    silent.push_back({false, failed(Ending::timeout)});
    EXPECT_EQ(judged({trials({answered(403)}, silent)}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged({trials({answered(503)}, three_refused)}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged({trials({answered(403)}, {{true, answered(200, "something else")}})}).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(judged({}).outcome(), Outcome::inconclusive);
    CertificatelessTrials reset_too = trials({reset(), reset(), reset()}, {});
    EXPECT_EQ(judged({reset_too}).outcome(), Outcome::pass);
    reset_too.control_cut = true;
    EXPECT_EQ(judged({reset_too}).outcome(), Outcome::inconclusive);
}

TEST(CertificatelessSessions, AVersionThatIsNotServedIsLeftOut) {
    CertificatelessTrials unserved;
    unserved.version = TlsVersion::tls_1_2;
    unserved.ourselves = failed(Ending::handshake_failed, Alert{2, 70});
    const Verdict verdict = judged({unserved, trials({alerted()}, {})});
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr("not served, so left out: TLS 1.2"));
    EXPECT_EQ(judged({unserved}).outcome(), Outcome::inconclusive);
    unserved.ourselves = answered(403);
    EXPECT_EQ(judged({unserved, trials({alerted()}, {})}).outcome(), Outcome::inconclusive);
}

TEST(CertificatelessSessions, OfOneNameOpenNoOther) {
    const auto across = [](bool home, std::vector<SessionTrial> offered, std::vector<HttpOutcome> full = {}) {
        CertificatelessTrials of = trials({alerted()}, {});
        of.across.push_back({"made under x and offered under y", home, std::move(offered), std::move(full)});
        return judged({of});
    };
    const Verdict home = across(true, three_served);
    EXPECT_EQ(home.outcome(), Outcome::fail);
    EXPECT_THAT(home.sentence(), HasSubstr("made under x and offered under y, was resumed and served in 3 of 3"));
    EXPECT_EQ(across(true, three_refused).outcome(), Outcome::pass);
    EXPECT_THAT(across(true, three_refused).sentence(), HasSubstr("resumed in 3 of 3 tries, and refused"));
    EXPECT_EQ(across(true, {{false, alerted()}}).outcome(), Outcome::pass);
    EXPECT_EQ(across(true, {{true, failed(Ending::timeout)}}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(across(false, three_served, {alerted(), alerted(), alerted()}).outcome(), Outcome::fail);
    EXPECT_EQ(across(false, three_served, {answered(200, "OK\n")}).outcome(), Outcome::pass) << "open to everybody";
    EXPECT_EQ(across(false, {{false, answered(200, "OK\n")}}, {alerted()}).outcome(), Outcome::pass)
        << "not resumed: a matter of the other name";
    EXPECT_EQ(across(false, three_refused, {alerted()}).outcome(), Outcome::pass);
}

DoorsOfVersion doors(std::vector<DoorTrials> all, std::vector<HttpOutcome> own_name = {},
                     TlsVersion version = TlsVersion::tls_1_3) {
    DoorsOfVersion of;
    of.version = version;
    of.ourselves = answered(200, "OK\n");
    of.own_name = std::move(own_name);
    of.doors = std::move(all);
    return of;
}

Verdict judged(std::vector<DoorsOfVersion> versions) {
    return judge_doors(versions, status_operation());
}

const std::vector<HttpOutcome> always_served(3, answered(200, "OK\n"));
const std::vector<HttpOutcome> always_alerted(3, alerted());
const std::vector<HttpOutcome> always_misdirected(3, answered(421));

TEST(Doors, ServedUnderOneOfThem) {
    const Verdict verdict = judged(
        {doors({{"without SNI", always_alerted}, {"under the SNI x.invalid", always_alerted}}, {}, TlsVersion::tls_1_2),
         doors({{"without SNI", always_served}, {"under the SNI x.invalid", always_misdirected}}, always_alerted)});
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("without SNI and TLS 1.3 in 3 of 3 tries (HTTP 200), though not"));
    EXPECT_THAT(verdict.sentence(), Not(HasSubstr("x.invalid")));
    EXPECT_THAT(verdict.remedy(), HasSubstr("421"));
}

TEST(Doors, EveryOpenOneIsNamedAndCounted) {
    const std::vector<HttpOutcome> sometimes{alerted(), answered(200, "OK\n"), failed(Ending::timeout)};
    const Verdict verdict =
        judged({doors({{"without SNI", sometimes}, {"under the SNI x.invalid", always_served}}, always_alerted)});
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("without SNI and TLS 1.3 in 1 of 3 tries"));
    EXPECT_THAT(verdict.sentence(), HasSubstr("under the SNI x.invalid and TLS 1.3 in 3 of 3 tries"));
}

TEST(Doors, RefusedByNameOrByTlsIsNoServiceAndNoMore) {
    const Verdict verdict =
        judged({doors({{"without SNI", always_alerted}, {"under the SNI x.invalid", always_misdirected}})});
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(),
                HasSubstr("is not served: without SNI (TLS 1.3: alert certificate_required (116))"));
    EXPECT_THAT(verdict.sentence(), HasSubstr("under the SNI x.invalid (TLS 1.3: HTTP 421)"));
    EXPECT_THAT(verdict.sentence(), HasSubstr("TLS had accepted the connection"));
    const std::vector<HttpOutcome> closed(3, failed(Ending::closed));
    EXPECT_EQ(judged({doors({{"without SNI", closed}})}).outcome(), Outcome::pass);
}

TEST(Doors, SilenceAndSingleResetsProveNothing) {
    EXPECT_EQ(judged({doors({{"without SNI", {failed(Ending::timeout)}}})}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged({doors({{"without SNI", {answered(500), answered(500), answered(500)}}})}).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(judged({doors({{"without SNI", {alerted(), reset(), reset()}}})}).outcome(), Outcome::inconclusive);
    DoorsOfVersion all_reset = doors({{"without SNI", {reset(), reset(), reset()}}});
    EXPECT_EQ(judged({all_reset}).outcome(), Outcome::pass);
    EXPECT_TRUE(judged({all_reset}).rests_on_resets());
    all_reset.control_cut = true;
    EXPECT_EQ(judged({all_reset}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judged(std::vector<DoorsOfVersion>{}).outcome(), Outcome::inconclusive);
}

TEST(Doors, AnAnswerThatEverybodyIsGivenIsAnotherHosts) {
    for (const int status : {200, 503}) {
        const HttpOutcome page = answered(status, "welcome");
        EXPECT_TRUE(needs_comparison({alerted(), page}, answered(200, "OK\n"), status_operation()));
        DoorTrials door{"without SNI", {page, page, page}};
        EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::inconclusive);
        door.ourselves = answered(status, "welcome, dear customer");
        EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::inconclusive);
        door.ourselves = failed(Ending::timeout);
        EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::inconclusive);
        door.ourselves = page;
        const Verdict verdict = judged({doors({door})});
        EXPECT_EQ(verdict.outcome(), Outcome::pass);
        EXPECT_THAT(verdict.sentence(), HasSubstr("with our certificate too"));
        door.outcomes.push_back(answered(200, "OK\n"));
        EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::fail);
    }
    EXPECT_FALSE(needs_comparison({alerted(), answered(403), reset(), failed(Ending::timeout)}, answered(200, "OK\n"),
                                  status_operation()));
}

std::vector<std::string> names_tried(const std::string& host, std::vector<std::string> other_names = {}) {
    Profile profile;
    profile.endpoint.host = host;
    profile.other_names = std::move(other_names);
    std::vector<std::string> names;
    for (const Door& door : doors_of(profile, "gateproof-1.invalid", "192.0.2.1:443")) {
        names.push_back(door.server_name);
        EXPECT_EQ(door.own_name, door.hello != HelloCut::none) << door.how;
    }
    return names;
}

TEST(Doors, EverySpellingOfEveryNameIsTried) {
    using testing::ElementsAre;
    EXPECT_THAT(names_tried("gw.example.nz", {"a.example", "b.example", "c.example", "d.example"}),
                ElementsAre("", "gateproof-1.invalid", "a.example", "b.example", "c.example", "GW.EXAMPLE.NZ",
                            "gw.example.nz.", "gateproof-1.example.nz", "192.0.2.1", "gw.example.nz", "gw.example.nz"));
    EXPECT_THAT(names_tried("EXAMPLE.NZ."), ElementsAre("", "gateproof-1.invalid", "example.nz.", "gateproof-1.NZ.",
                                                        "192.0.2.1", "EXAMPLE.NZ.", "EXAMPLE.NZ."));
    EXPECT_THAT(names_tried("localhost"), ElementsAre("", "gateproof-1.invalid", "LOCALHOST", "localhost.", "192.0.2.1",
                                                      "localhost", "localhost"));
    EXPECT_THAT(names_tried("192.0.2.1"), ElementsAre("gateproof-1.invalid", "192.0.2.1", "", ""))
        << "its own handshake has no server name";
}

TEST(Doors, ARefusalByNameTellsNothingOfCertificates) {
    const auto sentence = [](const HttpOutcome& outcome) {
        return judged({doors({{"without SNI", std::vector<HttpOutcome>(3, outcome)}})}).sentence();
    };
    EXPECT_THAT(sentence(answered(421)), HasSubstr("refuse the name, and tell nothing of certificates"));
    EXPECT_THAT(sentence(answered(400, "<h1>Bad Message 400</h1>reason: Invalid SNI")), HasSubstr("refuse the name"));
    EXPECT_THAT(sentence(answered(400, "No required SSL certificate was sent")), Not(HasSubstr("refuse the name")));
    EXPECT_THAT(sentence(alerted()), Not(HasSubstr("refuse the name")));
}

TEST(Doors, AnUnknownNameThatIsAcceptedIsWorthANote) {
    DoorTrials door{"under the SNI x.invalid", always_misdirected};
    EXPECT_THAT(judged({doors({door})}).sentence(), Not(HasSubstr("RFC 9325 3.7")));
    door.unknown = true;
    EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::pass);
    EXPECT_THAT(judged({doors({door})}).sentence(), HasSubstr("RFC 9325 3.7"));
    door.outcomes = always_alerted;
    EXPECT_THAT(judged({doors({door})}).sentence(), Not(HasSubstr("RFC 9325 3.7")));
}

TEST(Doors, AWholeUriForATargetOpensNone) {
    using enum DoorTrials::Request;
    Operation any_body = status_operation();
    any_body.expect_body_contains.clear();
    const auto judge = [](HttpOutcome outcome, DoorTrials::Request request, const Operation& operation) {
        DoorTrials door{"under its own name with its whole URI", {std::move(outcome)}};
        door.request = request;
        return judge_doors(std::vector<DoorsOfVersion>{doors({door})}, operation).outcome();
    };
    for (const DoorTrials::Request request : {own_uri, unknown_uri}) {
        EXPECT_EQ(judge(answered(200, "OK\n"), request, status_operation()), Outcome::fail);
        EXPECT_EQ(judge(answered(200, "OK\n"), request, any_body), Outcome::fail);
        for (const int status : {200, 301, 400, 404, 405, 421, 500, 501}) {
            EXPECT_EQ(judge(answered(status, "welcome"), request, status_operation()), Outcome::pass) << status;
        }
        EXPECT_EQ(judge(failed(Ending::timeout), request, status_operation()), Outcome::inconclusive);
    }
    EXPECT_EQ(judge(answered(200, "welcome"), own_uri, any_body), Outcome::fail);
    EXPECT_EQ(judge(answered(200, "welcome"), unknown_uri, any_body), Outcome::pass) << "a page of the server's own";
}

TEST(Doors, WhatAnotherNameServesEverybodyIsNotOurs) {
    const HttpOutcome page = answered(200, "OK, welcome to the public site");
    DoorTrials door{"under the SNI public.example", {page, page, page}};
    EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::fail);
    door.its_host = answered(404, "nothing here");
    EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::fail) << "by our Host header alone";
    door.its_host = page;
    EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::pass);
    EXPECT_THAT(judged({doors({door})}).sentence(), HasSubstr("that name's own host"));
    door.outcomes = always_served;
    EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::fail);
    door.its_host = answered(200, "OK\n");
    EXPECT_EQ(judged({doors({door})}).outcome(), Outcome::fail) << "our own service under another name";
}

TEST(Doors, ServiceUnderTheOwnNameIsAnotherChecksFinding) {
    const Verdict open = judged({doors({{"without SNI", always_served}}, always_served)});
    EXPECT_EQ(open.outcome(), Outcome::skipped);
    EXPECT_THAT(open.sentence(), HasSubstr("mtls.no-certificate-refused"));
    const std::vector<HttpOutcome> sometimes{alerted(), answered(200, "OK\n"), alerted()};
    const Verdict uneven = judged({doors({{"without SNI", always_served}}, sometimes)});
    EXPECT_EQ(uneven.outcome(), Outcome::fail);
    EXPECT_THAT(uneven.sentence(), HasSubstr("under the endpoint's own name and TLS 1.3 in 1 of 3 tries"));
    EXPECT_THAT(uneven.remedy(), HasSubstr("every node"));
}

TEST(Doors, AVersionThatTheOwnNameDoesNotSpeakIsTriedAllTheSame) {
    DoorsOfVersion old = doors({{"without SNI", always_served}}, always_alerted, TlsVersion::tls_1_2);
    old.ourselves = failed(Ending::handshake_failed, Alert{2, 70});
    const DoorsOfVersion sound = doors({{"without SNI", always_alerted}});
    EXPECT_EQ(judged({old, sound}).outcome(), Outcome::fail);
    old = doors({{"without SNI", always_alerted}}, {}, TlsVersion::tls_1_2);
    old.ourselves = failed(Ending::handshake_failed, Alert{2, 70});
    const Verdict verdict = judged({old, sound});
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr("not served, so left out: TLS 1.2"));
    EXPECT_EQ(judged({old}).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites::doors_test
