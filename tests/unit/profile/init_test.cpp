#include "harness/profile/init.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "harness/profile/load.hpp"
#include "harness/profile/near_match.hpp"
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

TEST(NearMatch, FindsSlipsAndNothingElse) {
    const std::vector<std::string> words{"certificate", "key", "chain", "not_yet_valid"};
    EXPECT_EQ(near_match("certifcate", words), "certificate");
    EXPECT_EQ(near_match("Key", words), "key");
    EXPECT_EQ(near_match("cahin", words), "chain");
    EXPECT_EQ(near_match("not-yet-valid", words), "not_yet_valid");
    EXPECT_EQ(near_match("colour", words), "");
    EXPECT_EQ(near_match("", words), "");
    EXPECT_EQ(edit_distance("abcd", "abdc"), 1U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

}  // namespace
}  // namespace gateproof::testing
