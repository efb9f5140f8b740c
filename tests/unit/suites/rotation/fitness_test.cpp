#include "suites/gateway/rotation/fitness.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/unit/probe/mint.hpp"

namespace gateproof::suites {
namespace {

using test::identity_of;
using test::mint;
using test::Minted;
using test::MintOptions;
using ::testing::HasSubstr;

constexpr long day = 24 * 3600;

/// A CA as the approved ones are: a root that nobody here knows, and the intermediate that issues.
class Fitness : public ::testing::Test {
protected:
    Fitness() {
        MintOptions issuing;
        issuing.common_name = "Issuing CA 7";
        issuing.organisation = "DigiCert, Inc.";
        issuing.subject_alt_name.clear();
        issuing.extended_key_usage.clear();
        issuing.basic_constraints = "critical,CA:TRUE";
        issuing_ = mint(issuing, &root_);
        expectations_.approved_authorities = published_authorities();
        sound_.common_name = "0123.irdgws.dsp.example";
        sound_.subject_alt_name.clear();
        sound_.extended_key_usage = "clientAuth";
        sound_.key_usage = "critical,digitalSignature";
        old_ = mint(sound_, &issuing_);
    }

    [[nodiscard]] std::vector<Finding> examine(const Identity& fresh) const {
        const std::shared_ptr<const Identity> old = identity_of(old_, {issuing_.certificate});
        return examine_new_certificate(
            {fresh, *old, expectations_, known_, std::chrono::system_clock::now(), warning_days_});
    }
    [[nodiscard]] std::vector<Finding> examine(const MintOptions& options) const {
        return examine(*identity_of(mint(options, &issuing_), {issuing_.certificate}));
    }
    /// What each property came to; every one that is not named must pass.
    static void expect_only(const std::vector<Finding>& findings, std::string_view about, Outcome outcome,
                            const std::string& text) {
        EXPECT_EQ(findings.size(), 8U);
        for (const Finding& finding : findings) {
            if (finding.about == about) {
                EXPECT_EQ(finding.outcome, outcome) << finding.text;
                EXPECT_THAT(finding.text, HasSubstr(text));
                EXPECT_FALSE(finding.remedy.empty());
            } else {
                EXPECT_EQ(finding.outcome, Outcome::pass) << finding.about << ": " << finding.text;
            }
        }
    }

    Minted root_ = test::mint_ca("Root");
    Minted issuing_ = root_;
    Minted old_ = root_;
    MintOptions sound_;
    RotationExpectations expectations_;
    std::vector<Certificate> known_;
    std::optional<int> warning_days_;
};

TEST_F(Fitness, ASoundCertificatePasses) {
    const std::vector<Finding> findings = examine(sound_);
    expect_only(findings, "", Outcome::pass, "");
    const Verdict verdict = judge_new_certificate(findings, old_.certificate);
    EXPECT_EQ(verdict.outcome(), Outcome::pass);
    EXPECT_THAT(verdict.sentence(), HasSubstr("0123.irdgws.dsp.example is fit"));
}

TEST_F(Fitness, WithoutClientAuthItFailsAndTheRemedyTellsOfTheYear2026) {
    sound_.extended_key_usage = "serverAuth";
    const std::vector<Finding> findings = examine(sound_);
    expect_only(findings, "client_auth", Outcome::fail, "does not hold clientAuth");
    const Verdict verdict = judge_new_certificate(findings, old_.certificate);
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.remedy(), HasSubstr("commonest failure of renewals"));
    EXPECT_THAT(verdict.remedy(), HasSubstr("2026"));
}

TEST_F(Fitness, OtherWaysNotToBeForClients) {
    MintOptions changed = sound_;
    changed.extended_key_usage = "anyExtendedKeyUsage";
    expect_only(examine(changed), "client_auth", Outcome::fail, "anyExtendedKeyUsage and not clientAuth");
    changed.extended_key_usage.clear();
    expect_only(examine(changed), "client_auth", Outcome::warning, "no extended key usage at all");
    changed = sound_;
    changed.extended_key_usage = "serverAuth,clientAuth";
    expect_only(examine(changed), "", Outcome::pass, "");
    changed.key_usage = "critical,keyAgreement";
    expect_only(examine(changed), "client_auth", Outcome::fail, "digitalSignature");
    changed = sound_;
    changed.basic_constraints = "critical,CA:TRUE";
    changed.key_usage = "critical,digitalSignature,keyCertSign";
    expect_only(examine(changed), "client_auth", Outcome::fail, "CA certificate");
}

TEST_F(Fitness, TheCommonNameIsComparedLetterByLetter) {
    MintOptions changed = sound_;
    changed.common_name = "0123.IRDGWS.dsp.example";
    expect_only(examine(changed), "common_name", Outcome::fail, "differ in case alone");
    changed.common_name = "0124.irdgws.dsp.example";
    expect_only(examine(changed), "common_name", Outcome::fail, "'0123.irdgws.dsp.example' is enrolled");
    expectations_.common_name = "0124.irdgws.dsp.example";
    expect_only(examine(changed), "", Outcome::pass, "");
}

TEST_F(Fitness, ThePeriodBeginsEndsAndOutlivesTheOldOne) {
    MintOptions changed = sound_;
    changed.not_before = 2 * day;
    expectations_.moment = RotationMoment::before;
    expect_only(examine(changed), "validity", Outcome::warning, "not valid before");
    expectations_.moment = RotationMoment::after;
    expect_only(examine(changed), "validity", Outcome::fail, "not valid before");
    changed = sound_;
    changed.not_before = -9 * day;
    changed.not_after = -day;
    expect_only(examine(changed), "validity", Outcome::fail, "expired on");
    changed.not_before = -80 * day;
    changed.not_after = 10 * day;
    expect_only(examine(changed), "validity", Outcome::warning, "expires in 9 days");
    changed.not_after = 80 * day;
    expect_only(examine(changed), "validity", Outcome::warning, "before the old one does");
}

TEST_F(Fitness, AShortLivedOneIsNotWarnedOfAllItsLife) {
    sound_.not_before = -3600;
    sound_.not_after = 6 * day;
    old_ = mint(sound_, &issuing_);
    sound_.not_after = 6 * day + 60;
    expect_only(examine(sound_), "", Outcome::pass, "");
    warning_days_ = 7;
    expect_only(examine(sound_), "validity", Outcome::warning, "expires in 6 days");
    warning_days_.reset();
    sound_.not_before = -5 * day;
    sound_.not_after = day + 3600;
    old_ = mint(sound_, &issuing_);
    sound_.not_after = day + 7200;
    expect_only(examine(sound_), "validity", Outcome::warning, "expires in 1 days");
}

TEST_F(Fitness, TheKeyIsNewAndBelongsToTheCertificate) {
    MintOptions changed = sound_;
    changed.key = old_.key;
    expect_only(examine(changed), "key_changed", Outcome::fail, "the old certificate's key");
    expect_only(examine(*identity_of(old_, {issuing_.certificate})), "key_changed", Outcome::fail,
                "the old certificate itself");
    Minted foreign = mint(sound_, &issuing_);
    foreign.key = mint(sound_, &issuing_).key;
    expect_only(examine(*identity_of(foreign, {issuing_.certificate})), "key_matches", Outcome::fail,
                "does not sign for it");
}

TEST_F(Fitness, EveryKindOfKeyCanProveItself) {
    MintOptions changed = sound_;
    changed.rsa_bits = 2048;
    expect_only(examine(changed), "", Outcome::pass, "");
    changed.rsa_bits = 0;
    changed.curve = "P-384";
    expect_only(examine(changed), "", Outcome::pass, "");
    EVP_PKEY* const made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    changed.key.reset(made, &EVP_PKEY_free);
    expect_only(examine(changed), "", Outcome::pass, "");
}

TEST_F(Fitness, TheChainIsWholeAndInOrder) {
    const Minted leaf = mint(sound_, &issuing_);
    expect_only(examine(*identity_of(leaf)), "chain", Outcome::fail, "is missing");
    expect_only(examine(*identity_of(leaf, {root_.certificate})), "chain", Outcome::fail, "is not issued by the next");
    // An intermediate beside the leaf's own profile is no root: it would still be missing on the wire.
    known_ = {issuing_.certificate};
    expect_only(examine(*identity_of(leaf)), "chain", Outcome::fail, "is missing");
    // A forger's CA bears the right name alone.
    MintOptions same_name;
    same_name.common_name = "Issuing CA 7";
    same_name.organisation = "DigiCert, Inc.";
    same_name.basic_constraints = "critical,CA:TRUE";
    const Minted forger = mint(same_name, &root_);
    expect_only(examine(*identity_of(leaf, {forger.certificate})), "chain", Outcome::fail, "is not issued by the next");
    same_name.key = issuing_.key;
    same_name.not_after = -60;
    const Minted stale = mint(same_name, &root_);
    expect_only(examine(*identity_of(leaf, {stale.certificate})), "chain", Outcome::fail, "is not valid now");
}

TEST_F(Fitness, OnlyApprovedAuthoritiesMayIssue) {
    MintOptions other;
    other.common_name = "Backyard CA";
    other.organisation = "DigiCertain";
    other.basic_constraints = "critical,CA:TRUE";
    const Minted backyard = mint(other, &root_);
    const std::shared_ptr<const Identity> fresh = identity_of(mint(sound_, &backyard), {backyard.certificate});
    expect_only(examine(*fresh), "authority", Outcome::fail, "DigiCertain, is none of the approved");
    expectations_.approved_authorities = {"digicertain ltd"};
    expect_only(examine(*fresh), "", Outcome::pass, "");
}

TEST_F(Fitness, WeakKeysFail) {
    MintOptions changed = sound_;
    changed.rsa_bits = 1024;
    expect_only(examine(changed), "strength", Outcome::fail, "RSA");
    changed = sound_;
    changed.digest = "SHA1";
    expect_only(examine(changed), "strength", Outcome::fail, "SHA");
}

TEST_F(Fitness, TheWorstFindingLeadsAndNoneIsLeftOut) {
    sound_.extended_key_usage.clear();                // a warning
    sound_.common_name = "other.irdgws.dsp.example";  // a failure
    const Verdict verdict = judge_new_certificate(examine(sound_), old_.certificate);
    EXPECT_EQ(verdict.outcome(), Outcome::fail);
    EXPECT_THAT(verdict.sentence(), HasSubstr("not fit: its common name is"));
    EXPECT_THAT(verdict.sentence(), HasSubstr("also: it has no extended key usage"));
    EXPECT_THAT(verdict.remedy(), HasSubstr("common name"));
}

TEST(Organisation, IsComparedByItsWords) {
    for (const char* name : {"DigiCert Inc", "DigiCert, Inc.", "DIGICERT", "digicert ltd"}) {
        EXPECT_TRUE(same_organisation(name, "DigiCert")) << name;
    }
    EXPECT_TRUE(same_organisation("COMODO CA Limited", "Comodo"));
    EXPECT_TRUE(same_organisation("thawte, Inc.", "Thawte"));
    EXPECT_TRUE(same_organisation("Thawte Consulting (Pty) Ltd.", "Thawte"));
    EXPECT_TRUE(same_organisation("Let's Encrypt", "Lets Encrypt"));
    for (const char* name : {"DigiCertain", "My DigiCert", "DigiCert Resellers", "", ",", "Inc"}) {
        EXPECT_FALSE(same_organisation(name, "DigiCert")) << name;
    }
    EXPECT_FALSE(same_organisation("", ""));
}

}  // namespace
}  // namespace gateproof::suites
