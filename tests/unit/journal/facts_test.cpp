#include "harness/journal/facts.hpp"

#include <gmock/gmock.h>

namespace gateproof {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

CheckResult failed(std::string sentence, std::vector<std::string> found = {}) {
    CheckResult result;
    result.outcome = Outcome::fail;
    result.sentence = std::move(sentence);
    result.found = std::move(found);
    return result;
}

TEST(Facts, WhatDiffersByChanceIsLeftOut) {
    EXPECT_EQ(without_chance("cut after 61.25 s (due: 60 s)"), "cut after # s (due: # s)");
    EXPECT_EQ(without_chance("answered in 250ms, 12 ms later"), "answered in #ms, # ms later");
    EXPECT_EQ(without_chance("HTTP 200 in 2 of 3 tries"), "HTTP 200 in # of # tries");
    EXPECT_EQ(without_chance("at 2026-11-26T19:04:38.120Z, 19:04:38"), "at #, #");
    EXPECT_EQ(without_chance("127.0.0.1:43210 and port 50000"), "127.0.0.1:# and port #");
    EXPECT_EQ(without_chance("id 6f9619ff-8b86-d011-b42d-00cf4fc964ff and 0123456789abcdef0123"), "id # and #");
    EXPECT_EQ(without_chance("token eyJhbGciOiJSUzI1NiJ9abcdefgh"), "token #");
    EXPECT_EQ(without_chance("1,200 requests, 3 connections"), "1,# requests, # connections");
    EXPECT_EQ(without_chance("p = 1.5e-07 %"), "p = # %");
    EXPECT_EQ(without_chance("under the SNI gateproof-3675c90c.invalid"), "under the SNI gateproof-#.invalid");
}

TEST(Facts, NamesVersionsStatusesDaysAndNumbersStay) {
    for (const char* const text :
         {"TLS 1.1 was negotiated", "HTTP 403 EV1022", "port 80, https://gateway.example:4046/status",
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "expired on 2026-11-26", "RSA key of 1024 bits", "X25519MLKEM768",
          "certificate 1 of the chain (CN=x)", "RFC 5246 7.4.1.3", "alert handshake_failure (40)",
          "/gateway/customer-service/v2/status", "10.0.0.7", "secp192r1"}) {
        EXPECT_EQ(without_chance(text), text);
    }
}

TEST(Facts, TheSentenceStandsForThemWhereNothingIsListed) {
    EXPECT_THAT(facts_of(failed("after 12 s")), ElementsAre("after # s"));
    EXPECT_THAT(facts_of(failed("two suites", {"TLS_B", "TLS_A", "TLS_B"})), ElementsAre("TLS_A", "TLS_B"));
    CheckResult passed = failed("good");
    passed.outcome = Outcome::pass;
    EXPECT_THAT(facts_of(passed), IsEmpty());
    EXPECT_EQ(short_digest_of(passed), "");
}

/// The quantity that a judge lists may be the very finding: a ticket of eight days does not cover one of a year.
TEST(Facts, WhatAJudgeListsIsToldAsItIs) {
    EXPECT_THAT(facts_of(failed("x", {"a ticket of TLS 1.3 is good for 691200 s"})),
                ElementsAre("a ticket of TLS 1.3 is good for 691200 s"));
    EXPECT_NE(facts_of(failed("x", {"good for 691200 s"})), facts_of(failed("x", {"good for 31536000 s"})));
}

TEST(Facts, ADigestIsThatOfAllOfThemInAnyOrder) {
    const std::string both = digest_of_facts(facts_of(failed("x", {"TLS_A", "TLS_B"})));
    EXPECT_THAT(both, AllOf(StartsWith("sha256:"), testing::SizeIs(71)));
    EXPECT_EQ(both, digest_of_facts(facts_of(failed("y", {"TLS_B", "TLS_A"}))));
    EXPECT_NE(both, digest_of_facts(facts_of(failed("x", {"TLS_A"}))));
    EXPECT_NE(both, digest_of_facts(facts_of(failed("x", {"TLS_A", "TLS_B", "TLS_C"}))));
    EXPECT_NE(digest_of_facts({"a\nb"}), digest_of_facts({"a", "b"}));
    EXPECT_EQ(short_digest_of(failed("x", {"TLS_A", "TLS_B"})), both.substr(0, 19));
}

TEST(Facts, WhatIsLongOrManyIsBoundedAndStillTellsApart) {
    const std::string start(500, 'x');
    const auto one = facts_of(failed(start + " a"));
    EXPECT_THAT(one, ElementsAre(AllOf(HasSubstr("cut off; sha256:"), testing::SizeIs(400))));
    EXPECT_NE(one, facts_of(failed(start + " b")));
    EXPECT_EQ(facts_of(failed("", one)), one);
    std::vector<std::string> many;
    for (int i = 0; i < 2000; ++i) {
        many.push_back("suite-" + std::to_string(i));
    }
    const auto kept = facts_of(failed("", many));
    EXPECT_EQ(kept.size(), 500U);
    EXPECT_EQ(facts_of(failed("", kept)), kept) << "as they are when the journal is read";
    many.push_back("suite-one-more");
    EXPECT_NE(facts_of(failed("", many)), kept);
}

}  // namespace
}  // namespace gateproof
