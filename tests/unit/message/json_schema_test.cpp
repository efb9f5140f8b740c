// What OpenAPI has beside the published tests of JSON Schema, and what is never decided by mistake.
#include "harness/message/json_schema.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

namespace gateproof {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Result = SchemaFinding::Result;

SchemaFinding judged(const char* schema, const char* value, MessageKind kind = MessageKind::answer) {
    const json rules = json::parse(schema);
    return judge_by_schema(rules, rules, json::parse(value), kind);
}

Result result(const char* schema, const char* value) {
    return judged(schema, value).result;
}

TEST(JsonSchema, NullableLetsNullPass) {
    EXPECT_EQ(result(R"({"type": "string", "nullable": true})", "null"), Result::fits);
    EXPECT_EQ(result(R"({"type": "string", "x-nullable": true})", "null"), Result::fits);
    EXPECT_EQ(result(R"({"type": "string", "nullable": false})", "null"), Result::breaks);
    EXPECT_EQ(result(R"({"type": "string"})", "null"), Result::breaks);
    EXPECT_EQ(result(R"({"type": "string", "nullable": true})", "7"), Result::breaks);
    // 3.0.3 and common tools disagree.
    EXPECT_EQ(result(R"({"type": "string", "nullable": true, "enum": ["a"]})", "null"), Result::unknown);
    EXPECT_EQ(result(R"({"nullable": true, "allOf": [{"type": "object"}]})", "null"), Result::unknown);
}

TEST(JsonSchema, DatesAreChecked) {
    constexpr const char* date = R"({"type": "string", "format": "date"})";
    EXPECT_EQ(result(date, R"("2024-02-29")"), Result::fits);
    EXPECT_EQ(result(date, R"("2023-02-29")"), Result::breaks);
    EXPECT_EQ(result(date, R"("29-02-2024")"), Result::breaks);
    EXPECT_EQ(result(date, R"("2024-00-10")"), Result::breaks);
    constexpr const char* time = R"({"type": "string", "format": "date-time"})";
    EXPECT_EQ(result(time, R"("2024-02-29T23:59:60Z")"), Result::fits);
    EXPECT_EQ(result(time, R"("2024-02-29t09:30:00.125+13:00")"), Result::fits);
    EXPECT_EQ(result(time, R"("2024-02-29T09:30:00")"), Result::breaks);
    EXPECT_EQ(result(time, R"("2024-02-29T09:30:00.+13:00")"), Result::breaks);
    EXPECT_EQ(result(time, R"("2024-02-29T24:30:00Z")"), Result::breaks);
    EXPECT_EQ(result(R"({"type": "string", "format": "uuid"})", R"("no uuid")"), Result::fits);
}

TEST(JsonSchema, UnknownKeywordsLeaveOpenWhatTheyMayDecide) {
    const SchemaFinding found = judged(R"({"type": "object", "propertyNames": {}})", "{}");
    EXPECT_EQ(found.result, Result::unknown);
    EXPECT_THAT(found.open, ElementsAre(HasSubstr("propertyNames")));
    EXPECT_EQ(result(R"({"type": "string", "propertyNames": {}})", "{}"), Result::breaks) << "whatever it means";
    EXPECT_EQ(result(R"({"not": {"const": 1}})", "1"), Result::unknown);
    EXPECT_EQ(result(R"({"oneOf": [{"type": "integer"}, {"type": "integer", "const": 2}]})", "1"), Result::unknown);
    EXPECT_EQ(result(R"({"anyOf": [{"type": "integer"}, {"const": 2}]})", "1"), Result::fits);
    EXPECT_EQ(result(R"({"anyOf": [{"type": "string"}, {"const": 2}]})", "1"), Result::unknown);
    EXPECT_EQ(result(R"({"exclusiveMinimum": 3})", "1"), Result::unknown) << "a number is of later drafts";
    EXPECT_EQ(result(R"({"x-order": 1, "xml": {}, "example": 7, "title": "t"})", "1"), Result::fits);
}

TEST(JsonSchema, RulesOfAnotherShapeAreTold) {
    for (const char* const schema : {R"({"required": true})",     R"({"type": ["string"]})",
                                     R"({"type": "file"})",       R"({"properties": []})",
                                     R"({"items": [{}]})",        R"({"allOf": {}})",
                                     R"({"anyOf": 3})",           R"({"enum": "a"})",
                                     R"({"minimum": "1"})",       R"({"maxLength": -1})",
                                     R"({"pattern": 7})",         R"({"multipleOf": 0})",
                                     R"({"uniqueItems": "yes"})", R"({"format": 1})",
                                     R"({"nullable": "yes"})",    R"({"$ref": 7})",
                                     R"({"$ref": "#/nowhere"})",  R"({"$ref": "other.yaml#/a"})",
                                     R"({"allOf": [true]})",      R"({"pattern": "("})"}) {
        const char* const value = std::string(schema).find("items") != std::string::npos ? "[1]" : R"("text")";
        EXPECT_EQ(result(schema, value), Result::unknown) << schema;
    }
}

TEST(JsonSchema, SeveralThatFitBesideADiscriminatorAreLeftOpen) {
    constexpr const char* plain = R"({"oneOf": [{"type": "object"}, {"type": "object"}]})";
    EXPECT_EQ(result(plain, "{}"), Result::breaks);
    constexpr const char* by_name =
        R"({"oneOf": [{"type": "object"}, {"type": "object"}], "discriminator": {"propertyName": "kind"}})";
    EXPECT_EQ(result(by_name, "{}"), Result::unknown);
    EXPECT_EQ(result(by_name, "7"), Result::breaks);
}

TEST(JsonSchema, MembersOfTheOtherDirectionNeedNotBeThere) {
    constexpr const char* schema =
        R"({"type": "object", "required": ["id", "secret"],
            "properties": {"id": {"readOnly": true}, "secret": {"writeOnly": true}}})";
    EXPECT_TRUE(judged(schema, R"({"id": 1})").fits());
    EXPECT_TRUE(judged(schema, R"({"secret": 1})", MessageKind::request).fits());
    EXPECT_THAT(judged(schema, "{}").problems, ElementsAre("/id: missing, and required"));
}

TEST(JsonSchema, FindingsNamePlacesAndNoValues) {
    const SchemaFinding found = judged(
        R"({"type": "object", "additionalProperties": false, "properties": {"a/b": {"type": "array",
            "items": {"type": "string", "maxLength": 3, "pattern": "^[a-z]*$"}}, "n": {"maximum": 5}}})",
        R"({"a/b": ["abc", "Jane Doe"], "n": 123039858})");
    EXPECT_TRUE(found.breaks());
    EXPECT_THAT(found.problems,
                testing::UnorderedElementsAre("/a~1b/1: longer than maxLength 3", "/a~1b/1: does not match its pattern",
                                              "/n: more than maximum 5"));
    EXPECT_THAT(judged(R"({"additionalProperties": false})", R"({"x": 1})").problems,
                ElementsAre("/x: a member that the schema does not have"));
    EXPECT_THAT(judged(R"({"type": "object"})", "[]").problems,
                ElementsAre("the whole: an array, where the schema has object"));
}

TEST(JsonSchema, HostileValuesAndSchemasEnd) {
    std::string deep;
    for (int i = 0; i < 100000; ++i) {
        deep += '[';
    }
    deep += std::string(100000, ']');
    EXPECT_EQ(result("{}", deep.c_str()), Result::unknown);
    EXPECT_EQ(result(R"({"$ref": "#"})", "1"), Result::unknown);
    EXPECT_EQ(result(R"({"allOf": [{"$ref": "#"}, {"$ref": "#"}]})", "1"), Result::unknown);
    EXPECT_EQ(result(R"({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]})", "1"), Result::unknown);
    // Backtracking without end, which the regular expressions of Boost give up.
    const std::string slow = "\"" + std::string(64, 'a') + "b\"";
    EXPECT_NE(result(R"({"pattern": "^(a+)+$"})", slow.c_str()), Result::fits);
    const std::string many = "[" + [] {
        std::string all = "0";
        for (int i = 1; i < 50000; ++i) {
            all += "," + std::to_string(i);
        }
        return all;
    }() + "]";
    EXPECT_EQ(result(R"({"uniqueItems": true})", many.c_str()), Result::fits);
    EXPECT_EQ(result(R"({"items": {"type": "integer"}})", many.c_str()), Result::fits);
}

TEST(JsonSchema, EscapedReferences) {
    const json document =
        json::parse(R"({"a~b": {"type": "integer"}, "c/d": {"type": "string"}, "e f": {"enum": [1]}})");
    const auto by = [&document](const char* reference, const json& value) {
        return judge_by_schema(document, {{"$ref", reference}}, value, MessageKind::answer).result;
    };
    EXPECT_EQ(by("#/a~0b", 1), Result::fits);
    EXPECT_EQ(by("#/a~0b", "1"), Result::breaks);
    EXPECT_EQ(by("#/c~1d", "1"), Result::fits);
    EXPECT_EQ(by("#/e%20f", 1), Result::fits);
    EXPECT_EQ(by("#/e%20f", 2), Result::breaks);
}

TEST(JsonSchema, LargeNumbers) {
    EXPECT_EQ(result(R"({"type": "integer"})", "12345678910111213141516171819202122"), Result::fits);
    EXPECT_EQ(result(R"({"type": "integer"})", "1.5"), Result::breaks);
    EXPECT_EQ(result(R"({"maximum": 18446744073709551615})", "18446744073709551615"), Result::fits);
    EXPECT_EQ(result(R"({"multipleOf": 0.01})", "19.99"), Result::fits);
    EXPECT_EQ(result(R"({"multipleOf": 0.01})", "19.995"), Result::breaks);
    EXPECT_EQ(result(R"({"multipleOf": 0.01})", "1e30"), Result::unknown);
}

}  // namespace
}  // namespace gateproof
