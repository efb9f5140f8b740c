#include "evidence/pack.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>  // first, because cms.h declares its own functions of PEM only behind it

#include <openssl/bio.h>
#include <openssl/cms.h>

#include <chrono>

#include "evidence/manifest.hpp"
#include "evidence/signature.hpp"
#include "harness/identity/openssl_handles.hpp"
#include "tests/support/files.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::evidence {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Pack : public ::testing::Test {
protected:
    Pack() {
        test::MintOptions client;
        client.common_name = "dsp.example";
        client.extended_key_usage = "clientAuth";
        signer_ = test::identity_of(test::mint(client, &ca_));
    }
    std::filesystem::path write(const std::string& bytes) { return folder_.write("pack.tar", bytes); }
    std::filesystem::path pack(const Identity* signer) {
        return write(make_pack({{"run.jsonl", "{}\n"}, {"report.html", "<p>"}}, signer, ArchiveKind::tar, {}));
    }
    /// A pack put together by somebody else.
    PackCheck check(const std::vector<PackFile>& files, const SignerDemand& demand = {}) {
        return check_pack(write(write_archive(files, ArchiveKind::tar, {})), demand);
    }

    test::TemporaryFolder folder_;
    test::Minted ca_ = test::mint_ca("Signers' CA");
    test::Minted stranger_ = test::mint_ca("Stranger");
    std::shared_ptr<const Identity> signer_;
};

TEST_F(Pack, SignedAndUnsigned) {
    const PackCheck plain = check_pack(pack(nullptr), {});
    EXPECT_EQ(plain.state, PackState::sound) << plain.sentence;
    EXPECT_EQ(plain.signer, "");
    EXPECT_THAT(plain.files, ElementsAre("report.html", "run.jsonl"));
    EXPECT_THAT(check_pack(pack(nullptr), {.authorities = {ca_.certificate}}).sentence, HasSubstr("not signed"));

    const PackCheck unjudged = check_pack(pack(signer_.get()), {});
    EXPECT_EQ(unjudged.state, PackState::sound) << unjudged.sentence;
    EXPECT_THAT(unjudged.signer, HasSubstr("dsp.example"));
    EXPECT_FALSE(unjudged.trusted);
    EXPECT_TRUE(check_pack(pack(signer_.get()), {.authorities = {ca_.certificate}}).trusted);
    const PackCheck strange = check_pack(pack(signer_.get()), {.authorities = {stranger_.certificate}});
    EXPECT_EQ(strange.state, PackState::changed);
    EXPECT_THAT(strange.sentence, HasSubstr("does not lead to the given CA"));
}

TEST_F(Pack, AnIntermediateMayBeTheAuthority) {
    const test::Minted issuing = test::mint_ca("Issuing", &ca_);
    const std::shared_ptr<const Identity> below = test::identity_of(test::mint({}, &issuing), {issuing.certificate});
    EXPECT_TRUE(check_pack(pack(below.get()), {.authorities = {ca_.certificate}}).trusted)
        << "the chain is in the signature";
    EXPECT_TRUE(check_pack(pack(below.get()), {.authorities = {issuing.certificate}}).trusted);
}

TEST_F(Pack, ChangedMissingAndExtraFilesAreNamed) {
    const std::vector<PackFile> files{{"run.jsonl", "{}\n"}, {"report.html", "<p>"}};
    const PackFile manifest{manifest_name, write_manifest(files)};
    EXPECT_EQ(check({files[0], files[1], manifest}).state, PackState::sound);
    EXPECT_THAT(check({{"run.jsonl", "{}"}, files[1], manifest}).sentence, HasSubstr("run.jsonl was changed"));
    EXPECT_THAT(check({files[0], manifest}).sentence, HasSubstr("report.html is missing"));
    EXPECT_THAT(check({files[0], files[1], {"more.txt", ""}, manifest}).sentence, HasSubstr("more.txt was added"));
    EXPECT_THAT(check(files).sentence, HasSubstr("no pack of gateproof"));
    EXPECT_THAT(check({{manifest_name, "rubbish"}}).sentence, HasSubstr("line 1 of the manifest"));
}

TEST_F(Pack, ANewManifestNeedsANewSignature) {
    const std::vector<PackFile> files{{"run.jsonl", "{}\n"}};
    const std::string manifest = write_manifest(files);
    const std::string changed = write_manifest({{"run.jsonl", "{ }\n"}});
    const std::string signature = sign_detached(*signer_, manifest);
    EXPECT_EQ(check({files[0], {manifest_name, manifest}, {signature_name, signature}}).state, PackState::sound);
    const PackCheck forged = check({{"run.jsonl", "{ }\n"}, {manifest_name, changed}, {signature_name, signature}});
    EXPECT_EQ(forged.state, PackState::changed);
    EXPECT_THAT(forged.sentence, HasSubstr("does not fit the manifest"));
    EXPECT_THAT(check({files[0], {manifest_name, manifest}, {signature_name, "none"}}).sentence,
                HasSubstr("the signature is no CMS"));
}

/// Signs as `openssl cms` does with this digest, which sign_detached() would not choose.
std::string signed_with(const Identity& signer, const std::string& content, const EVP_MD* digest) {
    const BioHandle data(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
    CMS_ContentInfo* const cms =
        CMS_sign(nullptr, nullptr, nullptr, data.get(), CMS_DETACHED | CMS_BINARY | CMS_PARTIAL);
    CMS_add1_signer(cms, signer.leaf.get(), signer.key.get(), digest, CMS_BINARY | CMS_NOSMIMECAP);
    CMS_final(cms, data.get(), nullptr, CMS_DETACHED | CMS_BINARY);
    const BioHandle out(BIO_new(BIO_s_mem()));
    PEM_write_bio_CMS(out.get(), cms);
    CMS_ContentInfo_free(cms);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

TEST_F(Pack, DigestsBelowSha256ProveNothing) {
    const std::string content = "what was signed";
    const SignerDemand demand{.authorities = {ca_.certificate}};
    const std::shared_ptr<const Identity> signer = test::identity_of(test::mint({.rsa_bits = 2048}, &ca_));
    for (const EVP_MD* const weak : {EVP_md5(), EVP_sha1(), EVP_sha224()}) {
        const SignatureResult result = verify_detached(signed_with(*signer, content, weak), content, demand);
        EXPECT_FALSE(result.good || result.trusted) << EVP_MD_get0_name(weak);
        EXPECT_THAT(result.problem, HasSubstr("SHA-256 is the least"));
        EXPECT_FALSE(verify_detached(signed_with(*signer, content, weak), content, {}).good);
    }
    for (const EVP_MD* const strong : {EVP_sha256(), EVP_sha384(), EVP_sha512()}) {
        EXPECT_TRUE(verify_detached(signed_with(*signer, content, strong), content, demand).trusted)
            << EVP_MD_get0_name(strong);
    }
}

TEST_F(Pack, ShortKeysAndWeakCertificatesProveNothing) {
    const std::string content = "what was signed";
    const auto judged = [&](const test::MintOptions& options) {
        const std::shared_ptr<const Identity> weak = test::identity_of(test::mint(options, &ca_));
        return verify_detached(signed_with(*weak, content, EVP_sha256()), content, {.authorities = {ca_.certificate}});
    };
    EXPECT_TRUE(judged({.rsa_bits = 2048}).trusted);
    EXPECT_THAT(judged({.rsa_bits = 1024}).problem, HasSubstr("too short"));
    const SignatureResult sha1 = judged({.digest = "SHA1"});
    EXPECT_TRUE(sha1.good && !sha1.trusted);
    EXPECT_THAT(sha1.problem, HasSubstr("too weak"));
}

TEST_F(Pack, AKeyUsageThatIsThereMustHoldDigitalSignature) {
    const std::string content = "what was signed";
    const auto signer = [&](const std::string& usage) {
        return test::identity_of(test::mint({.common_name = "dsp", .key_usage = usage}, &ca_));
    };
    const std::shared_ptr<const Identity> server = signer("critical,keyEncipherment");
    const SignatureResult refused =
        verify_detached(signed_with(*server, content, EVP_sha256()), content, {.authorities = {ca_.certificate}});
    EXPECT_FALSE(refused.good || refused.trusted);
    EXPECT_THAT(refused.problem, HasSubstr("lacks digitalSignature"));
    EXPECT_THROW(sign_detached(*server, content), std::runtime_error) << "nobody packs what nobody would accept";
    EXPECT_TRUE(verify_detached(sign_detached(*signer("digitalSignature"), content), content,
                                {.authorities = {ca_.certificate}})
                    .trusted);
}

TEST_F(Pack, AnEmptyManifestIsNoPack) {
    const PackCheck empty = check({{manifest_name, ""}});
    EXPECT_EQ(empty.state, PackState::unreadable);
    EXPECT_THAT(empty.sentence, HasSubstr("names no file at all"));
    const PackCheck signed_empty = check({{manifest_name, ""}, {signature_name, sign_detached(*signer_, "")}});
    EXPECT_EQ(signed_empty.state, PackState::unreadable) << "whoever signed it";
}

TEST_F(Pack, OneSignerIsAskedFor) {
    const std::shared_ptr<const Identity> other =
        test::identity_of(test::mint({.common_name = "another client"}, &ca_));
    const std::string subject = signer_->leaf.subject();
    const SignerDemand by_subject{.authorities = {ca_.certificate}, .subject = subject};
    EXPECT_TRUE(check_pack(pack(signer_.get()), by_subject).trusted);
    const PackCheck refused = check_pack(pack(other.get()), by_subject);
    EXPECT_EQ(refused.state, PackState::changed);
    EXPECT_THAT(refused.sentence, AllOf(HasSubstr("signed by CN=another client"), HasSubstr("not by CN=dsp.example")));

    const SignerDemand by_digest{.sha256 = signer_->leaf.sha256_fingerprint()};
    EXPECT_TRUE(check_pack(pack(signer_.get()), by_digest).trusted) << "the certificate itself is known";
    EXPECT_EQ(check_pack(pack(other.get()), by_digest).state, PackState::changed);
    EXPECT_THAT(check_pack(pack(nullptr), by_digest).sentence, HasSubstr("not signed"));
    const std::shared_ptr<const Identity> forged = test::identity_of(test::mint({.common_name = "dsp.example"}));
    EXPECT_EQ(check_pack(pack(forged.get()), by_subject).state, PackState::changed) << "a name alone proves nothing";
}

TEST_F(Pack, AnExpiredSignerIsSaidAndJudgedByADate) {
    constexpr long day = 24L * 3600;
    const std::shared_ptr<const Identity> over = test::identity_of(
        test::mint({.common_name = "last year", .not_before = -30 * day, .not_after = -10 * day}, &ca_));
    const auto now = std::chrono::system_clock::now();
    const auto ago = [&](int days) { return now - std::chrono::hours(24 * days); };
    const test::Minted ca = test::mint({.common_name = "old CA",
                                        .extended_key_usage = "",
                                        .basic_constraints = "critical,CA:TRUE",
                                        .not_before = -60 * day});
    const std::shared_ptr<const Identity> signer = test::identity_of(
        test::mint({.common_name = "last year", .not_before = -30 * day, .not_after = -10 * day}, &ca));
    for (const SignerDemand& demand :
         {SignerDemand{.authorities = {ca.certificate}}, SignerDemand{.sha256 = signer->leaf.sha256_fingerprint()}}) {
        const PackCheck expired = check_pack(pack(signer.get()), demand);
        EXPECT_EQ(expired.state, PackState::expired) << expired.sentence;
        EXPECT_THAT(expired.sentence, HasSubstr("the certificate of CN=last year expired on 20"));
        SignerDemand dated = demand;
        dated.at = ago(20);
        EXPECT_TRUE(check_pack(pack(signer.get()), dated).trusted);
        dated.at = ago(40);
        const PackCheck early = check_pack(pack(signer.get()), dated);
        EXPECT_EQ(early.state, PackState::changed) << "nobody could have signed with it then";
        EXPECT_THAT(early.sentence, HasSubstr("is not valid before"));
    }
    EXPECT_EQ(check_pack(pack(over.get()), {.authorities = {stranger_.certificate}}).state, PackState::changed)
        << "an untrusted signer is no better for being old";
}

TEST_F(Pack, AMissingIssuerIsNamed) {
    const test::Minted issuing = test::mint_ca("Issuing", &ca_);
    const std::shared_ptr<const Identity> bare = test::identity_of(test::mint({}, &issuing));
    EXPECT_THAT(check_pack(pack(bare.get()), {.authorities = {ca_.certificate}}).sentence,
                HasSubstr("CN=Issuing is neither among them nor in the pack"));
}

TEST_F(Pack, TheKeyStaysOutOfIt) {
    const std::string bytes = test::read_file(pack(signer_.get()));
    EXPECT_EQ(bytes.find("PRIVATE KEY"), std::string::npos);
}

TEST_F(Pack, NamesThatCannotBePackedAreRefused) {
    EXPECT_THROW(make_pack({{"../run.jsonl", ""}}, nullptr, ArchiveKind::tar, {}), std::runtime_error);
}

}  // namespace
}  // namespace gateproof::evidence
