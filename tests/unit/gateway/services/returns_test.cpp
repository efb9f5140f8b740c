// The returns service asked in the published shape, and what every departure from it comes to.
#include <gmock/gmock.h>

#include <pugixml.hpp>

#include "gateway/services/answers.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/soap.hpp"
#include "gateway/services/token_texts.hpp"
#include "tests/unit/gateway/services/messages.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;
using test::changed;
using test::of_gst;
using ::testing::HasSubstr;
using ::testing::Not;

class ReturnsTest : public ::testing::Test {
protected:
    [[nodiscard]] std::string text(const std::string& name) const {
        const auto found = fixture_.reference(name);
        return found ? *found : texts_.reference(name).value_or("");
    }

    Response ask(http::verb method, const std::string& body, const std::optional<std::string>& authorization = {},
                 const std::string& query = {}) {
        Request request{method, "/gateway/gws/returns/" + (query.empty() ? query : "?" + query), 11};
        request.set(http::field::content_type, "application/soap+xml; charset=utf-8");
        request.set(http::field::host, "localhost:4046");
        if (const std::string sent = authorization.value_or(user_); !sent.empty()) {
            request.set(http::field::authorization, sent);
        }
        request.body() = body;
        Caller caller;
        caller.listener = ListenerRole::cloud;
        caller.authorised = true;
        caller.dsp = pki_.enrolled_names().front();
        return Services(fixture_, pki_, clients_, tokens_, faults_)
            .serve({request, caller, "gws/returns/", query})
            .value();
    }
    Response post(const std::string& body, const std::optional<std::string>& authorization = {}) {
        return ask(http::verb::post, body, authorization);
    }
    std::string status(const std::string& body, const std::optional<std::string>& authorization = {}) {
        const Response response = post(body, authorization);
        EXPECT_EQ(response.result_int(), 200U) << response.body();
        pugi::xml_document document;
        EXPECT_TRUE(document.load_string(response.body().c_str()));
        return document.select_node("//*[local-name()='statusMessage']/*[local-name()='statusCode']")
            .node()
            .child_value();
    }

    Pki pki_;
    Fixture fixture_{pki_};
    FaultSet faults_;
    Clients clients_;
    AccessTokens tokens_;
    TokenTexts texts_{fixture_, clients_, tokens_};
    const std::string user_ = "Bearer " + text("cloud-user.token");
    const std::string own_ = text("customer.ird");
    const test::ReturnsMessage income_{.identifier = own_};
};

TEST_F(ReturnsTest, EveryPublishedRequestIsAnsweredWithSuccess) {
    for (const std::string& request :
         {test::retrieve_status(of_gst(own_)), test::retrieve_return(of_gst(own_)), test::prepop(of_gst(own_)),
          test::obligations(of_gst(own_)), test::file(of_gst(own_), "ReturnGST.v1", "101A"),
          test::retrieve_status(income_), test::retrieve_return(income_), test::obligations(income_),
          test::file(income_, "ReturnIR3.v1", "3")}) {
        EXPECT_EQ(status(request), "0") << request;
    }
    const std::string without_minor =
        changed(test::file(income_, "ReturnREB.v1", "3"), "<f:minorFormType>3</f:minorFormType>", "");
    EXPECT_EQ(status(without_minor), "0") << "optional but for GST";
    EXPECT_EQ(status(changed(test::file(of_gst(own_), "ReturnGST.v1", "101A"),
                             "<f:minorFormType>101A</f:minorFormType>", "")),
              "21");
    EXPECT_EQ(status(test::prepop(income_)), "106") << "of GST alone here";
    // The account named by its own id, and no type beside it.
    test::ReturnsMessage by_id = of_gst(text("customer.GST.id"));
    by_id.identifier_type = "ACC";
    by_id.account_type.clear();
    EXPECT_EQ(status(test::retrieve_status(by_id)), "0");
}

TEST_F(ReturnsTest, AnswersHaveThePublishedShape) {
    const std::string gst = post(test::retrieve_status(of_gst(own_))).body();
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(gst.c_str())) << gst;
    const pugi::xml_node action = document.select_node("/s:Envelope/s:Header/a:Action").node();
    EXPECT_STREQ(action.child_value(), "https://services.ird.govt.nz/GWS/Returns/Return/RetrieveStatusResponse");
    EXPECT_STREQ(action.attribute("s:mustUnderstand").value(), "1");
    const pugi::xml_node payload =
        document
            .select_node(
                "/s:Envelope/s:Body/RetrieveStatusResponse/RetrieveStatusResult/w:RetrieveStatusResponseWrapper/"
                "retrieveStatusResponse")
            .node();
    EXPECT_STREQ(payload.attribute("xmlns").value(), "urn:www.ird.govt.nz/GWS:types/ReturnCommon.v1");
    EXPECT_STREQ(payload.parent().attribute("xmlns:w").value(),
                 "https://services.ird.govt.nz/GWS/Returns/:types/RetrieveStatusResponse");
    EXPECT_STREQ(payload.child("statusMessage").attribute("xmlns").value(), "urn:www.ird.govt.nz/GWS:types/Common.v1");
    EXPECT_STREQ(payload.child("statusMessage").child("errorMessage").child_value(), "");
    EXPECT_STREQ(payload.child("responseBody").child("status").attribute("code").value(), "SUB");
    const std::string income = post(test::retrieve_status(income_)).body();
    EXPECT_THAT(income, HasSubstr("ReturnCommon.v2"));
    EXPECT_THAT(income, HasSubstr("<returnStatus>"));
    EXPECT_THAT(post(test::file(of_gst(own_), "ReturnGST.v1", "101A")).body(), HasSubstr("<gatewayId>"));
    EXPECT_THAT(post(test::obligations(of_gst(own_))).body(), HasSubstr("<filingObligation>"));
    const std::string refused = post(test::retrieve_status(of_gst(text("other-customer.ird")))).body();
    EXPECT_THAT(refused, HasSubstr("<errorMessage>Unauthorised delegation</errorMessage>"));
    EXPECT_THAT(refused, Not(HasSubstr("responseBody")));
}

TEST_F(ReturnsTest, HasTheDocumentedStatusCodes) {
    const std::string good = test::retrieve_status(income_);
    EXPECT_EQ(status(good, ""), "2");
    EXPECT_EQ(status(good, "Bearer x"), "1");
    EXPECT_EQ(status(good, text("m2m.issuer")), "1") << "machines' JWTs are not taken here";
    AccessClaims claims = tokens_.claims_for(text("user.name"), clients_.of_role("client")->id, "Other.Scope");
    EXPECT_EQ(status(good, "Bearer " + tokens_.sign(claims)), "3");
    claims = tokens_.claims_for(text("user.name"), clients_.of_role("second-client")->id, "MYIR.Services");
    EXPECT_EQ(status(good, "Bearer " + tokens_.sign(claims)), "5");
    EXPECT_EQ(status(test::retrieve_status({.identifier = own_, .provider = "Somebody"})), "5");
    EXPECT_EQ(status(test::retrieve_status({.identifier = own_, .platform = "Other"})), "5");
    EXPECT_EQ(status(test::retrieve_status({.identifier = own_, .account_type = "FBT"})), "7");
    EXPECT_EQ(status(test::retrieve_status({.identifier = "49091851"})), "4") << "a wrong identifier";
    EXPECT_EQ(status(test::retrieve_status({.identifier = own_, .account_type = ""})), "4") << "which account?";
    EXPECT_EQ(status(test::retrieve_status({.identifier = text("other-customer.ird")})), "4");
    EXPECT_EQ(status(test::retrieve_status({.identifier = text("client.ird")})), "0");
    EXPECT_EQ(status(test::file({.identifier = text("client.ird")}, "ReturnIR3.v1", "3")), "4") << "to read alone";
    EXPECT_EQ(message_of(SoapStatus::unknown_error), "An unknown error has occurred");
}

TEST_F(ReturnsTest, AuthenticationIsJudgedBeforeTheSchema) {
    const std::string good = test::retrieve_status(income_);
    for (const auto& [what, by, code] : std::vector<std::tuple<std::string, std::string, std::string>>{
             {"GWS/Returns/\"", "GWS/Return/\"", "21"},                           // the service's namespace
             {"types/RetrieveStatusRequest\"", "types/RetrieveRequest\"", "21"},  // the wrapper's
             {"ReturnCommon.v2", "ReturnCommon.v3", "21"},
             {"Common.v2\">", "Common.v1\">", "21"},
             {"ReturnStatusRequestMsg>", "StatusMsg>", ""},
             {"<c:softwareRelease>2.1</c:softwareRelease>", "", "21"},
             {"<f:periodEndDate>2026-03-31</f:periodEndDate>", "", "21"},
             {"2026-03-31", "1800-01-02", "21"},
             {"2026-03-31", "31.03.2026", "21"},
             {"\"ACCIRD\"", "\"NZBN\"", "21"},
             {"<f:majorFormType>INC</f:majorFormType>", "<f:majorFormType>GST</f:majorFormType>", "21"},
             {"<f:majorFormType>INC</f:majorFormType>", "<f:majorFormType>INC</f:majorFormType><f:more/>", "21"}}) {
        const std::string bad = changed(good, what, by);
        if (code.empty()) {
            EXPECT_EQ(post(bad).result_int(), 400U) << what;  // no longer well-formed
            continue;
        }
        EXPECT_EQ(status(bad), code) << what;
        EXPECT_EQ(status(bad, "Bearer x"), "1") << what;
        EXPECT_EQ(status(bad, ""), "2") << what;
    }
    EXPECT_EQ(status(test::file(income_, "ReturnGST.v1", "3")), "21") << "a form of the other version";
    EXPECT_EQ(status(changed(test::file(income_, "ReturnIR3.v1", "3"), "<f:amendReason/>", "")), "21");
}

TEST_F(ReturnsTest, UnknownOperationsAreUnrecognised) {
    std::string unknown = test::retrieve_status(income_);
    for (std::size_t at = unknown.find("RetrieveStatus"); at != std::string::npos;
         at = unknown.find("RetrieveStatus")) {
        unknown.replace(at, 14, "Destroy");
    }
    EXPECT_EQ(status(unknown), "20");
    EXPECT_EQ(status(unknown, "Bearer x"), "1");
    EXPECT_EQ(status(changed(test::retrieve_status(income_), "Return/RetrieveStatus<", "Other/RetrieveStatus<")), "20");
}

TEST_F(ReturnsTest, WhatIsNoSoapIsRefusedInAnythingButXml) {
    const std::string good = test::retrieve_status(income_);
    std::string soap11 =
        changed(good, "http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope");
    for (const std::string& bad :
         {std::string("<"), good.substr(0, good.size() - 5), std::string("<a/>"), soap11,
          "<!DOCTYPE a [<!ENTITY b 'c'>]>" + good, "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" + good,
          good + std::string(max_soap_bytes, ' ')}) {
        const Response response = post(bad);
        EXPECT_EQ(response.result_int(), 400U);
        EXPECT_THAT(std::string(response[http::field::content_type]), HasSubstr("text/plain"));
        EXPECT_THAT(response.body(), Not(HasSubstr("<")));
    }
    std::string deep = good.substr(0, good.find("<r:RetrieveStatus>"));
    for (int level = 0; level < 3000; ++level) {
        deep += "<a>";
    }
    EXPECT_EQ(read_soap_call(deep).envelope, SoapCall::Envelope::no_soap);
    EXPECT_EQ(read_soap_call(good).fault, SoapStatus::success);
}

TEST_F(ReturnsTest, WantsTheActionOfWsAddressing) {
    const std::string good = test::retrieve_status(income_);
    const std::string without = changed(good, "<a:Action", "<a:Other");
    EXPECT_EQ(post(changed(without, "</a:Action", "</a:Other")).result_int(), 400U);
    EXPECT_THAT(post(changed(without, "</a:Action", "</a:Other")).body(), HasSubstr("MessageAddressingHeaderRequired"));
    const Response other = post(changed(good, "Return/RetrieveStatus<", "Return/File<"));
    EXPECT_EQ(other.result_int(), 400U);
    EXPECT_THAT(other.body(), HasSubstr("a:ActionMismatch"));
}

TEST_F(ReturnsTest, DescribesItselfWithoutAToken) {
    for (const char* query : {"wsdl", "singleWsdl", "WSDL"}) {
        const Response response = ask(http::verb::get, {}, "", query);
        EXPECT_EQ(response.result_int(), 200U);
        pugi::xml_document document;
        ASSERT_TRUE(document.load_string(response.body().c_str()));
        EXPECT_EQ(document.select_nodes("//wsdl:portType/wsdl:operation").size(), 5U);
        EXPECT_THAT(response.body(), HasSubstr("https://localhost:4046/gateway/gws/returns/"));
    }
    EXPECT_EQ(ask(http::verb::get, {}, "").result_int(), 405U);
    EXPECT_EQ(ask(http::verb::get, {}, "", "other").result_int(), 405U);
}

}  // namespace
}  // namespace gateproof::gateway
