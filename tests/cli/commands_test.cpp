// Everything that sends nothing: versions, help, mistakes on the command line and in profiles, list, plan, init.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/cli/command.hpp"

namespace gateproof::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// Exit 2, nothing on standard output, and a message that says what to do.
void expect_unusable(const Finished& finished, const std::string& message) {
    EXPECT_EQ(finished.status, 2) << finished.out << finished.err;
    EXPECT_THAT(finished.out, IsEmpty());
    EXPECT_THAT(finished.err, StartsWith("gateproof: "));
    EXPECT_THAT(finished.err, HasSubstr(message));
}

TEST(Commands, Version) {
    const Finished finished = gateproof({"--version"});
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out, "gateproof " GATEPROOF_VERSION "\n");
}

TEST(Commands, EveryHelpShowsExamples) {
    const std::vector<std::vector<std::string>> commands{{},          {"run"},      {"plan"},
                                                         {"list"},    {"report"},   {"gateway"},
                                                         {"init"},    {"selftest"}, {"profile", "validate"},
                                                         {"compare"}, {"merge"},    {"history"},
                                                         {"explain"}};
    for (std::vector<std::string> words : commands) {
        words.emplace_back("--help");
        const Finished finished = gateproof(words);
        EXPECT_EQ(finished.status, 0) << words.front();
        EXPECT_THAT(finished.out, HasSubstr("Examples:\n  gateproof ")) << words.front();
        EXPECT_THAT(finished.err, IsEmpty()) << words.front();
    }
}

TEST(Commands, MistakesSayWhatWasMeant) {
    expect_unusable(gateproof({}), "Try gateproof --help");
    expect_unusable(gateproof({"rnu"}), "did you mean run?");
    expect_unusable(gateproof({"run", "--chek", "tls.*"}), "did you mean --check?");
    expect_unusable(gateproof({"run", "--suite"}), "--suite");
    expect_unusable(gateproof({"run", "--deadline", "soon"}), "not a time such as");
    expect_unusable(gateproof({"run", "--deadline", "0"}), "not a time such as");
    expect_unusable(gateproof({"run", "--jobs", "0"}), "--jobs");
    expect_unusable(gateproof({"run", "--seed", "x"}), "--seed");
    expect_unusable(gateproof({"run", "--allow", "everything"}), "--allow");
    expect_unusable(gateproof({"run", "clod-test"}), "did you mean \"cloud-test\"?");
    expect_unusable(gateproof({"report"}), "JOURNAL");
    expect_unusable(gateproof({"report", "x", "--format", "pdf"}), "--format");
    expect_unusable(gateproof({"profile"}), "Try gateproof --help");
    expect_unusable(gateproof({"gateway", "--cloud-port", "70000"}), "--cloud-port");
    expect_unusable(gateproof({"list", "--faults", "--requirements"}), "excludes");
}

TEST(Commands, AnArgumentCannotSteerTheTerminal) {
    const Finished finished = gateproof({"run", "--\x1b]0;owned\x07"});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, Not(HasSubstr("\x1b")));
}

TEST(Commands, APatternThatMatchesNothingNamesANearOne) {
    expect_unusable(gateproof({"plan", "--check", "tls.accept-1.2"}), "did you mean tls.accepts-1.2?");
    expect_unusable(gateproof({"run", "--suite", "tsl"}), "did you mean tls?");
    expect_unusable(gateproof({"run", "--exclude", "nothing.like-this"}), "nothing.like-this matches no check");
    expect_unusable(gateproof({"run", "--suite", "tls", "--exclude", "tls"}), "select no check at all");
}

TEST(Commands, AFaultNeedsTheEmbeddedGatewayAndAKnownName) {
    expect_unusable(gateproof({"run", "--fault", "no-tls-1.22"}), "did you mean no-tls-1.2?");
    const TemporaryFolder folder;
    expect_unusable(gateproof({"run", "--fault", "no-tls-1.2", write_profile(folder, 9, 100)}),
                    "no profile given here uses it");
}

TEST(Commands, ABadProfileIsOneHelpfulMessage) {
    const TemporaryFolder folder;
    expect_unusable(gateproof({"run", (folder.path() / "missing.json").string()}), "missing.json");
    const std::string bad = folder.write("bad.json", "{\n  \"nam\": \"x\"\n}\n");
    const Finished finished = gateproof({"run", bad});
    expect_unusable(finished, "bad.json:2:");
    EXPECT_THAT(finished.err, HasSubstr("did you mean \"name\"?"));
    expect_unusable(gateproof({"run", folder.write("cut.json", "{\"name\": ")}), "cut.json:1:");
}

TEST(Commands, TwoProfilesOfOneNameAreRefused) {
    const TemporaryFolder folder;
    const std::string profile = write_profile(folder, 9, 100);
    expect_unusable(gateproof({"plan", profile, profile}), "two profiles are named lab");
}

TEST(Commands, ProfileValidate) {
    const TemporaryFolder folder;
    const std::string good = write_profile(folder, 4046, 100);
    EXPECT_EQ(gateproof({"profile", "validate", good, "embedded-cloud"}).status, 0);
    const std::string bad = folder.write("bad.json", "{}");
    const Finished finished = gateproof({"profile", "validate", good, bad});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.out, HasSubstr("lab.json: usable"));
    EXPECT_THAT(finished.err, HasSubstr("bad.json:1:1:"));
}

TEST(Commands, ListKnowsSuitesRequirementsAndFaults) {
    const Finished plain = gateproof({"list"});
    EXPECT_EQ(plain.status, 0);
    EXPECT_THAT(plain.out, HasSubstr("tls: "));
    EXPECT_THAT(plain.out, HasSubstr("\n  tls.accepts-1.2 "));
    const std::string requirements = gateproof({"list", "--requirements"}).out;
    EXPECT_THAT(requirements, HasSubstr("CLOUD-TLS-MIN (must, since 2026-11): "));
    for (const char* cited :
         {"  reading SE-2021: Certificates are exchanged", "  reading packs-2024: Names are trusted", "(2021-04-28)",
          "(repositories as of 2024-06-18)"}) {
        EXPECT_THAT(requirements, HasSubstr(cited)) << "what contradicts each other is cited, with its date";
    }
    EXPECT_THAT(gateproof({"list", "--faults"}).out, HasSubstr("no-tls-1.2: "));
    EXPECT_TRUE(nlohmann::json::parse(gateproof({"list", "--faults", "--json"}).out)[0].contains("caught_by"));
    EXPECT_EQ(nlohmann::json::parse(gateproof({"list", "--json"}).out)[0]["id"], "certificate");
}

TEST(Commands, ListShowsWhatIsPublishedAndHowItIsHonoured) {
    const Finished text = gateproof({"list", "--requirements"});
    EXPECT_THAT(text.out, AllOf(HasSubstr("  source: Service endpoints (Inland Revenue, 2021-04-28), cloud endpoint"),
                                HasSubstr("  facts: tls-minimum-cloud\n"), HasSubstr("    not testable from outside: "),
                                HasSubstr("    profile: timeouts.limit_ms, 60000 by default\n"),
                                HasSubstr("Catalogue 2026-11: ")));
    const auto json = nlohmann::json::parse(gateproof({"list", "--requirements", "--json"}).out);
    EXPECT_EQ(json["catalogue"]["versions"][0]["version"], "2026-11");
    EXPECT_EQ(json["documents"][0]["date"], "2021-04-28");
    EXPECT_EQ(json["requirements"][0]["id"], "CERT-FIT");
    EXPECT_EQ(json["requirements"][0]["since"], "2026-11");
    EXPECT_EQ(json["requirements"][0]["sources"][0]["document"], "MA");
    EXPECT_EQ(json["requirements"][0]["facts"][0], "client-ca-public");
    std::size_t untestable = 0;
    for (const auto& fact : json["facts"]) {
        EXPECT_FALSE(fact["sources"][0]["date"].get<std::string>().empty()) << fact;
        untestable += fact["not_testable"].get<std::string>().empty() ? 0 : 1;
    }
    EXPECT_GT(untestable, 0U);
    EXPECT_EQ(nlohmann::json::parse(gateproof({"list", "--json"}).out)[0]["checks"][0]["since"], "2026-11");
}

TEST(Commands, AFrozenCatalogueJudgesAndIsNamed) {
    const Finished unknown = gateproof({"plan", "--requirements", "2025-01"});
    EXPECT_EQ(unknown.status, 2);
    EXPECT_THAT(unknown.err,
                HasSubstr("--requirements 2025-01: there is no such version of the catalogue; known: 2026-11"));

    const TemporaryFolder folder;
    const std::string out = (folder.path() / "out").string();
    const Finished run = gateproof({"run", "embedded-cloud", "--check", "tls.refuses-1.1", "--requirements", "2026-11",
                                    "--report", "html,junit,json,markdown", "--out", out});
    EXPECT_EQ(run.status, 0) << run.out << run.err;
    EXPECT_THAT(run.out, HasSubstr("judged by the requirement catalogue 2026-11, as it was frozen"));
    EXPECT_THAT(
        read_file(out + "/run.jsonl"),
        AllOf(HasSubstr(R"("catalogue":{"version":"2026-11","frozen":true)"),
              HasSubstr(R"({"id":"SE","title":"Service endpoints","publisher":"Inland Revenue","date":"2021-04-28"})"),
              HasSubstr(R"("requirements":"2026-11")")));
    const auto report = nlohmann::json::parse(read_file(out + "/report.json"));
    EXPECT_EQ(report["run"]["catalogue"]["version"], "2026-11");
    EXPECT_EQ(report["run"]["selection"]["requirements"], "2026-11");
    EXPECT_THAT(read_file(out + "/report.html"), HasSubstr("2026-11, as it was frozen"));
    EXPECT_THAT(read_file(out + "/report.md"), HasSubstr("requirement catalogue 2026-11, as it was frozen"));
    EXPECT_THAT(read_file(out + "/junit.xml"), HasSubstr("gateproof.catalogue"));
}

TEST(Commands, PlanSaysRunOrSkipAndWhy) {
    const Finished plan = gateproof({"plan", "--suite", "tls,mtls"});
    EXPECT_EQ(plan.status, 0);
    EXPECT_THAT(plan.out, HasSubstr("embedded-cloud  https://localhost:"));
    EXPECT_THAT(plan.out, HasSubstr("  run   tls.accepts-1.2 "));
    EXPECT_THAT(plan.out, testing::ContainsRegex("  skip  [0-9]+ checks: not a requirement of the desktop channel\n"
                                                 "        [a-z.-]+\n"))
        << "a reason is said once";
    EXPECT_THAT(plan.out, HasSubstr("\n        mtls.enrolled-served\n"));
    EXPECT_THAT(
        plan.out,
        HasSubstr(
            "where published documents contradict each other: TDS-required (CERT-TDS-SEPARATE), packs-2024 (FW-NONPROD, ROTATION)"));
    const auto json = nlohmann::json::parse(gateproof({"plan", "--json"}).out);
    EXPECT_EQ(json[0]["target"], "embedded-cloud");
    EXPECT_EQ(json[0]["decision"], "run");
}

TEST(Commands, PlanSaysToProgramsTooWhichReadingJudges) {
    const auto readings_of = [](const std::vector<std::string>& arguments, const std::string& check) {
        for (const auto& row : nlohmann::json::parse(gateproof(arguments).out)) {
            if (row["check"] == check) {
                return row.value("readings", nlohmann::json());
            }
        }
        return nlohmann::json("no such row");
    };
    const TemporaryFolder folder;
    const std::string profile = write_profile(folder, 9, 100);
    const nlohmann::json packs{{"FW-NONPROD", "packs-2024"}};
    EXPECT_EQ(readings_of({"plan", profile, "--json"}, "firewall.other-source-blocked"), packs);
    EXPECT_EQ(readings_of({"plan", profile, "--suite", "tls", "--json"}, "firewall.other-source-blocked"), packs)
        << "of what was not selected as well";
    EXPECT_EQ(readings_of({"plan", profile, "--json"}, "tls.accepts-1.2"), nlohmann::json());
    nlohmann::json other = nlohmann::json::parse(read_file(profile));
    other["reading"] = "SE-2021";
    const std::string by_se = folder.write("se.json", other.dump());
    EXPECT_EQ(readings_of({"plan", by_se, "--json"}, "rotation.old-refused-after-cut-over"),
              nlohmann::json({{"ROTATION", "SE-2021"}}));
}

TEST(Commands, WhatTheMockDoesNotHaveIsNotJudgedThere) {
    std::map<std::string, std::string> reasons;
    for (const auto& row : nlohmann::json::parse(gateproof({"plan", "embedded-mock", "--json"}).out)) {
        reasons[row["check"]] = row.value("skip_reason", "");
    }
    for (const char* check : {"permission.other-customer-refused", "permission.write-refused", "permission.batch-mixed",
                              "permission.no-existence-oracle"}) {
        EXPECT_THAT(reasons[check], HasSubstr("not applicable to the mock: it knows no delegations")) << check;
    }
    for (const char* check : {"m2m.signature-checked", "m2m.issuer-checked", "m2m.expired", "m2m.refused-on-desktop"}) {
        EXPECT_THAT(reasons[check], HasSubstr("not applicable to the mock: it checks neither signature")) << check;
    }
    EXPECT_THAT(reasons["oauth.denied-consent"], HasSubstr("not applicable to the mock: it shows no consent page"));
    for (const char* check : {"permission.error-shape", "permission.no-token", "m2m.valid-served"}) {
        EXPECT_EQ(reasons[check], "") << check << " says something of the mock too";
    }
}

TEST(Commands, PlanSaysWhereActiveAndLoadChecksGo) {
    const TemporaryFolder folder;
    const std::string profile = write_profile(folder, 9, 100);
    EXPECT_THAT(gateproof({"plan", profile}).out,
                HasSubstr("\n  active checks go to: 127.0.0.1; load checks go to: nowhere, none runs\n"));
    const std::string embedded = gateproof({"plan"}).out;
    EXPECT_THAT(embedded,
                HasSubstr("active checks go to: localhost (at 127.0.0.1); load checks go to: localhost (at "));
    EXPECT_THAT(gateproof({"plan", "embedded-production"}).out,
                HasSubstr("active checks go to: nowhere, none runs; load checks go to: nowhere, none runs"));
    for (const auto& row : nlohmann::json::parse(gateproof({"plan", profile, "--json"}).out)) {
        const bool run = row["decision"] == "run";
        EXPECT_EQ(row.contains("hosts"), run) << row;
        EXPECT_TRUE(row["intrusiveness"].is_string()) << row;
        if (run) {
            EXPECT_EQ(row["hosts"], nlohmann::json::array({"127.0.0.1"})) << row;
        }
    }
}

TEST(Commands, TheAuthorityIsAmongTheHostsOfTheChecksThatNeedIt) {
    const TemporaryFolder folder;
    auto json = nlohmann::json::parse(read_file(write_profile(folder, 9, 100)));
    json["environment"] = "test";
    json["endpoint"]["connect"] = "192.0.2.1";
    json["oauth"] = {{"url", "https://login.example"},
                     {"client", {{"id", "a"}, {"redirect_uri", "http://127.0.0.1/callback"}}},
                     {"users", {{"user", {{"name", "ana"}, {"password", "file:password"}}}}},
                     {"login", nlohmann::json::object()}};
    folder.write("password", "a password");
    const std::string file = folder.write("with-authority.json", json.dump());
    EXPECT_THAT(gateproof({"plan", file}).out,
                HasSubstr("active checks go to: 127.0.0.1 (at 192.0.2.1), login.example;"));
    EXPECT_THAT(gateproof({"plan", file, "--suite", "tls,mtls"}).out,
                HasSubstr("active checks go to: 127.0.0.1 (at 192.0.2.1);"));
}

/// A profile of environment test that names production in one place.
std::string production_in(const TemporaryFolder& folder, const std::string& pointer, const std::string& value) {
    auto json = nlohmann::json::parse(read_file(write_profile(folder, 9, 100)));
    json["environment"] = "test";
    json["throttle"] = {{"limit", {{"requests", 10}}}, {"load", {{"requests_per_second", 500}}}};
    if (pointer.starts_with("/oauth")) {
        json["oauth"] = {{"url", "https://login.example"},
                         {"client", {{"id", "a"}, {"redirect_uri", "http://127.0.0.1/callback"}}}};
    }
    json[nlohmann::json::json_pointer(pointer)] = nlohmann::json::parse(value);
    return folder.write("production.json", json.dump(2));
}

TEST(Commands, AProductionHostUnderAnotherNameIsRefusedByEveryCommand) {
    const TemporaryFolder folder;
    const std::vector<std::pair<std::string, std::string>> places{
        {"/endpoint/url", R"("https://services.ird.govt.nz")"},
        {"/endpoint/url", R"("https://SERVICES.IRD.GOVT.NZ:4046/gateway")"},
        {"/endpoint/plain_http_url", R"("http://services.ird.govt.nz")"},
        {"/oauth/url", R"("https://services.ird.govt.nz")"},
        {"/other_names", R"(["services.ird.govt.nz"])"},
        {"/operations/status/headers", R"({"Host": "services.ird.govt.nz"})"},
        {"/vantage_points", R"([{"name": "a", "proxy": "http://services.ird.govt.nz:443", "expected": "blocked"}])"},
    };
    for (const auto& [pointer, value] : places) {
        SCOPED_TRACE(pointer);
        const std::string file = production_in(folder, pointer, value);
        for (const std::vector<std::string>& words :
             {std::vector<std::string>{"run", file, "--allow", "load", "--out", (folder.path() / "out").string()},
              {"plan", file},
              {"login", "--profile", file}}) {
            expect_unusable(gateproof(words), "services.ird.govt.nz is a host of production");
        }
        const Finished validated = gateproof({"profile", "validate", file});
        EXPECT_EQ(validated.status, 2);
        EXPECT_THAT(validated.err, HasSubstr(": " + pointer));
    }
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "out")) << "nothing was begun";
    const std::string file = production_in(folder, "/endpoint/url", R"("https://services.ird.govt.nz")");
    expect_unusable(gateproof({"rotate-check", "--profile", file, "--moment", "before", "--old", file, "--new", file}),
                    "services.ird.govt.nz is a host of production");
}

TEST(Commands, InitWritesNoProfileThatCallsProductionAnythingElse) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "x.json").string();
    for (const char* url : {"https://services.ird.govt.nz", "services.ird.govt.nz", "Services.ird.govt.nz:4046/a"}) {
        for (const char* environment : {"test", "sandbox", "mock"}) {
            const Finished refused =
                gateproof({"init", file, "--environment", environment, "--channel",
                           environment == std::string("mock") ? "cloud" : "desktop", "--url", url});
            expect_unusable(refused, "services.ird.govt.nz is a host of production");
            EXPECT_THAT(refused.err, HasSubstr("or --environment production"));
            EXPECT_FALSE(std::filesystem::exists(file));
        }
    }
    const Finished followed = gateproof({"init", file, "--environment", "production", "--channel", "desktop", "--url",
                                         "https://services.ird.govt.nz", "--control-path", "/status"});
    EXPECT_EQ(followed.status, 0) << followed.err;
    EXPECT_EQ(gateproof({"profile", "validate", file}).status, 0);
}

TEST(Commands, InitWritesAProfileThatOnlyLacksWhatIsUnknown) {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "my.json").string();
    const Finished first = gateproof({"init", file, "--environment", "sandbox", "--channel", "desktop", "--url",
                                      "https://gw.example:8443", "--control-path", "/status"});
    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_THAT(first.out, Not(HasSubstr("to fill in")));
    EXPECT_EQ(gateproof({"profile", "validate", file}).status, 0);
    expect_unusable(gateproof({"init", file}), "--force");
    const Finished second = gateproof({"init", file, "--force"});
    EXPECT_EQ(second.status, 0) << second.err;
    EXPECT_THAT(second.out, HasSubstr("to fill in: /identities/enrolled/certificate: "));
    EXPECT_THAT(second.out, HasSubstr("left out: oauth, m2m, permissions"));
    const Finished more = gateproof({"init", file, "--force", "--with", "oauth,permissions"});
    EXPECT_THAT(more.out, HasSubstr("to fill in: /oauth/client/id: "));
    EXPECT_THAT(more.out, HasSubstr("left out: m2m,"));
    expect_unusable(gateproof({"init", file, "--force", "--channel", "desktop", "--with", "m2m"}), "--with m2m");
    expect_unusable(gateproof({"init", (folder.path() / "no" / "such.json").string()}), "such.json");
}

TEST(Commands, GatewayServesUntilInterruptedAndKeepsItsKeysPrivate) {
    const TemporaryFolder folder;
    const std::string out = (folder.path() / "gw").string();
    Process gateway(command({"gateway", "--write", out}), plain_environment());
    ASSERT_TRUE(gateway.wait_for_output("serving until Ctrl-C\n")) << gateway.standard_error();
    EXPECT_THAT(gateway.standard_output(), HasSubstr("cloud    https://localhost:"));
    struct stat status {};
    ASSERT_EQ(::stat((out + "/enrolled.key.pem").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_THAT(read_file(out + "/enrolled.key.pem"), HasSubstr("PRIVATE KEY"));
    const Finished plan = gateproof({"plan", out + "/embedded-cloud.json", out + "/embedded-desktop.json"});
    EXPECT_EQ(plan.status, 0) << plan.err;
    gateway.signal(SIGINT);
    EXPECT_EQ(gateway.wait(), 0);
}

TEST(Commands, GatewayOnATakenPortSaysSo) {
    const TemporaryFolder folder;
    Process first(command({"gateway"}), plain_environment());
    ASSERT_TRUE(first.wait_for_output("serving until Ctrl-C\n"));
    const std::string& text = first.standard_output();
    const std::size_t colon = text.find("localhost:") + 10;
    const std::string port = text.substr(colon, text.find('\n', colon) - colon);
    expect_unusable(gateproof({"gateway", "--cloud-port", port}), "choose other ports");
}

}  // namespace
}  // namespace gateproof::test
