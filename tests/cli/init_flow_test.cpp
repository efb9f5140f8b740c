// From `gateproof init` to a test report that is handed in, without a file that anybody edits: against the gateway that
// `gateproof gateway` serves, as against one of Inland Revenue's environments.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "tests/cli/command.hpp"
#include "tests/cli/served.hpp"

namespace gateproof::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class InitFlow : public testing::Test {
protected:
    void SetUp() override {
        gateway_ = std::make_unique<ServedGateway>(path("gw"));
        ASSERT_TRUE(gateway_->serving()) << gateway_->output();
    }

    [[nodiscard]] std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    static nlohmann::json read(const std::string& file) { return nlohmann::json::parse(read_file(file)); }
    [[nodiscard]] std::string file(const std::string& name) const { return "file:" + path("gw/" + name); }
    /// 127.0.0.1:PORT of the listener that this profile is of.
    static std::string host_of(const nlohmann::json& profile) {
        const std::string url = profile["endpoint"]["url"];
        return "127.0.0.1" + url.substr(url.rfind(':'));
    }
    /// What init is told of logins, which each of the gateway's profiles has.
    [[nodiscard]] std::vector<std::string> logins_of(const nlohmann::json& profile) const {
        const nlohmann::json& oauth = profile["oauth"];
        std::vector<std::string> words;
        for (const char* const place : {"url", "client/id", "client/redirect_uri"}) {
            words.insert(
                words.end(),
                {"--set",
                 fmt::format("/oauth/{}={}", place,
                             oauth.at(nlohmann::json::json_pointer(std::string("/") + place)).get<std::string>())});
        }
        words.insert(words.end(), {"--set", "/oauth/client/secret=" + file("client.secret"), "--set",
                                   "/oauth/tokens/user=" + file("cloud-user.token"), "--set",
                                   "/oauth/tokens/expired=" + file("cloud-expired.token")});
        return words;
    }
    /// Writes a profile of one of the gateway's listeners, `ours`, in which nothing is left to fill in. `settings` are
    /// beside those of its logins.
    void init(const nlohmann::json& ours, std::vector<std::string> words,
              const std::vector<std::string>& settings) const {
        words.insert(words.begin(), "init");
        words.insert(words.end(), {"--host", host_of(ours), "--ca", path("gw/ca.pem")});
        const std::vector<std::string> logins = logins_of(ours);
        words.insert(words.end(), logins.begin(), logins.end());
        words.insert(words.end(), {"--set", "/limits/connections_per_second=200"});
        for (const std::string& one : settings) {
            words.insert(words.end(), {"--set", one});
        }
        const Finished made = gateproof(words);
        ASSERT_EQ(made.status, 0) << made.err;
        EXPECT_THAT(made.out, Not(HasSubstr("to fill in")));
    }
    /// The same of the cloud, in the environment test.
    void init_test(const std::string& services, const std::string& profile,
                   const std::vector<std::string>& settings) const {
        init(read(gateway_->cloud()),
             {profile, "--service", services, "--environment", "test", "--channel", "cloud", "--certificate",
              path("gw/enrolled.crt.pem"), "--key", path("gw/enrolled.key.pem")},
             settings);
    }
    /// Runs the rows of the profiles; what is handed in.
    [[nodiscard]] std::string handed_in(const std::vector<std::string>& profiles) const {
        std::vector<std::string> words{"run"};
        words.insert(words.end(), profiles.begin(), profiles.end());
        words.insert(words.end(), {"--suite", "scenario", "--report", "hand-in", "--out", path("out")});
        const Finished run = gateproof(words);
        EXPECT_EQ(run.status, 0) << run.out << run.err;
        return read_file(path("out/hand-in.csv"));
    }
    static std::string row_of(const std::string& csv, const std::string& id) {
        const std::size_t at = csv.find("\r\n" + id + ",");
        return at == std::string::npos ? "" : csv.substr(at + 2, csv.find("\r\n", at + 2) - at - 2);
    }

    TemporaryFolder folder_;
    std::unique_ptr<ServedGateway> gateway_;
};

TEST_F(InitFlow, OfATestEnvironmentGoesThroughWithoutEditing) {
    std::vector<std::string> settings{"own=" + file("customer.ird"),
                                      "client=" + file("client.ird"),
                                      "unlinked=" + file("other-customer.ird"),
                                      "unregistered=" + file("unregistered-customer.ird"),
                                      "provider=Gateproof",
                                      "platform=Embedded",
                                      "period=2026-03-31",
                                      "filed=2026-03-31",
                                      "/oauth/tokens/second-user=" + file("cloud-second-user.token"),
                                      "/oauth/tokens/agent=" + file("cloud-agent.token"),
                                      "/oauth/tokens/unregistered=" + file("cloud-unregistered-user.token")};
    const nlohmann::json irv = read(std::string(GATEPROOF_TEST_FIXTURES) + "/../../../profiles/services/irv.json");
    for (const auto& [name, texts] : irv["values"].items()) {
        if (texts.contains("embedded")) {
            settings.push_back(name + "=" + texts["embedded"].get<std::string>());
        }
    }
    ASSERT_NO_FATAL_FAILURE(init_test("gst,irv,customer", path("own.json"), settings));
    const std::string csv = handed_in({path("own.json")});
    for (int number = 1; number <= 32; ++number) {
        EXPECT_THAT(row_of(csv, fmt::format("GST{:03}", number)),
                    AllOf(HasSubstr(number <= 4 ? "Y,,Not tested," : "Y,,Pass,"),
                          HasSubstr(number <= 4 ? "" : "Asked by Gateproof: ")));
    }
    EXPECT_THAT(row_of(csv, "GST030"), HasSubstr("what was sent is a token that has expired"));
    for (int number = 1; number <= 8; ++number) {
        EXPECT_THAT(row_of(csv, fmt::format("IRV.{:02}", number)), HasSubstr("Y,,Pass,"));
    }
}

/// Payday filing, AIM and investment income, as one profile.
TEST_F(InitFlow, OfPaydayFilingAndOtherReturnsGoesThroughWithoutEditing) {
    const std::vector<std::string> settings{"own=" + file("customer.ird"),
                                            "other=" + file("other-customer.ird"),
                                            "unlinked=" + file("other-customer.ird"),
                                            "client=" + file("client.ird"),
                                            "no_employees=" + file("employer-of-nobody.ird"),
                                            "several=" + file("employer-of-several.ird"),
                                            "several_lines=" + file("employer-of-several.ird"),
                                            "sa_employer=" + file("employer-of-several.ird"),
                                            "employee=111111111",
                                            "unknown_employee=136410132",
                                            "provider=Gateproof",
                                            "platform=Embedded",
                                            "period=2026-04-30",
                                            "pay_day=2026-04-10",
                                            "filed_period=2026-04-30",
                                            "filed_day=2026-04-10",
                                            "unfiled_day=2026-04-11",
                                            "version_1_day=2026-05-10",
                                            "/oauth/tokens/second-user=" + file("cloud-second-user.token"),
                                            "/oauth/tokens/agent=" + file("cloud-agent.token")};
    ASSERT_NO_FATAL_FAILURE(init_test("employment,employment-information,aim,iir", path("returns.json"), settings));
    const std::string csv = handed_in({path("returns.json")});
    for (const char* const id : {"EI001", "EI005", "EI014", "EI029", "EI038", "EI043", "EI049", "ES001", "ES051",
                                 "ES060", "ES_V2_008", "AIM028", "AIM053", "IPS1.73", "IPS1.77"}) {
        EXPECT_THAT(row_of(csv, id), AllOf(HasSubstr("Y,,Pass,"), HasSubstr("Asked by Gateproof: "))) << id;
    }
    for (const char* const id : {"EI015", "EI040", "ES004", "AIM013", "IPS1.72"}) {
        EXPECT_THAT(row_of(csv, id), HasSubstr("Y,,Not tested,")) << id;
    }
}

TEST_F(InitFlow, OfTheMocksReturnsGoesThroughWithoutEditing) {
    const nlohmann::json ours = read(gateway_->mock());
    for (const auto& [service, settings, id] :
         {std::tuple("gst", std::vector<std::string>{}, "EMS_GST030"),
          std::tuple("pie", std::vector<std::string>{"own=132243158", "other=102210221", "key=235067864"},
                     "MOCK-PIE-014")}) {
        std::vector<std::string> all{"provider=Gateproof", "platform=Embedded"};
        all.insert(all.end(), settings.begin(), settings.end());
        ASSERT_NO_FATAL_FAILURE(
            init(ours, {path("mock.json"), "--force", "--service", service, "--environment", "mock"}, all));
        EXPECT_THAT(row_of(handed_in({path("mock.json")}), id),
                    AllOf(HasSubstr("Y,,Pass,"), HasSubstr("Asked by Gateproof: ")));
    }
}

/// The mock has a host for each service, so each is a profile, and one run takes them all.
TEST_F(InitFlow, OfTheMockGoesThroughWithoutEditing) {
    const nlohmann::json ours = read(gateway_->mock());
    std::vector<std::string> profiles;
    for (const auto& [service, values] : std::vector<std::pair<std::string, std::vector<std::string>>>{
             {"customer", {}},
             {"bill", {}},
             {"income", {"individual=027083307", "organisation=059637355"}},
             {"document", {"location=1", "client=139122755", "unlinked=102210221"}},
             {"notifications",
              {"cst=1512100301", "company=069096409", "company_cst=1512100301", "list=132243158",
               "other_list=1000000002"}},
             {"pir", {"pie=132243158"}},
             {"tds", {}}}) {
        profiles.push_back(path("mock-" + service + ".json"));
        std::vector<std::string> settings = values;
        for (const char* const role : {"agent", "administrator", "restricted"}) {
            settings.push_back(fmt::format("/oauth/tokens/{}={}", role, file("cloud-agent.token")));
        }
        ASSERT_NO_FATAL_FAILURE(init(ours,
                                     {profiles.back(), "--service", service, "--environment", "mock", "--control-path",
                                      "/gateway/gws/returns/?wsdl"},
                                     settings));
    }
    const std::string csv = handed_in(profiles);
    const std::vector<std::string> by_hand{
        "MOCK-NAME-013", "MOCK-ADDRESS-004", "MOCK-CONTACT-010", "MOCK-BIC-006", "IA.09",
        "Doc014",        "Doc015",           "Doc016",           "Doc017",       "Doc018",
        "Doc021",        "Doc022",           "Doc023",           "Doc024",       "Doc028",
        "Doc031",        "Doc033",           "TDS-AUTH-4",       "TDS-AUTH-8",   "PIR-OB-001",
        "PIR-OB-003",    "PIR-OB-004",       "PIR-OB-007",       "PIR-OB-008",   "PIR-OB-009"};
    for (const auto& [form, rows] :
         {std::pair("MOCK-CUST-{:03}", 8), std::pair("MOCK-ACC-{:03}", 14), std::pair("MOCK-NAME-{:03}", 16),
          std::pair("MOCK-BANK-{:03}", 13), std::pair("MOCK-ADDRESS-{:03}", 29), std::pair("MOCK-CONTACT-{:03}", 21),
          std::pair("MOCK-BIC-{:03}", 24), std::pair("MOCK-BILL-{:03}", 12), std::pair("IA.{:02}", 9),
          std::pair("Doc{:03}", 33), std::pair("PIR-OB-{:03}", 13), std::pair("TDS-AUTH-{}", 8)}) {
        for (int number = 1; number <= rows; ++number) {
            const std::string id = fmt::format(fmt::runtime(form), number);
            if (std::ranges::find(by_hand, id) == by_hand.end()) {
                EXPECT_THAT(row_of(csv, id), AllOf(HasSubstr("Y,,Pass,"), HasSubstr("Asked by Gateproof: "))) << id;
            } else {
                EXPECT_THAT(row_of(csv, id), HasSubstr("Y,,Not tested,")) << id;
            }
        }
    }
}

TEST_F(InitFlow, WhatIsSetHasAPlace) {
    const auto said = [this](const std::string& setting) {
        return gateproof({"init", path("x.json"), "--environment", "test", "--channel", "cloud", "--service", "gst",
                          "--force", "--set", setting});
    };
    EXPECT_THAT(said("onw=1").err, HasSubstr("did you mean \"own\"?"));
    EXPECT_THAT(said("own").err, HasSubstr("expected NAME=TEXT"));
    EXPECT_THAT(said("/oauht/url=https://a").err, HasSubstr("the profile has no such place"));
    EXPECT_THAT(said("/limits/requests=many").err, HasSubstr("expected JSON"));
    const Finished made = said("/oauth/client/id=mine");
    EXPECT_EQ(made.status, 0) << made.err;
    const nlohmann::json profile = read(path("x.json"));
    EXPECT_EQ(profile["oauth"]["client"]["id"], "mine") << "without --with oauth";
    EXPECT_FALSE(profile.contains("permissions"));
}

}  // namespace
}  // namespace gateproof::test
