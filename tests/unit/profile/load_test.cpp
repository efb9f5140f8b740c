// What a loaded profile holds, and how the loader treats files, references and secrets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "harness/profile/read/load.hpp"
#include "profiles/builtin.hpp"
#include "tests/unit/profile/pki.hpp"

namespace gateproof::testing {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

LoadOptions with_embedded() {
    LoadOptions options;
    options.embedded = embedded;
    return options;
}

/// A profile text around the given members of the top object.
std::string profile_with(const std::string& members, const std::string& url = "https://gateway.example:4046") {
    return R"({"name": "p", "environment": "mock", "channel": "cloud", "endpoint": {"url": ")" + url +
           R"("}, "operations": {"status": {"path": "/status"}}, "control": "status")" + members + "}";
}

LoadedProfile load(const std::string& text, const LoadOptions& options = with_embedded()) {
    return load_profile_text(text, "p.json", ".", options);
}

TEST(LoadProfile, FillsDefaults) {
    const LoadedProfile loaded = load(profile_with(""));
    ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
    const Profile& profile = *loaded.profile;
    EXPECT_EQ(profile.environment, Environment::mock);
    EXPECT_EQ(profile.channel, Channel::cloud);
    EXPECT_EQ(profile.endpoint.host, "gateway.example");
    EXPECT_EQ(profile.endpoint.port, 4046);
    EXPECT_EQ(profile.endpoint.declared_port, 0);
    EXPECT_TRUE(profile.trust.system);
    EXPECT_THAT(profile.trust.anchors, IsEmpty());
    EXPECT_EQ(profile.control_operation().method, "GET");
    EXPECT_THAT(profile.control_operation().expect_status, ElementsAre(200));
    EXPECT_EQ(profile.plain_http.host, "gateway.example");
    EXPECT_EQ(profile.plain_http.port, 80);
    EXPECT_DOUBLE_EQ(profile.limits.connections_per_second, 20);
    EXPECT_THAT(profile.tls.cipher_suites, SizeIs(6));
    EXPECT_FALSE(profile.desktop.has_value());
    EXPECT_FALSE(profile.allow_active);
    EXPECT_EQ(profile.identity("enrolled"), nullptr);
    EXPECT_THAT(loaded.warnings, IsEmpty());
    EXPECT_THAT(loaded.secrets, IsEmpty());
}

TEST(LoadProfile, ReadsEveryPartOfTheTablesFullestFile) {
    setenv("GATEPROOF_TEST_SET", "Bearer t0ken", 1);
    const LoadedProfile loaded =
        load_profile(std::filesystem::path(GATEPROOF_PROFILE_TABLE) / "good" / "everything.json", with_embedded());
    ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
    const Profile& profile = *loaded.profile;
    EXPECT_EQ(profile.title, "Každé pole, état 😀");
    EXPECT_EQ(profile.endpoint.connect_address, "127.0.0.1");
    EXPECT_THAT(profile.endpoint.addresses, ElementsAre("127.0.0.1", "::1"));
    EXPECT_EQ(profile.endpoint.declared_port, 4046);
    EXPECT_EQ(profile.plain_http.connect_address, "127.0.0.1");
    const Operation& status = profile.control_operation();
    EXPECT_EQ(status.method, "POST");
    EXPECT_EQ(status.body, "<a/>\r\n");
    EXPECT_EQ(status.headers.at("Authorization"), "Bearer t0ken");
    EXPECT_EQ(status.expect_body_contains, "OK");
    EXPECT_THAT(loaded.secrets, Contains("Bearer t0ken"));
    EXPECT_THAT(loaded.secrets, Contains(HasSubstr("BEGIN PRIVATE KEY")));
    EXPECT_FALSE(profile.trust.system);
    EXPECT_THAT(profile.trust.anchors, SizeIs(1));
    EXPECT_TRUE(profile.trust.given);
    ASSERT_NE(profile.identity("enrolled"), nullptr);
    EXPECT_EQ(profile.identity("enrolled")->leaf.common_name(), "enrolled");
    EXPECT_THAT(profile.identity("enrolled")->chain, SizeIs(1));
    EXPECT_DOUBLE_EQ(profile.limits.connections_per_second, 0.5);
    EXPECT_EQ(profile.limits.concurrent_connections, 0);
    EXPECT_EQ(profile.limits.requests, 10'000'000);
    EXPECT_EQ(profile.limits.connect_timeout, std::chrono::milliseconds(10));
    EXPECT_EQ(profile.limits.probe_timeout, std::chrono::minutes(10));
    EXPECT_EQ(profile.limits.check_deadline, std::chrono::hours(1));
    EXPECT_EQ(profile.limits.clock_tolerance, std::chrono::minutes(1));
    EXPECT_EQ(profile.limits.cut_off_after, 0);
    EXPECT_EQ(profile.limits.cut_off_wait, std::chrono::hours(1));
    EXPECT_EQ(profile.limits.technical_fault_pause.count(), 0);
    EXPECT_EQ(profile.tls.staple_within.count(), 0);
    EXPECT_THAT(profile.tls.cipher_suites, ElementsAre("TLS_AES_128_GCM_SHA256", "TLS_RSA_WITH_NULL_MD5"));
    EXPECT_EQ(profile.tls.expiry_warning_days, 0);
    EXPECT_TRUE(profile.allow_active);
    EXPECT_TRUE(profile.allow_load);
}

TEST(LoadProfile, KnowsWhatIsForTheServerAlone) {
    setenv("GATEPROOF_TEST_SET", "a value", 1);
    const auto carries = [](const std::string& operation) {
        const std::string text =
            R"({"name": "p", "environment": "mock", "channel": "cloud", "endpoint": {"url": "https://g.example"},
                "control": "o", "operations": {"o": {"path": "/")" +
            operation + "}}}";
        std::set<bool> answers;
        for (const bool reads : {true, false}) {
            LoadOptions options;
            options.read_secrets = reads;
            const LoadedProfile loaded = load_profile_text(text, "p.json", {}, options);
            answers.insert(loaded.profile && loaded.profile->control_operation().carries_secret());
        }
        EXPECT_EQ(answers.size(), 1U) << "the plan is the same without the secrets: " << operation;
        return *answers.begin();
    };
    EXPECT_FALSE(carries(""));
    EXPECT_FALSE(carries(R"(, "headers": {"Accept": "*/*", "X-Cookie-Policy": "none"}, "body": "x")"));
    EXPECT_TRUE(carries(R"(, "headers": {"X-Anything": "env:GATEPROOF_TEST_SET"})"));
    EXPECT_TRUE(carries(R"(, "body": "env:GATEPROOF_TEST_SET")"));
    for (const char* name : {"Authorization", "authorization", "COOKIE", "X-Api-Key", "Proxy-Authorization"}) {
        EXPECT_TRUE(carries(std::string(R"(, "headers": {")") + name + R"(": "in the profile itself"})")) << name;
    }
}

TEST(LoadProfile, TellsATrustThatIsGivenFromTheDefault) {
    const auto given = [](const std::string& trust) {
        const LoadedProfile loaded = load_profile_text(
            R"({"name": "p", "environment": "mock", "channel": "cloud", "endpoint": {"url": "https://g.example"},
                "control": "o", "operations": {"o": {"path": "/"}})" +
                trust + "}",
            "p.json", {}, {});
        return loaded.profile && loaded.profile->trust.given;
    };
    EXPECT_FALSE(given(""));
    EXPECT_FALSE(given(R"(, "trust": {})"));
    EXPECT_FALSE(given(R"(, "trust": {"system": false})"));
    EXPECT_TRUE(given(R"(, "trust": {"system": true})"));
}

TEST(LoadProfile, UnderstandsUrls) {
    struct Case {
        std::string url;
        std::string authority;
        std::string full;
    };
    for (const Case& one : {Case{"https://a.example", "a.example:443", "https://a.example:443"},
                            Case{"https://a.example:1/", "a.example:1", "https://a.example:1"},
                            Case{"https://[::1]:65535/x/y/", "[::1]:65535", "https://[::1]:65535/x/y"},
                            Case{"https://127.0.0.1:8443", "127.0.0.1:8443", "https://127.0.0.1:8443"}}) {
        const LoadedProfile loaded = load(profile_with("", one.url));
        ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
        EXPECT_EQ(loaded.profile->endpoint.authority(), one.authority);
        EXPECT_EQ(loaded.profile->endpoint.url(), one.full);
    }
}

TEST(LoadProfile, DesktopListenerSharesTheAddressOfTheSameHost) {
    const LoadedProfile loaded = load_profile_text(find_builtin("embedded-cloud")->text, "e", ".", with_embedded());
    ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
    EXPECT_EQ(loaded.profile->endpoint.declared_port, 4046);
    ASSERT_TRUE(loaded.profile->desktop);
    EXPECT_EQ(loaded.profile->desktop->endpoint.port, 8443);
    EXPECT_EQ(loaded.profile->desktop->endpoint.connect_address, "127.0.0.1");
    EXPECT_EQ(loaded.profile->plain_http.port, 8080);
}

TEST(LoadProfile, WithoutSecretsOnlyStructureIsJudged) {
    LoadOptions options;
    options.read_secrets = false;
    const std::string text = profile_with(
        R"(, "identities": {"enrolled": {"certificate": "file:none.pem", "key": "env:GATEPROOF_TEST_UNSET"}})",
        "embedded:cloud-url");
    const LoadedProfile loaded = load(text, options);
    ASSERT_TRUE(loaded.profile) << loaded.problems.front().text();
    EXPECT_THAT(loaded.profile->identities, IsEmpty());
    EXPECT_FALSE(load(text, {}).profile);
    const LoadedProfile misspelt = load(profile_with(R"(, "trust": {"ca": "fiel:x"})"), options);
    EXPECT_FALSE(misspelt.profile);
}

TEST(LoadProfile, WarnsWhenACloudProfileHasNoEnrolledIdentity) {
    std::string text = profile_with("");
    text.replace(text.find("mock"), 4, "test");
    const LoadedProfile loaded = load(text);
    ASSERT_TRUE(loaded.profile);
    ASSERT_THAT(loaded.warnings, SizeIs(1));
    EXPECT_THAT(loaded.warnings.front().message, HasSubstr("identities.enrolled"));
}

TEST(LoadProfile, InlineCredentialIsAWarningAndASecret) {
    std::string text = profile_with("");
    text.replace(text.find(R"("path")"), 6, R"("headers": {"authorization": "Basic c2VjcmV0"}, "path")");
    const LoadedProfile loaded = load(text);
    ASSERT_TRUE(loaded.profile);
    ASSERT_THAT(loaded.warnings, SizeIs(1));
    EXPECT_THAT(loaded.warnings.front().text(), Not(HasSubstr("c2VjcmV0")));
    EXPECT_THAT(loaded.secrets, ElementsAre("Basic c2VjcmV0"));
}

TEST(LoadProfile, SaysWhyAFileCannotBeRead) {
    const TempFolder folder;
    const LoadedProfile missing = load_profile(folder.path() / "none.json");
    ASSERT_THAT(missing.problems, SizeIs(1));
    EXPECT_EQ(missing.problems.front().line, 0);
    EXPECT_EQ(missing.problems.front().text(),
              (folder.path() / "none.json").string() + ": this profile does not exist");
    EXPECT_THAT(load_profile(folder.path()).problems.front().message, HasSubstr("is a folder"));
    folder.write("large.json", std::string((1U << 20U) + 1, ' '));
    EXPECT_THAT(load_profile(folder.path() / "large.json").problems.front().message, HasSubstr("larger than 1024 KiB"));
}

TEST(LoadProfile, TextThatLooksLikeAnEscapeOfTheLexerIsText) {
    for (const char* text : {R"({"name": "a <U+)", R"({"name": "a <U+00)"}) {
        const LoadedProfile loaded = load(text);
        ASSERT_THAT(loaded.problems, SizeIs(1)) << text;
        EXPECT_EQ(loaded.problems.front().column, 10) << text;
    }
}

TEST(LoadProfile, TellsAtMostTwentyProblemsAndHowManyMore) {
    std::string members;
    for (int i = 0; i < 40; ++i) {
        members += R"(, "zzzzzzz)" + std::to_string(i) + R"(": 1)";
    }
    const LoadedProfile loaded = load(profile_with(members));
    ASSERT_THAT(loaded.problems, SizeIs(20));
    EXPECT_EQ(loaded.problems.back().message, "and 21 more problems from here on");
}

TEST(LoadProfile, EscapesPointersAndControlCharacters) {
    const LoadedProfile loaded = load(profile_with(R"(, "a/b~c\u001b[2J": 1)"));
    ASSERT_THAT(loaded.problems, SizeIs(1));
    EXPECT_EQ(loaded.problems.front().pointer, R"(/a~1b~0c\x1b[2J)");
    EXPECT_THAT(loaded.problems.front().text(), Not(HasSubstr("\x1b")));
}

TEST(BuiltinProfiles, EmbeddedOnesLoadAndTemplatesOnlyLackWhatTheyAskFor) {
    EXPECT_THAT(builtin_profiles(), SizeIs(11));
    EXPECT_EQ(find_builtin("no-such"), nullptr);
    EXPECT_THAT(std::string(profile_schema_text()), HasSubstr("https://json-schema.org/draft/2020-12/schema"));
    for (const BuiltinProfile& one : builtin_profiles()) {
        SCOPED_TRACE(one.name);
        const LoadedProfile loaded = load_profile_text(one.text, std::string(one.name), ".", with_embedded());
        const bool is_template = one.text.find("FILL IN") != std::string_view::npos;
        EXPECT_EQ(loaded.profile.has_value(), !is_template);
        EXPECT_EQ(loaded.problems.empty(), !is_template);
        for (const ProfileProblem& problem : loaded.problems) {
            EXPECT_THAT(problem.message,
                        AnyOf(HasSubstr("still to be filled in"), HasSubstr("more problems from here")))
                << problem.text();
        }
        EXPECT_THAT(loaded.warnings, IsEmpty());
        if (loaded.profile) {
            EXPECT_EQ(loaded.profile->name, one.name);
        }
    }
}

TEST(LoadProfile, ReadsTheFormOfAMachinesJwt) {
    const auto machine = [](const std::string& members) {
        const LoadedProfile loaded = load(profile_with(
            R"(, "m2m": {"signer": {"certificate": "embedded:m2m.crt.pem", "key": "embedded:m2m.key.pem"}, )"
            R"("issuer": "dsp", "operation": "status")" +
            members + "}"));
        EXPECT_TRUE(loaded.profile) << members;
        return loaded.profile ? *loaded.profile->machine : Machine{};
    };
    EXPECT_EQ(machine("").subject, Machine::Subject::sha256_upper);
    EXPECT_EQ(machine("").no_logon, Machine::NoLogon::absent);
    EXPECT_EQ(machine(R"(, "subject": "sha1-lower")").subject, Machine::Subject::sha1_lower);
    EXPECT_EQ(machine(R"(, "subject": "sha1-upper")").subject, Machine::Subject::sha1_upper);
    EXPECT_EQ(machine(R"(, "start_logon": null)").no_logon, Machine::NoLogon::null);
    EXPECT_EQ(machine(R"(, "start_logon": "")").no_logon, Machine::NoLogon::empty);
    EXPECT_EQ(machine(R"(, "start_logon": "ann")").start_logon, "ann");
}

TEST(LoadProfile, ReadsWhatAStateMayBe) {
    const auto authority = [](const std::string& members) {
        const LoadedProfile loaded = load(profile_with(
            R"(, "oauth": {"url": "https://login.example", "client": {"id": "a", "redirect_uri": "https://dsp.example/"})" +
            members + "}"));
        EXPECT_TRUE(loaded.profile) << members;
        return loaded.profile ? *loaded.profile->authority : Authority{};
    };
    EXPECT_EQ(authority("").state_length, 199);
    EXPECT_EQ(authority("").state_alphabet.find_first_of(" %~&;"), std::string::npos) << "as published";
    EXPECT_EQ(authority(R"(, "state_alphabet": "", "state_length": 64)").state_alphabet, "");
    EXPECT_EQ(authority(R"(, "state_alphabet": "0123456789abcdef0")").state_alphabet, "0123456789abcdef");
    EXPECT_EQ(authority(R"(, "state_length": 64)").state_length, 64);
}

TEST(LoadProfile, ReadsWhatAnAuthorityMakes) {
    const auto authority = [](const std::string& members) {
        const LoadedProfile loaded = load(profile_with(
            R"(, "oauth": {"url": "https://login.example", "client": {"id": "a", "redirect_uri": "https://dsp.example/"})" +
            members + "}"));
        EXPECT_TRUE(loaded.profile) << members;
        return loaded.profile ? *loaded.profile->authority : Authority{};
    };
    const Authority published = authority("");
    EXPECT_FALSE(published.access_token.opaque);
    EXPECT_EQ(published.access_token.type, "at-JWT");
    EXPECT_EQ(published.access_token.algorithm, "RS512");
    EXPECT_EQ(published.access_token.not_before, 300);
    EXPECT_EQ(published.code_lifetime.count(), 0) << "nobody waits unless it is asked for";
    EXPECT_EQ(published.splash_contains, "");
    EXPECT_TRUE(authority(R"(, "access_token": {"format": "opaque"})").access_token.opaque);
    const Authority other = authority(
        R"(, "access_token": {"type": "JWT", "algorithm": "RS256", "not_before": 0}, "code_lifetime_ms": 60000,)"
        R"( "splash_contains": "Restricted")");
    EXPECT_EQ(other.access_token.type, "JWT");
    EXPECT_EQ(other.access_token.algorithm, "RS256");
    EXPECT_EQ(other.access_token.not_before, 0);
    EXPECT_EQ(other.code_lifetime, std::chrono::minutes(1));
    EXPECT_EQ(other.splash_contains, "Restricted");
}

TEST(LoadProfile, ScalesTheTimesInWhichSomethingBecomesTrue) {
    const LoadedProfile loaded = load(profile_with(
        R"(, "tls": {"staple_within_ms": 1000}, "oauth": {"url": "https://login.example", "revocation_within_ms": 30,)"
        R"( "client": {"id": "a", "redirect_uri": "https://dsp.example/"}})"));
    ASSERT_TRUE(loaded.profile);
    Profile profile = *loaded.profile;
    EXPECT_EQ(profile.authority->revocation_within.count(), 30);
    EXPECT_EQ(profile.limits.cut_off_after, 3);
    profile.scale_times(0.5);
    EXPECT_EQ(profile.timing.limit, std::chrono::seconds(30));
    EXPECT_EQ(profile.tls.staple_within.count(), 500);
    EXPECT_EQ(profile.authority->revocation_within.count(), 15);
}

TEST(LoadProfile, ReadsWhatTellsIdentitiesApart) {
    const std::filesystem::path good = std::filesystem::path(GATEPROOF_PROFILE_TABLE) / "good";
    LoadOptions options;
    options.embedded = embedded;
    const LoadedProfile facts = load_profile(good / "identity.json", options);
    ASSERT_TRUE(facts.profile);
    EXPECT_EQ(facts.profile->identity_operation, "whoami");
    EXPECT_EQ(facts.profile->identity_pointer, "/a~1b/0/~0");
    EXPECT_EQ(facts.profile->not_entitled, "whoami");
    EXPECT_THAT(facts.profile->other_names, ::testing::ElementsAre("other.example", "1a.example"));
    EXPECT_THAT(facts.profile->identity_headers, ::testing::ElementsAre(::testing::Pair("X-Caller", "{common_name}"),
                                                                        ::testing::Pair("X-Seen", "SUCCESS {sha256}")));
    EXPECT_EQ(facts.profile->issuer, nullptr);

    const LoadedProfile lent = load_profile(good / "issuer.json", options);
    ASSERT_TRUE(lent.profile);
    ASSERT_NE(lent.profile->issuer, nullptr);
    EXPECT_EQ(lent.profile->issuer->certificate.common_name(), "Lent CA");
    EXPECT_EQ(lent.profile->issuer->chain.size(), 1U);
    ASSERT_NE(lent.profile->issuer->key, nullptr);
    // The key can sign everybody into being: it is kept out of every output.
    EXPECT_GE(lent.secrets.size(), 2U);
}

}  // namespace
}  // namespace gateproof::testing
