// The published test suite of JSON Schema (Debian: json-schema-test-suite), draft 4, which OpenAPI 3.0 comes from:
// every file whose keyword is one of OpenAPI's, but for the groups that are listed with their reason.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "harness/message/json_schema.hpp"

namespace gateproof {
namespace {

using nlohmann::json;

const std::filesystem::path folder = GATEPROOF_SCHEMA_TESTS;

/// Files of keywords that OpenAPI 3.0 has not: those must be told, and are in UnknownKeywordsAreTold.
const std::set<std::string> other_keywords{"additionalItems.json",  // items is one schema in OpenAPI
                                           "definitions.json",      // refers to the schema of draft 4 on the network
                                           "dependencies.json", "patternProperties.json",
                                           "refRemote.json"};  // no other document is ever read

/// Groups of the other files, and why OpenAPI 3.0 has another opinion of them or none.
const std::map<std::string, std::string> left_out{
    {"additionalProperties.json/additionalProperties being false does not allow other properties",
     "uses patternProperties, which OpenAPI has not"},
    {"additionalProperties.json/non-ASCII pattern with additionalProperties", "uses patternProperties"},
    {"items.json/an array of schemas for items", "items is one schema in OpenAPI"},
    {"ref.json/relative pointer ref to array", "items is one schema in OpenAPI"},
    {"ref.json/remote ref, containing refs itself", "refers to the network"},
    {"ref.json/property named $ref that is not a reference", "a Reference Object is whatever has $ref (3.0.3 4.7.23)"},
    {"ref.json/escaped pointer ref", "its schemas stand in keywords that OpenAPI has not, see EscapedReferences"},
    {"ref.json/nested refs", "uses definitions, which OpenAPI has not"},
    {"ref.json/ref overrides any sibling keywords", "uses definitions, which OpenAPI has not"},
    {"ref.json/Recursive references between schemas", "uses id and definitions, which OpenAPI has not"},
    {"type.json/null type matches only the null object", "OpenAPI has nullable instead of a type null"},
    {"type.json/multiple types can be specified in an array", "type is one word in OpenAPI"},
    {"allOf.json/allOf with base schema", "uses a type null"},
    {"not.json/not multiple types", "type is one word in OpenAPI"},
    {"properties.json/properties, patternProperties, additionalProperties interaction", "uses patternProperties"}};

json read(const std::filesystem::path& file) {
    std::ifstream in(file);
    return json::parse(in);
}

std::string verdict_of(const SchemaFinding& found) {
    return found.fits() ? "valid" : found.breaks() ? "invalid" : "unknown: " + found.open.front();
}

class PublishedSuite : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::is_directory(folder)) {
            GTEST_SKIP() << "the published tests of JSON Schema are not here; install json-schema-test-suite";
        }
    }
};

TEST_F(PublishedSuite, IsAgreedWith) {
    std::size_t judged = 0;
    std::set<std::string> unused;
    for (const auto& [group, reason] : left_out) {
        unused.insert(group);
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() != ".json" || other_keywords.contains(name)) {
            continue;
        }
        for (const json& group : read(entry.path())) {
            const std::string key = name + "/" + group.at("description").get<std::string>();
            if (left_out.contains(key)) {
                unused.erase(key);
                continue;
            }
            for (const json& test : group.at("tests")) {
                const SchemaFinding found =
                    judge_by_schema(group.at("schema"), group.at("schema"), test.at("data"), MessageKind::answer);
                EXPECT_EQ(verdict_of(found), test.at("valid").get<bool>() ? "valid" : "invalid")
                    << key << ": " << test.at("description").get<std::string>();
                ++judged;
            }
        }
    }
    EXPECT_GT(judged, 150U);
    EXPECT_THAT(unused, testing::IsEmpty());
}

TEST_F(PublishedSuite, UnknownKeywordsAreTold) {
    for (const char* const name : {"dependencies.json", "patternProperties.json"}) {
        for (const json& group : read(folder / name)) {
            for (const json& test : group.at("tests")) {
                const SchemaFinding found =
                    judge_by_schema(group.at("schema"), group.at("schema"), test.at("data"), MessageKind::answer);
                EXPECT_EQ(found.result, SchemaFinding::Result::unknown) << name;
            }
        }
    }
}

}  // namespace
}  // namespace gateproof
