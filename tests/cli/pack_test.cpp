// gateproof pack and verify, with openssl, sha256sum, tar and unzip as independent judges.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PackCommand : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(gateway_.serving()) << gateway_.output();
        const Finished finished = gateproof({"run", gateway_.cloud(), "--suite", "port", "--journal", path("run.jsonl"),
                                             "--report", "none", "--out", path("out"), "-q"});
        ASSERT_EQ(finished.status, 0) << finished.err;
    }
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    Finished pack(const std::string& name, std::vector<std::string> more = {}) {
        std::vector<std::string> words{"pack",     path("run.jsonl"), "--out",
                                       path(name), "--accept",        "incomplete,partial,embedded"};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    }
    Finished signed_pack(const std::string& name) {
        return pack(name, {"--sign-as", "enrolled", "--profile", gateway_.cloud()});
    }
    static Finished shell(const std::string& script) { return run({"/bin/sh", "-c", script}); }

    TemporaryFolder folder_;
    ServedGateway gateway_{path("gateway")};
};

TEST_F(PackCommand, OpensslAndSha256sumAgree) {
    ASSERT_EQ(signed_pack("pack.tar").status, 0);
    const std::string ca = path("gateway/client-ca.crt.pem");
    const Finished unpacked = shell(fmt::format(
        "set -e; mkdir '{0}'; cd '{0}'; tar xf '{1}'; sha256sum --strict -c MANIFEST.sha256; "
        "openssl cms -verify -binary -inform PEM -in MANIFEST.sha256.cms -content MANIFEST.sha256 -purpose any "
        "-partial_chain -CAfile '{2}' -out /dev/null",
        path("unpacked"), path("pack.tar"), ca));
    EXPECT_EQ(unpacked.status, 0) << unpacked.out << unpacked.err;
    EXPECT_THAT(unpacked.out,
                AllOf(HasSubstr("run.jsonl: OK"), HasSubstr("report.html: OK"), Not(HasSubstr("FAILED"))));
    EXPECT_THAT(unpacked.err, HasSubstr("CMS Verification successful"));
    EXPECT_EQ(read_file(path("unpacked/run.jsonl")), read_file(path("run.jsonl")));
    const Finished verified = gateproof({"verify", path("pack.tar"), "--ca", ca});
    EXPECT_EQ(verified.status, 0) << verified.err;
    EXPECT_THAT(verified.out, AllOf(HasSubstr("signed by CN="), Not(HasSubstr("not judged"))));
    EXPECT_THAT(gateproof({"verify", path("pack.tar")}).out, HasSubstr("whose issuer was not judged"));

    // Both judges refuse what was changed.
    ASSERT_EQ(shell(fmt::format("cd '{}' && echo >> run.jsonl && tar cf ../changed.tar *", path("unpacked"))).status,
              0);
    EXPECT_NE(shell(fmt::format("cd '{}' && sha256sum --strict -c MANIFEST.sha256", path("unpacked"))).status, 0);
    const Finished changed = gateproof({"verify", path("changed.tar")});
    EXPECT_EQ(changed.status, 1);
    EXPECT_THAT(changed.err, HasSubstr("run.jsonl was changed"));
}

TEST_F(PackCommand, ZipIsReadByPython) {
    ASSERT_EQ(signed_pack("pack.zip").status, 0);
    const Finished unpacked = run({find_program("python3"), "-m", "zipfile", "-e", path("pack.zip"), path("zipped")});
    ASSERT_EQ(unpacked.status, 0) << unpacked.err;
    EXPECT_EQ(shell(fmt::format("cd '{}' && sha256sum --strict -c MANIFEST.sha256", path("zipped"))).status, 0);
    EXPECT_EQ(gateproof({"verify", path("pack.zip")}).status, 0);
}

TEST_F(PackCommand, WhatAnotherToolWouldUnpackIsRefused) {
    ASSERT_EQ(signed_pack("pack.tar").status, 0);
    ASSERT_EQ(signed_pack("pack.zip").status, 0);
    const std::string ca = path("gateway/client-ca.crt.pem");
    const Finished made = shell(
        fmt::format("set -e; cd '{}'; mkdir evil; echo '{{\"evil\":true}}' > evil/run.jsonl; cd evil; "
                    "'{}' -m zipfile -c ../evil.zip run.jsonl; tar cf ../evil.tar run.jsonl; cd ..; "
                    "cat pack.tar evil.zip | tee poly.tar > poly.zip; cat pack.tar evil.tar > two.tar; "
                    "cat evil.zip pack.zip > before.zip; cat pack.zip evil.zip > behind.zip; cp pack.tar renamed.zip; "
                    "cp pack.zip renamed.tar; cp pack.tar renamed.pack; gzip -c pack.tar > packed.tar",
                    folder_.path().string(), find_program("python3")));
    ASSERT_EQ(made.status, 0) << made.err;
    // This is what makes it dangerous: for others the appended archive is the file.
    EXPECT_THAT(run({find_program("python3"), "-c",
                     "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read('run.jsonl'))", path("poly.zip")})
                    .out,
                HasSubstr("evil"));
    for (const char* name : {"poly.tar", "poly.zip", "two.tar", "before.zip", "behind.zip", "renamed.zip",
                             "renamed.tar", "renamed.pack", "packed.tar"}) {
        for (const std::vector<std::string>& more : {std::vector<std::string>{}, {"--ca", ca}}) {
            std::vector<std::string> words{"verify", path(name)};
            words.insert(words.end(), more.begin(), more.end());
            const Finished verified = gateproof(words);
            EXPECT_NE(verified.status, 0) << name << ": " << verified.out;
            EXPECT_THAT(verified.err, HasSubstr("refused: ")) << name;
        }
    }
    EXPECT_EQ(gateproof({"verify", path("two.tar")}).status, 1);
    EXPECT_THAT(gateproof({"verify", path("renamed.pack")}).err, HasSubstr("neither .tar nor .zip"));
}

TEST_F(PackCommand, WhatOrdinaryToolsPackAgainIsStillAPack) {
    ASSERT_EQ(signed_pack("pack.tar").status, 0);
    const Finished made = shell(fmt::format(
        "set -e; cd '{}'; mkdir again; tar xf pack.tar -C again; cd again; tar cf ../gnu.tar *; "
        "tar --format=pax -cf ../pax.tar *; '{}' -c 'import tarfile, glob; t = tarfile.open(\"../py.tar\", \"w\"); "
        "[t.add(name) for name in glob.glob(\"*\")]; t.close()'; '{}' -m zipfile -c ../py.zip *",
        folder_.path().string(), find_program("python3"), find_program("python3")));
    ASSERT_EQ(made.status, 0) << made.err;
    for (const char* name : {"gnu.tar", "pax.tar", "py.tar", "py.zip"}) {
        const Finished verified = gateproof({"verify", path(name)});
        EXPECT_EQ(verified.status, 0) << name << ": " << verified.err;
    }
}

TEST_F(PackCommand, TheSameRunsGiveTheSameBytes) {
    ASSERT_EQ(pack("one.tar").status, 0);
    ASSERT_EQ(pack("two.tar").status, 0);
    EXPECT_EQ(read_file(path("one.tar")), read_file(path("two.tar")));
    EXPECT_THAT(gateproof({"verify", path("one.tar")}).out, HasSubstr("not signed"));
    const Finished demanded = gateproof({"verify", path("one.tar"), "--ca", path("gateway/ca.pem")});
    EXPECT_EQ(demanded.status, 1);
    EXPECT_THAT(demanded.err, HasSubstr("it is not signed"));
}

TEST_F(PackCommand, WhatIsAcceptedIsMarkedAndPacked) {
    const std::string known = folder_.write("known.json", R"({"known_failures": [
        {"check": "tls.refuses-1.1", "reason": "INC-8", "expires": "9999-12-31"}]})");
    const Finished finished = pack("known.tar", {"--known", known});
    ASSERT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.err, AllOf(HasSubstr("note: "), HasSubstr("tls.refuses-1.1")));
    const Finished read = run({find_program("tar"), "xOf", path("known.tar"), "known.json"});
    EXPECT_EQ(read.out, read_file(known));
    EXPECT_EQ(gateproof({"verify", path("known.tar")}).status, 0);
    EXPECT_EQ(pack("bad.tar", {"--known", folder_.write("bad.json", "{}")}).status, 2);
}

TEST_F(PackCommand, ASignerOfAnotherCaIsRefused) {
    ASSERT_EQ(signed_pack("pack.tar").status, 0);
    const Finished verified = gateproof({"verify", path("pack.tar"), "--ca", path("gateway/ca.pem")});
    EXPECT_EQ(verified.status, 1);
    EXPECT_THAT(verified.err, HasSubstr("does not lead to the given CA"));
}

TEST_F(PackCommand, OneSignerIsAskedFor) {
    ASSERT_EQ(signed_pack("pack.tar").status, 0);
    const std::string ca = path("gateway/client-ca.crt.pem");
    const std::string own = path("gateway/enrolled.crt.pem");
    const std::string other = path("gateway/second.crt.pem");
    const Finished anybody = gateproof({"verify", path("pack.tar"), "--ca", ca});
    EXPECT_EQ(anybody.status, 0) << anybody.err;
    EXPECT_THAT(anybody.out, HasSubstr("any certificate of the given CA is accepted"));

    const std::string subject = anybody.out.substr(anybody.out.find("signed by ") + 10,
                                                   anybody.out.find("; any") - anybody.out.find("signed by ") - 10);
    const Finished asked = gateproof({"verify", path("pack.tar"), "--ca", ca, "--signer", subject});
    EXPECT_EQ(asked.status, 0) << asked.err;
    EXPECT_THAT(asked.out, HasSubstr("who was asked for"));
    EXPECT_EQ(gateproof({"verify", path("pack.tar"), "--signer-cert", own}).status, 0);
    const std::string print =
        shell(fmt::format("openssl x509 -in '{}' -noout -fingerprint -sha256 | cut -d= -f2 | tr -d '\n'", own)).out;
    EXPECT_EQ(gateproof({"verify", path("pack.tar"), "--signer", print}).status, 0) << print;

    const Finished strange = gateproof({"verify", path("pack.tar"), "--signer-cert", other});
    EXPECT_EQ(strange.status, 1) << strange.out;
    EXPECT_THAT(strange.err, HasSubstr("not the one that was asked for"));
    const Finished named = gateproof({"verify", path("pack.tar"), "--ca", ca, "--signer", "CN=somebody.else"});
    EXPECT_EQ(named.status, 1);
    EXPECT_THAT(named.err, AllOf(HasSubstr(subject), HasSubstr("not by CN=somebody.else")));
}

TEST_F(PackCommand, AnExpiredSignerHasAnExitCodeOfItsOwn) {
    ASSERT_EQ(signed_pack("pack.tar").status, 0);
    const std::string ca = path("gateway/client-ca.crt.pem");
    const Finished later = gateproof({"verify", path("pack.tar"), "--ca", ca, "--at", "2099-01-01"});
    EXPECT_EQ(later.status, 3) << later.out;
    EXPECT_THAT(later.err, AllOf(HasSubstr(" expired on 20"), HasSubstr("nothing in it was changed"),
                                 HasSubstr("--at DATE"), Not(HasSubstr("verify error"))));
    const std::string now = shell("date -u +%Y-%m-%dT%H:%M:%SZ | tr -d '\n'").out;
    const Finished dated = gateproof({"verify", path("pack.tar"), "--ca", ca, "--at", now});
    EXPECT_EQ(dated.status, 0) << dated.err;
    EXPECT_THAT(dated.out, HasSubstr("judged as of " + now + ", a date that was given"));
}

TEST_F(PackCommand, WhatProvesNothingByItselfIsNoDemand) {
    ASSERT_EQ(signed_pack("pack.tar").status, 0);
    for (const auto& [words, why] : std::vector<std::pair<std::vector<std::string>, std::string>>{
             {{"--signer", "CN=dsp.example"}, "anybody can make a certificate with this subject"},
             {{"--signer", "dsp.example", "--ca", path("gateway/client-ca.crt.pem")}, "expected a subject such as"},
             {{"--at", "2026-11-30"}, "say who it must be"},
             {{"--at", "yesterday", "--ca", path("gateway/client-ca.crt.pem")}, "expected a day such as"},
             {{"--signer-cert", path("gateway/enrolled.key.pem")}, "a private key but no certificate"}}) {
        std::vector<std::string> command{"verify", path("pack.tar")};
        command.insert(command.end(), words.begin(), words.end());
        const Finished refused = gateproof(command);
        EXPECT_EQ(refused.status, 2) << why << refused.out;
        EXPECT_THAT(refused.err, HasSubstr(why));
    }
}

TEST_F(PackCommand, SeveralRunsHaveAFolderEach) {
    const Finished finished = gateproof({"pack", path("run.jsonl"), path("run.jsonl"), "--out", path("week.tar"),
                                         "--accept", "incomplete,partial,embedded"});
    ASSERT_EQ(finished.status, 0) << finished.err;
    const Finished listed = run({find_program("tar"), "tf", path("week.tar")});
    EXPECT_THAT(listed.out, AllOf(HasSubstr("run-1/run.jsonl\n"), HasSubstr("run-2/junit.xml\n")));
}

TEST_F(PackCommand, NoKeyIsInIt) {
    ASSERT_EQ(signed_pack("pack.tar").status, 0);
    const std::string packed = read_file(path("pack.tar"));
    for (const char* role : {"enrolled", "second", "retired", "client-ca"}) {
        const std::string key = read_file(path(std::string("gateway/") + role + ".key.pem"));
        const std::string line = key.substr(key.find('\n') + 1, 60);
        EXPECT_EQ(packed.find(line), std::string::npos) << role;
    }
    EXPECT_EQ(packed.find("PRIVATE KEY"), std::string::npos);
}

TEST_F(PackCommand, UnusableWordsSayWhatToDo) {
    const auto refused = [&](std::vector<std::string> words, const std::string& why) {
        const Finished finished = gateproof(std::move(words));
        EXPECT_EQ(finished.status, 2) << finished.out;
        EXPECT_THAT(finished.err, HasSubstr(why));
    };
    refused({"pack", path("run.jsonl"), "--out", path("pack.rar")}, "a pack is a .tar or a .zip file");
    refused({"pack", path("absent.jsonl")}, "absent.jsonl");
    refused({"pack", path("run.jsonl"), "--sign-as", "enrolled"}, "give it with --profile");
    refused({"pack", path("run.jsonl"), "--sign-as", "nobody", "--profile", gateway_.cloud()}, "fills no such role");
    refused({"verify", path("absent.tar")}, "refused");
    refused({"verify", path("run.jsonl")}, "refused");
    refused({"verify", path("run.jsonl"), "--ca", path("run.jsonl")}, "--ca");
}

}  // namespace
}  // namespace gateproof::test
