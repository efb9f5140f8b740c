// The services by themselves: status codes, delegations, and what hostile requests come to.
#include "gateway/services/services.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "gateway/services/answers.hpp"
#include "gateway/services/soap.hpp"
#include "gateway/services/token_texts.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

class ServicesTest : public ::testing::Test {
protected:
    [[nodiscard]] std::string text(const std::string& name) const {
        const auto found = fixture_.reference(name);
        return found ? *found : texts_.reference(name).value_or("");
    }

    [[nodiscard]] Caller cloud() const {
        Caller caller;
        caller.listener = ListenerRole::cloud;
        caller.authorised = true;
        caller.dsp = pki_.enrolled_names().front();
        return caller;
    }

    Response ask(http::verb method, const std::string& operation, const std::string& authorization,
                 const std::string& body = {}, const std::optional<Caller>& caller = std::nullopt) {
        Request request{method, "/gateway/" + operation, 11};
        if (!authorization.empty()) {
            request.set(http::field::authorization, authorization);
        }
        if (body.starts_with("<")) {
            request.set(http::field::content_type, "application/soap+xml; charset=utf-8");
        }
        request.body() = body;
        const Caller who = caller.value_or(cloud());
        return services_.serve({request, who, operation, {}}).value();
    }
    Response get(const std::string& operation) { return ask(http::verb::get, operation, user_); }

    static std::string code(const Response& response) {
        return json::parse(response.body()).at("errors").at(0).at("code").get<std::string>();
    }

    std::string soap_status(const std::string& body, const std::optional<std::string>& authorization = std::nullopt) {
        const Response response = ask(http::verb::post, "gws/returns/", authorization.value_or(user_), body);
        EXPECT_EQ(response.result_int(), 200U);
        EXPECT_THAT(std::string(response[http::field::content_type]), HasSubstr("application/soap+xml"));
        const std::size_t at = response.body().find("<statusCode>") + 12;
        return response.body().substr(at, response.body().find('<', at) - at);
    }
    static std::string envelope(const std::string& content) {
        return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>" + content +
               "</s:Body></s:Envelope>";
    }
    static std::string retrieve(const std::string& ird, const std::string& type = "INC") {
        return envelope("<RetrieveStatus><identifier>" + ird + "</identifier><accountType>" + type +
                        "</accountType><periodEndDate>2026-03-31</periodEndDate></RetrieveStatus>");
    }

    Pki pki_;
    Fixture fixture_{pki_};
    FaultSet faults_;
    Clients clients_;
    AccessTokens tokens_;
    TokenTexts texts_{fixture_, clients_, tokens_};
    Services services_{fixture_, pki_, clients_, tokens_, faults_};
    const std::string user_ = "Bearer " + text("cloud-user.token");
    const std::string own_ = text("customer.ird");
    const std::string client_ = text("client.ird");
    const std::string other_ = text("other-customer.ird");
    const std::string unknown_ = text("unknown-customer.ird");
};

TEST_F(ServicesTest, EveryServiceWantsATokenOfItsOwn) {
    for (const char* bad : {"", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "x", "Bearer a b"}) {
        const Response response = ask(http::verb::get, "customer/" + own_, bad);
        EXPECT_EQ(response.result_int(), 401U) << bad;
        EXPECT_EQ(code(response), *bad == '\0' ? "EV1021" : "EV1020") << bad;
        EXPECT_THAT(std::string(response[http::field::www_authenticate]), HasSubstr("Bearer"));
    }
    for (const char* kind : {"expired", "revoked", "other-environment", "other-audience"}) {
        const Response response =
            ask(http::verb::get, "customer/" + own_, "Bearer " + text(std::string("cloud-") + kind + ".token"));
        EXPECT_EQ(response.result_int(), 401U) << kind;
    }
    EXPECT_EQ(get("customer/" + own_).result_int(), 200U);
    Request twice{http::verb::get, "/", 11};
    twice.insert(http::field::authorization, user_);
    twice.insert(http::field::authorization, user_);
    const Caller who = cloud();
    EXPECT_EQ(services_.serve({twice, who, "customer/" + own_, {}})->result_int(), 401U);
}

TEST_F(ServicesTest, ATokenBelongsToTheCertificateOfItsClient) {
    Caller second = cloud();
    second.dsp = pki_.enrolled_names().back();
    EXPECT_EQ(ask(http::verb::get, "customer/" + own_, user_, {}, second).result_int(), 401U);
    const std::string native = "Bearer " + text("desktop-user.token");
    EXPECT_EQ(ask(http::verb::get, "customer/" + own_, native).result_int(), 401U);
    Caller desktop;
    desktop.listener = ListenerRole::desktop;
    EXPECT_EQ(ask(http::verb::get, "customer/" + own_, native, {}, desktop).result_int(), 200U);
}

TEST_F(ServicesTest, UnknownAndForbiddenCustomersAreAnsweredAlike) {
    for (const std::string& operation : {std::string("customer/%"), std::string("account/%/INC")}) {
        const auto with = [&operation](const std::string& ird) {
            std::string path = operation;
            return path.replace(path.find('%'), 1, ird);
        };
        const Response forbidden = get(with(other_));
        const Response unknown = get(with(unknown_));
        EXPECT_EQ(forbidden.result_int(), 403U);
        EXPECT_EQ(code(forbidden), "EV1022");
        EXPECT_EQ(unknown.body(), forbidden.body());
        EXPECT_EQ(unknown.result_int(), forbidden.result_int());
    }
    EXPECT_EQ(soap_status(retrieve(other_)), "4");
    EXPECT_EQ(soap_status(retrieve(unknown_)), "4");
}

TEST_F(ServicesTest, DelegationsReachAsFarAsTheySay) {
    EXPECT_EQ(json::parse(get("customer/" + own_).body()).at("email"), text("customer.email"));
    EXPECT_EQ(json::parse(get("account/" + client_ + "/INC").body()).at("accountId"), text("client.INC.id"));
    EXPECT_EQ(get("account/" + client_ + "/GST").result_int(), 403U);
    EXPECT_EQ(get("customer/" + client_).result_int(), 403U);
    EXPECT_EQ(get("account/" + own_ + "/FBT").result_int(), 404U);
    EXPECT_EQ(code(get("account/" + own_ + "/FBT")), "CST404");
    const std::string payment = R"({"amountCents":1000})";
    EXPECT_EQ(ask(http::verb::post, "account/" + own_ + "/GST/payment", user_, payment).result_int(), 201U);
    EXPECT_EQ(ask(http::verb::post, "account/" + client_ + "/INC/payment", user_, payment).result_int(), 403U);
    EXPECT_EQ(ask(http::verb::put, "customer/" + other_ + "/contact", user_, R"({"email":"a@b"})").result_int(), 403U);
    EXPECT_EQ(ask(http::verb::put, "customer/" + own_ + "/contact", user_, R"({"email":"a@b"})").result_int(), 200U);
    EXPECT_EQ(json::parse(get("customer/" + own_).body()).at("email"), "a@b");
}

TEST_F(ServicesTest, SaysWhatIsWrongWithANumberBeforeAnythingElse) {
    EXPECT_EQ(code(get("customer/123")), "EV1100");
    EXPECT_EQ(code(get("customer/49091851")), "EV2234");
    for (const char* body : {"", "[]", "{}", R"({"email":1})", R"({"email":"@b"})", R"({"email":"a@"})", "\xff"}) {
        EXPECT_EQ(ask(http::verb::put, "customer/" + own_ + "/contact", user_, body).result_int(), 400U) << body;
    }
    for (const char* body :
         {"", R"({"amountCents":0})", R"({"amountCents":-5})", R"({"amountCents":1.5})", R"({"amountCents":1e30})"}) {
        EXPECT_EQ(ask(http::verb::post, "account/" + own_ + "/GST/payment", user_, body).result_int(), 400U) << body;
    }
}

TEST_F(ServicesTest, ABatchIsJudgedItemByItem) {
    const json asked{{"accounts",
                      {{{"irdNumber", own_}, {"accountType", "INC"}},
                       {{"irdNumber", other_}, {"accountType", "INC"}},
                       {{"irdNumber", unknown_}, {"accountType", "INC"}},
                       "no object"}}};
    const Response response = ask(http::verb::post, "account/batch", user_, asked.dump());
    const json items = json::parse(response.body()).at("accounts");
    ASSERT_EQ(items.size(), 4U);
    EXPECT_EQ(items[0].at("status"), 200);
    EXPECT_EQ(items[0].at("account").at("accountId"), text("customer.INC.id"));
    for (std::size_t at = 1; at < 4; ++at) {
        EXPECT_EQ(items[at].at("status"), 403);
        EXPECT_FALSE(items[at].contains("account"));
    }
    EXPECT_THAT(response.body(), Not(HasSubstr(text("other-customer.INC.id"))));
    EXPECT_EQ(ask(http::verb::post, "account/batch", user_, R"({"accounts":[]})").result_int(), 400U);
}

TEST_F(ServicesTest, SoapHasTheDocumentedStatusCodes) {
    EXPECT_EQ(soap_status(retrieve(own_)), "0");
    EXPECT_EQ(soap_status(retrieve(own_), ""), "2");
    EXPECT_EQ(soap_status(retrieve(own_), "Bearer x"), "1");
    EXPECT_EQ(soap_status(retrieve(own_, "FBT")), "7");
    EXPECT_EQ(soap_status(retrieve("49091851")), "22");
    EXPECT_EQ(soap_status(envelope("<RetrieveStatus/>")), "21");
    EXPECT_EQ(soap_status(envelope("<Destroy/>")), "20");
    AccessClaims claims = tokens_.claims_for(text("user.name"), clients_.of_role("client")->id, "Other.Scope");
    EXPECT_EQ(soap_status(retrieve(own_), "Bearer " + tokens_.sign(claims)), "3");
    claims = tokens_.claims_for(text("user.name"), clients_.of_role("second-client")->id, "MYIR.Services");
    EXPECT_EQ(soap_status(retrieve(own_), "Bearer " + tokens_.sign(claims)), "5");
    EXPECT_EQ(ask(http::verb::get, "gws/returns/", user_).result_int(), 405U);
    EXPECT_EQ(ask(http::verb::post, "gws/returns/", user_, "{}").result_int(), 415U);
    EXPECT_EQ(message_of(SoapStatus::unknown_error), "An unknown error has occurred");
}

TEST_F(ServicesTest, FilesAReturnOnlyWhereItMayWrite) {
    const auto file = [](const std::string& ird, const std::string& income) {
        return envelope("<FileReturn><identifier>" + ird +
                        "</identifier><accountType>INC</accountType><periodEndDate>2026-03-31</periodEndDate><income>" +
                        income + "</income></FileReturn>");
    };
    EXPECT_EQ(soap_status(file(own_, "1200.50")), "0");
    EXPECT_EQ(soap_status(file(client_, "1200.50")), "4");
    EXPECT_EQ(soap_status(retrieve(client_)), "0");
    EXPECT_EQ(soap_status(file(own_, "12.5")), "21");
    EXPECT_EQ(soap_status(file(own_, "-1")), "21");
}

TEST(SoapCallTest, HostileXmlIsNoRequest) {
    std::string deep = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body>";
    for (int level = 0; level < 3000; ++level) {
        deep += "<a>";
    }
    const std::string good =
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body><RetrieveStatus><identifier>49091850"
        "</identifier><accountType>INC</accountType><periodEndDate>2026-03-31</periodEndDate></RetrieveStatus></s:Body>"
        "</s:Envelope>";
    EXPECT_EQ(read_soap_call(good).fault, SoapStatus::success);
    EXPECT_EQ(read_soap_call("<!DOCTYPE a [<!ENTITY b 'c'>]>" + good).fault, SoapStatus::unrecognised_xml);
    EXPECT_EQ(read_soap_call("<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" + good).fault, SoapStatus::unrecognised_xml);
    EXPECT_EQ(read_soap_call(good + std::string(max_soap_bytes, ' ')).fault, SoapStatus::unrecognised_xml);
    EXPECT_EQ(read_soap_call(good.substr(0, good.size() - 5)).fault, SoapStatus::unrecognised_xml);
    std::string soap11 = good;
    soap11.replace(soap11.find("http://www.w3.org/2003/05/soap-envelope"), 39,
                   "http://schemas.xmlsoap.org/soap/envelope");
    for (const std::string& bad : {std::string(), std::string("x"), deep, soap11, std::string("<a/>")}) {
        EXPECT_EQ(read_soap_call(bad).fault, SoapStatus::unrecognised_xml);
    }
}

}  // namespace
}  // namespace gateproof::gateway
