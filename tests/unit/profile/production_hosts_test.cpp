// Production is known by its host. bad/production-*.json has a profile for each key that can name it.
#include "harness/profile/production_hosts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "harness/profile/endpoint_url.hpp"
#include "harness/profile/read/load.hpp"
#include "profiles/builtin.hpp"
#include "tests/unit/profile/pki.hpp"

namespace gateproof::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(ProductionHosts, AreThoseOfTheTemplates) {
    EXPECT_THAT(production_hosts(), ElementsAre("services.ird.govt.nz"));
    std::size_t named = 0;
    for (const BuiltinProfile& profile : builtin_profiles()) {
        const nlohmann::json json = nlohmann::json::parse(profile.text);
        const bool production = json["environment"] == "production";
        for (const char* pointer : {"/endpoint/url", "/endpoint/plain_http_url", "/desktop/url", "/oauth/url"}) {
            const std::string url = json.value(nlohmann::json::json_pointer(pointer), "");
            if (url.starts_with("https://")) {
                const UrlResult read = parse_endpoint_url(url, "https", true);
                EXPECT_EQ(!known_production_host(read.endpoint.host).empty(), production) << profile.name << pointer;
                ++named;
            }
        }
    }
    EXPECT_GE(named, 8U);
}

TEST(ProductionHosts, AreKnownInEverySpelling) {
    for (const char* host : {"services.ird.govt.nz", "SERVICES.IRD.GOVT.NZ", "Services.ird.govt.nz."}) {
        EXPECT_EQ(known_production_host(host), "services.ird.govt.nz") << host;
    }
    for (const char* host :
         {"", ".", "test5.services.ird.govt.nz", "oauth.test.services.ird.govt.nz", "ird.govt.nz",
          "xservices.ird.govt.nz", "services.ird.govt.nz.example", "services-ird.govt.nz", "192.0.2.1"}) {
        EXPECT_THAT(known_production_host(host), IsEmpty()) << host;
    }
    for (const char* uri : {"https://services.ird.govt.nz", "HTTPS://SERVICES.ird.govt.nz:443/a?b#c",
                            "http://me:pw@services.ird.govt.nz./", "https://services%2eird.govt%2Enz/cb",
                            "socks5h://services.ird.govt.nz:1080", "https://services.ird.govt.nz?x=1"}) {
        EXPECT_EQ(known_production_host_of_uri(uri), "services.ird.govt.nz") << uri;
    }
    for (const char* uri : {"", "//", "services.ird.govt.nz", "com.example:/services.ird.govt.nz",
                            "https://dsp.example/services.ird.govt.nz", "https://services.ird.govt.nz@dsp.example/",
                            "http://[::1]:8080/", "https://services%2ird.govt.nz"}) {
        EXPECT_THAT(known_production_host_of_uri(uri), IsEmpty()) << uri;
    }
}

std::vector<ProfileProblem> problems_with(const nlohmann::json& profile) {
    LoadOptions options;
    options.embedded = embedded;
    return load_profile_text(profile.dump(2), "made.json", ".", options).problems;
}

nlohmann::json smallest(const std::string& url, const std::string& environment) {
    return {{"name", "p"},
            {"environment", environment},
            {"channel", "desktop"},
            {"endpoint", {{"url", url}}},
            {"operations", {{"status", {{"path", "/status"}}}}},
            {"control", "status"}};
}

TEST(ProductionHosts, TheRemedyWorksWhenItIsFollowed) {
    const std::vector<ProfileProblem> problems = problems_with(smallest("https://services.ird.govt.nz", "test"));
    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_EQ(problems[0].pointer, "/endpoint/url");
    EXPECT_THAT(problems[0].message, HasSubstr("\"environment\" is \"test\""));
    EXPECT_THAT(problems[0].message, HasSubstr("write \"environment\": \"production\""));
    EXPECT_THAT(problems_with(smallest("https://services.ird.govt.nz", "production")), IsEmpty());
    EXPECT_THAT(problems_with(smallest("https://test5.services.ird.govt.nz", "test")), IsEmpty());
}

TEST(ProductionHosts, AnEnvironmentThatIsNoWordIsTheOnlyProblem) {
    const std::vector<ProfileProblem> problems = problems_with(smallest("https://services.ird.govt.nz", "prodution"));
    ASSERT_THAT(problems, SizeIs(1));
    EXPECT_EQ(problems[0].pointer, "/environment");
}

/// Names of properties of the schema whose values hold a host, wherever they are.
void add_host_keys(const nlohmann::json& schema, const nlohmann::json& node, std::set<std::string>& keys) {
    if (node.contains("properties") && node["properties"].is_object()) {
        for (const auto& [key, property] : node["properties"].items()) {
            const std::string text = property.dump();
            const bool url = text.find("://") != std::string::npos || text.find("httpsUrl") != std::string::npos;
            if (property.is_object() && !property.contains("properties") && !property.contains("items") && url) {
                keys.insert(key);
            }
        }
    }
    for (const nlohmann::json& child : node) {
        if (child.is_structured()) {
            add_host_keys(schema, child, keys);
        }
    }
}

TEST(ProductionHosts, EveryKeyOfTheSchemaThatHoldsAUrlIsCovered) {
    const nlohmann::json schema = nlohmann::json::parse(profile_schema_text());
    std::set<std::string> keys;
    add_host_keys(schema, schema, keys);
    // Whoever adds a key with a URL adds it to report_production_hosts() and a file to bad/ as well.
    EXPECT_THAT(keys, ElementsAre("plain_http_url", "proxy", "redirect_uri", "url"));
}

}  // namespace
}  // namespace gateproof::testing
