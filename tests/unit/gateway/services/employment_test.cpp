// The employment service asked in the published shape, and what every departure from it comes to.
#include <gmock/gmock.h>

#include <pugixml.hpp>

#include "gateway/services/answers.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/token_texts.hpp"
#include "tests/unit/gateway/services/employment_messages.hpp"

namespace gateproof::gateway::employment_test {
namespace {

namespace http = boost::beast::http;
using test::changed;
using ::testing::HasSubstr;

class EmploymentTest : public ::testing::Test {
protected:
    [[nodiscard]] std::string text(const std::string& name) const {
        const auto found = fixture_.reference(name);
        return found ? *found : texts_.reference(name).value_or("");
    }
    Response post(const std::string& body, const std::optional<std::string>& authorization = {}, bool native = false) {
        Request request{http::verb::post, native ? "/gateway2/gws/employment/v2/" : "/gateway/gws/employment/v2/", 11};
        request.set(http::field::content_type, "application/soap+xml; charset=utf-8");
        if (const std::string sent = authorization.value_or(user_); !sent.empty()) {
            request.set(http::field::authorization, sent);
        }
        request.body() = body;
        Caller caller;
        caller.listener = ListenerRole::cloud;
        caller.authorised = true;
        caller.dsp = pki_.enrolled_names().front();
        return Services(fixture_, pki_, clients_, tokens_, faults_)
            .serve({request, caller, "gws/Employment/v2/", "", native})
            .value();
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
    [[nodiscard]] test::ReturnsMessage of(std::string ird, std::string type = "PSO") const {
        return {.identifier = std::move(ird), .account_type = std::move(type)};
    }

    pugi::xml_document document_;
    Pki pki_;
    Fixture fixture_{pki_};
    FaultSet faults_;
    Clients clients_;
    AccessTokens tokens_;
    TokenTexts texts_{fixture_, clients_, tokens_};
    const std::string user_ = "Bearer " + text("cloud-user.token");
    const std::string own_ = text("customer.ird");
};

TEST_F(EmploymentTest, EveryPublishedRequestIsAnsweredWithSuccess) {
    for (const char* type : {"PSO", "EMP"}) {
        for (const std::string& request :
             {test::retrieve_list(of(own_, type)), test::create(of(own_, type)), test::update(of(own_, type)),
              test::terminate(of(own_, type)), test::event(of(own_, type))}) {
            EXPECT_EQ(status(request), "0") << request;
        }
    }
    test::ReturnsMessage by_id = of(text("customer.EMP.id"), "");
    by_id.identifier_type = "ACC";
    EXPECT_EQ(status(test::retrieve_list(by_id)), "0");
    EXPECT_EQ(status(changed(test::retrieve_list(of(own_)), "<m:retrieveListBody/>",
                             "<m:retrieveListBody>" + test::whose + "</m:retrieveListBody>")),
              "0");
    EXPECT_THAT(post(test::retrieve_list(of(own_)), user_, true).body(), HasSubstr("<statusCode>0<"))
        << "on the desktop channel as well";
}

TEST_F(EmploymentTest, AnswersHaveThePublishedShape) {
    const std::string service = "https://services.ird.govt.nz/GWS/Employment/v2/";
    const auto payload_of = [&](const std::string& request, const std::string& path) {
        document_.load_string(post(request).body().c_str());
        EXPECT_EQ(document_.select_node("/s:Envelope/s:Header/a:Action").node().child_value(),
                  service + "Employment/" + path.substr(0, path.find("Response")) + "Response");
        const pugi::xml_node payload = document_.select_node(("/s:Envelope/s:Body/" + path).c_str()).node();
        EXPECT_STREQ(payload.attribute("xmlns").value(), "urn:www.ird.govt.nz/GWS:types/Employment.v2") << path;
        EXPECT_STREQ(payload.child("statusMessage").attribute("xmlns").value(),
                     "urn:www.ird.govt.nz/GWS:types/Common.v2");
        return payload;
    };
    const pugi::xml_node list =
        payload_of(test::retrieve_list(of(own_)),
                   "RetrieveListResponse/RetrieveListResult/w:RetrieveListResponseWrapper/retrieveListResponse");
    EXPECT_EQ(list.select_nodes("responseBody/listResponse/employee").size(), 1U);
    EXPECT_EQ(list.parent().attribute("xmlns:w").value(), service + ":types/RetrieveListResponse");
    EXPECT_FALSE(
        payload_of(test::create(of(own_)), "CreateResponse/CreateResult/w:CreateResponseWrapper/employmentResponse")
            .child("responseBody"));
    EXPECT_EQ(
        payload_of(test::event(of(own_)), "EventResponse/EventResult/w:EmploymentEventResponseWrapper/eventResponse")
            .select_nodes("responseBody/events/event/eventID")
            .size(),
        1U);
}

TEST_F(EmploymentTest, HasTheDocumentedStatusCodes) {
    const std::string good = test::retrieve_list(of(own_));
    EXPECT_EQ(status(good, ""), "2");
    EXPECT_EQ(status(good, "Bearer x"), "1");
    test::ReturnsMessage other = of(own_);
    other.platform = "Other";
    EXPECT_EQ(status(test::retrieve_list(other)), "5");
    EXPECT_EQ(status(test::retrieve_list(of(own_, "GST"))), "7");
    EXPECT_EQ(status(test::retrieve_list(of(text("other-customer.ird")))), "4");
    EXPECT_EQ(status(test::create(of(text("client.ird")))), "4") << "another account of it is to be read alone";
}

TEST_F(EmploymentTest, WhatIsNotAsTheSchemaHasItFailsValidationBehindAuthentication) {
    const auto expect = [this](const std::string& bad, const std::string& code) {
        EXPECT_EQ(status(bad), code) << bad;
        EXPECT_EQ(status(bad, "Bearer x"), "1") << bad;
    };
    const std::string list = test::retrieve_list(of(own_));
    expect(changed(list, "Employment/v2/\"", "Employment/\""), "21");
    expect(changed(list, "types/Employment.v2", "types/Employment.v1"), "21");
    expect(changed(list, "<m:retrieveListBody/>", ""), "21");
    expect(changed(test::create(of(own_)), test::tax_codes, ""), "21");
    expect(changed(test::create(of(own_)), "111111111", "11111111"), "21");
    expect(changed(test::update(of(own_)), "<m:validRelationship>true</m:validRelationship>", ""), "21");
    expect(changed(test::update(of(own_)), test::identified, ""), "21");
    expect(changed(test::terminate(of(own_)), "2026-02-27", "27.02.2026"), "21");
    expect(changed(test::event(of(own_)), "<m:eventFrom>2026-01-01</m:eventFrom>", ""), "21");
    expect(changed(list, "Employment/RetrieveList<", "Employment/Destroy<"), "20");
    expect(test::retrieve_status({.identifier = own_}), "20");
    EXPECT_THAT(post(changed(list, "Employment/RetrieveList<", "Employment/Event<")).body(),
                HasSubstr("ActionMismatch"));
}

}  // namespace
}  // namespace gateproof::gateway::employment_test
