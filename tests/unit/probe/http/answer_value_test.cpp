#include "harness/probe/http/answer_value.hpp"

#include <gtest/gtest.h>

namespace gateproof {
namespace {

TEST(AnswerValue, FollowsPointersToPlainValues) {
    const std::string body = R"({"errors":[{"code":"EV1022","n":7,"ok":false,"no":null}],"a/b":{"~":"x"}})";
    EXPECT_EQ(json_value(body, "/errors/0/code"), "EV1022");
    EXPECT_EQ(json_value(body, "/errors/0/n"), "7");
    EXPECT_EQ(json_value(body, "/errors/0/ok"), "false");
    EXPECT_EQ(json_value(body, "/a~1b/~0"), "x");
    for (const char* nowhere : {"/errors", "/errors/0", "/errors/1/code", "/errors/0/no", "/errors/-/code",
                                "/errors/00/code", "/errors/99999999999999999999/code", "/x"}) {
        EXPECT_EQ(json_value(body, nowhere), std::nullopt) << nowhere;
    }
}

TEST(AnswerValue, TakesNothingFromWhatIsNoJson) {
    const std::string deep(100'000, '[');
    const std::string large(max_answer_bytes + 1, ' ');
    const std::vector<std::string> hostile{"", "{", "<html/>", "\xff\xfe", deep, large};
    for (const std::string& body : hostile) {
        EXPECT_EQ(json_value(body, "/errors/0/code"), std::nullopt);
    }
}

TEST(AnswerValue, EvaluatesXPathOverXml) {
    const std::string body =
        "<?xml version='1.0'?><s:E xmlns:s='urn:x'><s:B><m><statusCode>4</statusCode></m></s:B></s:E>";
    EXPECT_EQ(xml_value(body, "//*[local-name()='statusCode']"), "4");
    EXPECT_EQ(xml_value(body, "count(//m)"), "1");
    EXPECT_EQ(xml_value(body, "//nothing"), std::nullopt);
    EXPECT_EQ(xml_value(body, "//["), std::nullopt);
    EXPECT_EQ(value_at(body, "", "string(//statusCode)"), "4");
}

TEST(AnswerValue, ReadsNoHostileXml) {
    const std::string expanding = "<!DOCTYPE a [<!ENTITY b 'bbbb'><!ENTITY c '&b;&b;'>]><a>&c;</a>";
    const std::string external = "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a>x</a>";
    std::string deep;
    for (int level = 0; level < 5000; ++level) {
        deep += "<a>";
    }
    const std::string open = deep;
    for (int level = 0; level < 5000; ++level) {
        deep += "</a>";
    }
    std::string large(max_answer_bytes + 8, 'x');
    large.replace(0, 3, "<a>");
    large.replace(large.size() - 4, 4, "</a>");
    const std::vector<std::string> hostile{"", "plain", expanding, external, deep, open, large};
    for (const std::string& body : hostile) {
        EXPECT_EQ(xml_value(body, "string(/a)"), std::nullopt) << body.substr(0, 60);
    }
}

}  // namespace
}  // namespace gateproof
