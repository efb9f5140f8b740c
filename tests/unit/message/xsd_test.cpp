#include "harness/message/xsd.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace gateproof {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Result = SchemaFinding::Result;

const std::string common_types =
    R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:c" elementFormDefault="qualified">)"
    R"(<xs:element name="statusMessage"><xs:complexType><xs:sequence><xs:element name="statusCode" type="xs:integer"/>)"
    R"(<xs:element name="errorMessage" type="xs:normalizedString"/></xs:sequence></xs:complexType></xs:element>)"
    R"(<xs:complexType name="Fields" abstract="true"/></xs:schema>)";

/// Its import leads to nobody's server, and is not followed.
const std::string answers =
    R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:r" xmlns:r="urn:r" xmlns:c="urn:c")"
    R"( elementFormDefault="qualified"><xs:import namespace="urn:c" schemaLocation="http://127.0.0.1:1/Common.xsd"/>)"
    R"(<xs:include schemaLocation="../Common%20XSD/the%20types.xsd"/><xs:element name="answer"><xs:complexType>)"
    R"(<xs:sequence><xs:element ref="c:statusMessage"/><xs:element name="body" type="r:Body" minOccurs="0"/>)"
    R"(<xs:element name="fields" type="c:Fields" minOccurs="0"/></xs:sequence></xs:complexType></xs:element></xs:schema>)";

/// Without a namespace: it has that of what includes it.
const std::string types =
    R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"><xs:complexType name="Body">)"
    R"(<xs:sequence><xs:element name="day" type="xs:date" maxOccurs="3"/><xs:element name="key" minOccurs="0">)"
    R"(<xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="3"/></xs:restriction></xs:simpleType>)"
    R"(</xs:element></xs:sequence><xs:attribute name="code" use="required"/></xs:complexType></xs:schema>)";

const XmlSchemas& schemas() {
    static const LoadedXsd loaded =
        read_xsd({{"ir/Common.xsd", common_types}, {"ir/answers.xsd", answers}, {"file:ir/the types.xsd", types}});
    EXPECT_THAT(loaded.problem, IsEmpty());
    return *loaded.schemas;
}

std::string in_envelope(const std::string& message) {
    return R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body><Read xmlns="urn:service">)"
           R"(<ReadResult xmlns:r="urn:r" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">)" +
           message + "</ReadResult></Read></s:Body></s:Envelope>";
}

constexpr const char* good_status =
    R"(<c:statusMessage xmlns:c="urn:c"><c:statusCode>0</c:statusCode><c:errorMessage/></c:statusMessage>)";

AnswerFinding judged(const std::string& content) {
    return schemas().judge_envelope(in_envelope("<r:answer>" + content + "</r:answer>"));
}

TEST(Xsd, WhatTheSchemasDeclareIsJudgedInsideOfAnyWrapper) {
    EXPECT_EQ(judged(good_status).schema.result, Result::fits);
    EXPECT_EQ(judged(good_status + std::string(R"(<r:body code="x"><r:day>2026-03-31</r:day></r:body>)")).schema.result,
              Result::fits);
    EXPECT_THAT(
        judged("<c:statusMessage xmlns:c='urn:c'><c:errorMessage/><c:statusCode>0</c:statusCode></c:statusMessage>")
            .schema.problems,
        ElementsAre(
            HasSubstr("/answer/statusMessage/errorMessage: not expected there; Expected is ( {urn:c}statusCode")));
    EXPECT_THAT(judged(good_status + std::string("<r:body extra=''/>")).schema.problems,
                ElementsAre(HasSubstr("/answer/body: an attribute that"), HasSubstr("lacks an attribute"),
                            HasSubstr("lacks an element; Expected is ( {urn:r}day )")));
    EXPECT_THAT(judged("").schema.problems, ElementsAre(HasSubstr("/answer: lacks an element")));
}

TEST(Xsd, NoFindingHoldsAValue) {
    const std::string named = "JANE' is no type 'xs:DOE";
    const AnswerFinding found =
        judged(good_status + ("<r:body code='" + named.substr(0, 4) + "'><r:day>2026-01-01</r:day><r:day>" + named +
                              "</r:day><r:key>" + named + "</r:key>DOE</r:body>"));
    EXPECT_THAT(found.schema.problems, Contains("/answer/body/day[2]: no value of its type"));
    EXPECT_THAT(found.schema.problems, Contains("/answer/body/key: against the facet maxLength of its type"));
    EXPECT_THAT(found.schema.problems, Each(Not(HasSubstr("JANE"))));
    EXPECT_THAT(found.schema.problems, Each(Not(HasSubstr("DOE"))));
}

TEST(Xsd, WhatNoFileIsNamedForIsLeftOpen) {
    const std::string other = R"(<r:fields xmlns:z="urn:z" i:type="z:FormFieldsType"><z:any/></r:fields>)";
    EXPECT_EQ(judged(good_status + other).schema.result, Result::unknown);
    EXPECT_THAT(judged(good_status + other).schema.open,
                ElementsAre("/answer/fields: of a type in the namespace urn:z, of which no schema is named"));
    EXPECT_EQ(judged("<c:statusMessage xmlns:c='urn:c'><c:statusCode/><c:errorMessage/></c:statusMessage>" + other)
                  .schema.result,
              Result::breaks)
        << "the rest decides";
    const AnswerFinding nothing = schemas().judge_envelope(in_envelope("<x xmlns='urn:y'/>"));
    EXPECT_EQ(nothing.schema.result, Result::unknown);
    EXPECT_THAT(nothing.schema.open, ElementsAre(HasSubstr("down to x")));
    EXPECT_EQ(schemas().judge_envelope(in_envelope("<r:other/>")).schema.result, Result::unknown);
}

TEST(Xsd, WhatSchemasSayNothingOfIsNotJudged) {
    EXPECT_THAT(schemas().judge_envelope("<html><br></html>").silent, HasSubstr("no SOAP envelope"));
    EXPECT_THAT(schemas().judge_envelope("").silent, HasSubstr("no SOAP envelope"));
    EXPECT_THAT(schemas().judge_envelope("<a/>").silent, HasSubstr("no SOAP envelope"));
    EXPECT_THAT(schemas()
                    .judge_envelope(R"(<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault>)"
                                    R"(<s:Code/></s:Fault></s:Body></s:Envelope>)")
                    .silent,
                HasSubstr("SOAP fault"));
    EXPECT_THAT(schemas().judge_envelope(in_envelope("<r:answer>")).schema.problems,
                ElementsAre(HasSubstr("not well-formed")));
}

TEST(Xsd, HintsAndEntitiesLeadNowhere) {
    const std::string hinted = R"(<r:answer i:schemaLocation="urn:q file:///etc/passwd" )"
                               R"(i:noNamespaceSchemaLocation="http://127.0.0.1:1/x">)" +
                               std::string(good_status) + "</r:answer>";
    EXPECT_EQ(schemas().judge_envelope(in_envelope(hinted)).schema.result, Result::fits);
    const std::string entity = R"(<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>)" + in_envelope("&x;");
    EXPECT_THAT(schemas().judge_envelope(entity).schema.problems, ElementsAre(HasSubstr("document type declaration")));
    std::string laughs = "<!DOCTYPE a [<!ENTITY a0 \"ha\">";
    for (int i = 1; i < 30; ++i) {
        const std::string last = "&a" + std::to_string(i - 1) + ";";
        laughs += "<!ENTITY a" + std::to_string(i) + " \"" + last + last + last + "\">";
    }
    EXPECT_NE(schemas().judge_envelope(laughs + "]>" + in_envelope("<x a='&a29;'>&a29;</x>")).schema.result,
              Result::fits);
    std::string deep;
    for (int i = 0; i < 100'000; ++i) {
        deep += "<a>";
    }
    EXPECT_NE(schemas().judge_envelope(in_envelope(deep)).schema.result, Result::fits);
}

/// There are more than a thousand million ways through them.
TEST(Xsd, PartsThatIncludeEachOtherAreReadOnce) {
    constexpr int parts = 14;
    const auto part = [](int which) {
        std::string text = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:p">)";
        for (int other = 0; other < parts; ++other) {
            text += other == which ? "" : fmt::format(R"(<xs:include schemaLocation="part{}.xsd"/>)", other);
        }
        return text + fmt::format(R"(<xs:element name="e{}" type="xs:date"/></xs:schema>)", which);
    };
    std::vector<XsdFile> files{{"whole.xsd", part(parts)}};
    for (int i = 0; i < parts; ++i) {
        files.push_back({fmt::format("part{}.xsd", i), part(i)});
    }
    const LoadedXsd loaded = read_xsd(files);
    ASSERT_THAT(loaded.problem, IsEmpty());
    const auto result_of = [&](const char* day) {
        return loaded.schemas->judge_envelope(in_envelope(fmt::format(R"(<e13 xmlns="urn:p">{}</e13>)", day)))
            .schema.result;
    };
    EXPECT_EQ(result_of("2026-11-27"), Result::fits);
    EXPECT_EQ(result_of("tomorrow"), Result::breaks);
}

TEST(Xsd, FilesThatAreNoWholeSchemaAreTold) {
    const auto problem = [](const std::vector<XsdFile>& files) { return read_xsd(files).problem; };
    EXPECT_THAT(problem({{"a.xsd", "<a"}}), HasSubstr("a.xsd is no XML"));
    EXPECT_THAT(problem({{"a.xsd", "<a/>"}}), HasSubstr("a.xsd is no XML Schema"));
    EXPECT_THAT(problem({{"a.xsd", "<!DOCTYPE a><a/>"}}), HasSubstr("document type declaration"));
    EXPECT_THAT(problem({{"a.xsd", common_types}, {"b.xsd", common_types}}),
                HasSubstr("a.xsd and b.xsd are both of the namespace urn:c"));
    EXPECT_THAT(problem({{"x/a.xsd", common_types}, {"y/a.xsd", types}}), HasSubstr("the same name"));
    EXPECT_THAT(problem({{"a.xsd", common_types}, {"b.xsd", answers}}),
                HasSubstr("b.xsd includes ../Common XSD/the types.xsd, which is not among"));
    EXPECT_THAT(problem({{"b.xsd", answers}, {"the types.xsd", types}}),
                testing::AllOf(HasSubstr("statusMessage"),
                               HasSubstr("b.xsd imports the namespace urn:c, and no file of it is named")));
    EXPECT_THAT(problem({}), Not(IsEmpty()));
    std::string broken = common_types;
    EXPECT_THAT(problem({{"a.xsd", broken.replace(broken.find("xs:integer"), 10, "xs:nothing")}}),
                HasSubstr("XMLSchema}nothing"));
}

}  // namespace
}  // namespace gateproof
