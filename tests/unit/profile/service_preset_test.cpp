// Presets of services: each of the program's makes profiles that load, and what is wrong with one is said.
#include "harness/profile/read/service_preset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/profile/init.hpp"
#include "harness/profile/read/load.hpp"
#include "profiles/builtin.hpp"

namespace gateproof::testing {
namespace service_preset_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

ServicePreset preset_of(std::string_view name) {
    for (const BuiltinProfile& one : builtin_services()) {
        if (one.name == name) {
            return *load_service_preset_text(one.text, "preset.json").preset;
        }
    }
    return {};
}

nlohmann::json made(const InitAnswers& answers) {
    const BuiltinProfile* base = find_builtin(init_template_name(answers.environment, answers.channel));
    return nlohmann::json::parse(init_profile(base->text, answers, "profile.schema.json"));
}

LoadedProfile structure_of(const nlohmann::json& profile) {
    LoadOptions options;
    options.read_secrets = false;
    return load_profile_text(profile.dump(2), "made.json", ".", options);
}

/// What only the user knows, filled in as a user would.
void fill_in(nlohmann::json& json) {
    if (json.is_structured()) {
        std::for_each(json.begin(), json.end(), fill_in);
    } else if (json.is_string() && json.get<std::string>().starts_with("FILL IN")) {
        json =
            json.get<std::string>().find("redirect URI") == std::string::npos ? "env:HIS" : "https://dsp.example/back";
    }
}

TEST(ServicePreset, EachMakesProfilesThatLoadForEveryEnvironmentAndChannel) {
    EXPECT_THAT(builtin_services(), SizeIs(16));
    for (const BuiltinProfile& one : builtin_services()) {
        const LoadedPreset loaded = load_service_preset_text(one.text, "preset.json");
        ASSERT_TRUE(loaded.preset) << loaded.problems.front().text();
        EXPECT_EQ(loaded.preset->name, one.name);
        for (const Environment environment : {Environment::mock, Environment::test, Environment::production}) {
            for (const Channel channel : loaded.preset->channels) {
                if (environment == Environment::mock && channel == Channel::desktop) {
                    continue;
                }
                for (const std::vector<std::string>& parts : {std::vector<std::string>{}, init_parts()}) {
                    InitAnswers answers;
                    answers.environment = environment;
                    answers.channel = channel;
                    answers.certificate = "client.pem";
                    answers.key = "client.key";
                    answers.services = {*loaded.preset};
                    answers.parts = {parts.begin(), parts.end()};
                    if (environment == Environment::mock) {
                        answers.certificate.clear();
                        answers.key.clear();
                    }
                    nlohmann::json profile = made(answers);
                    const bool whole = profile.dump().find("FILL IN") == std::string::npos;
                    EXPECT_TRUE(whole || !parts.empty()) << one.name << ": a plain profile needs nothing more";
                    fill_in(profile);
                    const LoadedProfile read = structure_of(profile);
                    ASSERT_TRUE(read.profile) << one.name << ": " << read.problems.front().text();
                    EXPECT_EQ(profile.dump().find("\"value:"), std::string::npos) << one.name;
                    const std::string gateway = channel == Channel::desktop ? "/gateway2/" : "/gateway/";
                    EXPECT_THAT(read.profile->control_operation().path, HasSubstr(gateway)) << one.name;
                }
            }
        }
    }
}

TEST(ServicePreset, SeveralMakeOneProfileWithTheFirstOnesControl) {
    InitAnswers answers;
    answers.environment = Environment::test;
    answers.services = {preset_of("gst"), preset_of("irv"), preset_of("customer")};
    answers.parts = {"oauth", "m2m", "permissions"};
    answers.url = "test6.services.ird.govt.nz";
    const nlohmann::json profile = made(answers);
    EXPECT_EQ(profile["endpoint"]["url"], "https://test6.services.ird.govt.nz:4046");
    EXPECT_EQ(profile["oauth"]["url"], "https://test6.services.ird.govt.nz") << "its authority is on the same host";
    EXPECT_EQ(profile["operations"][profile["control"].get<std::string>()]["path"], "/gateway/gws/returns/?wsdl");
    for (const char* const operation :
         {"gst-obligations", "irv-validate", "irv-status", "customer", "account-status"}) {
        EXPECT_TRUE(profile["operations"].contains(operation)) << operation;
    }
    EXPECT_FALSE(profile["operations"].contains("filing-obligations")) << "the template's own give way";
    EXPECT_EQ(profile["m2m"]["error"], "customer") << "the first service that takes JWTs";
    EXPECT_THAT(profile["permissions"]["cases"], SizeIs(7));
}

TEST(ServicePreset, WhatAServiceDoesNotKnowIsLeftOut) {
    InitAnswers answers;
    answers.environment = Environment::test;
    answers.parts = {"oauth", "m2m", "permissions"};
    answers.services = {preset_of("irv")};
    const nlohmann::json irv = made(answers);
    EXPECT_FALSE(irv.contains("oauth")) << "the client certificate alone counts";
    EXPECT_FALSE(irv.contains("m2m"));
    answers.services = {preset_of("gst")};
    const nlohmann::json gst = made(answers);
    EXPECT_TRUE(gst.contains("oauth"));
    EXPECT_FALSE(gst.contains("m2m")) << "no SOAP service takes JWTs";
}

TEST(ServicePreset, TheMockHasAHostAndNumbersOfItsOwnForEach) {
    InitAnswers answers;
    answers.environment = Environment::mock;
    answers.parts = {"oauth", "permissions"};
    answers.services = {preset_of("customer")};
    const nlohmann::json profile = made(answers);
    EXPECT_EQ(profile["endpoint"]["url"], "https://customerservices.test.services.ird.govt.nz");
    EXPECT_EQ(profile["oauth"]["url"], "https://oauth.test.services.ird.govt.nz");
    EXPECT_EQ(profile["permissions"]["cases"][0]["with"]["ird"], "132243158");
}

TEST(ServicePreset, TheEmbeddedGatewaysProfileKeepsItsOwnBesideThem) {
    InitAnswers answers;
    answers.environment = Environment::embedded;
    answers.services = {preset_of("gst"), preset_of("irv"), preset_of("customer")};
    const nlohmann::json profile = made(answers);
    EXPECT_TRUE(profile["operations"].contains("slow"));
    EXPECT_EQ(profile["control"], "status");
    EXPECT_THAT(profile.dump(), AllOf(HasSubstr("gst-own"), HasSubstr("own-customer"), Not(HasSubstr("FILL IN"))));
    EXPECT_THAT(preset_of("gst").unknown_in(Environment::embedded), IsEmpty());
    EXPECT_THAT(preset_of("bill").unknown_in(Environment::embedded), Not(IsEmpty())) << "it does not play bills";
}

/// As counted in the published templates.
TEST(ServicePreset, EachTemplateHasItsRows) {
    std::map<std::string, std::size_t> rows;
    for (const BuiltinProfile& one : builtin_services()) {
        for (const ScenarioTable& table : preset_of(one.name).scenarios) {
            rows.emplace(table.name, table.rows.size());
            EXPECT_NE(table.title, "");
            for (const char* const needed : {"id", "description", "applicable", "exclusion", "verdict", "notes"}) {
                EXPECT_EQ(
                    std::ranges::count_if(table.columns, [&](const auto& column) { return column.second == needed; }),
                    1)
                    << table.name << " " << needed;
            }
        }
    }
    EXPECT_EQ(rows, (std::map<std::string, std::size_t>{
                        {"account-mock", 14},
                        {"address-mock", 29},
                        {"aim", 64},
                        {"bank-mock", 13},
                        {"bic-mock", 24},
                        {"bill-mock", 12},
                        {"contact-mock", 21},
                        {"customer-mock", 8},
                        {"document", 33},
                        {"ei", 49},
                        {"es", 59},
                        {"es-v2", 8},
                        {"gst-mock", 37},
                        {"gst-test", 32},
                        {"iir-ail", 113},
                        {"iir-dwt", 121},
                        {"iir-ips", 131},
                        {"iir-nrt", 132},
                        {"iir-rwt", 122},
                        {"income", 9},
                        {"incometax-ir1215", 24},
                        {"incometax-ir215", 11},
                        {"incometax-ir3", 46},
                        {"incometax-ir3nr", 19},
                        {"incometax-ir4", 36},
                        {"incometax-ir44", 9},
                        {"incometax-ir526", 10},
                        {"incometax-ir6", 45},
                        {"incometax-ir7", 18},
                        {"incometax-ir8", 21},
                        {"incometax-ir9", 16},
                        {"intermediation", 48},
                        {"irv", 8},
                        {"name-mock", 17},
                        {"notifications", 30},
                        {"period-mock", 11},
                        {"pie-mock", 18},
                        {"pir", 13},
                        {"software-intermediation", 12},
                        {"tds-realtime", 12},
                        {"tds-realtime-emulator", 21},
                        {"tds-reconciliation", 12},
                        {"tds-reconciliation-emulator", 23},
                    }));
}

/// How many rows of each template are asked: what is not is said by somebody.
TEST(ServicePreset, SoManyRowsOfEachTemplateAreAsked) {
    std::map<std::string, std::size_t> asked;
    for (const BuiltinProfile& one : builtin_services()) {
        const nlohmann::json preset = nlohmann::json::parse(one.text);
        for (const auto& table : preset["scenarios"]) {
            const auto& rows = table["rows"];
            const auto number =
                std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.contains("ask"); });
            if (number > 0) {
                asked.emplace(table["name"], number);
            }
        }
    }
    EXPECT_EQ(asked, (std::map<std::string, std::size_t>{{"account-mock", 14},
                                                         {"address-mock", 28},
                                                         {"aim", 16},
                                                         {"bank-mock", 13},
                                                         {"bic-mock", 23},
                                                         {"bill-mock", 12},
                                                         {"contact-mock", 20},
                                                         {"customer-mock", 8},
                                                         {"document", 21},
                                                         {"ei", 34},
                                                         {"es", 21},
                                                         {"es-v2", 2},
                                                         {"gst-mock", 24},
                                                         {"gst-test", 28},
                                                         {"iir-ips", 5},
                                                         {"income", 8},
                                                         {"irv", 8},
                                                         {"name-mock", 16},
                                                         {"notifications", 16},
                                                         {"period-mock", 8},
                                                         {"pie-mock", 9},
                                                         {"pir", 7},
                                                         {"tds-realtime", 9},
                                                         {"tds-realtime-emulator", 19},
                                                         {"tds-reconciliation", 7},
                                                         {"tds-reconciliation-emulator", 23}}));
}

TEST(ServicePreset, RowsAreAsTheTemplatesPrintThem) {
    const ServicePreset gst = preset_of("gst");
    ASSERT_THAT(gst.scenarios, SizeIs(2));
    EXPECT_EQ(gst.scenarios[0].columns[0].first, "Scenario ID");
    EXPECT_THAT(gst.scenarios[0].columns, SizeIs(7)) << "without a type";
    EXPECT_THAT(gst.scenarios[1].columns, SizeIs(8));
    const ScenarioRow& refused = gst.scenarios[0].rows[6];
    EXPECT_EQ(refused.id, "GST007");
    EXPECT_EQ(refused.operation, "returnFile");
    EXPECT_EQ(refused.type, "Failure");
    EXPECT_EQ(refused.expected, "4");
    EXPECT_TRUE(refused.applicable);
    EXPECT_EQ(gst.scenarios[1].rows[5].description, "customer files 103G");
    EXPECT_EQ(preset_of("irv").scenarios[0].rows[7].id, "IRV.08");
    EXPECT_EQ(preset_of("iir").scenarios[3].rows.back().id, "NRT3.20");
}

/// A preset with one thing changed.
std::string problem_of(const std::function<void(nlohmann::json&)>& change) {
    nlohmann::json preset = nlohmann::json::parse(preset_of("gst").text);
    change(preset);
    const LoadedPreset loaded = load_service_preset_text(preset.dump(2), "own.json");
    return loaded.preset ? "" : loaded.problems.front().text();
}

TEST(ServicePreset, WhatIsWrongWithOneIsSaid) {
    using Json = nlohmann::json;
    EXPECT_EQ(problem_of([](Json&) {}), "");
    EXPECT_THAT(problem_of([](Json& preset) { preset["operatoins"] = 1; }), HasSubstr("unknown key \"operatoins\""));
    EXPECT_THAT(problem_of([](Json& preset) { preset.erase("channels"); }), HasSubstr("channels"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["channels"] = {"clod"}; }), HasSubstr("did you mean \"cloud\"?"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["control"] = "gst-wsld"; }),
                AllOf(HasSubstr("/control"), HasSubstr("did you mean")));
    EXPECT_THAT(problem_of([](Json& preset) { preset["service"] = "G S T"; }), HasSubstr("/service"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["cases"][0]["with"]["ird"] = "value:owm"; }),
                AllOf(HasSubstr("/cases/0/with/ird"), HasSubstr("did you mean")));
    EXPECT_THAT(problem_of([](Json& preset) { preset["values"]["own"].erase("default"); }), HasSubstr("default"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["values"]["own"]["mok"] = "1"; }), HasSubstr("mok"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["cases"] = Json::object(); }), HasSubstr("a list of cases"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["scenarios"][1]["name"] = "gst-test"; }),
                HasSubstr("another template is called"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["scenarios"][0]["columns"]["Notes"] = "noets"; }),
                HasSubstr("did you mean \"notes\"?"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["scenarios"][0]["rows"][0]["applicable"] = false; }),
                HasSubstr("\"exclusion\""));
    EXPECT_THAT(problem_of([](Json& preset) { preset["scenarios"][0]["rows"][0]["exclusion"] = "not sold"; }),
                HasSubstr("\"applicable\": false"));
    EXPECT_THAT(problem_of([](Json& preset) { preset["scenarios"][0]["rows"][0].erase("id"); }), HasSubstr("id"));
}

}  // namespace
}  // namespace service_preset_test
}  // namespace gateproof::testing
