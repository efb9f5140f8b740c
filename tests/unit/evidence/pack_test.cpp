#include "evidence/pack.hpp"

#include <gmock/gmock.h>

#include "evidence/manifest.hpp"
#include "evidence/signature.hpp"
#include "tests/support/files.hpp"
#include "tests/unit/probe/mint.hpp"

namespace gateproof::evidence {
namespace {

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
    PackCheck check(const std::vector<PackFile>& files, const std::vector<Certificate>& authorities = {}) {
        return check_pack(write(write_archive(files, ArchiveKind::tar, {})), authorities);
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
    EXPECT_THAT(check_pack(pack(nullptr), {ca_.certificate}).sentence, HasSubstr("not signed"));

    const PackCheck unjudged = check_pack(pack(signer_.get()), {});
    EXPECT_EQ(unjudged.state, PackState::sound) << unjudged.sentence;
    EXPECT_THAT(unjudged.signer, HasSubstr("dsp.example"));
    EXPECT_FALSE(unjudged.trusted);
    EXPECT_TRUE(check_pack(pack(signer_.get()), {ca_.certificate}).trusted);
    const PackCheck strange = check_pack(pack(signer_.get()), {stranger_.certificate});
    EXPECT_EQ(strange.state, PackState::changed);
    EXPECT_THAT(strange.sentence, HasSubstr("does not lead to the given CA"));
}

TEST_F(Pack, AnIntermediateMayBeTheAuthority) {
    const test::Minted issuing = test::mint_ca("Issuing", &ca_);
    const std::shared_ptr<const Identity> below = test::identity_of(test::mint({}, &issuing), {issuing.certificate});
    EXPECT_TRUE(check_pack(pack(below.get()), {ca_.certificate}).trusted) << "the chain is in the signature";
    EXPECT_TRUE(check_pack(pack(below.get()), {issuing.certificate}).trusted);
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

TEST_F(Pack, TheKeyStaysOutOfIt) {
    const std::string bytes = test::read_file(pack(signer_.get()));
    EXPECT_EQ(bytes.find("PRIVATE KEY"), std::string::npos);
}

TEST_F(Pack, NamesThatCannotBePackedAreRefused) {
    EXPECT_THROW(make_pack({{"../run.jsonl", ""}}, nullptr, ArchiveKind::tar, {}), std::runtime_error);
}

}  // namespace
}  // namespace gateproof::evidence
