#include "suites/gateway/tls/judge.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "suites/gateway/tls/suite.hpp"
#include "suites/gateway/tls/suite_search.hpp"
#include "suites/requirements.hpp"

namespace gateproof::suites {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

ServerAnswer negotiated(TlsVersion version, std::uint16_t suite = 0xc02b) {
    ServerAnswer answer;
    answer.end = Ending::ok;
    answer.server_hello.emplace();
    answer.server_hello->version = version;
    answer.server_hello->cipher_suite = suite;
    return answer;
}

ServerAnswer ended(Ending how) {
    ServerAnswer answer;
    answer.end = how;
    return answer;
}

ServerAnswer alerted(std::uint8_t description) {
    ServerAnswer answer = ended(Ending::alert);
    answer.alert = Alert{2, description};
    return answer;
}

/// Answered so, one after the other.
TriedHello answered(const std::vector<ServerAnswer>& answers, Tries::Ask ask = Tries::Ask::until_told) {
    TriedHello tried{{}, Tries(ask)};
    for (const ServerAnswer& answer : answers) {
        EXPECT_FALSE(tried.tries.decided()) << "after " << tried.tries.summary() << " nobody asks on";
        tried.add(answer);
    }
    EXPECT_TRUE(tried.tries.decided());
    return tried;
}

const ServerAnswer reset = ended(Ending::reset);
const ServerAnswer closed = ended(Ending::closed);

/// Resets with one alert between them, until nobody asks on.
std::vector<ServerAnswer> one_alert_among_resets(std::uint8_t description) {
    std::vector<ServerAnswer> answers(Tries::most_beside_cuts, reset);
    answers[1] = alerted(description);
    return answers;
}

TEST(JudgeOldVersion, AnAlertPassesAtOnce) {
    const Verdict refused = judge_old_version(TlsVersion::tls_1_1, answered({alerted(70)}));
    EXPECT_EQ(refused.outcome(), Outcome::pass);
    EXPECT_EQ(refused.sentence(), "TLS 1.1 was refused with alert protocol_version (70)");
    EXPECT_FALSE(refused.rests_on_resets());
    for (const Ending how : {Ending::timeout, Ending::connect_failed, Ending::malformed, Ending::not_tls}) {
        EXPECT_EQ(judge_old_version(TlsVersion::tls_1_0, answered({ended(how)})).outcome(), Outcome::inconclusive);
    }
}

TEST(JudgeOldVersion, AResetPassesOnlyEveryTime) {
    const Verdict refused = judge_old_version(TlsVersion::ssl_2, answered({reset, reset, reset}));
    EXPECT_EQ(refused.outcome(), Outcome::pass);
    EXPECT_EQ(
        refused.sentence(),
        "SSL 2 was refused with connection reset in 3 of 3 tries; 0 of 3 tries were served (95 % confidence: below "
        "63 %)");
    EXPECT_TRUE(refused.rests_on_resets());
    EXPECT_EQ(
        judge_old_version(TlsVersion::ssl_2, answered({closed, reset, closed})).sentence(),
        "SSL 2 was refused with connection closed in 2 of 3 tries, connection reset in 1 of 3 tries; 0 of 3 tries "
        "were served (95 % confidence: below 63 %)");
    const ServerAnswer served = negotiated(TlsVersion::tls_1_0);
    for (const std::vector<ServerAnswer>& answers :
         {std::vector{reset, served}, {closed, served}, {reset, closed, served}, {reset, alerted(70), served}}) {
        const Verdict verdict = judge_old_version(TlsVersion::tls_1_0, answered(answers));
        EXPECT_EQ(verdict.outcome(), Outcome::fail) << verdict.sentence();
        EXPECT_FALSE(verdict.rests_on_resets());
    }
    EXPECT_EQ(judge_old_version(TlsVersion::tls_1_0, answered({reset, ended(Ending::timeout)})).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(judge_old_version(TlsVersion::tls_1_0, answered({reset, ended(Ending::connect_failed)})).outcome(),
              Outcome::inconclusive);
}

/// Three nodes behind one address, and one of them is lax: what it says is judged, wherever in the row it comes.
TEST(JudgeOldVersion, OneOfThreeIsEnough) {
    const ServerAnswer refused = alerted(70);
    const ServerAnswer served = negotiated(TlsVersion::tls_1_0);
    const ServerAnswer newer = negotiated(TlsVersion::tls_1_2);
    for (const std::vector<ServerAnswer>& answers :
         {std::vector{served, refused, refused}, {refused, served, refused}, {served, newer, refused}}) {
        const Verdict verdict = judge_old_version(TlsVersion::tls_1_1, answered(answers, Tries::Ask::counted));
        EXPECT_EQ(verdict.outcome(), Outcome::fail) << verdict.sentence();
        EXPECT_THAT(verdict.sentence(), HasSubstr("TLS 1.0 was negotiated"));
    }
}

TEST(JudgeOldVersion, ResetsAndAlertsInTurnAreCounted) {
    const Verdict two_alerts = judge_old_version(TlsVersion::tls_1_0, answered({reset, alerted(70), alerted(70)}));
    EXPECT_EQ(two_alerts.outcome(), Outcome::pass);
    EXPECT_THAT(two_alerts.sentence(), HasSubstr("0 of 2 tries")) << "a reset says nothing of who is served";
    EXPECT_FALSE(two_alerts.rests_on_resets());
    const Verdict verdict = judge_old_version(TlsVersion::tls_1_0, answered(one_alert_among_resets(70)));
    EXPECT_EQ(verdict.outcome(), Outcome::inconclusive);
    EXPECT_THAT(verdict.sentence(),
                AllOf(HasSubstr("in 8 of 9 tries"), HasSubstr("alert protocol_version (70) in 1 of 9 tries")));
    EXPECT_FALSE(verdict.remedy().empty());
}

TEST(JudgeOldVersion, FailsByTheServerHello) {
    const Verdict verdict = judge_old_version(TlsVersion::tls_1_1, answered({negotiated(TlsVersion::tls_1_0)}));
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("TLS 1.0 was negotiated when TLS 1.1"));
    EXPECT_THAT(verdict.remedy(), HasSubstr("ssl_protocols"));
    EXPECT_EQ(judge_old_version(TlsVersion::ssl_2, answered({negotiated(TlsVersion::ssl_2)})).outcome(), Outcome::fail);
    EXPECT_EQ(judge_old_version(TlsVersion::tls_1_1, answered({negotiated(TlsVersion::tls_1_2)})).outcome(),
              Outcome::warning);
}

TEST(JudgeWantedVersion, TellsRefusalFromSilence) {
    const auto judge = [](const std::vector<ServerAnswer>& answers) {
        return judge_wanted_version(TlsVersion::tls_1_3, Outcome::warning, answered(answers)).outcome();
    };
    EXPECT_EQ(judge({negotiated(TlsVersion::tls_1_3)}), Outcome::pass);
    EXPECT_EQ(judge({reset, negotiated(TlsVersion::tls_1_3)}), Outcome::pass);
    EXPECT_EQ(judge({negotiated(TlsVersion::tls_1_2)}), Outcome::warning);
    EXPECT_EQ(judge({alerted(40)}), Outcome::warning);
    EXPECT_EQ(judge(one_alert_among_resets(40)), Outcome::inconclusive);
    EXPECT_EQ(judge({ended(Ending::timeout)}), Outcome::inconclusive);
    EXPECT_EQ(judge_wanted_version(TlsVersion::tls_1_2, Outcome::fail, answered({alerted(70)})).outcome(),
              Outcome::fail);
}

TEST(JudgeWantedVersion, ARefusalThatDoesNotComeAgainIsNoMissingVersion) {
    const auto judge = [](const std::vector<ServerAnswer>& first, const ServerAnswer& again) {
        return judge_wanted_version(TlsVersion::tls_1_2, Outcome::fail, answered(first), &again);
    };
    const std::vector<ServerAnswer> cut = {closed, closed, closed};
    EXPECT_EQ(judge(cut, negotiated(TlsVersion::tls_1_2)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge({alerted(70)}, negotiated(TlsVersion::tls_1_2)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge(cut, closed).outcome(), Outcome::fail);
    EXPECT_TRUE(judge(cut, closed).rests_on_resets());
    EXPECT_EQ(judge(cut, alerted(70)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge({alerted(70)}, alerted(70)).outcome(), Outcome::fail);
    EXPECT_FALSE(judge({alerted(70)}, alerted(70)).rests_on_resets());
    EXPECT_EQ(judge({alerted(70)}, ended(Ending::timeout)).outcome(), Outcome::fail);
    EXPECT_EQ(judge({alerted(70)}, negotiated(TlsVersion::tls_1_3)).outcome(), Outcome::fail);
}

TEST(JudgeFallback, AnyRefusalWillDo) {
    const auto judge = [](const std::vector<ServerAnswer>& answers) {
        return judge_fallback(TlsVersion::tls_1_3, TlsVersion::tls_1_2, answered(answers));
    };
    EXPECT_THAT(judge({alerted(86)}).sentence(), HasSubstr("inappropriate_fallback (86)"));
    EXPECT_EQ(judge({alerted(86)}).outcome(), Outcome::pass);
    EXPECT_EQ(judge({alerted(70)}).outcome(), Outcome::pass);
    EXPECT_THAT(judge({alerted(70)}).sentence(), HasSubstr("no fallback"));
    const TriedHello served = answered({negotiated(TlsVersion::tls_1_2)});
    EXPECT_THAT(judge_fallback(TlsVersion::tls_1_3, TlsVersion::tls_1_2, answered({alerted(40)}), &served).sentence(),
                AllOf(HasSubstr("was refused with alert handshake_failure (40); unmarked, TLS 1.2 is served"),
                      Not(HasSubstr("no fallback"))));
    EXPECT_EQ(judge({ended(Ending::timeout)}).outcome(), Outcome::inconclusive);
    EXPECT_TRUE(judge({reset, reset, reset}).rests_on_resets());
    EXPECT_EQ(judge(one_alert_among_resets(86)).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge({negotiated(TlsVersion::tls_1_2)}).outcome(), Outcome::warning) << "the sentinel guards this one";
    EXPECT_EQ(judge({reset, negotiated(TlsVersion::tls_1_2)}).outcome(), Outcome::warning);
    EXPECT_EQ(
        judge_fallback(TlsVersion::tls_1_2, TlsVersion::tls_1_1, answered({negotiated(TlsVersion::tls_1_1)})).outcome(),
        Outcome::fail);
}

TEST(WithoutVersion, SkipsOnlyOnARefusal) {
    EXPECT_EQ(without_version(TlsVersion::tls_1_2, answered({alerted(70)})).outcome(), Outcome::skipped);
    const Verdict cut = without_version(TlsVersion::tls_1_2, answered({reset, reset, reset}));
    EXPECT_EQ(cut.outcome(), Outcome::skipped);
    EXPECT_TRUE(cut.rests_on_resets());
    EXPECT_EQ(without_version(TlsVersion::tls_1_2, answered(one_alert_among_resets(70))).outcome(),
              Outcome::inconclusive);
}

TEST(DowngradeSentinel, IsReadFromTheLastEightBytes) {
    ServerHello hello;
    EXPECT_EQ(downgrade_sentinel(hello), Sentinel::none);
    const std::string_view text = "DOWNGRD";
    std::copy(text.begin(), text.end(), hello.random.begin() + 24);
    hello.random[31] = 1;
    EXPECT_EQ(downgrade_sentinel(hello), Sentinel::tls_1_2);
    hello.random[31] = 0;
    EXPECT_EQ(downgrade_sentinel(hello), Sentinel::tls_1_1_or_below);
    hello.random[31] = 2;
    EXPECT_EQ(downgrade_sentinel(hello), Sentinel::none);
    hello.random[31] = 1;
    hello.random[24] = 'd';
    EXPECT_EQ(downgrade_sentinel(hello), Sentinel::none);
}

TEST(JudgeSuites, PublishedSuitesPass) {
    const std::vector<std::uint16_t> accepted = {0xc02c, 0xc02b, 0xcca9};
    const Verdict verdict = judge_suites(TlsVersion::tls_1_2, accepted, published_cipher_suites());
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"));
}

TEST(JudgeSuites, WeakOnesFailAndAreAllNamed) {
    const std::vector<std::uint16_t> accepted = {0xc02c, 0xc02f, 0x000a, 0xc009, 0x009c, 0x0018};
    const Verdict verdict = judge_suites(TlsVersion::tls_1_2, accepted, published_cipher_suites());
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    for (const char* name :
         {"4 weak", "TLS_RSA_WITH_3DES_EDE_CBC_SHA (64-bit", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA (CBC",
          "TLS_RSA_WITH_AES_128_GCM_SHA256 (no forward secrecy", "TLS_DH_anon_WITH_RC4_128_MD5 (no server"}) {
        EXPECT_THAT(verdict.sentence(), HasSubstr(name));
    }
    EXPECT_THAT(verdict.sentence(), HasSubstr("1 unpublished suite: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"))
        << "nobody takes the weak ones away and leaves these for the next run to tell";
    EXPECT_THAT(verdict.sentence(), Not(HasSubstr("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384")));
    EXPECT_FALSE(verdict.remedy().empty());
}

TEST(JudgeSuites, ASuiteThatNeedsASecretIsNotSaidToServe) {
    const std::vector<std::uint16_t> psk = {0xc02b, 0x00a8};
    const Verdict verdict = judge_suites(TlsVersion::tls_1_2, psk, published_cipher_suites());
    EXPECT_EQ(verdict.outcome(), Outcome::warning);
    EXPECT_THAT(verdict.sentence(), HasSubstr("only where a secret was shared before: TLS_PSK_WITH_AES_128_GCM"));
}

TEST(JudgeSuites, StrongButUnlistedWarns) {
    const std::vector<std::uint16_t> rsa = {0xc02f};
    EXPECT_EQ(judge_suites(TlsVersion::tls_1_2, rsa, published_cipher_suites()).outcome(), Outcome::warning);
    const std::vector<std::uint16_t> ccm = {0x1301, 0x1304};
    const Verdict verdict = judge_suites(TlsVersion::tls_1_3, ccm, published_cipher_suites());
    EXPECT_EQ(verdict.outcome(), Outcome::warning);
    EXPECT_THAT(verdict.sentence(), HasSubstr("TLS_AES_128_CCM_SHA256"));
    EXPECT_THAT(verdict.sentence(), Not(HasSubstr("TLS_AES_128_GCM_SHA256")));
    EXPECT_THAT(verdict.remedy(), AllOf(HasSubstr("Ciphersuites"), Not(HasSubstr("ECDHE-ECDSA"))));
}

TEST(JudgeSuites, TheRemedyLeavesAServerWithoutAnEcdsaCertificateASuite) {
    const std::vector<std::uint16_t> rsa = {0xc02f, 0xc030};
    const Verdict kept = judge_suites(TlsVersion::tls_1_2, rsa, published_cipher_suites());
    EXPECT_THAT(kept.remedy(),
                AllOf(HasSubstr("ECDHE-RSA-AES256-GCM-SHA384"), HasSubstr("install an ECDSA certificate")));
    const std::vector<std::uint16_t> weak_rsa = {0x002f, 0xc02f};
    EXPECT_THAT(judge_suites(TlsVersion::tls_1_2, weak_rsa, published_cipher_suites()).remedy(),
                HasSubstr("ECDHE-RSA-AES128-GCM-SHA256"));
    const std::vector<std::uint16_t> both = {0xc02b, 0xc02f};
    EXPECT_THAT(judge_suites(TlsVersion::tls_1_2, both, published_cipher_suites()).remedy(),
                AllOf(HasSubstr("ECDHE-ECDSA-AES256-GCM-SHA384"), Not(HasSubstr("ECDHE-RSA"))));
}

TEST(JudgeSuites, WhatTheProfileListsIsFine) {
    const std::vector<std::string> allowed = {"TLS_RSA_WITH_AES_128_CBC_SHA"};
    const std::vector<std::uint16_t> accepted = {0x002f};
    EXPECT_EQ(judge_suites(TlsVersion::tls_1_2, accepted, allowed).outcome(), Outcome::pass);
}

TEST(Offers, HoldEveryRegisteredSuiteOnceInPiecesThatServersTake) {
    std::set<std::uint16_t> seen;
    for (const auto& offer : tls12_offers()) {
        EXPECT_LE(offer.size(), 128U);
        for (const std::uint16_t value : offer) {
            EXPECT_TRUE(seen.insert(value).second) << cipher_suite_name(value);
        }
    }
    for (const std::uint16_t value : tls13_offer()) {
        EXPECT_TRUE(seen.insert(value).second) << cipher_suite_name(value);
    }
    EXPECT_EQ(seen.size(), all_cipher_suites().size());
    EXPECT_LE(tls12_offers().size(), 4U);
    for (const std::string& name : published_cipher_suites()) {
        EXPECT_NE(find_cipher_suite(name), nullptr) << name;
    }
}

TEST(JudgeGroups, FailsOfForbiddenAndWarnsOfWeakAndMissingOnes) {
    EXPECT_EQ(judge_groups(std::vector<std::uint16_t>{29, 23}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_groups(std::vector<std::uint16_t>{29, 23}).sentence(), "agrees on x25519, secp256r1");
    EXPECT_EQ(judge_groups(std::vector<std::uint16_t>{25, 26}).outcome(), Outcome::warning);
    const Verdict below = judge_groups(std::vector<std::uint16_t>{23, 19, 1, 9, 21, 22});
    EXPECT_EQ(below.outcome(), Outcome::fail) << "RFC 9325 4.5";
    EXPECT_EQ(below.sentence(), "agrees on groups below 224 bits, which RFC 9325 4.5 forbids: secp192r1, sect163k1");
    for (const std::uint16_t forbidden : std::vector<std::uint16_t>{1, 5, 15, 18, 19}) {
        EXPECT_EQ(judge_groups(std::vector<std::uint16_t>{23, forbidden}).outcome(), Outcome::fail) << forbidden;
    }
    const Verdict weak = judge_groups(std::vector<std::uint16_t>{23, 6, 14, 21});
    EXPECT_EQ(weak.outcome(), Outcome::warning) << "deprecated, not forbidden";
    EXPECT_EQ(weak.sentence(), "agrees on groups that RFC 8422 took away: sect233k1, sect571r1");
    EXPECT_EQ(judge_misplaced_group(0x11ec).outcome(), Outcome::fail);
    EXPECT_THAT(judge_misplaced_group(0x11ec).sentence(), HasSubstr("X25519MLKEM768 in TLS 1.2"));
    EXPECT_THAT(judge_groups(std::vector<std::uint16_t>{0x11ec, 29, 0x0100}).sentence(),
                HasSubstr("X25519MLKEM768, x25519, ffdhe2048"));
}

ServerAnswer retry(std::uint16_t group) {
    ServerAnswer answer = negotiated(TlsVersion::tls_1_3, 0x1301);
    answer.server_hello->hello_retry_request = true;
    answer.server_hello->extensions.push_back(
        {static_cast<std::uint16_t>(ExtensionType::key_share),
         {static_cast<std::uint8_t>(group >> 8), static_cast<std::uint8_t>(group & 0xff)}});
    return answer;
}

TEST(JudgeWantedVersion, AGroupOfWhichWeKnowTheNameAloneIsService) {
    EXPECT_FALSE(foreign_group(retry(24)));
    EXPECT_FALSE(foreign_group(retry(0x0100))) << "OpenSSL can do ffdhe2048";
    EXPECT_FALSE(foreign_group(negotiated(TlsVersion::tls_1_3)));
    ASSERT_EQ(foreign_group(retry(0x11ec)), NamedGroup{0x11ec});
    const auto judge = [](const std::vector<ServerAnswer>& beside) {
        return judge_foreign_group(TlsVersion::tls_1_3, NamedGroup{0x11ec}, answered(beside));
    };
    const Verdict only = judge({alerted(40)});
    EXPECT_EQ(only.outcome(), Outcome::pass);
    EXPECT_THAT(only.sentence(), AllOf(HasSubstr("TLS 1.3 is served with X25519MLKEM768 only"), HasSubstr("OpenSSL")));
    EXPECT_EQ(judge({negotiated(TlsVersion::tls_1_3)}).sentence(),
              "negotiated TLS 1.3, preferably over X25519MLKEM768");
    EXPECT_EQ(judge({ended(Ending::timeout)}).outcome(), Outcome::inconclusive);
}

TEST(JudgeTolerance, WhatNoClientSendsIsAWarning) {
    EXPECT_EQ(judge_tolerance({}, 4).outcome(), Outcome::pass);
    EXPECT_EQ(judge_tolerance({}, 0).outcome(), Outcome::skipped);
    std::vector<Intolerance> refused{{"legacy_version 0x0304 (alert 47)", true, false}};
    const Verdict legacy = judge_tolerance(refused, 3);
    EXPECT_EQ(legacy.outcome(), Outcome::warning);
    EXPECT_THAT(legacy.sentence(), AllOf(HasSubstr("RFC 8446 4.2.1"), HasSubstr("no client sends")));
    refused.push_back({"GREASE values (alert 40)", false, false});
    const Verdict grease = judge_tolerance(refused, 2);
    EXPECT_EQ(grease.outcome(), Outcome::fail);
    EXPECT_THAT(grease.sentence(), AllOf(HasSubstr("legacy_version"), HasSubstr("GREASE")));
    EXPECT_FALSE(grease.rests_on_resets());
    EXPECT_TRUE(judge_tolerance(std::vector<Intolerance>{{"GREASE", false, true}}, 3).rests_on_resets());
}

/// A server with its own order of preference, some of whose choices it cannot serve.
struct Server {
    std::vector<std::uint16_t> prefers;
    std::vector<std::uint16_t> cannot_serve;
    int asked = 0;

    std::vector<std::uint16_t> accepted_of(const std::vector<std::uint16_t>& offer) {
        std::vector<std::uint16_t> found;
        SuiteSearch search(offer);
        while (!search.over()) {
            ++asked;
            const std::vector<std::uint16_t> now = search.next();
            const auto choice = std::ranges::find_if(
                prefers, [&](std::uint16_t suite) { return std::ranges::find(now, suite) != now.end(); });
            const bool none = choice == prefers.end();
            if (none || std::ranges::find(cannot_serve, *choice) != cannot_serve.end()) {
                search.refused(none);
            } else {
                EXPECT_TRUE(search.chosen(*choice));
                found.push_back(*choice);
            }
        }
        return found;
    }
};

TEST(SuiteSearch, ASuiteThatCannotBeServedHidesNoOther) {
    // DH_anon without parameters stands before CBC, between GCM suites and among its like.
    Server server{{0xc02b, 0x00a6, 0xc023, 0x0034, 0xc02c, 0xc018, 0x000a}, {0x00a6, 0x0034}};
    EXPECT_THAT(server.accepted_of(offerable_suites(TlsVersion::tls_1_2)),
                testing::UnorderedElementsAre(0xc02b, 0xc023, 0xc02c, 0xc018, 0x000a));
}

TEST(SuiteSearch, ARestThatIsRefusedIsOfferedInPartsAndNoFurther) {
    Server server{{0xc02b, 0xc02c}, {}};
    EXPECT_THAT(server.accepted_of(offerable_suites(TlsVersion::tls_1_2)), testing::ElementsAre(0xc02b, 0xc02c));
    EXPECT_EQ(server.asked, 3 + 5) << "two choices, the whole, and a part for each key exchange";
    for (const auto& offer : tls12_offers()) {
        EXPECT_LE(by_key_exchange(offer).size(), 6U);
    }
    Server none{{}, {}};
    EXPECT_THAT(none.accepted_of(tls13_offer()), testing::IsEmpty());
    EXPECT_THAT(none.accepted_of({0x1301}), testing::IsEmpty());
    SuiteSearch search({0x1301, 0x1302});
    EXPECT_FALSE(search.chosen(0xc02b)) << "was not offered";
}

TEST(Groups, HaveNames) {
    EXPECT_EQ(group_name(14), "sect571r1");
    EXPECT_EQ(group_name(19), "secp192r1");
    EXPECT_EQ(group_name(22), "secp256k1");
    EXPECT_EQ(group_name(26), "brainpoolP256r1");
    EXPECT_EQ(group_name(30), "x448");
    EXPECT_EQ(group_name(0x1a1a), "group 0x1a1a");
    EXPECT_EQ(group_name(0), "group 0x0000");
    for (const std::uint16_t odd : odd_groups()) {
        EXPECT_THAT(group_name(odd), Not(HasSubstr("group ")));
    }
}

TEST(JudgeNoConnection, ABareHelloTellsWhetherAnybodyIsServed) {
    const auto judge = [](const std::vector<ServerAnswer>& hello) {
        return judge_no_connection(TlsVersion::tls_1_3, "alert handshake_failure (40)", answered(hello));
    };
    EXPECT_EQ(judge({alerted(40)}).outcome(), Outcome::skipped) << "a server of TLS 1.2 that has no word for it";
    EXPECT_EQ(judge({negotiated(TlsVersion::tls_1_2)}).outcome(), Outcome::skipped);
    EXPECT_EQ(judge(one_alert_among_resets(40)).outcome(), Outcome::inconclusive);
    const Verdict ours = judge({negotiated(TlsVersion::tls_1_3, 0x1301)});
    EXPECT_EQ(ours.outcome(), Outcome::inconclusive);
    EXPECT_THAT(ours.sentence(), AllOf(HasSubstr("TLS 1.3 is negotiated"), HasSubstr("no handshake of ours")));
    EXPECT_THAT(judge({retry(0x11ec)}).sentence(), HasSubstr("served with X25519MLKEM768, which the OpenSSL"));
}

TEST(Renegotiation, AnAnswerUnderOtherKeysIsTold) {
    TlsStep step;
    step.end = Ending::tls_protocol;
    step.detail = "decryption failed or bad record mac";
    EXPECT_TRUE(is_undecipherable(step));
    step.detail = "cipher operation failed";
    EXPECT_TRUE(is_undecipherable(step)) << "as h2o's own answer reads";
    step.detail = "unexpected record";
    EXPECT_FALSE(is_undecipherable(step)) << "data that the server sent by itself";
    step = {Ending::closed, "decryption failed", {}};
    EXPECT_FALSE(is_undecipherable(step));
}

TEST(EarlyData, OnlyAnAnswerBeforeTheHandshakeIsCompleteIsAFailure) {
    const auto judge = [](std::string before, std::string after) {
        return judge_early_answers({std::move(before), TlsStep{}, std::move(after)});
    };
    EXPECT_EQ(judge("HTTP/1.1 200 OK\r\n\r\nOK", "").outcome(), Outcome::fail);
    EXPECT_EQ(judge("HTTP/1.1 403 Forbidden\r\n\r\n", "").outcome(), Outcome::fail) << "it was looked at";
    EXPECT_EQ(judge("HTTP/1.1 425 Too Early\r\n\r\n", "").outcome(), Outcome::pass);
    EXPECT_EQ(judge("HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 425 Too Early\r\n\r\n", "").outcome(), Outcome::pass);
    const Verdict held = judge("", "HTTP/1.1 200 OK\r\n\r\nOK");
    EXPECT_EQ(held.outcome(), Outcome::pass);
    EXPECT_THAT(held.sentence(), HasSubstr("kept until the handshake was complete"));
    EXPECT_EQ(judge("", "").outcome(), Outcome::inconclusive);
}

TEST(JudgeLargeHellos, WhatIsNotAnsweredIsAFailureWhereClientsSendIt) {
    EXPECT_EQ(judge_large_hellos({}, 0).outcome(), Outcome::pass);
    std::vector<UnansweredHello> unanswered{{"one of 16000 bytes", "connection reset", true, true}};
    const Verdict longest = judge_large_hellos(unanswered, 0);
    EXPECT_EQ(longest.outcome(), Outcome::warning);
    EXPECT_TRUE(longest.rests_on_resets());
    EXPECT_THAT(longest.sentence(), HasSubstr("one of 16000 bytes (connection reset); no client of today sends that"));
    unanswered.insert(unanswered.begin(), {"one of 2000 bytes", "no answer within 10 s"});
    const Verdict both = judge_large_hellos(unanswered, 0);
    EXPECT_EQ(both.outcome(), Outcome::fail);
    EXPECT_FALSE(both.rests_on_resets()) << "silence, twice, is no reset";
    EXPECT_THAT(judge_large_hellos(unanswered, 4).sentence(), HasSubstr("; 4 more were not tried"));
    EXPECT_THAT(both.sentence(), HasSubstr("not one of 2000 bytes (no answer within 10 s), one of 16000 bytes"));
}

TEST(TlsSuite, HasEveryCheckOfItsRequirements) {
    std::vector<std::string_view> ids;
    for (const Check& check : tls_suite().checks) {
        ids.push_back(check.id);
        ASSERT_EQ(check.side(), Side::gateway) << check.id;
        EXPECT_TRUE(std::get<GatewayCheck>(check.run)) << check.id;
        EXPECT_FALSE(check.title.empty());
        EXPECT_FALSE(check.requirements.empty());
        EXPECT_EQ(check.suite(), "tls");
        const bool active = check.id == "tls.client-renegotiation-refused" || check.id == "tls.no-early-data";
        EXPECT_EQ(check.intrusiveness, active ? Intrusiveness::active : Intrusiveness::passive) << check.id;
    }
    EXPECT_THAT(ids, testing::UnorderedElementsAre(
                         "tls.refuses-ssl2", "tls.refuses-ssl3", "tls.refuses-1.0", "tls.refuses-1.1",
                         "tls.accepts-1.2", "tls.accepts-1.3", "tls.version-tolerance", "tls.fallback-scsv",
                         "tls.downgrade-sentinel", "tls.cipher-allow-list", "tls.1.3-suites",
                         "tls.secure-renegotiation", "tls.client-renegotiation-refused", "tls.extended-master-secret",
                         "tls.compression-off", "tls.ec-groups", "tls.large-hello", "tls.no-early-data"));
}

/// RFC 7366 (encrypt-then-mac) belongs to CBC suites, which no allowed suite is: nothing here offers it.
TEST(TlsSuite, CitesNoClauseThatNoCheckLooksAt) {
    const std::vector<Requirement> all = requirements();
    const auto hygiene = std::ranges::find(all, "TLS-HYGIENE", &Requirement::id);
    ASSERT_NE(hygiene, all.end());
    std::vector<std::string_view> cited;
    std::ranges::transform(hygiene->sources, std::back_inserter(cited), &Source::document);
    EXPECT_THAT(cited, AllOf(testing::Contains("RFC 5746"), Not(testing::Contains("RFC 7366"))));
}

}  // namespace
}  // namespace gateproof::suites
