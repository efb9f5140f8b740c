#include "suites/gateway/mtls/identity_judge.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <map>
#include <set>

#include "suites/catalogue.hpp"
#include "suites/gateway/mtls/headers.hpp"
#include "tests/unit/probe/mint.hpp"
#include "tests/unit/suites/shared/answers.hpp"
#include "tests/unit/suites/shared/tried.hpp"

namespace gateproof::suites::mtls_identity_test {
namespace {

Operation whoami() {
    Operation operation;
    operation.path = "/whoami";
    return operation;
}

IdentityAnswer as(const std::string& name) {
    return {answered(200, name), name};
}

IdentityAnswer nameless(HttpOutcome outcome) {
    return {std::move(outcome), std::nullopt};
}

TEST(MtlsIdentity, NameInTheAnswer) {
    const Operation operation = whoami();
    EXPECT_EQ(named_in(answered(200, R"({"dsp":"a"})"), operation, "/dsp"), "a");
    EXPECT_EQ(named_in(answered(200, R"({"dsp":7})"), operation, "/dsp"), "7");
    EXPECT_EQ(named_in(answered(200, "plain"), operation, ""), "plain");
    for (const char* body : {R"({"dsp":null})", R"({"dsp":{}})", R"({"other":"a"})", "[]", "not json", ""}) {
        EXPECT_EQ(named_in(answered(200, body), operation, "/dsp"), std::nullopt) << body;
    }
    EXPECT_EQ(named_in(answered(403, R"({"dsp":"a"})"), operation, "/dsp"), std::nullopt);
}

EverybodysAnswers everybody() {
    EverybodysAnswers answers;
    answers.first = as("a");
    answers.second = as("b");
    answers.first_again = as("a");
    answers.nobody = tried(failed(Ending::reset));
    answers.look_alike = tried(answered(403));
    answers.first_cn = "a";
    answers.second_cn = "b";
    return answers;
}

Outcome judged(const EverybodysAnswers& answers) {
    return judge_identity(answers, whoami()).outcome();
}

TEST(MtlsIdentity, EverybodyIsAnsweredAsHimself) {
    EXPECT_EQ(judged(everybody()), Outcome::pass);
    EverybodysAnswers answers = everybody();
    answers.second = as("a");
    EXPECT_EQ(judged(answers), Outcome::fail);
    answers = everybody();
    std::swap(answers.first, answers.second);
    EXPECT_EQ(judged(answers), Outcome::fail) << "each is taken for the other";
    answers = everybody();
    answers.first_again = as("c");
    EXPECT_EQ(judged(answers), Outcome::fail);
    answers = everybody();
    answers.nobody = tried(answered(200));
    EXPECT_EQ(judged(answers), Outcome::fail);
    answers = everybody();
    answers.look_alike = tried(answered(200));
    EXPECT_EQ(judged(answers), Outcome::fail);
    answers = everybody();
    answers.look_alike = tried(failed(Ending::timeout));
    EXPECT_EQ(judged(answers), Outcome::inconclusive);
    answers.look_alike = tried(failed(Ending::reset), 1);
    EXPECT_EQ(judged(answers), Outcome::inconclusive) << "one cut is no refusal";
    answers = everybody();
    answers.second = nameless(answered(403));
    EXPECT_EQ(judged(answers), Outcome::inconclusive);
}

TEST(MtlsIdentity, ScopeNeedsSomebodyWhoIsEntitled) {
    const Operation operation = whoami();
    EXPECT_EQ(judge_scope(tried(answered(200)), answered(200), operation).outcome(), Outcome::fail);
    EXPECT_EQ(judge_scope(tried(answered(403)), answered(200), operation).outcome(), Outcome::pass);
    EXPECT_EQ(judge_scope(tried(answered(403)), std::nullopt, operation).outcome(), Outcome::pass);
    EXPECT_EQ(judge_scope(tried(answered(403)), answered(403), operation).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_scope(tried(answered(404)), answered(200), operation).outcome(), Outcome::inconclusive);
}

Outcome bleed(const std::vector<ConnectionAnswer>& answers) {
    return judge_bleed(answers, whoami(), "a", "b").outcome();
}

TEST(MtlsIdentity, BleedIsAnyAnswerForTheOther) {
    const ConnectionAnswer a{"1", false, true, as("a")};
    const ConnectionAnswer b{"2", true, true, as("b")};
    EXPECT_EQ(bleed({a, b, a, b}), Outcome::pass);
    EXPECT_EQ(bleed({a, b, {"1", false, false, as("b")}}), Outcome::fail);
    EXPECT_EQ(bleed({{"2", true, true, as("a")}, a}), Outcome::fail);
    EXPECT_EQ(bleed({a, b, {"1", false, false, as("c")}}), Outcome::fail);
    EXPECT_EQ(bleed({{"1", false, true, as("x")}, {"2", true, true, as("x")}}), Outcome::fail);
    EXPECT_EQ(bleed({a}), Outcome::inconclusive);
    EXPECT_EQ(bleed({a, b, {"1", false, false, nameless(failed(Ending::closed))}}), Outcome::pass);
    EXPECT_EQ(bleed({a, b, {"1", false, false, nameless(failed(Ending::reset))}}), Outcome::pass);
    EXPECT_EQ(bleed({a, b, {"3", false, true, nameless(failed(Ending::closed))}}), Outcome::inconclusive);
    EXPECT_EQ(bleed({a, b, {"1", false, false, nameless(failed(Ending::timeout))}}), Outcome::inconclusive);
}

TEST(MtlsIdentity, OfPipelinedRequestsSomeServersAnswerTheFirstAlone) {
    const ConnectionAnswer a{"1", false, true, as("a")};
    const ConnectionAnswer b{"2", true, true, as("b")};
    EXPECT_EQ(bleed({a, b, {"1", false, false, nameless(failed(Ending::timeout)), true}}), Outcome::pass);
    EXPECT_EQ(bleed({a, b, {"1", false, false, as("b"), true}}), Outcome::fail);
    EXPECT_EQ(bleed({a, b, {"1", false, false, nameless(answered(500)), true}}), Outcome::inconclusive);
}

using Place = SessionVisit::Place;

Outcome session(Place place, bool resumed, IdentityAnswer answer, bool served_anyway = false, bool as_second = false) {
    SessionVisit visit{place, "there", resumed, as_second, std::move(answer), served_anyway};
    visit.owner = "a";
    return judge_sessions({visit}, whoami(), "").outcome();
}

TEST(MtlsIdentity, ASessionWinsNothingElsewhere) {
    EXPECT_EQ(session(Place::same_name, true, as("a")), Outcome::pass);
    EXPECT_EQ(session(Place::same_name, true, as("b")), Outcome::fail);
    EXPECT_EQ(session(Place::same_name, true, as("a"), false, true), Outcome::pass) << "the session's own identity";
    EXPECT_EQ(session(Place::same_name, false, as("a"), false, true), Outcome::fail);
    EXPECT_EQ(session(Place::same_name, false, as("b"), false, true), Outcome::pass);
    EXPECT_EQ(session(Place::same_name, true, nameless(answered(403))), Outcome::pass);
    for (const Place place : {Place::other_name, Place::unknown_name, Place::desktop, Place::from_desktop}) {
        EXPECT_EQ(session(place, true, as("a")), Outcome::fail);
        EXPECT_EQ(session(place, false, nameless(answered(403))), Outcome::pass);
        EXPECT_EQ(session(place, true, nameless(answered(403))), Outcome::pass);
        EXPECT_EQ(session(place, true, as("a"), true), place == Place::other_name ? Outcome::warning : Outcome::pass);
    }
    EXPECT_EQ(judge_sessions({}, whoami(), "").outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_sessions({}, whoami(), "no tickets").outcome(), Outcome::pass);
}

TEST(MtlsIdentity, EachSessionIsItsOwnOwners) {
    // Under TLS 1.2 nobody is asked for a certificate, so the answer names nobody in particular; under 1.3 it names us.
    SessionVisit nameless_one{Place::same_name, "TLS 1.2", true, false, as("null")};
    nameless_one.owner = "null";
    SessionVisit named_one{Place::same_name, "TLS 1.3", true, false, as("a")};
    named_one.owner = "a";
    EXPECT_EQ(judge_sessions({nameless_one, named_one}, whoami(), "").outcome(), Outcome::pass);
    named_one.owner = "b";
    EXPECT_EQ(judge_sessions({nameless_one, named_one}, whoami(), "").outcome(), Outcome::fail);
}

TEST(Sessions, WhatCouldNotBeComparedIsNoFinding) {
    SessionVisit visit{Place::unknown_name, "there", true, false, as("a"), false};
    EXPECT_EQ(judge_sessions({visit}, whoami(), "").outcome(), Outcome::fail);
    visit.compared_in_vain = true;
    EXPECT_EQ(judge_sessions({visit}, whoami(), "").outcome(), Outcome::inconclusive);
}

TEST(MtlsIdentity, ATicketIsGoodForSevenDaysAtMost) {
    const SessionVisit visit{Place::same_name, "there", true, false, as("a")};
    constexpr std::chrono::seconds week = std::chrono::hours(7 * 24);
    EXPECT_EQ(judge_sessions({visit}, whoami(), "", week).outcome(), Outcome::pass);
    const Verdict verdict = judge_sessions({visit}, whoami(), "", week + std::chrono::seconds(1));
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_NE(verdict.sentence().find("604801 s"), std::string::npos);
}

std::vector<ExpiryTrials::Offer> twice(bool resumed, const HttpOutcome& outcome) {
    return {{resumed, outcome}, {resumed, outcome}};
}

TEST(MtlsIdentity, NoSessionOutlivesItsCertificate) {
    const HttpOutcome good = answered(200, "OK\n");
    ExpiryTrials of;
    of.version = TlsVersion::tls_1_3;
    of.valid = good;
    const auto judge = [](const ExpiryTrials& one) { return judge_expiry({one}, status_operation()).outcome(); };
    EXPECT_EQ(judge(of), Outcome::pass) << "no session is given";
    of.given = true;
    EXPECT_EQ(judge(of), Outcome::pass) << "none is resumed";
    of.renewed = good;
    of.expired = twice(true, answered(403));
    EXPECT_EQ(judge(of), Outcome::pass);
    of.expired = twice(false, failed(Ending::alert, Alert{2, 45}));
    EXPECT_EQ(judge(of), Outcome::pass);
    of.expired = twice(true, good);
    EXPECT_EQ(judge(of), Outcome::fail);
    of.full = failed(Ending::alert, Alert{2, 45});
    EXPECT_EQ(judge(of), Outcome::fail);
    of.expired.front().outcome = answered(403);
    EXPECT_EQ(judge(of), Outcome::fail) << "one of the two is enough";
    of.full = good;
    EXPECT_EQ(judge(of), Outcome::inconclusive) << "its clock is behind, perhaps";
    of.long_expired = answered(403);
    EXPECT_EQ(judge(of), Outcome::inconclusive) << "its clock is behind";
    of.long_expired = good;
    EXPECT_EQ(judge(of), Outcome::skipped) << "it looks at no dates";
    of.full.reset();
    of.expired = twice(true, failed(Ending::timeout));
    EXPECT_EQ(judge(of), Outcome::inconclusive);
    of.expired = twice(true, failed(Ending::reset));
    EXPECT_EQ(judge(of), Outcome::inconclusive);
    of.valid = answered(403);
    EXPECT_EQ(judge(of), Outcome::inconclusive);
    of.valid = failed(Ending::handshake_failed, Alert{2, 70});
    EXPECT_EQ(judge(of), Outcome::inconclusive) << "served under no version";
}

Outcome mismatch(HttpOutcome own, HttpOutcome own_again, HttpOutcome other, HttpOutcome got) {
    return judge_mismatch({std::move(own), std::move(own_again), std::move(other), tried(std::move(got))}, whoami(),
                          "x")
        .outcome();
}

TEST(MtlsIdentity, HostAndHandshakeNameOneHost) {
    const HttpOutcome own = answered(200, "own");
    const HttpOutcome other = answered(200, "other");
    EXPECT_EQ(mismatch(own, own, other, answered(421)), Outcome::pass);
    EXPECT_EQ(mismatch(own, own, other, answered(404)), Outcome::pass);
    EXPECT_EQ(mismatch(own, own, other, own), Outcome::pass);
    EXPECT_EQ(mismatch(own, own, other, other), Outcome::warning);
    EXPECT_EQ(mismatch(own, own, own, own), Outcome::warning) << "whose answer it is cannot be told";
    EXPECT_EQ(mismatch(own, own, answered(403), other), Outcome::fail);
    EXPECT_EQ(mismatch(own, own, answered(403), own), Outcome::pass);
    EXPECT_EQ(mismatch(own, own, other, answered(503)), Outcome::inconclusive);
    EXPECT_EQ(mismatch(answered(503), own, other, own), Outcome::inconclusive);
}

TEST(MtlsIdentity, WhatChangesByItselfTellsNoHostsApart) {
    const auto at = [](const std::string& who, int second) {
        return answered(200, "dsp of " + who + " at 10:00:0" + std::to_string(second));
    };
    EXPECT_EQ(mismatch(at("own", 1), at("own", 4), at("other", 2), at("own", 3)), Outcome::pass);
    EXPECT_EQ(mismatch(at("own", 1), at("own", 4), at("other", 2), at("other", 3)), Outcome::warning);
    EXPECT_EQ(mismatch(at("own", 1), at("own", 4), answered(403), at("own", 3)), Outcome::pass);
    EXPECT_EQ(mismatch(at("own", 1), at("own", 4), answered(403), at("other", 3)), Outcome::fail);
    EXPECT_EQ(mismatch(answered(200, "1"), answered(200, "2"), answered(403), answered(200, "3")), Outcome::fail)
        << "nothing is left to know it by";
}

TEST(MtlsIdentity, WhomTheAnswerNamesTellsHostsApart) {
    const auto says = [](const std::string& host, const std::string& more) {
        return answered(200, R"({"host": ")" + host + R"(", "log": ")" + more + R"("})");
    };
    MismatchAnswers answers{says("own", "a b"), says("own", "c"), says("other", "d"), tried(says("own", "e f g"))};
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::warning);
    answers.pointer = "/host";
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::pass);
    answers.mismatched = tried(says("other", "e f g"));
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::warning);
}

TEST(MtlsIdentity, AnotherHostsOwnNotFoundIsNoRefusal) {
    const HttpOutcome own = answered(200, "own");
    const HttpOutcome unknown = answered(404, "nothing here");
    MismatchAnswers answers{own, own, unknown, tried(unknown)};
    EXPECT_TRUE(needs_roots(answers));
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::inconclusive);
    answers.roots = RootAnswers{own, answered(200, "other"), answered(200, "other")};
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::warning);
    answers.roots->mismatched = unknown;
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::pass);
    answers.roots = RootAnswers{unknown, unknown, unknown};
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::inconclusive) << "it says so to everybody";
    answers.roots->mismatched = failed(Ending::timeout);
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::inconclusive);
    answers.other = own;
    EXPECT_FALSE(needs_roots(answers));
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::pass);
    answers.other = answered(403);
    answers.mismatched = tried(answered(403));
    EXPECT_FALSE(needs_roots(answers)) << "no host is opened by it";
    EXPECT_EQ(judge_mismatch(answers, whoami(), "x").outcome(), Outcome::pass);
}

TEST(MtlsIdentity, HeadersClaimTheOtherInPacksThatServersTake) {
    test::MintOptions options;
    options.common_name = "other.example";
    options.rsa_bits = 4096;
    const test::Minted issuer = test::mint_ca("Issuing CA");
    const auto identity = test::identity_of(test::mint(options, &issuer), {issuer.certificate});
    std::set<std::string> names;
    for (const Headers& pack : forwarded_identity_headers(*identity, {})) {
        std::size_t bytes = 0;
        for (const auto& [name, value] : pack) {
            bytes += name.size() + value.size() + 4;
            EXPECT_TRUE(names.insert(name).second) << name;
            EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << name;
        }
        EXPECT_LT(bytes, 7000U);
        EXPECT_LE(pack.size(), 40U);
    }
    for (const char* name : {"X-Forwarded-Client-Cert",
                             "X-Amzn-Mtls-Clientcert",
                             "X-ARR-ClientCert",
                             "X-SSL-Client-CN",
                             "SSL_CLIENT_S_DN",
                             "X-Forwarded-Tls-Client-Cert",
                             "X-Forwarded-Tls-Client-Cert-Info",
                             "X-Client-Cert-Leaf",
                             "X-Client-Cert-Chain",
                             "X-Client-Cert-Subject-Dn",
                             "X-Goog-Mtls-Client-Cert",
                             "Cf-Client-Cert-Der-Base64",
                             "Cf-Client-Cert-Sha256",
                             "X-Consumer-Username",
                             "X-Consumer-Custom-ID",
                             "X-Apigee-Tls-Client-S-Dn",
                             "X-Forwarded-User",
                             "X-SSL-CERT",
                             "X-Certificate-Subject",
                             "Client-Cert",
                             "Client-Cert-Chain"}) {
        EXPECT_TRUE(names.contains(name)) << name;
    }
}

TEST(MtlsIdentity, HeadersOfTheProfileComeFirstAndAsItSpellsThem) {
    test::MintOptions options;
    options.common_name = "other.example";
    const auto identity = test::identity_of(test::mint(options));
    const Headers own{{"X-Own", "v=1;{common_name};{sha1}{sha256}"}, {"x-client-dn", "{subject}|{issuer}"}};
    const std::vector<Headers> packs = forwarded_identity_headers(*identity, own);
    ASSERT_GE(packs.front().size(), 2U);
    EXPECT_EQ(packs.front()[0].second,
              "v=1;other.example;" + identity->leaf.sha1_fingerprint() + identity->leaf.sha256_fingerprint());
    EXPECT_EQ(packs.front()[1].second, identity->leaf.subject() + "|" + identity->leaf.issuer());
    for (const Headers& pack : packs) {
        for (const auto& [name, value] : pack) {
            EXPECT_NE(name, "X-Client-DN") << "the profile says what it holds";
        }
    }
}

TEST(MtlsIdentity, AForgeryThatAnotherNameServesIsServed) {
    const Verdict own = Verdict::pass("refused");
    const Operation operation = status_operation();
    DoorOutcome door{"without SNI", answered(403)};
    EXPECT_EQ(judge_other_doors(own, {door}, operation, "with a forgery").outcome(), Outcome::pass);
    door.outcome = answered(200, "OK");
    const Verdict served = judge_other_doors(own, {door}, operation, "with a forgery");
    EXPECT_EQ(served.outcome(), Outcome::fail);
    EXPECT_NE(served.sentence().find("served without SNI"), std::string::npos) << served.sentence();
    door.nobody_too = true;
    EXPECT_EQ(judge_other_doors(own, {door}, operation, "with a forgery").outcome(), Outcome::pass)
        << "that everybody is served there is another check's finding";
}

TEST(MtlsIdentity, AnEffectIsOfTheHeadersOnlyWhereItIsNotSeenWithoutThem) {
    HeaderEffect effect;
    effect.with = {6, 6};
    effect.without = {0, 5};
    effect.headers = "X-SSL-Client-CN";
    EXPECT_TRUE(effect.is_of_the_headers());
    const Verdict headers = judge_header_effect(effect, "without a certificate", "claiming the enrolled one");
    EXPECT_EQ(headers.outcome(), Outcome::fail);
    EXPECT_NE(headers.sentence().find("the request headers X-SSL-Client-CN made"), std::string::npos);
    EXPECT_NE(headers.sentence().find("0 of 5 without them"), std::string::npos) << headers.sentence();
    effect.with = {2, 6};
    effect.without = {2, 5};
    EXPECT_FALSE(effect.is_of_the_headers());
    const Verdict pool = judge_header_effect(effect, "without a certificate", "claiming the enrolled one");
    EXPECT_EQ(pool.outcome(), Outcome::fail) << "somebody is served who must not be";
    EXPECT_EQ(pool.sentence().find("made the gateway"), std::string::npos) << pool.sentence();
    EXPECT_NE(pool.sentence().find("2 of 5 tries without any identity header"), std::string::npos) << pool.sentence();
}

TEST(MtlsIdentity, ANameIsToBlameOnlyWhereNobodyIsServedWithoutACertificate) {
    ResemblingServed served;
    served.variant = "cn-with-suffix";
    served.answer = "HTTP 200";
    served.again = {6, 6};
    served.nobody = {0, 5};
    const Verdict name = judge_resembling_served(served, whoami());
    EXPECT_EQ(name.outcome(), Outcome::fail);
    EXPECT_NE(name.sentence().find("only resembles the enrolled one (cn-with-suffix) was served in 6 of 6"),
              std::string::npos)
        << name.sentence();
    served.stranger = true;
    EXPECT_NE(judge_resembling_served(served, whoami()).sentence().find("resembles nothing"), std::string::npos);
    served.nobody = {2, 5};
    const Verdict pool = judge_resembling_served(served, whoami());
    EXPECT_EQ(pool.outcome(), Outcome::fail);
    EXPECT_NE(pool.sentence().find("without any certificate in 2 of 5 tries"), std::string::npos) << pool.sentence();
}

/// As `digest` of OpenSSL has it, in the spelling of the product.
std::string print_of(const Identity& identity, const char* digest, const char* spelling) {
    const std::string der = identity.leaf.der();
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    std::size_t size = 0;
    EXPECT_EQ(EVP_Q_digest(nullptr, digest, nullptr, der.data(), der.size(), bytes.data(), &size), 1);
    std::string out;
    for (std::size_t i = 0; i < size; ++i) {
        out += fmt::format(fmt::runtime(spelling), bytes.at(i));
    }
    return out;
}

TEST(MtlsIdentity, HeadersHoldThePrintThatTheProductHandsOn) {
    const auto identity = test::identity_of(test::mint(test::MintOptions{}));
    std::map<std::string, std::string> sent;
    for (const Headers& pack : forwarded_identity_headers(*identity, {})) {
        sent.insert(pack.begin(), pack.end());
    }
    EXPECT_EQ(sent["X-SSL-Client-Fingerprint"], print_of(*identity, "SHA1", "{:02x}"));
    EXPECT_EQ(sent["X-SSL-Client-SHA1"], print_of(*identity, "SHA1", "{:02X}"));
    EXPECT_TRUE(sent["X-Forwarded-Client-Cert"].starts_with("Hash=" + print_of(*identity, "SHA256", "{:02x}") + ";"));
}

TEST(MtlsIdentity, RolesAreWhatTheySay) {
    test::MintOptions options;
    options.extended_key_usage = "clientAuth";
    const auto enrolled = test::identity_of(test::mint(options));
    options.common_name = "other.example";
    const auto given = [](const std::shared_ptr<const Identity>& identity, const std::string& role) {
        Identity named = *identity;
        named.role = role;
        return named;
    };
    const auto good = test::identity_of(test::mint(options));
    EXPECT_EQ(not_what_it_says(given(good, "unenrolled"), *enrolled, TimeSpan::now()), "");
    EXPECT_NE(not_what_it_says(given(good, "expired"), *enrolled, TimeSpan::now()), "");
    EXPECT_NE(not_what_it_says(given(good, "not_yet_valid"), *enrolled, TimeSpan::now()), "");
    EXPECT_NE(not_what_it_says(given(good, "wrong_eku"), *enrolled, TimeSpan::now()), "");
    EXPECT_NE(not_what_it_says(given(enrolled, "unenrolled"), *enrolled, TimeSpan::now()), "");
    options.not_before = -7200;
    options.not_after = -3600;
    EXPECT_EQ(not_what_it_says(given(test::identity_of(test::mint(options)), "expired"), *enrolled, TimeSpan::now()),
              "");
    options.extended_key_usage = "serverAuth";
    EXPECT_EQ(not_what_it_says(given(test::identity_of(test::mint(options)), "wrong_eku"), *enrolled, TimeSpan::now()),
              "");
}

TEST(MtlsIdentity, RolesAreWhatTheySayByBothClocks) {
    using namespace std::chrono_literals;
    const auto enrolled = test::identity_of(test::mint({.common_name = "enrolled.example"}));
    const auto with_role = [](const test::MintOptions& options, const std::string& role) {
        Identity named = *test::identity_of(test::mint(options));
        named.role = role;
        return named;
    };
    const auto now = std::chrono::system_clock::now();
    const Identity expired = with_role({.not_before = -7200, .not_after = -3600}, "expired");
    EXPECT_EQ(not_what_it_says(expired, *enrolled, {now - 10min, now, now}), "");
    EXPECT_EQ(not_what_it_says(expired, *enrolled, {now - 24h, now, now}), "it has not expired yet");
    const Identity later = with_role({.not_before = 3600}, "not_yet_valid");
    EXPECT_EQ(not_what_it_says(later, *enrolled, {now, now + 10min, now}), "");
    EXPECT_EQ(not_what_it_says(later, *enrolled, {now, now + 24h, now}), "it is valid by now");
}

TEST(Catalogue, RequirementsAndChecksHoldTogether) {
    std::set<std::string_view> proved;
    for (const Suite& suite : catalogue().suites) {
        for (const Check& check : suite.checks) {
            EXPECT_FALSE(check.requirements.empty()) << check.id;
            for (const Bearing& bearing : check.requirements) {
                const std::string_view id = bearing.requirement;
                EXPECT_NE(catalogue().requirement(id), nullptr) << check.id << " names " << id;
                proved.insert(id);
            }
        }
    }
    for (const Requirement& requirement : catalogue().requirements) {
        EXPECT_NE(proved.contains(requirement.id), !requirement.not_testable.empty()) << requirement.id;
    }
}

}  // namespace
}  // namespace gateproof::suites::mtls_identity_test
