// Judgements of how client software speaks TLS.
#include "suites/client/tls/judge.hpp"

#include <gmock/gmock.h>

#include <optional>

#include "harness/probe/tls/named_values.hpp"
#include "suites/client/judge.hpp"
#include "suites/client/tls/checks.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites {
namespace {

using stage::Visit;
using test::attempt;
using test::Came;
using testing::HasSubstr;
using Kind = Claim::Kind;

constexpr std::string_view one_suite = "TLS_AES_128_GCM_SHA256";

Attempt offering(std::vector<std::uint16_t> suites, int status) {
    Visit visit = status == 0 ? Came().hello().refused_by_us() : Came().hello().finished().request(status);
    visit.hello->hello.cipher_suites = std::move(suites);
    return attempt({visit}, status == 200 ? Kind::success : Kind::failure);
}

Outcome by_suite(const Attempt& attempt) {
    TlsExpectations expected;
    expected.cipher_suites = {std::string(one_suite), "TLS_AES_256_GCM_SHA384"};
    return judge_served_by(attempt, one_suite, expected).outcome();
}

TEST(ServedBySuite, OfThoseThatAreOffered) {
    EXPECT_EQ(by_suite(offering({0x1301}, 200)), Outcome::pass);
    EXPECT_EQ(by_suite(offering({0x1301}, 0)), Outcome::warning) << "offered, and yet not served";
    EXPECT_EQ(by_suite(offering({0x1302}, 0)), Outcome::skipped) << "another one is enough";
    EXPECT_EQ(by_suite(offering({0xc02b}, 0)), Outcome::fail) << "none at all";
    EXPECT_EQ(by_suite(attempt({})), Outcome::inconclusive);
    EXPECT_EQ(by_suite(attempt({}, Kind::crashed)), Outcome::fail);
}

TEST(ServedBySuite, HasSixCases) {
    EXPECT_EQ(published_suites().size(), 6U);
}

ClientHelloSeen hello_of(const std::vector<std::uint8_t>& schemes, const std::vector<std::uint8_t>& groups) {
    ClientHelloSeen hello;
    const auto list = [](const std::vector<std::uint8_t>& values) {
        std::vector<std::uint8_t> body{0, static_cast<std::uint8_t>(values.size())};
        body.insert(body.end(), values.begin(), values.end());
        return body;
    };
    hello.hello.extensions = {{static_cast<std::uint16_t>(ExtensionType::signature_algorithms), list(schemes)},
                              {static_cast<std::uint16_t>(ExtensionType::supported_groups), list(groups)}};
    return hello;
}

TEST(AnotherProtocol, IsWhatIsOfferedWithoutHttp1) {
    const auto finds = [](std::vector<std::string_view> protocols) {
        stage::Visit visit = Came().hello();
        if (!protocols.empty()) {
            visit.hello->hello.set_alpn(protocols);
        }
        return judge_another_protocol(attempt({Came().ended(Ending::closed), visit})).has_value();
    };
    EXPECT_TRUE(finds({"h2"}));
    EXPECT_FALSE(finds({"h2", "http/1.1"}));
    EXPECT_FALSE(finds({}));
}

TEST(Survey, TellsOfPostQuantumGroupsAndWarnsOfOldSignatures) {
    const Verdict today = judge_survey(hello_of({4, 3}, {0, 29}));
    EXPECT_EQ(today.outcome(), Outcome::pass);
    EXPECT_THAT(today.sentence(), HasSubstr("no post-quantum group"));
    const Verdict tomorrow = judge_survey(hello_of({4, 3}, {0x11, 0xec, 0, 29}));
    EXPECT_EQ(tomorrow.outcome(), Outcome::pass);
    EXPECT_THAT(tomorrow.sentence(), HasSubstr("offers a post-quantum group"));
    const Verdict old = judge_survey(hello_of({4, 3, 2, 1, 1, 1}, {0, 29}));
    EXPECT_EQ(old.outcome(), Outcome::warning);
    EXPECT_THAT(old.sentence(), HasSubstr("rsa_sha1, rsa_md5"));
}

TEST(Survey, NamesWhatItFinds) {
    EXPECT_EQ(signature_scheme_name(0x0403), "ecdsa_secp256r1_sha256");
    EXPECT_EQ(signature_scheme_name(0x0203), "ecdsa_sha1");
    EXPECT_EQ(signature_scheme_name(0x0303), "ecdsa_sha224");
    EXPECT_EQ(signature_scheme_name(0xfe01), "scheme 0xfe01");
    EXPECT_EQ(extension_name(43), "supported_versions");
    EXPECT_EQ(extension_name(1234), "extension 1234");
    EXPECT_EQ(group_name(0x11ec), "X25519MLKEM768");
    EXPECT_TRUE(group_is_post_quantum(0x11ec));
    EXPECT_FALSE(group_is_post_quantum(29));
}

TEST(KeyUpdates, TheOwnOneComesBeforeTheNextData) {
    const auto judged = [](const Visit& visit) { return judge_key_updates(attempt({visit})).has_value(); };
    EXPECT_FALSE(judged(Came().hello().finished().request(200).asked_for_key_update()))
        << "nothing came behind it that would show it";
    EXPECT_FALSE(judged(Came().hello().finished().request(200).asked_for_key_update().key_update().request(200)));
    EXPECT_TRUE(judged(Came().hello().finished().request(200).asked_for_key_update().request(200)));
    EXPECT_TRUE(judged(Came().hello().finished().key_update().request(200).asked_for_key_update().request(200)))
        << "an older one of its own is no answer";
    EXPECT_TRUE(judged(Came().hello().finished().request(200).asked_for_key_update().request(200).key_update()))
        << "too late";
}

TEST(KeyUpdates, WhatWasSentBeforeItCouldBeReadShowsNothing) {
    Visit pipelined = Came().hello().finished().request(200).request(200);
    pipelined.key_updates_asked.push_back(std::chrono::steady_clock::now());
    pipelined.requests.front().answered = std::chrono::steady_clock::now();
    EXPECT_FALSE(judge_key_updates(attempt({pipelined})).has_value());
}

TEST(EarlyWrites, GoOutBehindTheHandshakeAlone) {
    const auto early = [](Came came, const char* method) {
        Visit visit = came;
        visit.hello->hello.extensions.push_back({static_cast<std::uint16_t>(ExtensionType::early_data), {}});
        visit.requests.front().method = method;
        return visit;
    };
    const Visit read = Came().hello().finished().request(200);
    Visit written = read;
    written.requests.front().method = "POST";
    written.resumed = true;
    EXPECT_EQ(judge_early_writes(attempt({read, written})).outcome(), Outcome::pass);
    EXPECT_THAT(judge_early_writes(attempt({read, written})).sentence(), HasSubstr("resumed a session"));
    EXPECT_THAT(judge_early_writes(attempt({read})).sentence(), HasSubstr("resumed no session"));
    EXPECT_EQ(judge_early_writes(attempt({read, early(Came().hello().finished().request(200), "GET")})).outcome(),
              Outcome::pass);
    EXPECT_EQ(judge_early_writes(attempt({read, early(Came().hello().finished().request(200), "POST")})).outcome(),
              Outcome::fail);
    EXPECT_EQ(judge_early_writes(attempt({})).outcome(), Outcome::inconclusive);
}

TEST(FiniteSuites, AreThoseOfAnyDheThatTls12Offers) {
    EXPECT_EQ(finite_suite_of(offering({0xc02b, 0x009f, 0x009e}, 0)), 0x009f) << "DHE_RSA with AES_256_GCM";
    EXPECT_EQ(finite_suite_of(offering({0xc02b, 0x1301, 0x00a3}, 0)), std::nullopt)
        << "of DHE_DSS, which no gateway is";
    EXPECT_EQ(finite_suite_of(attempt({})), std::nullopt);
    Visit newer = Came().hello().refused_by_us();
    newer.hello->hello = ClientHello::offering(TlsVersion::tls_1_3, "localhost", TlsVersion::tls_1_3);
    newer.hello->hello.cipher_suites = {0x009f};
    EXPECT_EQ(finite_suite_of(attempt({newer})), std::nullopt) << "no server of TLS 1.3 can choose it";
}

TEST(WeakSuites, AreOneOfEachKindThatTheCertificateGoesWith) {
    constexpr std::uint16_t ecdsa_cbc = 0xc023;
    constexpr std::uint16_t rsa_cbc = 0xc027;
    const Attempt came = offering({0xc02b, ecdsa_cbc, 0xc024, rsa_cbc, 0x009c, 0x00ae, 0xc008, 0x0034, 0x1301}, 0);
    EXPECT_THAT(weak_suites_of(came, SuiteKey::ecdsa), testing::ElementsAre(ecdsa_cbc, 0xc008, 0x0034))
        << "CBC, 3DES and without authentication";
    EXPECT_THAT(weak_suites_of(came, SuiteKey::rsa), testing::ElementsAre(rsa_cbc, 0x009c))
        << "CBC and a static key, and nothing of PSK";
    EXPECT_THAT(weak_suites_of(offering({0xc02b, 0xc02f}, 0), SuiteKey::rsa), testing::IsEmpty());
    EXPECT_THAT(weak_suites_of(attempt({}), SuiteKey::rsa), testing::IsEmpty());
    Visit newer = Came().hello().refused_by_us();
    newer.hello->hello = ClientHello::offering(TlsVersion::tls_1_3, "localhost", TlsVersion::tls_1_3);
    newer.hello->hello.cipher_suites = {ecdsa_cbc};
    EXPECT_THAT(weak_suites_of(attempt({newer}), SuiteKey::ecdsa), testing::IsEmpty());
}

TEST(WeakSuites, AreJudgedByWhatIsTaken) {
    constexpr std::uint16_t cbc = 0xc023;
    constexpr std::uint16_t null = 0xc006;
    const WeakSuitesShown::One takes_cbc{cbc, true, Verdict::fail("taken")};
    const WeakSuitesShown::One takes_null{null, true, Verdict::fail("taken")};
    const WeakSuitesShown::One refuses_null{null, false, Verdict::pass("refused")};
    const WeakSuitesShown::One silent{null, false, Verdict::inconclusive("silent")};
    const WeakSuitesShown::One crashes{null, false, Verdict::fail("crashed")};
    const auto judged = [](std::vector<WeakSuitesShown::One> suites, bool sound = true) {
        return judge_weak_suites({std::move(suites), sound}).outcome();
    };
    EXPECT_EQ(judged({}), Outcome::pass) << "none is offered";
    EXPECT_EQ(judged({}, false), Outcome::pass);
    EXPECT_EQ(judged({refuses_null}), Outcome::pass);
    EXPECT_EQ(judged({refuses_null}, false), Outcome::skipped) << "it may have disliked something else";
    EXPECT_EQ(judged({takes_cbc, refuses_null}), Outcome::warning);
    EXPECT_EQ(judged({takes_cbc, takes_null}, false), Outcome::fail);
    EXPECT_EQ(judged({silent, takes_null}), Outcome::fail);
    EXPECT_EQ(judged({silent, refuses_null}), Outcome::inconclusive);
    EXPECT_EQ(judged({refuses_null, crashes}), Outcome::fail);
    EXPECT_THAT(judge_weak_suites({{takes_null, takes_cbc}, true}).sentence(),
                HasSubstr("TLS_ECDHE_ECDSA_WITH_NULL_SHA"));
}

/// Of one that offers to be asked later, and is.
Visit asked_late(Visit visit) {
    visit.hello->hello.extensions.push_back({static_cast<std::uint16_t>(ExtensionType::post_handshake_auth), {}});
    visit.late_request_at = visit.began;
    return visit;
}

Visit answering_late(Visit visit) {
    visit = asked_late(std::move(visit));
    visit.late_certificate_at = visit.began;
    return visit;
}

TEST(LateRequest, IsAnsweredByThoseThatOfferIt) {
    const auto judged = [](const Attempt& seen) { return judge_late_request(seen).outcome(); };
    const Visit served = Came().hello().finished().request(200).ended(Ending::closed);
    const Visit twice = Came().hello().finished().request(200).request(200);
    EXPECT_EQ(judged(attempt({served}, Kind::success)), Outcome::pass) << "it is not offered";
    EXPECT_EQ(judged(attempt({answering_late(served)}, Kind::success)), Outcome::pass);
    EXPECT_EQ(judged(attempt({answering_late(twice)}, Kind::success)), Outcome::pass);
    EXPECT_EQ(judged(attempt({asked_late(served)}, Kind::success)), Outcome::skipped) << "nobody can tell";
    EXPECT_EQ(judged(attempt({asked_late(twice)}, Kind::success)), Outcome::fail) << "its next request came first";
    EXPECT_EQ(judged(attempt({asked_late(Came().hello().finished().request().alert(10))})), Outcome::fail);
    EXPECT_EQ(judged(attempt({asked_late(served)}, Kind::crashed)), Outcome::fail);
    EXPECT_EQ(judged(attempt({})), Outcome::inconclusive);
}

TEST(GoesOn, OnTheSameConnection) {
    const auto judged = [](const Attempt& seen) { return judge_goes_on(seen, "a gateway of tickets").outcome(); };
    Came three;
    three.hello().finished().request(200).request(200).request(200);
    EXPECT_EQ(judged(attempt({three}, Kind::none)), Outcome::pass);
    EXPECT_EQ(judged(attempt({Came().hello().finished().request(200).request(200).ended(Ending::closed)}, Kind::none)),
              Outcome::fail);
    EXPECT_EQ(
        judged(attempt({Came().hello().finished().request(200).request(200).ended(Ending::closed, true)}, Kind::none)),
        Outcome::inconclusive)
        << "the stage ended it";
    EXPECT_EQ(judged(attempt({Came().hello().finished().request(200)}, Kind::none)), Outcome::inconclusive);
    EXPECT_EQ(judged(attempt({three}, Kind::crashed)), Outcome::fail);
    EXPECT_EQ(judge_keeps_none(attempt({Came().hello().finished().request(200)}, Kind::ended_by_us)).outcome(),
              Outcome::skipped);
    EXPECT_EQ(judge_keeps_none(attempt({}, Kind::ended_by_us)).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
