#include "harness/message/open_api.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "harness/message/yaml.hpp"

namespace gateproof {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using Result = SchemaFinding::Result;

/// As Swagger 2.0 is written by those who publish it, on a base path of their own.
constexpr const char* swagger = R"(
swagger: '2.0'
host: 'internal.example'
basePath: /secure/gateway/things/
paths:
  /thing:
    post:
      responses:
        '200':
          description: served
          schema:
            $ref: '#/definitions/Thing'
        default:
          $ref: '#/responses/Refused'
  /status:
    get:
      responses:
        '200': {description: no schema}
responses:
  Refused:
    schema: {type: object, required: [errors]}
definitions:
  Thing:
    type: object
    required: [ID]
    properties:
      ID: {type: string, enum: [001, "7", true]}
)";

constexpr const char* open_api = R"({"openapi": "3.0.3", "servers": [{"url": "https://host.example/v1"}],
  "paths": {"/things/{id}": {"get": {"responses": {
    "200": {"content": {"text/plain": {"schema": {}}, "application/json; charset=utf-8": {"schema": {"type": "object"}}}},
    "4XX": {"content": {"application/json": {"schema": {"type": "array"}}}},
    "204": {"description": "nothing"}}}}}})";

std::shared_ptr<const OpenApi> read(const char* text) {
    const LoadedOpenApi loaded = read_open_api(text);
    EXPECT_THAT(loaded.problem, IsEmpty());
    return loaded.description;
}

TEST(OpenApi, PlacesAreFoundByTheEndOfAPath) {
    const auto described = read(swagger);
    EXPECT_EQ(described->place_of("POST", "/gateway/things/thing").path, "/thing");
    EXPECT_EQ(described->place_of("POST", "/secure/gateway/things/thing?x=1").path, "/thing");
    EXPECT_EQ(described->place_of("POST", "/elsewhere/thing").path, "/thing");
    EXPECT_THAT(described->place_of("GET", "/gateway/things/thing").problem,
                HasSubstr("no GET of /gateway/things/thing"));
    EXPECT_THAT(described->place_of("POST", "/gateway/things/nothing").problem, HasSubstr("say by \"path\""));
    EXPECT_EQ(described->named("POST", "/thing").path, "/thing");
    EXPECT_THAT(described->named("POST", "/other").problem, HasSubstr("no POST of /other"));
    EXPECT_EQ(read(open_api)->place_of("GET", "/v1/things/17").path, "/things/{id}");
    EXPECT_THAT(read(R"({"swagger": "2.0", "paths": {"/a/{x}": {"get": {}}, "/a/b": {"get": {}}}})")
                    ->place_of("GET", "/a/b")
                    .problem,
                HasSubstr("/a/b, /a/{x}"));
}

TEST(OpenApi, AnswersAreJudgedByTheSchemaOfTheirStatus) {
    const auto described = read(swagger);
    const auto of = [&described](int status, std::string_view body) {
        return described->judge_answer("POST", "/thing", status, body);
    };
    EXPECT_EQ(of(200, R"({"ID": "001"})").schema.result, Result::fits) << "a whole number with a zero is a text";
    EXPECT_EQ(of(200, R"({"ID": 1})").schema.result, Result::breaks);
    EXPECT_EQ(of(200, R"({"errors": []})").schema.result, Result::breaks);
    EXPECT_EQ(of(400, R"({"errors": []})").schema.result, Result::fits) << "by default, and by reference";
    EXPECT_EQ(of(400, R"({"ID": "7"})").schema.result, Result::breaks);
    EXPECT_THAT(of(200, "<html>").schema.problems.front(), HasSubstr("no JSON"));
    EXPECT_THAT(of(200, "").schema.problems.front(), HasSubstr("no body"));
    EXPECT_THAT(described->judge_answer("GET", "/status", 200, "OK").silent, HasSubstr("no schema of JSON"));
    EXPECT_THAT(described->judge_answer("GET", "/status", 404, "").silent, HasSubstr("no answer HTTP 404"));
}

TEST(OpenApi, WhatSwaggerProducesAsNoJsonIsNotJudged) {
    const auto described = read(R"(
swagger: '2.0'
produces: [text/plain]
paths:
  /whole: {get: {responses: {'200': {schema: {type: string}}}}}
  /own: {get: {produces: ['Application/JSON; charset=utf-8'], responses: {'200': {schema: {type: string}}}}}
  /file: {get: {produces: [application/json], responses: {'200': {schema: {type: file}}}}}
)");
    EXPECT_THAT(described->judge_answer("GET", "/whole", 200, "OK").silent, HasSubstr("no schema of JSON"));
    EXPECT_EQ(described->judge_answer("GET", "/own", 200, "OK").schema.result, Result::breaks);
    EXPECT_EQ(described->judge_answer("GET", "/own", 200, R"("OK")").schema.result, Result::fits);
    EXPECT_THAT(described->judge_answer("GET", "/file", 200, "%PDF").silent, HasSubstr("no schema of JSON"));
}

TEST(OpenApi, AKeywordOfNoKnownMeaningLeavesSwaggerOpen) {
    const auto described = read(R"(
swagger: '2.0'
paths:
  /a: {get: {responses: {'200': {schema: {$ref: '#/definitions/A'}}}}}
definitions: {A: {type: object, required: [b], patternProperties: {x: {}}}}
)");
    EXPECT_EQ(described->judge_answer("GET", "/a", 200, R"({"b": 1})").schema.result, Result::unknown);
    EXPECT_EQ(described->judge_answer("GET", "/a", 200, "{}").schema.result, Result::breaks) << "the rest decides";
}

TEST(OpenApi, MediaTypesAndRangesOfVersion3) {
    const auto described = read(open_api);
    const auto of = [&described](int status, std::string_view body) {
        return described->judge_answer("GET", "/things/{id}", status, body);
    };
    EXPECT_EQ(of(200, "{}").schema.result, Result::fits);
    EXPECT_EQ(of(200, "[]").schema.result, Result::breaks);
    EXPECT_EQ(of(403, "[]").schema.result, Result::fits);
    EXPECT_THAT(of(204, "").silent, HasSubstr("no schema"));
    EXPECT_THAT(of(500, "").silent, HasSubstr("no answer HTTP 500"));
}

TEST(OpenApi, WhatIsNoneIsTold) {
    const auto problem = [](std::string_view text) { return read_open_api(text).problem; };
    EXPECT_THAT(problem("{}"), HasSubstr("neither \"openapi\" nor"));
    EXPECT_THAT(problem("[1]"), HasSubstr("neither"));
    EXPECT_THAT(problem("openapi: 3.1.0\npaths: {}"), HasSubstr("OpenAPI 3.1.0"));
    EXPECT_THAT(problem("openapi: 3.0.1\n"), HasSubstr("no paths"));
    EXPECT_THAT(problem("a: [1"), HasSubstr("line"));
    EXPECT_THAT(problem("a: 1\na: 2"), HasSubstr("a is given twice"));
    EXPECT_THAT(problem(""), HasSubstr("neither"));
}

TEST(Yaml, ScalarsAreReadByTheCoreSchema) {
    const YamlValue read = read_yaml(
        "{a: 1, b: '1', c: 1.5, d: true, e: yes, f: null, g: ~, h: 2024-01-01, i: 007, j: -3, k: !!str 5, l: .5, m: 1e3, "
        "n: 99999999999999999999, o: '', p: +4, 200: x, q: 0x1F}");
    ASSERT_TRUE(read.value) << read.problem;
    EXPECT_EQ(*read.value, json::parse(R"({"a": 1, "b": "1", "c": 1.5, "d": true, "e": "yes", "f": null, "g": null,
        "h": "2024-01-01", "i": "007", "j": -3, "k": "5", "l": 0.5, "m": 1000.0, "n": "99999999999999999999", "o": "",
        "p": 4, "200": "x", "q": "0x1F"})"));
}

TEST(Yaml, BoundsHold) {
    std::string laughs = "a0: &a0 [x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
        for (int n = 0; n < 9; ++n) {
            laughs += ", " + last;
        }
        laughs += "]\n";
    }
    EXPECT_THAT(read_yaml(laughs).problem, HasSubstr("more nodes"));
    EXPECT_THAT(read_yaml("&a [*a]").problem, HasSubstr("levels"));
    EXPECT_THAT(read_yaml(std::string(100000, '[')).problem, testing::Not(IsEmpty()));
    EXPECT_THAT(read_yaml(std::string(max_description_bytes + 1, ' ')).problem, HasSubstr("larger than 4 MiB"));
    EXPECT_THAT(read_yaml("? [1]\n: 2").problem, HasSubstr("no scalar"));
}

}  // namespace
}  // namespace gateproof
