#include "harness/message/wsdl.hpp"

#include <gmock/gmock.h>

#include <string>

namespace gateproof {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Result = SchemaFinding::Result;

std::string definitions(const std::string& parts) {
    return R"(<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:b="http://schemas.xmlsoap.org/wsdl/soap12/")"
           R"( xmlns:m="http://www.w3.org/2007/05/addressing/metadata">)" +
           parts + "</w:definitions>";
}

std::string bound(const std::string& name, const std::string& action) {
    return "<w:operation name='" + name + "'><b:operation soapAction='" + action + "'/></w:operation>";
}

std::string binding(const std::string& operations) {
    return "<w:binding name='Return'>" + operations + "</w:binding>";
}

AnswerFinding beside_published(const std::string& served) {
    const LoadedWsdl published =
        read_wsdl(definitions(binding(bound("File", "urn:a/File") + bound("Read", "urn:a/Read"))));
    EXPECT_THAT(published.problem, IsEmpty());
    return judge_served_wsdl(published.wsdl, served);
}

TEST(Wsdl, EachPublishedOperationIsServedWithItsAction) {
    EXPECT_EQ(beside_published(definitions(binding(bound("Read", "urn:a/Read") + bound("Other", "urn:a/Other") +
                                                   bound("File", "urn:a/File"))))
                  .schema.result,
              Result::fits)
        << "with more beside them";
    EXPECT_EQ(beside_published(
                  definitions("<w:portType><w:operation name='File'><w:input m:Action='urn:a/File'/></w:operation>"
                              "<w:operation name='Read'><w:input m:Action='urn:a/Read'/></w:operation></w:portType>"))
                  .schema.result,
              Result::fits)
        << "by the port type alone";
    EXPECT_THAT(beside_published(definitions(binding(bound("File", "urn:a/File")))).schema.problems,
                ElementsAre("it does not describe the operation Read"));
    EXPECT_THAT(beside_published(definitions(binding(bound("File", "urn:b/File") + bound("Read", "")))).schema.problems,
                ElementsAre("it names the Action urn:b/File for File, where urn:a/File is published",
                            "it names no Action for Read, where urn:a/Read is published"));
}

TEST(Wsdl, WhatAnImportMayHaveIsLeftOpen) {
    const AnswerFinding part = beside_published(definitions(
        "<w:import namespace='urn:x' location='http://127.0.0.1:1/'/>" + binding(bound("File", "urn:a/File"))));
    EXPECT_EQ(part.schema.result, Result::unknown);
    EXPECT_THAT(part.schema.open, ElementsAre(HasSubstr("Read, which may be in a document that it imports")));
    EXPECT_EQ(beside_published(
                  definitions("<w:import namespace='urn:x' location='y'/>" + binding(bound("File", "urn:b/File"))))
                  .schema.result,
              Result::breaks);
}

TEST(Wsdl, WhatIsNoneIsTold) {
    EXPECT_THAT(beside_published("").schema.problems, ElementsAre(HasSubstr("no XML")));
    EXPECT_THAT(beside_published("<html/>").schema.problems, ElementsAre(HasSubstr("no WSDL 1.1")));
    EXPECT_THAT(
        beside_published("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + definitions("&x;")).schema.problems,
        ElementsAre(HasSubstr("document type declaration")));
}

}  // namespace
}  // namespace gateproof
