#include "harness/profile/init.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/json/near_match.hpp"
#include "harness/profile/read/load.hpp"
#include "profiles/builtin.hpp"

namespace gateproof::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

nlohmann::json made(const InitAnswers& answers) {
    const BuiltinProfile* base = find_builtin(init_template_name(answers.environment, answers.channel));
    return nlohmann::json::parse(init_profile(base->text, answers, "https://x.example/profile.schema.json"));
}

LoadedProfile structure_of(const nlohmann::json& profile) {
    LoadOptions options;
    options.read_secrets = false;
    return load_profile_text(profile.dump(2), "made.json", ".", options);
}

TEST(InitProfile, FullAnswersMakeAWholeProfile) {
    InitAnswers answers;
    answers.name = "ours";
    answers.environment = Environment::test;
    answers.url = "gateway.example";
    answers.certificate = "client.pem";
    answers.key = "env:CLIENT_KEY";
    answers.passphrase_env = "CLIENT_PASSPHRASE";
    answers.ca = "ca.pem";
    const nlohmann::json profile = made(answers);
    EXPECT_EQ(profile["$schema"], "https://x.example/profile.schema.json");
    EXPECT_EQ(profile["endpoint"]["url"], "https://gateway.example:4046");
    EXPECT_EQ(profile["identities"]["enrolled"]["certificate"], "file:client.pem");
    EXPECT_EQ(profile["identities"]["enrolled"]["key"], "env:CLIENT_KEY");
    EXPECT_EQ(profile["identities"]["enrolled"]["passphrase"], "env:CLIENT_PASSPHRASE");
    EXPECT_EQ(profile["trust"]["ca"], "file:ca.pem");
    EXPECT_FALSE(profile.contains("desktop")) << "the template's desktop listener belongs to another host";
    const LoadedProfile loaded = structure_of(profile);
    ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
    EXPECT_EQ(loaded.profile->name, "ours");
}

TEST(InitProfile, NoAnswersKeepTheTemplatesFactsAndPlaceholders) {
    InitAnswers answers;
    answers.environment = Environment::production;
    const nlohmann::json profile = made(answers);
    EXPECT_EQ(profile["endpoint"]["url"], "https://services.ird.govt.nz:4046");
    EXPECT_TRUE(profile.contains("desktop"));
    EXPECT_THAT(structure_of(profile).problems, SizeIs(2));
}

TEST(InitProfile, AddsOnlyWhatTheUrlLacks) {
    InitAnswers answers;
    const auto url = [&](const std::string& given) {
        answers.url = given;
        return made(answers)["endpoint"]["url"].get<std::string>();
    };
    EXPECT_EQ(url("h.example:8443"), "https://h.example:8443");
    EXPECT_EQ(url("h.example/prefix"), "https://h.example:4046/prefix");
    EXPECT_EQ(url("[::1]"), "https://[::1]:4046");
    EXPECT_EQ(url("[::1]:8443"), "https://[::1]:8443");
    EXPECT_EQ(url("https://h.example"), "https://h.example");
    answers.channel = Channel::desktop;
    EXPECT_EQ(url("h.example"), "https://h.example");
    answers.channel = Channel::cloud;
    answers.environment = Environment::mock;
    EXPECT_EQ(url("h.example"), "https://h.example");
}

TEST(InitProfile, Pkcs12StandsForCertificateAndKey) {
    InitAnswers answers;
    answers.environment = Environment::test;
    answers.certificate = "/etc/client.p12";
    const nlohmann::json profile = made(answers);
    EXPECT_EQ(profile["identities"]["enrolled"], nlohmann::json({{"pkcs12", "file:/etc/client.p12"}}));
}

TEST(InitProfile, EveryKindHasATemplateThatLoads) {
    for (const Environment environment :
         {Environment::embedded, Environment::sandbox, Environment::mock, Environment::test, Environment::production}) {
        for (const Channel channel : {Channel::cloud, Channel::desktop}) {
            InitAnswers answers;
            answers.environment = environment;
            answers.channel = channel;
            answers.name = "x";
            answers.url = "h.example";
            answers.certificate = "a";
            answers.key = "b";
            for (const ProfileProblem& problem : structure_of(made(answers)).problems) {
                EXPECT_THAT(problem.message, HasSubstr("still to be filled in")) << problem.text();
            }
        }
    }
    EXPECT_THROW(init_profile("[]", {}, ""), std::invalid_argument);
}

TEST(InitProfile, PartsAreWrittenWhenTheyAreAskedFor) {
    InitAnswers answers;
    answers.environment = Environment::test;
    answers.certificate = "a";
    answers.key = "b";
    const nlohmann::json bare = made(answers);
    EXPECT_THAT(structure_of(bare).problems, IsEmpty());
    for (const std::string& part : init_parts()) {
        EXPECT_FALSE(bare.contains(part)) << part;
    }
    EXPECT_THAT(bare["operations"], SizeIs(1)) << "operations that nothing refers to are left out as well";
    answers.parts = {"m2m"};
    const nlohmann::json machine = made(answers);
    EXPECT_TRUE(machine.contains("m2m"));
    EXPECT_FALSE(machine.contains("permissions"));
    EXPECT_TRUE(machine["operations"].contains("customer"));
    EXPECT_FALSE(machine["operations"].contains("filing-obligations"));
    answers.parts = {"oauth", "m2m", "permissions"};
    const nlohmann::json all = made(answers);
    EXPECT_EQ(all["oauth"]["url"], "https://test5.services.ird.govt.nz");
    EXPECT_THAT(all["permissions"]["cases"], SizeIs(5));
    answers.url = "gateway.example";
    EXPECT_THAT(std::string(made(answers)["oauth"]["url"]), ::testing::StartsWith("FILL IN")) << "of another host";
}

/// Every "FILL IN" by what a user might write there.
void fill_in(nlohmann::json& json, const std::string& key) {
    if (json.is_structured()) {
        for (const auto& [name, child] : json.items()) {
            fill_in(child, json.is_array() ? key : name);
        }
    } else if (json.is_string() && json.get_ref<const std::string&>().starts_with("FILL IN")) {
        json = key == "path"                            ? "/gateway/customer/status"
               : key == "url" || key == "redirect_uri"  ? "https://h.example"
               : key == "ird"                           ? "49091850"
               : key == "provider" || key == "platform" ? "Somebody"
               : key == "issuer"                        ? "urn:dsp"
                                                        : "file:given";
    }
}

TEST(InitProfile, ATemplateThatIsFilledInIsAProfile) {
    for (const char* name : {"mock", "cloud-test", "desktop-test", "cloud-production", "desktop-production"}) {
        SCOPED_TRACE(name);
        nlohmann::json profile = nlohmann::json::parse(find_builtin(name)->text);
        EXPECT_FALSE(structure_of(profile).profile);
        EXPECT_EQ(profile.contains("m2m"), std::string_view(name).starts_with("cloud"));
        fill_in(profile, "");
        const LoadedProfile loaded = structure_of(profile);
        ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
        const bool native = std::string_view(name).starts_with("desktop");
        EXPECT_THAT(loaded.profile->permissions.cases, SizeIs(native ? 2 : std::string_view(name) == "mock" ? 4 : 5));
        EXPECT_TRUE(loaded.profile->authority.has_value());
        EXPECT_EQ(loaded.profile->machine.has_value(), profile.contains("m2m"));
    }
}

TEST(NearMatch, FindsSlipsAndNothingElse) {
    const std::vector<std::string> words{"certificate", "key", "chain", "not_yet_valid"};
    EXPECT_EQ(near_match("certifcate", words), "certificate");
    EXPECT_EQ(near_match("Key", words), "key");
    EXPECT_EQ(near_match("cahin", words), "chain");
    EXPECT_EQ(near_match("not-yet-valid", words), "not_yet_valid");
    EXPECT_EQ(near_match("colour", words), "");
    EXPECT_EQ(near_match("cert", words), "certificate") << "the only one that begins so";
    EXPECT_EQ(near_match("prod", {"production", "product"}), "") << "two begin so";
    EXPECT_EQ(near_match("", words), "");
    EXPECT_EQ(edit_distance("abcd", "abdc"), 1U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace gateproof::testing
