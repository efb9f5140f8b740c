// gateproof doctor of client software: how far it came, and what to do about the first thing that stops it.
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>

#include "tests/cli/doctor.hpp"
#include "tests/support/listener.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Lt;
using testing::Not;
using testing::StartsWith;

const std::vector<std::string> reference{GATEPROOF_CLIENT_PROGRAM, "--base", "{url}", "--ca", "{ca}", "--cert",
                                         "{certificate}",          "--key",  "{key}", "read"};

std::vector<std::string> with(std::vector<std::string> words, const std::string& word, const std::string& instead) {
    std::ranges::replace(words, word, instead);
    return words;
}

/// A shell that runs a script with the words behind it as "$@".
std::vector<std::string> shell(const std::string& script, const std::vector<std::string>& words = {"{url}"}) {
    std::vector<std::string> all{"sh", "-c", script, "script"};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

class DoctorOfClients : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// The profile that `client init` makes of a command.
    [[nodiscard]] std::string profile(std::vector<std::string> words, const std::string& folder = "mine") const {
        const std::string file = path(folder + "/mine.json");
        words.insert(words.begin(), {"client", "init", file, "--force", "--"});
        std::filesystem::create_directories(path(folder));
        const Finished made = gateproof(words);
        EXPECT_EQ(made.status, 0) << made.err;
        EXPECT_THAT(made.out, HasSubstr("gateproof doctor " + file));
        return file;
    }
    [[nodiscard]] Doctor doctor(const std::vector<std::string>& words) const { return Doctor({profile(words)}); }

    TemporaryFolder folder_;
};

TEST_F(DoctorOfClients, ASoundOneIsWell) {
    for (const char* builtin : {"embedded-client-cloud", "embedded-client-desktop"}) {
        const Doctor embedded({builtin});
        EXPECT_EQ(embedded.status(), 0) << embedded.output();
        EXPECT_THAT(embedded.marked("skipped"), IsEmpty());
    }
    const Doctor sound = doctor(reference);
    EXPECT_EQ(sound.status(), 0) << sound.output();
    EXPECT_THAT(sound.marked("warn"), IsEmpty());
    EXPECT_THAT(sound.marked("FAIL"), IsEmpty());
    EXPECT_THAT(sound.marked("skipped"), IsEmpty());
    EXPECT_THAT(sound.text("arrival"), HasSubstr("it came to https://localhost:"));
    EXPECT_THAT(sound.text("environment"),
                AllOf(HasSubstr("SSL_CERT_FILE"), HasSubstr("NODE_EXTRA_CA_CERTS"), HasSubstr("GATEPROOF_URL")));
    EXPECT_THAT(sound.text("identity"), HasSubstr("CN=localhost"));
    EXPECT_THAT(sound.text("test-pki"), HasSubstr("gateproof-pki/ca.pem"));
    EXPECT_THAT(sound.took(), Lt(promised_time));
}

TEST_F(DoctorOfClients, BothSidesInOneCall) {
    const Doctor both({"embedded-cloud", "embedded-client-cloud"});
    EXPECT_EQ(both.status(), 0) << both.output();
    EXPECT_EQ(both.mark("control"), "ok");
    EXPECT_EQ(both.mark("exit-code-on-500"), "ok");
}

TEST_F(DoctorOfClients, WhatCannotBeStartedIsSaid) {
    const Doctor missing = doctor({"./no-such-program", "{url}"});
    EXPECT_EQ(missing.status(), 1) << missing.output();
    EXPECT_EQ(missing.mark("command"), "FAIL");
    EXPECT_THAT(missing.remedy("command"), HasSubstr("mine/./no-such-program"));
    EXPECT_EQ(missing.mark("arrival"), "skipped");
    EXPECT_THAT(doctor({"no-such-program-in-path", "{url}"}).remedy("command"), HasSubstr("no folder of PATH"));
}

TEST_F(DoctorOfClients, ARemedyWorksWordForWord) {
    const std::string file = profile({"./script", "{url}"});
    const std::string script = folder_.write("mine/script", "#!/bin/sh\nexit 3\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_exec, std::filesystem::perm_options::remove);
    const Doctor before({file});
    EXPECT_EQ(before.mark("command"), "FAIL") << before.output();
    ASSERT_THAT(before.remedy("command"), StartsWith("chmod +x "));
    ASSERT_EQ(run({"sh", "-c", before.remedy("command")}).status, 0);
    const Doctor after({file});
    EXPECT_EQ(after.mark("command"), "ok") << after.output();
    EXPECT_EQ(after.mark("arrival"), "FAIL");
}

TEST_F(DoctorOfClients, ATestPkiThatHasExpiredIsMadeAnewAsTheRemedySays) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer wants to be the first of the preloaded libraries";
#endif
    if (find_program("faketime").empty()) {
        GTEST_SKIP() << "faketime is not installed: apt-get install faketime";
    }
    const std::string file = profile({"true", "{url}"});
    std::vector<std::string> later{"faketime", "--exclude-monotonic", "-m", "-f", "+2500d"};
    const std::vector<std::string> doctor = command({"doctor", "--json", file});
    later.insert(later.end(), doctor.begin(), doctor.end());
    const nlohmann::json answer = nlohmann::json::parse(run(later, plain_environment()).out);
    std::string remedy;
    for (const nlohmann::json& line : answer["profiles"][0]["lines"]) {
        if (line["about"] == "test-pki") {
            EXPECT_EQ(line["mark"], "FAIL");
            remedy = line["remedy"];
        }
    }
    ASSERT_THAT(remedy, StartsWith("mv "));
    const std::string before = read_file(path("mine/gateproof-pki/ca.pem"));
    ASSERT_EQ(run({"sh", "-c", remedy}).status, 0) << remedy;
    EXPECT_EQ(Doctor({file}).mark("test-pki"), "ok");
    EXPECT_NE(read_file(path("mine/gateproof-pki/ca.pem")), before);
}

TEST_F(DoctorOfClients, WhatEndsAtOnceIsQuoted) {
    const Doctor ended = doctor(shell("echo 'no licence found' >&2; exit 3"));
    EXPECT_EQ(ended.status(), 1) << ended.output();
    EXPECT_EQ(ended.mark("command"), "ok");
    EXPECT_THAT(ended.text("arrival"), AllOf(HasSubstr("nothing came to https://localhost:"), HasSubstr("exit code 3"),
                                             HasSubstr("no licence found")));
    const Doctor crashed = doctor(shell("kill -SEGV $$"));
    EXPECT_THAT(crashed.text("arrival"), HasSubstr("signal 11"));
    EXPECT_THAT(crashed.remedy("arrival"), HasSubstr("crashed before it called anybody"));
}

TEST_F(DoctorOfClients, ThePortThatItSpeaksOfIsNamed) {
    const ReservedPort other;
    const std::string port = std::to_string(other.number());
    const Doctor elsewhere = doctor(with(reference, "{url}", "https://localhost:" + port));
    EXPECT_EQ(elsewhere.status(), 1) << elsewhere.output();
    EXPECT_EQ(elsewhere.mark("arrival"), "FAIL");
    EXPECT_THAT(elsewhere.remedy("arrival"), HasSubstr("put {url} where it takes its base URL"));
    const Doctor told = doctor(shell("echo 'connect ECONNREFUSED 127.0.0.1:" + port + "' >&2; exit 1", {"{url}"}));
    EXPECT_THAT(told.remedy("arrival"), HasSubstr("it speaks of port " + port));
}

TEST_F(DoctorOfClients, SuccessWithoutACallIsNoSuccess) {
    const Doctor nothing = doctor({"true", "{url}"});
    EXPECT_EQ(nothing.status(), 1) << nothing.output();
    EXPECT_EQ(nothing.mark("arrival"), "FAIL");
    EXPECT_THAT(nothing.remedy("arrival"), HasSubstr("says that it succeeded and called nobody"));
}

TEST_F(DoctorOfClients, WhomItDoesNotTrustIsSaidWithTheVariableOfItsStack) {
    (void)profile(reference, "other");
    const Doctor stranger = doctor(with(reference, "{ca}", path("other/gateproof-pki/ca.pem")));
    EXPECT_EQ(stranger.status(), 1) << stranger.output();
    EXPECT_EQ(stranger.mark("arrival"), "ok");
    EXPECT_EQ(stranger.mark("trust"), "FAIL");
    EXPECT_THAT(stranger.text("trust"), HasSubstr("unknown_ca (48)"));
    EXPECT_THAT(stranger.remedy("trust"), AllOf(HasSubstr("NODE_EXTRA_CA_CERTS (Node)"), HasSubstr("{ca}")));
    EXPECT_EQ(stranger.mark("request"), "skipped");
    const std::string curl = find_program("curl");
    if (!curl.empty()) {
        const std::vector<std::string> words{
            curl,     "-sS",           "--fail", "--cacert", path("other/gateproof-pki/ca.pem"),
            "--cert", "{certificate}", "--key",  "{key}",    "{url}/gateway/customer/status"};
        EXPECT_THAT(doctor(words).remedy("trust"), HasSubstr("\"--cacert\", \"{ca}\""));
        EXPECT_EQ(doctor(with(words, path("other/gateproof-pki/ca.pem"), "{ca}")).status(), 0) << "as the remedy says";
    }
}

TEST_F(DoctorOfClients, FaultsOfTheReferenceClientAreToldApart) {
    struct Case {
        const char* fault;
        const char* about;
        const char* text;
    };
    for (const Case& one : {Case{"shows-nothing", "client-certificate", "it shows no client certificate"},
                            Case{"h2-only", "request", "by ALPN it speaks h2 alone"}}) {
        SCOPED_TRACE(one.fault);
        const Doctor found({"embedded-client-cloud", "--fault", one.fault});
        EXPECT_EQ(found.status(), 1) << found.output();
        EXPECT_EQ(found.mark(one.about), "FAIL") << found.output();
        EXPECT_THAT(found.text(one.about), HasSubstr(one.text));
        EXPECT_NE(found.remedy(one.about), "");
    }
    const Doctor old({"embedded-client-cloud", "--fault", "skips-host-name"});
    EXPECT_EQ(old.status(), 0) << "what only checks find is no doctor's matter: " << old.output();
}

TEST_F(DoctorOfClients, APathThatNobodyServesIsNamed) {
    const std::string curl = find_program("curl");
    if (curl.empty()) {
        GTEST_SKIP() << "needs curl";
    }
    std::vector<std::string> words{curl,    "-sS",   "--cacert",          "{ca}", "--cert", "{certificate}",
                                   "--key", "{key}", "{url}/v2/customers"};
    const Doctor lost = doctor(words);
    EXPECT_EQ(lost.status(), 1) << lost.output();
    EXPECT_THAT(lost.text("request"), HasSubstr("it asked GET /v2/customers and was answered 404"));
    // As the remedy says; and without --fail its exit code does not tell.
    ASSERT_THAT(lost.remedy("request"), HasSubstr("{url}/gateway/customer/status"));
    words.back() = "{url}/gateway/customer/status";
    const Doctor served = doctor(words);
    EXPECT_EQ(served.status(), 0) << served.output();
    EXPECT_EQ(served.mark("exit-code-on-500"), "warn");
    ASSERT_THAT(served.remedy("exit-code-on-500"), HasSubstr("curl: --fail"));
    words.insert(words.begin() + 1, "--fail");
    EXPECT_EQ(doctor(words).mark("exit-code-on-500"), "ok");
}

TEST_F(DoctorOfClients, ExitCodesThatLieAreSaid) {
    const Doctor always_well = doctor(shell("\"$@\"; exit 0", reference));
    EXPECT_EQ(always_well.status(), 0) << always_well.output();
    EXPECT_EQ(always_well.mark("exit-code"), "ok");
    EXPECT_EQ(always_well.mark("exit-code-on-500"), "warn");
    const Doctor never_well = doctor(shell("\"$@\"; exit 4", reference));
    EXPECT_EQ(never_well.status(), 1) << never_well.output();
    EXPECT_EQ(never_well.mark("exit-code"), "FAIL");
    EXPECT_THAT(never_well.remedy("exit-code"), HasSubstr("\"exit\": {\"success\": [0, CODE]}"));
}

TEST_F(DoctorOfClients, NoSecretOfAnAttemptIsShown) {
    const Doctor chatty =
        doctor(shell("env | grep -E '^GATEPROOF_(TOKEN|CLIENT_SECRET)='; echo \"$GATEPROOF_TOKEN\" >&2; exit 1"));
    EXPECT_EQ(chatty.status(), 1);
    EXPECT_THAT(chatty.text("arrival"), HasSubstr("[redacted]"));
    EXPECT_THAT(chatty.output(), Not(HasSubstr("eyJ")));
}

TEST_F(DoctorOfClients, AProfileOfSomebodyElseStartsNothing) {
    if (geteuid() != 0) {
        GTEST_SKIP() << "only root can give a file away";
    }
    const std::string file = profile(shell("touch '" + path("started") + "'"));
    ASSERT_EQ(chown(file.c_str(), 65534, 65534), 0);
    const Finished refused = gateproof({"doctor", file});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, HasSubstr("--allow run"));
    EXPECT_FALSE(std::filesystem::exists(path("started")));
    EXPECT_EQ(gateproof({"doctor", file, "--allow", "run"}).status, 1);
    EXPECT_TRUE(std::filesystem::exists(path("started")));
}

}  // namespace
}  // namespace gateproof::test
