#include "suites/shared/fitness.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "suites/shared/by_clock.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::suites {
namespace {

using test::identity_of;
using test::mint;
using test::Minted;
using test::MintOptions;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr long one_day = 24 * 3600;

/// The enrolled certificate of a profile of the test environment, as the published rules want it.
class EnrolledFitness : public ::testing::Test {
protected:
    EnrolledFitness() {
        profile_.environment = Environment::test;
        profile_.client_certificate = published_rules(Environment::test);
        issuing_ = authority("Entrust, Inc.");
        sound_.common_name = "0123456789abcdef0123456789ABCDEF.irdgws.dsp.example";
        sound_.subject_alt_name.clear();
        sound_.extended_key_usage = "clientAuth";
        sound_.key_usage = "critical,digitalSignature";
        sound_.curve = "P-384";
    }

    [[nodiscard]] Minted authority(const std::string& organisation) const {
        MintOptions issuing;
        issuing.common_name = "Issuing CA 7";
        issuing.organisation = organisation;
        issuing.subject_alt_name.clear();
        issuing.extended_key_usage.clear();
        issuing.basic_constraints = "critical,CA:TRUE";
        return mint(issuing, &root_);
    }
    [[nodiscard]] std::shared_ptr<const Identity> made(const MintOptions& options) const {
        return identity_of(mint(options, &issuing_), {issuing_.certificate});
    }
    [[nodiscard]] std::vector<Finding> examine(const Identity& identity) const {
        return examine_enrolled(profile_, identity, std::chrono::system_clock::now());
    }
    /// What the property came to; every other must pass.
    void expect_only(const Identity& identity, std::string_view about, Outcome outcome, const std::string& text) const {
        bool found = about.empty();
        for (const Finding& finding : examine(identity)) {
            if (finding.about == about) {
                found = true;
                EXPECT_EQ(finding.outcome, outcome) << finding.text;
                EXPECT_THAT(finding.text, HasSubstr(text));
                EXPECT_EQ(finding.remedy.empty(), outcome == Outcome::pass);
            } else {
                EXPECT_EQ(finding.outcome, Outcome::pass) << finding.about << ": " << finding.text;
            }
        }
        EXPECT_TRUE(found) << about << " was not judged";
    }

    Minted root_ = test::mint_ca("Root");
    Minted issuing_ = root_;
    MintOptions sound_;
    Profile profile_;
};

TEST_F(EnrolledFitness, ASoundCertificatePasses) {
    EXPECT_EQ(examine(*made(sound_)).size(), 7U);
    expect_only(*made(sound_), "", Outcome::pass, "");
    sound_.rsa_bits = 2048;
    expect_only(*made(sound_), "", Outcome::pass, "");
}

TEST_F(EnrolledFitness, Dates) {
    MintOptions changed = sound_;
    changed.not_before = -9 * one_day;
    changed.not_after = -one_day;
    expect_only(*made(changed), "validity", Outcome::fail, "it expired on 20");
    changed = sound_;
    changed.not_before = 2 * one_day;
    expect_only(*made(changed), "validity", Outcome::fail, "it is not valid before 20");
    changed.not_before = -80 * one_day;
    changed.not_after = 10 * one_day;
    expect_only(*made(changed), "validity", Outcome::warning, "expires in 9 days");
    // A short life has a short warning: a third of it, and what the profile says before either.
    changed.not_before = -one_day;
    changed.not_after = 6 * one_day;
    expect_only(*made(changed), "", Outcome::pass, "");
    profile_.tls.expiry_warning_days = 7;
    expect_only(*made(changed), "validity", Outcome::warning, "expires in 5 days");
}

TEST_F(EnrolledFitness, WithoutClientAuthSomeStacksSendNothing) {
    sound_.extended_key_usage = "serverAuth";
    expect_only(*made(sound_), "client_auth", Outcome::fail, ".NET and Windows (SChannel) send no certificate");
    const std::vector<Finding> findings = examine(*made(sound_));
    const auto found = std::ranges::find(findings, "client_auth", &Finding::about);
    EXPECT_THAT(found->remedy, AllOf(HasSubstr("Let's Encrypt 2026-07-08"), HasSubstr("DigiCert 2027-03-01")));
}

TEST_F(EnrolledFitness, TheNameHasTheAssignedForm) {
    sound_.common_name = "dsp.example";
    expect_only(*made(sound_), "common_name", Outcome::fail, "'dsp.example', is not of the form");
    profile_.client_certificate.common_name = "dsp.example";
    expect_only(*made(sound_), "", Outcome::pass, "");
    profile_.client_certificate.common_name.clear();
    sound_.common_name = "anybody";
    expect_only(*made(sound_), "", Outcome::pass, "");
}

TEST_F(EnrolledFitness, TheAuthorityIsApprovedAndNotOneself) {
    issuing_ = authority("Backyard");
    expect_only(*made(sound_), "authority", Outcome::fail, "Backyard, is none of the approved authorities: Amazon");
    const Minted own = mint(sound_);
    expect_only(*identity_of(own), "authority", Outcome::fail, "it is self-signed");
    profile_.client_certificate.approved_authorities.clear();
    expect_only(*made(sound_), "", Outcome::pass, "");
    expect_only(*identity_of(own), "", Outcome::pass, "");
}

TEST_F(EnrolledFitness, ThatALeafAloneWillDoSinceTheOldOneDidIsSaid) {
    const Minted leaf = mint(sound_, &issuing_);
    const Finding found =
        examine_chain(*identity_of(leaf), {.known = {}, .served_alone_before = true}, std::chrono::system_clock::now());
    EXPECT_EQ(found.outcome, Outcome::pass);
    EXPECT_NE(found.text.find("as that of the old certificate did"), std::string::npos) << found.text;
}

TEST_F(EnrolledFitness, ALeafAloneIsAWarningWhereAuthoritiesArePublic) {
    const Minted leaf = mint(sound_, &issuing_);
    expect_only(*identity_of(leaf), "chain", Outcome::warning, "holds the leaf alone");
    expect_only(*identity_of(leaf, {root_.certificate}), "chain", Outcome::fail, "is not issued by the next");
    profile_.client_certificate.approved_authorities.clear();
    expect_only(*identity_of(leaf), "chain", Outcome::pass, "");
    // A root of the profile's own issues to its clients directly.
    profile_.client_certificate.approved_authorities = {"Root"};
    profile_.trust.anchors = {root_.certificate};
    expect_only(*identity_of(mint(sound_, &root_)), "", Outcome::pass, "");
}

/// A file as CAs hand them out: cross-signed twins of the root, leftovers, any order.
class EnrolledFile : public EnrolledFitness {
protected:
    [[nodiscard]] static MintOptions authority_named(const std::string& name) {
        MintOptions options;
        options.common_name = name;
        options.subject_alt_name.clear();
        options.extended_key_usage.clear();
        options.basic_constraints = "critical,CA:TRUE";
        return options;
    }
    /// The root's name and key, certified by an older root.
    [[nodiscard]] Minted cross_signed(long not_after) const {
        MintOptions options = authority_named("Root");
        options.key = root_.key;
        options.not_before = -9 * one_day;
        options.not_after = not_after;
        return mint(options, &older_);
    }
    [[nodiscard]] Finding chain_of(std::vector<Certificate> chain) const {
        const std::vector<Finding> findings = examine(*identity_of(leaf_, std::move(chain)));
        return *std::ranges::find(findings, "chain", &Finding::about);
    }
    void expect(std::vector<Certificate> chain, Outcome outcome, const std::string& text) const {
        const Finding found = chain_of(std::move(chain));
        EXPECT_EQ(found.outcome, outcome) << found.text;
        EXPECT_THAT(found.text, HasSubstr(text));
    }

    Minted older_ = test::mint_ca("Older root");
    Minted leaf_ = mint(sound_, &issuing_);
};

TEST_F(EnrolledFile, ASoundChainGoesOnBeingOneBesideWhatIsNotNeeded) {
    expect({issuing_.certificate}, Outcome::pass, "its chain of 2 certificates is in order");
    expect({issuing_.certificate, root_.certificate}, Outcome::pass, "its chain of 3 certificates is in order");
    const Certificate twin = cross_signed(90 * one_day).certificate;
    expect({issuing_.certificate, root_.certificate, twin}, Outcome::pass, "under another issuer too");
    const Certificate expired = cross_signed(-one_day).certificate;
    for (const std::vector<Certificate>& chain : {std::vector{issuing_.certificate, expired},
                                                  {issuing_.certificate, root_.certificate, expired},
                                                  {expired, issuing_.certificate},
                                                  {issuing_.certificate, expired, older_.certificate}}) {
        expect(chain, Outcome::warning, "which is not valid now: nobody needs it");
    }
    expect({issuing_.certificate, older_.certificate}, Outcome::warning, "which issued none of its certificates");
    expect({older_.certificate, issuing_.certificate}, Outcome::warning, "which issued none of its certificates");
    // The strength is that of the path: nobody relies on the rest.
    MintOptions weak = authority_named("Leftover");
    weak.rsa_bits = 1024;
    expect_only(*identity_of(leaf_, {issuing_.certificate, mint(weak).certificate}), "chain", Outcome::warning,
                "Leftover");
}

TEST_F(EnrolledFile, TheOtherWayRoundIsWholeAndNotInOrder) {
    expect({root_.certificate, issuing_.certificate}, Outcome::warning, "3 certificates is whole and out of order");
}

TEST_F(EnrolledFile, AChainThatIsBrokenFailsWhateverElseIsInTheFile) {
    expect({root_.certificate}, Outcome::fail, "is not issued by the next");
    expect({older_.certificate, root_.certificate}, Outcome::fail, "is not issued by the next");
    MintOptions options = authority_named("Issuing CA 7");
    options.organisation = "Entrust, Inc.";
    options.key = issuing_.key;
    options.not_before = -9 * one_day;
    options.not_after = -one_day;
    const Certificate stale = mint(options, &root_).certificate;
    expect({stale}, Outcome::fail, "is not valid now");
    expect({stale, root_.certificate}, Outcome::fail, "is not valid now");
    expect({stale, issuing_.certificate}, Outcome::warning, "which is not valid now: nobody needs it");
    // A root that has expired, of which nobody here knows another.
    options = authority_named("Root");
    options.key = root_.key;
    options.not_before = -9 * one_day;
    options.not_after = -one_day;
    const Certificate old_root = mint(options).certificate;
    expect({issuing_.certificate, old_root}, Outcome::fail, "is not valid now");
    profile_.trust.anchors = {root_.certificate};
    expect({issuing_.certificate, old_root}, Outcome::warning, "nobody needs it");
}

TEST_F(EnrolledFitness, KeysAreStrongNamedAndOfAPublishedKind) {
    MintOptions changed = sound_;
    changed.rsa_bits = 1024;
    expect_only(*made(changed), "strength", Outcome::fail, "RSA key of 1024 bits");
    changed = sound_;
    changed.curve = "P-256";
    expect_only(*made(changed), "strength", Outcome::warning, "curve P-256; P-384 is asked for");
    profile_.client_certificate.curves = {"P-256", "P-384"};
    expect_only(*made(changed), "", Outcome::pass, "");
    changed.explicit_curve = true;
    // Read from its bytes, as from a file: in memory nothing was decoded yet.
    const Minted spelt_out = mint(changed, &issuing_);
    const Minted read{*Certificate::from_der(spelt_out.certificate.der()), spelt_out.key};
    expect_only(*identity_of(read, {issuing_.certificate}), "strength", Outcome::fail, "explicit curve parameters");
}

TEST_F(EnrolledFitness, TheAuthorityStillIssuesClientAuthAtTheRenewal) {
    issuing_ = authority("Let's Encrypt");
    expect_only(*made(sound_), "renewal", Outcome::warning, "2026-07-08 (Let's Encrypt, Ending TLS Client");
    issuing_ = authority("DigiCert, Inc.");
    const Certificate leaf = made(sound_)->leaf;
    // The day of the renewal decides, whatever day it is today.
    const bool before = validity_of(leaf)->not_after < std::chrono::sys_days(std::chrono::year(2027) / 3 / 1);
    EXPECT_EQ(examine_renewal(leaf, std::chrono::system_clock::now()).outcome,
              before ? Outcome::pass : Outcome::warning);
    MintOptions longer = sound_;
    longer.not_after = 400 * one_day;
    const Finding late = examine_renewal(made(longer)->leaf, std::chrono::system_clock::now());
    EXPECT_EQ(late.outcome, Outcome::warning);
    EXPECT_THAT(late.text, AllOf(HasSubstr("2027-03-01"), HasSubstr("ALERT53")));
}

TEST_F(EnrolledFitness, TdsHasACertificateOfItsOwn) {
    const auto examined = [this] {
        return judge_fitness(examine_tds(profile_, std::chrono::system_clock::now()), "it", "fit");
    };
    const Minted general = mint(sound_, &issuing_);
    profile_.identities["enrolled"] = identity_of(general, {issuing_.certificate});
    profile_.identities["tds"] = profile_.identities["enrolled"];
    EXPECT_EQ(examined().outcome(), Outcome::warning);
    MintOptions same_key = sound_;
    same_key.key = general.key;
    profile_.identities["tds"] = made(same_key);
    EXPECT_THAT(examined().sentence(), HasSubstr("the key of the certificate for everything else"));
    profile_.identities["tds"] = made(sound_);
    EXPECT_EQ(examined().outcome(), Outcome::pass);
}

TEST_F(EnrolledFitness, WhatIsWrongWithTheOneForTdsIsAWarningAsItsRequirementIs) {
    profile_.identities["enrolled"] = made(sound_);
    MintOptions early = sound_;
    early.not_before = 2 * one_day;
    profile_.identities["tds"] = made(early);
    const auto now = std::chrono::system_clock::now();
    const auto judged_at = [this](SystemTime moment) {
        return judge_fitness(examine_tds(profile_, moment), "it", "fit");
    };
    EXPECT_EQ(judged_at(now).outcome(), Outcome::warning);
    EXPECT_THAT(judged_at(now).sentence(), HasSubstr("it is not valid before"));
    EXPECT_EQ(judged_at(now + std::chrono::hours(72)).outcome(), Outcome::pass);
    // Two clocks that disagree are no finding at all.
    ClockReading ahead;
    ahead.state = ClockReading::State::apart;
    ahead.least = ahead.most = std::chrono::hours(72);
    ahead.difference = "the clocks differ";
    EXPECT_EQ(at_both_clocks(ahead, judged_at).outcome(), Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
