// gateproof init with the files and habits that people have, by options and by questions.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Init : public testing::Test {
protected:
    void SetUp() override {
        const Finished made = run(
            {"/bin/sh", "-c",
             fmt::format("cd '{}' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "
                         "client.key -out client.pem -subj /CN=client -days 2 && cat client.pem client.key > both.pem "
                         "&& chmod 600 both.pem client.key && openssl pkcs12 -export -in both.pem -passout pass:word "
                         "-out client.PFX && openssl pkcs8 -topk8 -in client.key -passout pass:word -out locked.key",
                         folder_.path().string())});
        ASSERT_EQ(made.status, 0) << made.err;
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    [[nodiscard]] nlohmann::json written(const std::string& name) const {
        return nlohmann::json::parse(read_file(path(name)), nullptr, false);
    }
    [[nodiscard]] Finished init(const std::string& file, std::vector<std::string> more) const {
        std::vector<std::string> words{"init",      path(file), "--environment", "sandbox",
                                       "--channel", "cloud",    "--url",         "https://gw.lab.example:4046"};
        words.insert(words.end(), more.begin(), more.end());
        return gateproof(words);
    }

    TemporaryFolder folder_;
};

TEST_F(Init, TheKeyMayStandInTheCertificatesFile) {
    ASSERT_EQ(init("one.json", {"--certificate", path("both.pem"), "--control-path", "/status"}).status, 0);
    EXPECT_EQ(written("one.json")["identities"]["enrolled"]["key"], "file:" + path("both.pem"));
    EXPECT_NE(gateproof({"profile", "validate", path("one.json")}).status, 2);
}

TEST_F(Init, AKeyBesideAPkcs12FileIsRefusedAndNotDropped) {
    const Finished refused = init("two.json", {"--certificate", path("client.PFX"), "--key", path("client.key")});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("client.PFX holds its key already"), HasSubstr("leave --key out")));
    EXPECT_FALSE(std::filesystem::exists(path("two.json")));
}

TEST_F(Init, AProtectedKeyIsSaidToBe) {
    const std::string option = "--passphrase-env";
    EXPECT_THAT(init("a.json", {"--certificate", path("client.PFX")}).err, HasSubstr(option));
    EXPECT_THAT(init("b.json", {"--certificate", path("client.pem"), "--key", path("locked.key")}).err,
                HasSubstr(option));
    EXPECT_THAT(init("c.json", {"--certificate", path("client.pem"), "--key", path("client.key")}).err,
                Not(HasSubstr(option)));
}

/// Two profiles of one folder can run together.
TEST_F(Init, TheProfileIsNamedAfterItsFile) {
    ASSERT_EQ(init("Our Gateway_2.json", {"--control-path", "/status"}).status, 0);
    EXPECT_EQ(written("Our Gateway_2.json")["name"], "our-gateway-2");
    ASSERT_EQ(init("--.json", {"--control-path", "/status"}).status, 0);
    EXPECT_EQ(written("--.json")["name"], "cloud-sandbox") << "a name of no letters names nothing";
}

/// As whoever has a certificate and nothing else begins.
TEST_F(Init, ServicesMakeAProfileThatValidatesAndThatDoctorReads) {
    std::vector<std::string> words{
        "init",          path("three.json"), "--service", "gst,irv,customer", "--environment",
        "test",          "--channel",        "cloud",     "--host",           "test5.services.ird.govt.nz",
        "--certificate", path("client.pem"), "--key",     path("client.key")};
    const Finished made = gateproof(words);
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.out, AllOf(HasSubstr("https://test5.services.ird.govt.nz:4046"), Not(HasSubstr("to fill in")),
                                HasSubstr("left out: oauth, m2m, permissions")));
    const nlohmann::json three = written("three.json");
    EXPECT_EQ(three["control"], "gst-wsdl");
    EXPECT_TRUE(three["operations"].contains("irv-validate"));
    EXPECT_THAT(gateproof({"profile", "validate", path("three.json")}).out, HasSubstr("three.json: usable"));
}

TEST_F(Init, DoctorReadsWhatServicesMake) {
    const Finished made = gateproof(
        {"init", path("own.json"), "--environment", "embedded", "--channel", "cloud", "--service", "gst,irv,customer"});
    ASSERT_EQ(made.status, 0) << made.err;
    const Finished looked = gateproof({"doctor", path("own.json")});
    EXPECT_EQ(looked.status, 0) << looked.out << looked.err;
    const Finished run = gateproof({"run", path("own.json"), "--check", "permission.own-data-served", "--check",
                                    "permission.other-customer-refused", "--report", "none"});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
}

/// From services to a test report that is filled in row for row, without a file that anybody edited.
TEST_F(Init, ServicesComeToATestReportRowForRow) {
    ASSERT_EQ(gateproof({"init", path("own.json"), "--environment", "embedded", "--channel", "cloud", "--service",
                         "gst,irv,customer"})
                  .status,
              0);
    const std::string said =
        folder_.write("said.json", R"({"attestations": [{"scenario": "GST001", "verdict": "pass", "who": "Jane Doe",)"
                                   R"( "when": "2026-02-03", "text": "filed with the product"}]})");
    const Finished run = gateproof({"run", path("own.json"), "--suite", "scenario", "--report", "hand-in,html", "--out",
                                    path("out"), "--attest", said});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    const std::string csv = read_file(path("out/hand-in.csv"));
    EXPECT_THAT(csv, HasSubstr("Scenario ID,Operation,Scenario Description,Applicable (Y / N),Exclusion Reason,"
                               "Pass / Fail,Notes\r\nGST001,returnFile,"));
    std::size_t last = 0;
    const auto row = [&](const std::string& id) {
        const std::size_t at = csv.find("\r\n" + id + ",", last);
        EXPECT_NE(at, std::string::npos) << id << " is not there, or not in its place";
        last = at == std::string::npos ? last : at;
        return csv.substr(at + 2, csv.find("\r\n", at + 2) - at - 2);
    };
    for (int number = 1; number <= 32; ++number) {
        const std::string cells = row(fmt::format("GST{:03}", number));
        EXPECT_THAT(cells, HasSubstr(number == 1   ? "Y,,\"Pass (said, not seen)\","
                                     : number <= 4 ? "Y,,Not tested,"
                                                   : "Y,,Pass,"));
    }
    for (int number = 1; number <= 8; ++number) {
        EXPECT_THAT(row(fmt::format("IRV.{:02}", number)), HasSubstr("Y,,Pass,"));
    }
    EXPECT_THAT(read_file(path("out/report.html")), HasSubstr("GST returns, test environment"));
}

TEST_F(Init, TheMockHasAProfileForEachServiceAndServicesMayBeOnesOwn) {
    const std::string here = folder_.path().string();
    const std::string program = command({}).front();
    const auto in_folder = [&](const std::string& arguments) {
        return run({"/bin/sh", "-c", fmt::format("cd '{}' && {} init {}", here, program, arguments)});
    };
    ASSERT_EQ(in_folder("--environment mock --service gst,irv").status, 0);
    EXPECT_EQ(written("mock-gst.json")["endpoint"]["url"], "https://gst.test.services.ird.govt.nz");
    EXPECT_EQ(written("mock-irv.json")["endpoint"]["url"], "https://irdvalidation.test.services.ird.govt.nz");
    EXPECT_THAT(in_folder("one.json --environment mock --service gst,irv --force").err,
                HasSubstr("leave one.json out"));
    std::string preset = read_file(std::string(GATEPROOF_TEST_FIXTURES) + "/../../../profiles/services/irv.json");
    std::filesystem::create_directory(path("presets"));
    preset.replace(preset.find("validateIRD"), 11, "validateNow");
    folder_.write("presets/irv.json", preset);
    ASSERT_EQ(in_folder("--environment mock --service irv --services-from presets --force").status, 0);
    EXPECT_EQ(written("mock-irv.json")["operations"]["irv-validate"]["path"], "/gateway/customer-service/validateNow");
    EXPECT_THAT(in_folder("--service gts").err, HasSubstr("did you mean \"gst\"?"));
    EXPECT_THAT(in_folder("--channel desktop --service irv").err, HasSubstr("not offered on the channel desktop"));
    EXPECT_THAT(in_folder("--environment embedded --service bill").err, HasSubstr("does not play this service"));
    folder_.write("presets/irv.json", "{}");
    EXPECT_THAT(in_folder("--service irv --services-from presets").err, HasSubstr("presets/irv.json:1:1"));
}

TEST_F(Init, APasswordInAUrlIsNotShownAgain) {
    const Finished refused = gateproof({"init", path("x.json"), "--url", "https://user:hunter2@gw.example"});
    EXPECT_EQ(refused.status, 2);
    EXPECT_THAT(refused.err, AllOf(HasSubstr("a user name or password"), Not(HasSubstr("hunter2"))));
}

TEST_F(Init, AQuestionIsAskedAgainUntilItsAnswerFits) {
    int status = 0;
    const std::string typed = fmt::format(
        "tset\nsandbox\nclod\ncloud\nftp://gw\nhttps://gw.lab.example:4046\n~/nothing.pem\n{}\nmy word\nMY_WORD\n{}\n/ok\n",
        path("client.PFX"), path("client.pem"));
    const std::string seen = on_terminal({"init", path("asked.json")}, {}, status, typed);
    EXPECT_EQ(status, 0) << seen;
    EXPECT_THAT(seen, AllOf(HasSubstr("did you mean \"test\"?"), HasSubstr("did you mean \"cloud\"?"),
                            HasSubstr("expected https://host[:port]"), HasSubstr("write it out"),
                            HasSubstr("the variable's name is expected")));
    const nlohmann::json asked = written("asked.json");
    EXPECT_EQ(asked["identities"]["enrolled"]["pkcs12"], "file:" + path("client.PFX"));
    EXPECT_EQ(asked["identities"]["enrolled"]["passphrase"], "env:MY_WORD");
    EXPECT_EQ(asked["trust"]["ca"], "file:" + path("client.pem"));
    EXPECT_EQ(asked["operations"]["status"]["path"], "/ok");
}

TEST_F(Init, TheKeyBesideACertificateIsOffered) {
    int status = 0;
    const std::string typed =
        fmt::format("sandbox\ncloud\nhttps://gw.lab.example:4046\n{}\n\n\n/ok\n", path("client.pem"));
    const std::string seen = on_terminal({"init", path("beside.json")}, {}, status, typed);
    EXPECT_EQ(status, 0) << seen;
    EXPECT_EQ(written("beside.json")["identities"]["enrolled"]["key"], "file:" + path("client.key"));
}

/// Whoever answered every question is not told at the end that it was in vain.
TEST_F(Init, AFileThatIsThereIsSaidBeforeAnyQuestion) {
    folder_.write("there.json", "{}");
    int status = 0;
    const std::string seen = on_terminal({"init", path("there.json")}, {}, status, "test\n");
    EXPECT_EQ(status, 2);
    EXPECT_THAT(seen, AllOf(HasSubstr("is there already"), Not(HasSubstr("Environment"))));
}

/// As a CI server hands over secrets: on one line, or as a file whose path a variable holds.
TEST_F(Init, SecretsMayComeAsCiServersHandThemOver) {
    ASSERT_EQ(init("ci.json", {"--certificate", "env:GP_CERT", "--key", "env:GP_KEY", "--control-path", "/ok"}).status,
              0);
    const std::string one_line = "$(tr '\\n' ' ' < client.pem)";
    const auto validated = [&](const std::string& key, const std::string& profile) {
        return run({"/bin/sh", "-c",
                    fmt::format("cd '{}' && GP_CERT=\"{}\" GP_KEY=\"{}\" {} profile validate {}",
                                folder_.path().string(), one_line, key, command({}).front(), profile)});
    };
    const Finished lines_lost = validated("$(tr -d '\\n' < client.key)", "ci.json");
    EXPECT_THAT(lines_lost.out, HasSubstr("ci.json: usable")) << lines_lost.err;
    const Finished escaped = validated("$(sed 's/$/\\\\n/' client.key | tr -d '\\n')", "ci.json");
    EXPECT_THAT(escaped.out, HasSubstr("ci.json: usable")) << escaped.err;
    const Finished of_a_path = validated(path("client.key"), "ci.json");
    EXPECT_EQ(of_a_path.status, 2);
    EXPECT_THAT(of_a_path.err, HasSubstr("write env-file:GP_KEY"));
    std::string followed = read_file(path("ci.json"));
    followed.replace(followed.find("env:GP_KEY"), 10, "env-file:GP_KEY");
    folder_.write("followed.json", followed);
    EXPECT_THAT(validated(path("client.key"), "followed.json").out, HasSubstr("followed.json: usable"));
}

}  // namespace
}  // namespace gateproof::test
