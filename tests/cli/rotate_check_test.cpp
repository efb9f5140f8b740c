// gateproof rotate-check through a whole rotation of the embedded gateway's certificates.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/journal/read.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RotateCheck : public testing::Test {
protected:
    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    /// `--old ROLE` and `--new ROLE` stand for their files and keys.
    [[nodiscard]] Finished check(const ServedGateway& gateway, const std::string& old, const std::string& fresh,
                                 const std::string& moment, std::vector<std::string> more = {}) const {
        const auto file = [&](const std::string& role, const char* kind) {
            return path(fmt::format("gateway/{}.{}.pem", role, kind));
        };
        std::vector<std::string> words{
            "rotate-check",   "--profile", gateway.cloud(),    "--old",     file(old, "crt"),   "--old-key",
            file(old, "key"), "--new",     file(fresh, "crt"), "--new-key", file(fresh, "key"), "--moment",
            moment,           "--out",     path(moment)};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    }

    TemporaryFolder folder_;
};

TEST_F(RotateCheck, TheThreeMomentsOfASoundRotation) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const Finished before = check(gateway, "enrolled", "rotated_new", "before");
    EXPECT_EQ(before.status, 0) << before.out << before.err;
    EXPECT_THAT(before.out, AllOf(HasSubstr("rotation.new-certificate-fit"),
                                  HasSubstr("PASS         embedded-cloud rotation.new-served")))
        << "where names are trusted it is served already";
    const Finished during =
        check(gateway, "enrolled", "rotated_new", "during", {"--baseline", path("before/run.jsonl")});
    EXPECT_EQ(during.status, 0) << during.out << during.err;
    EXPECT_THAT(during.out, AllOf(HasSubstr("both served, as where names are trusted"),
                                  HasSubstr("are both answered as"), HasSubstr("Since " + path("before/run.jsonl"))));
    // The certificate that the gateway has cut over is the old one of the last moment.
    const Finished after =
        check(gateway, "retired", "enrolled", "after",
              {"--old-sessions", path("gateway/retired.sessions.pem"), "--baseline", path("during/run.jsonl")});
    EXPECT_EQ(after.status, 0) << after.out << after.err;
    EXPECT_THAT(after.out, AllOf(HasSubstr("with a certificate that is cut over ("), HasSubstr("was refused ("),
                                 HasSubstr("saved session 2 (TLS 1.3)"), HasSubstr("nothing changed")));
    for (const char* report : {"after/run.jsonl", "after/report.html", "after/junit.xml"}) {
        EXPECT_FALSE(read_file(path(report)).empty()) << report;
    }
    // The rotation is all that it is about: its run is whole.
    const Finished packed =
        gateproof({"pack", path("after/run.jsonl"), "--out", path("after.tar"), "--accept", "partial,embedded"});
    EXPECT_EQ(packed.status, 0) << packed.err;
    EXPECT_THAT(packed.out + gateproof({"verify", path("after.tar")}).out, Not(HasSubstr("INCOMPLETE")));
    const std::string key = read_file(path("gateway/enrolled.key.pem"));
    EXPECT_THAT(read_file(path("after/run.jsonl")), Not(HasSubstr(key.substr(key.find('\n') + 1, 40))));
}

TEST_F(RotateCheck, ACertificateWithoutClientAuthIsFoundBeforeAnythingIsSent) {
    const ServedGateway gateway(path("gateway"), {"new-certificate-without-client-auth"});
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const Finished finished = check(gateway, "enrolled", "rotated_new", "before");
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.out, AllOf(HasSubstr("does not hold clientAuth"), HasSubstr("2026")));
}

TEST_F(RotateCheck, AnOldCertificateThatIsServedStillFails) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const Finished finished = check(gateway, "rotated_old", "enrolled", "after");
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.out, HasSubstr("with a certificate that is cut over (rotated_old: it has been revoked)"));
}

/// Its line repeats all of its question: rotate-check judges a rotation whole.
TEST_F(RotateCheck, AFindingComesWithTheLineThatRepeatsIt) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const Finished found = check(gateway, "enrolled", "enrolled", "before", {"--old-revoked"});
    EXPECT_EQ(found.status, 1);
    const std::size_t begin = found.out.find("gateproof rotate-check --profile ");
    ASSERT_NE(begin, std::string::npos) << found.out;
    const std::string line = found.out.substr(begin, found.out.find('\n', begin) - begin);
    EXPECT_THAT(line, AllOf(HasSubstr("--old-key " + path("gateway/enrolled.key.pem")),
                            HasSubstr("--moment before --old-revoked")));
    EXPECT_THAT(read_file(path("before/report.html")), HasSubstr("gateproof rotate-check --profile"));
    const Finished again = pasted(line, folder_.path());
    EXPECT_EQ(again.status, 1) << again.err;
    EXPECT_THAT(again.out, AllOf(HasSubstr(line), HasSubstr("it is the old certificate itself")));
}

/// A lab has an authority of its own; the command's finding says how it is approved, and that works.
TEST_F(RotateCheck, AnAuthorityOfALabIsApprovedOnTheCommandLine) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    auto profile = nlohmann::json::parse(read_file(gateway.cloud()));
    profile["client_certificate"]["approved_authorities"] = {"DigiCert"};
    profile.erase("rotation");
    folder_.write("gateway/lab.json", profile.dump());
    const auto judged = [&](std::vector<std::string> more) {
        std::vector<std::string> words{"rotate-check", "--profile",   path("gateway/lab.json"),
                                       "--old",        "rotated_old", "--new",
                                       "enrolled",     "--moment",    "before",
                                       "--out",        path("out")};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    };
    const Finished foreign = judged({});
    EXPECT_EQ(foreign.status, 1);
    EXPECT_THAT(foreign.out, AllOf(HasSubstr("none of the approved authorities"),
                                   HasSubstr("gateproof rotate-check --approved-authority NAME")));
    const Finished approved = judged({"--approved-authority", "Gateproof embedded client issuing CA"});
    EXPECT_THAT(approved.out, Not(HasSubstr("none of the approved authorities")));
    EXPECT_EQ(approved.status, 0) << approved.out;
}

TEST_F(RotateCheck, WhetherItMayBeServedIsTheProfilesToSay) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const auto profile = nlohmann::json::parse(read_file(gateway.cloud()));
    const auto judged = [&](const nlohmann::json& rotation, const std::string& reading, std::vector<std::string> more) {
        auto changed = profile;
        changed["rotation"].erase("old_revoked");
        changed["rotation"]["cut_over_within_ms"] = 300;
        changed["rotation"].update(rotation);
        changed["reading"] = reading;
        std::vector<std::string> words{
            "rotate-check", "--profile",   folder_.write("gateway/changed.json", changed.dump()),
            "--old",        "rotated_old", "--new",
            "enrolled",     "--moment",    "after",
            "--out",        path("out")};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    };
    const auto none = nlohmann::json::object();
    const Finished served = judged(none, "packs-2024", {});
    EXPECT_EQ(served.status, 0) << served.out << served.err;
    EXPECT_THAT(served.out, HasSubstr("whoever has its key is you"));
    EXPECT_THAT(read_file(path("out/run.jsonl")), HasSubstr(R"("readings":{"ROTATION":"packs-2024"})"));
    EXPECT_THAT(read_file(path("out/report.html")), HasSubstr("judged by packs-2024"));
    EXPECT_THAT(read_file(path("out/junit.xml")),
                AllOf(HasSubstr("SE-2021: Certificates are exchanged"), HasSubstr("Judged by: packs-2024")));
    const Finished exchanged = judged(none, "SE-2021", {});
    EXPECT_EQ(exchanged.status, 1) << exchanged.out;
    EXPECT_THAT(read_file(path("out/run.jsonl")), HasSubstr(R"("readings":{"ROTATION":"SE-2021"})"));
    EXPECT_EQ(judged({{"trust", "certificate"}}, "packs-2024", {}).status, 1) << "a value beats the reading";
    EXPECT_EQ(judged({{"trust", "name"}}, "SE-2021", {}).status, 0);
    const Finished revoked = judged(none, "packs-2024", {"--old-revoked"});
    EXPECT_EQ(revoked.status, 1);
    EXPECT_THAT(revoked.out, HasSubstr("it has been revoked"));
    const Finished contradictory = judged({{"overlap", "cut_over_at_once"}}, "packs-2024", {});
    EXPECT_EQ(contradictory.status, 2);
    EXPECT_THAT(contradictory.err, HasSubstr("there is no cut-over"));
}

TEST_F(RotateCheck, AnAcceptedFailureDoesNotCount) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const std::string known = folder_.write("known.json", R"({"known_failures": [
        {"check": "rotation.old-refused-after-cut-over", "reason": "IR removes it on Friday, INC-7",
         "expires": "9999-12-31"}]})");
    const Finished finished = check(gateway, "rotated_old", "enrolled", "after", {"--known", known});
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_THAT(finished.out, AllOf(HasSubstr("1 known"), HasSubstr("INC-7")));
    const Finished strict = check(gateway, "retired", "enrolled", "after", {"--fail-on", "skipped"});
    EXPECT_EQ(strict.status, 3) << strict.out;
}

TEST_F(RotateCheck, AnotherClientThanAtTheBaselineIsARegression) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    ASSERT_EQ(check(gateway, "enrolled", "rotated_new", "during").status, 0);
    const Finished finished = check(gateway, "retired", "second", "after", {"--baseline", path("during/run.jsonl")});
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.out, AllOf(HasSubstr("REGRESSION  embedded-cloud rotation.same-identity"),
                                    HasSubstr("rotation.new-certificate-fit")));
}

TEST_F(RotateCheck, RolesOfTheProfileAndItsOwnRotationWillDo) {
    const Finished finished = gateproof({"rotate-check", "--profile", "embedded-cloud", "--out", path("out")});
    EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
    EXPECT_THAT(finished.out, HasSubstr("8 passed"));
    const Finished roles = gateproof({"rotate-check", "--profile", "embedded-cloud", "--old", "enrolled", "--new",
                                      "enrolled", "--moment", "before", "--out", path("out")});
    EXPECT_EQ(roles.status, 1);
    EXPECT_THAT(roles.out, HasSubstr("it is the old certificate itself"));
}

TEST_F(RotateCheck, TheKeyIsFoundBesideItsCertificate) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const auto beside = [&](const std::string& fresh) {
        return gateproof({"rotate-check", "--profile", gateway.cloud(), "--old", path("gateway/enrolled.crt.pem"),
                          "--new", fresh, "--out", path("out")});
    };
    const Finished found = beside(path("gateway/rotated_new.crt.pem"));
    EXPECT_EQ(found.status, 0) << found.out << found.err;
    const std::string alone = folder_.write("alone.crt.pem", read_file(path("gateway/rotated_new.crt.pem")));
    const Finished absent = beside(alone);
    EXPECT_EQ(absent.status, 2);
    EXPECT_THAT(absent.err, AllOf(HasSubstr("alone.crt.key or "), HasSubstr("alone.key.pem"), HasSubstr("--new-key")));
    const std::string key = path("gateway/enrolled.key.pem");
    folder_.write("alone.key.pem", read_file(key));
    const Finished foreign = beside(alone);
    EXPECT_EQ(foreign.status, 2) << "the key of another certificate is not taken";
}

TEST_F(RotateCheck, AMachinesSigningKeyMayBeRotatedAlone) {
    const ServedGateway gateway(path("gateway"), {"jwt-old-key-still-registered"});
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    auto profile = nlohmann::json::parse(read_file(gateway.cloud()));
    profile["rotation"] = {{"moment", "before"}, {"signers", profile["rotation"]["signers"]}};
    profile["rotation"]["signers"].erase("moment");
    const std::string file = folder_.write("gateway/signers.json", profile.dump());
    const auto at = [&](const std::string& moment) {
        return gateproof({"rotate-check", "--profile", file, "--moment", moment, "--out", path("out")});
    };
    const Finished before = at("before");
    EXPECT_EQ(before.status, 0) << "a warning at most: " << before.out << before.err;
    EXPECT_THAT(before.out, HasSubstr("JWTs of the new key are served already"));
    const Finished during = at("during");
    EXPECT_EQ(during.status, 0) << during.out;
    EXPECT_THAT(during.out, HasSubstr("JWTs of the old and of the new key are both served, as declared"));
    const Finished after = at("after");
    EXPECT_EQ(after.status, 1) << after.out;
    EXPECT_THAT(after.out, AllOf(HasSubstr("a JWT of the old key was served"), HasSubstr("withdraw the registration")));
    const std::string key = read_file(path("gateway/m2m-retired.key.pem"));
    EXPECT_THAT(read_file(path("out/run.jsonl")),
                AllOf(Not(HasSubstr(key.substr(key.size() / 2, 40))), Not(HasSubstr("eyJ"))));
    const Finished one = gateproof({"rotate-check", "--profile", file, "--new", "enrolled", "--out", path("out")});
    EXPECT_EQ(one.status, 2);
    EXPECT_THAT(one.err, HasSubstr("give it with --old"));
}

TEST_F(RotateCheck, WhatIsDoubtfulAboutTheProfileIsSaid) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    std::filesystem::permissions(path("gateway/enrolled.key.pem"), std::filesystem::perms{0644});
    const Finished told = check(gateway, "enrolled", "rotated_new", "before");
    EXPECT_EQ(told.status, 0) << told.out << told.err;
    EXPECT_THAT(told.err, HasSubstr("others may read it"));
    EXPECT_THAT(check(gateway, "enrolled", "rotated_new", "before", {"--quiet"}).err, Not(HasSubstr("others")));
}

TEST_F(RotateCheck, NothingIsSentWithoutAJournal) {
    std::filesystem::create_directories(path("out/run.jsonl"));
    const Finished finished = gateproof({"rotate-check", "--profile", "embedded-cloud", "--out", path("out")});
    EXPECT_EQ(finished.status, 2) << finished.out;
    EXPECT_THAT(finished.err, HasSubstr("run.jsonl"));
    EXPECT_THAT(finished.out, Not(HasSubstr("rotation.")));
}

TEST_F(RotateCheck, TheJournalTellsWhatWasJudged) {
    const auto digests = [&](const std::string& moment) {
        const Finished finished = gateproof(
            {"rotate-check", "--profile", "embedded-cloud", "--moment", moment, "--out", path(moment), "--quiet"});
        EXPECT_NE(finished.status, 2) << finished.err;
        const std::string journal = read_file(path(moment + "/run.jsonl"));
        const std::size_t second = journal.find('\n') + 1;
        const auto started = nlohmann::json::parse(journal.substr(0, second));
        const auto target = nlohmann::json::parse(journal.substr(second, journal.find('\n', second) - second));
        return std::pair(started.value("plan", ""), target.value("profile_digest", ""));
    };
    const auto [plan, profile] = digests("during");
    EXPECT_EQ(plan.size(), 64U);
    EXPECT_EQ(profile.size(), 64U);
    EXPECT_NE(digests("before").second, profile) << "another question";
}

TEST_F(RotateCheck, AVersionOfTheCatalogueMayJudge) {
    const ServedGateway gateway(path("gateway"));
    ASSERT_TRUE(gateway.serving()) << gateway.output();
    const Finished judged = check(gateway, "enrolled", "rotated_new", "before", {"--requirements", "2026-11"});
    EXPECT_EQ(judged.status, 0) << judged.out << judged.err;
    const RunRecord record = read_journal(path("before/run.jsonl")).run;
    ASSERT_TRUE(record.selection);
    EXPECT_EQ(record.selection->requirements, "2026-11");
}

TEST_F(RotateCheck, UnusableWordsSayWhatToDo) {
    const auto refused = [&](std::vector<std::string> more, const std::string& why) {
        std::vector<std::string> words{"rotate-check", "--profile", "embedded-cloud", "--out", path("out")};
        words.insert(words.end(), more.begin(), more.end());
        const Finished finished = gateproof(words);
        EXPECT_EQ(finished.status, 2) << finished.out;
        EXPECT_THAT(finished.err, HasSubstr(why));
    };
    refused({"--new", "enroled"}, "neither a file nor a role that the profile fills (enrolled");
    refused({"--new", folder_.write("alone.pem", "no key here")}, "give the key with --new-key");
    refused({"--new", folder_.write("x.pem", "no"), "--new-key", folder_.write("x.key", "no")}, "--new");
    refused({"--new", folder_.write("y.p12", "no"), "--new-passphrase-env", "GATEPROOF_NOT_SET"}, "is not set");
    refused({"--moment", "later"}, "--moment");
    refused({"--old-sessions", folder_.write("s.pem", "none")}, "--moment after");
    refused({"--moment", "after", "--old-sessions", folder_.write("s.pem", "none")}, "holds no TLS session");
    refused({"--baseline", path("absent.jsonl")}, "absent.jsonl");
    refused({"--requirements", "2021-04"}, "there is no such version of the catalogue; known: 2026-11");
    EXPECT_THAT(gateproof({"rotate-check", "--profile", "desktop-test"}).status, 2);
}

}  // namespace
}  // namespace gateproof::test
