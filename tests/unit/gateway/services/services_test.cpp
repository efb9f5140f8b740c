// The services by themselves: status codes, delegations, and what hostile requests come to.
#include "gateway/services/services.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "gateway/services/answers.hpp"
#include "gateway/services/token_texts.hpp"
#include "tests/unit/gateway/services/messages.hpp"

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
        return services_.serve({request, who, operation, {}, who.listener == ListenerRole::desktop}).value();
    }
    Response post(const std::string& operation, const json& body) {
        return ask(http::verb::post, operation, user_, body.dump());
    }
    static json customer(const std::string& ird) { return {{"CustomerID", ird}, {"CustomerIDType", "IRD"}}; }
    static json account(const std::string& id) { return {{"AccountID", id}, {"AccountIDType", "ACC"}}; }

    static std::string code(const Response& response) {
        return json::parse(response.body()).at("errors").at(0).at("code").get<std::string>();
    }

    std::string soap_status(const std::string& body, const std::optional<std::string>& authorization = std::nullopt,
                            const std::optional<Caller>& caller = std::nullopt) {
        const Response response = ask(http::verb::post, "gws/returns/", authorization.value_or(user_), body, caller);
        EXPECT_EQ(response.result_int(), 200U);
        EXPECT_THAT(std::string(response[http::field::content_type]), HasSubstr("application/soap+xml"));
        const std::size_t at = response.body().find("<statusCode>") + 12;
        return response.body().substr(at, response.body().find('<', at) - at);
    }
    static std::string retrieve(const std::string& ird, const std::string& type = "INC") {
        return test::retrieve_status({.identifier = ird, .account_type = type});
    }

    Pki pki_;
    Fixture fixture_{pki_};
    FaultSet faults_;
    Clients clients_;
    AccessTokens tokens_;
    TokenTexts texts_{fixture_, clients_, tokens_};
    Services services_{fixture_, pki_, clients_, tokens_, faults_};
    const json own_customer_ = customer(text("customer.ird"));
    const std::string user_ = "Bearer " + text("cloud-user.token");
    const std::string own_ = text("customer.ird");
    const std::string client_ = text("client.ird");
    const std::string other_ = text("other-customer.ird");
    const std::string unknown_ = text("unknown-customer.ird");
};

TEST_F(ServicesTest, EveryServiceWantsATokenOfItsOwn) {
    const std::string body = own_customer_.dump();
    for (const char* bad : {"", "Bearer", "Bearer ", "Bearer x", "Basic eDp5", "x", "Bearer a b"}) {
        const Response response = ask(http::verb::post, "customer/customer", bad, body);
        EXPECT_EQ(response.result_int(), 400U) << bad;
        EXPECT_EQ(code(response), *bad == '\0' ? "EV1021" : "EV1020") << bad;
    }
    for (const char* kind : {"expired", "revoked", "other-environment", "other-audience"}) {
        const std::string token = "Bearer " + text(std::string("cloud-") + kind + ".token");
        EXPECT_EQ(ask(http::verb::post, "customer/customer", token, body).result_int(), 400U) << kind;
    }
    EXPECT_EQ(post("customer/customer", own_customer_).result_int(), 200U);
    Request twice{http::verb::post, "/", 11};
    twice.insert(http::field::authorization, user_);
    twice.insert(http::field::authorization, user_);
    twice.body() = body;
    const Caller who = cloud();
    EXPECT_EQ(services_.serve({twice, who, "customer/customer", {}})->result_int(), 400U);
}

TEST_F(ServicesTest, ATokenBelongsToTheCertificateOfItsClient) {
    Caller second = cloud();
    second.dsp = pki_.enrolled_names().back();
    EXPECT_EQ(code(ask(http::verb::post, "customer/customer", user_, own_customer_.dump(), second)), "EV1020");
    const std::string native = "Bearer " + text("desktop-user.token");
    EXPECT_EQ(soap_status(retrieve(own_), native), "5");
    Caller desktop;
    desktop.listener = ListenerRole::desktop;
    EXPECT_EQ(soap_status(retrieve(own_), native, desktop), "0");
}

TEST_F(ServicesTest, ReadsArePostedAndTheNativeChannelHasNone) {
    const Response got = ask(http::verb::get, "customer/customer", user_, own_customer_.dump());
    EXPECT_EQ(got.result_int(), 405U);
    EXPECT_EQ(got[http::field::allow], "POST");
    Request request{http::verb::post, "/gateway2/customer/customer", 11};
    Caller desktop;
    desktop.listener = ListenerRole::desktop;
    EXPECT_FALSE(services_.serve({request, desktop, "customer/customer", {}, true}));
}

TEST_F(ServicesTest, UnknownAndForbiddenCustomersAreAnsweredAlike) {
    const std::string no_account = unknown_ + text("other-customer.INC.id").substr(9);
    for (const auto& [operation, theirs, nobodys] :
         {std::tuple("customer/customer", customer(other_), customer(unknown_)),
          std::tuple("account/list", customer(other_), customer(unknown_)),
          std::tuple("account/account", account(text("other-customer.INC.id")), account(no_account))}) {
        const Response forbidden = post(operation, theirs);
        const Response unknown = post(operation, nobodys);
        EXPECT_EQ(forbidden.result_int(), 403U) << operation;
        EXPECT_EQ(code(forbidden), "EV1022");
        EXPECT_EQ(unknown.body(), forbidden.body());
        EXPECT_EQ(unknown.result_int(), forbidden.result_int());
    }
    EXPECT_EQ(soap_status(retrieve(other_)), "4");
    EXPECT_EQ(soap_status(retrieve(unknown_)), "4");
}

TEST_F(ServicesTest, DelegationsReachAsFarAsTheySay) {
    const auto contact_of = [this](std::size_t number) {
        const json record = json::parse(post("customer/customer", own_customer_).body()).at("Customer");
        return record.at("Contact").at(number).at("Name").get<std::string>();
    };
    EXPECT_EQ(contact_of(0), text("customer.contact"));
    const json listed = json::parse(post("account/list", own_customer_).body()).at("Accounts");
    EXPECT_EQ(listed.at(1).at("ID"), text("customer.INC.id"));
    const json read = json::parse(post("account/account", account(text("client.INC.id"))).body()).at("Account");
    EXPECT_EQ(read.at("AccountType"), "INC");
    EXPECT_EQ(post("account/account", account(text("client.GST.id"))).result_int(), 403U);
    EXPECT_EQ(post("customer/customer", customer(client_)).result_int(), 403U);
    EXPECT_EQ(code(post("account/account", account(own_ + "FBT001"))), "CST404");
    const auto bank = [](const std::string& id) {
        json body = account(id);
        body["NameOnAccount"] = "Somebody";
        body["NewZealand"] = {{"Bank", "03"}, {"Branch", "1528"}, {"Account", "00065296"}, {"Suffix", "0050"}};
        return body;
    };
    EXPECT_EQ(post("bank/bank", bank(text("customer.GST.id"))).result_int(), 200U);
    EXPECT_EQ(post("bank/bank", bank(text("client.INC.id"))).result_int(), 403U);
    const auto contact = [](const std::string& ird) {
        json body = customer(ird);
        const json phone{{"PhoneType", "BSN"}, {"Country", "NZ"}, {"PhoneNumber", "044451153"}};
        body["Contact"] = {{"ContactType", "SCNDRY"}, {"Name", "Somebody"}, {"Phone", json::array({phone})}};
        return body;
    };
    EXPECT_EQ(post("contact/contact", contact(other_)).result_int(), 403U);
    EXPECT_EQ(post("contact/contact", contact(own_)).result_int(), 200U);
    EXPECT_EQ(contact_of(1), "Somebody");
    EXPECT_EQ(code(post("contact/contact", contact(own_))), "CNT101");
    json of_account = contact(client_);
    of_account.erase("CustomerID");
    of_account.erase("CustomerIDType");
    of_account.update(account(text("client.INC.id")));
    EXPECT_EQ(post("contact/contact", of_account).result_int(), 403U) << "may be read alone";
    EXPECT_EQ(code(post("account/list", {{"CustomerID", "1512150403"}, {"CustomerIDType", "CST"}})), "EV1022");
}

TEST_F(ServicesTest, SaysWhatIsWrongWithARequestOnlyToSomebodyWhoIsKnown) {
    EXPECT_EQ(code(post("customer/customer", customer("123"))), "EV1100");
    EXPECT_EQ(code(post("customer/customer", customer("049091851"))), "EV2234");
    EXPECT_EQ(code(post("customer/customer", customer(own_.substr(1)))), "EV1100") << "it is padded in requests";
    EXPECT_EQ(code(post("customer/customer", customer(own_.substr(0, 3) + "-" + own_.substr(3)))), "EV1100");
    EXPECT_EQ(code(post("customer/customer", {{"CustomerID", own_}})), "EV1100");
    EXPECT_EQ(code(post("account/account", account(own_))), "EV1100");
    for (const char* body : {"", "[]", "{}", R"({"CustomerID":1})", "\xff"}) {
        for (const char* operation : {"customer/customer", "account/list", "account/account", "account/batch",
                                      "contact/contact", "bank/bank"}) {
            const Response known = ask(http::verb::post, operation, user_, body);
            EXPECT_EQ(code(known), "EV1100") << operation << body;
            EXPECT_EQ(code(ask(http::verb::post, operation, "Bearer x", body)), "EV1020") << operation << body;
        }
    }
    json no_phone = own_customer_;
    no_phone["Contact"] = {{"ContactType", "SCNDRY"}, {"Name", "Somebody"}, {"Phone", json::array()}};
    EXPECT_EQ(code(post("contact/contact", no_phone)), "CNT103");
    EXPECT_EQ(code(post("bank/bank", account(text("customer.GST.id")))), "BNK100");
}

TEST_F(ServicesTest, ABatchIsJudgedItemByItem) {
    const json asked{{"Accounts",
                      {account(text("customer.INC.id")), account(text("other-customer.INC.id")),
                       account(unknown_ + "INC001"), "no object"}}};
    const Response response = post("account/batch", asked);
    const json items = json::parse(response.body()).at("Accounts");
    ASSERT_EQ(items.size(), 4U);
    EXPECT_EQ(items[0].at("Status"), 200);
    EXPECT_EQ(items[0].at("Account").at("ID"), text("customer.INC.id"));
    for (std::size_t at = 1; at < 4; ++at) {
        EXPECT_EQ(items[at].at("Status"), 403);
        EXPECT_FALSE(items[at].contains("Account"));
    }
    EXPECT_THAT(response.body(), Not(HasSubstr(text("other-customer.name"))));
    EXPECT_EQ(post("account/batch", {{"Accounts", json::array()}}).result_int(), 400U);
}

TEST_F(ServicesTest, DocumentsHaveAPublishedExtensionAndNoMoreThanTheirBytes) {
    const json sound{{"Description", "d"},
                     {"FileName", "a.PDF"},
                     {"Document", "R2F0ZQ=="},
                     {"ExtID", 235067864},
                     {"ExtIDType", "RTNSUB"}};
    EXPECT_EQ(post("document/document", sound).result_int(), 200U);
    const auto changed = [&](const char* member, const json& value) {
        json body = sound;
        body[member] = value;
        return code(post("document/document", body));
    };
    for (const char* const name : {"a.exe", "a", "", "pdf", "a.pdf.exe", "a.pdf "}) {
        EXPECT_EQ(changed("FileName", name), "EV1100") << name;
    }
    EXPECT_EQ(changed("FileName", 7), "EV1100");
    for (const std::size_t size : {120'000U, 120'004U}) {  // 90,000 bytes, and more
        json body = sound;
        body["Document"] = std::string(size, 'A');
        EXPECT_EQ(post("document/document", body).result_int(), size == 120'000U ? 200U : 400U) << size;
    }
    for (const char* const document : {"", "A", "AAA*", "===="}) {
        EXPECT_EQ(changed("Document", document), "EV1100") << document;
    }
    EXPECT_EQ(changed("DocumentLocationID", 1), "DOC403");
    json without = sound;
    without.erase("ExtIDType");
    EXPECT_EQ(code(post("document/document", without)), "DOC402");
    EXPECT_EQ(ask(http::verb::post, "document/document", "", sound.dump()).result_int(), 400U) << "no token";
}

TEST_F(ServicesTest, TheMockKnowsNoDelegations) {
    Caller mock;
    mock.listener = ListenerRole::mock;
    mock.authorised = true;
    const std::string idle = "Bearer " + text("cloud-idle-user.token");
    const auto ask_mock = [&](const std::string& authorization, const std::string& ird) {
        return ask(http::verb::post, "customer/customer", authorization, customer(ird).dump(), mock);
    };
    EXPECT_EQ(ask_mock(idle, other_).result_int(), 200U);
    EXPECT_EQ(soap_status(retrieve(other_), idle, mock), "0");
    EXPECT_EQ(code(ask_mock(idle, "102210221")), "EV1022") << "the number that the published mock refuses";
    EXPECT_EQ(soap_status(retrieve("102210221"), idle, mock), "4");
    EXPECT_EQ(code(ask_mock("Bearer x", own_)), "EV1020") << "but it looks at tokens";
    EXPECT_EQ(soap_status(retrieve(own_), "", mock), "2");
    const std::string unsigned_jwt = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln";
    EXPECT_EQ(ask_mock(unsigned_jwt, own_).result_int(), 200U) << "neither signature nor sub nor iss";
    EXPECT_EQ(code(ask(http::verb::post, "customer/customer", unsigned_jwt, own_customer_.dump())), "EV1020");
}

TEST_F(ServicesTest, TheMockHasThePublishedCustomersAndNobodySeesThemElsewhere) {
    Caller mock;
    mock.listener = ListenerRole::mock;
    mock.authorised = true;
    const std::string user = "Bearer " + text("cloud-user.token");
    const auto of_mock = [&](const char* operation, const json& asked) {
        return ask(http::verb::post, operation, user, asked.dump(), mock);
    };
    const auto account = [](const char* id) { return json{{"AccountID", id}, {"AccountIDType", "ACC"}}; };
    const json by_cst{{"CustomerID", "1512100301"}, {"CustomerIDType", "CST"}};
    EXPECT_EQ(json::parse(of_mock("customer/customer", by_cst).body())["Customer"]["ID"], "132243158");
    EXPECT_EQ(code(of_mock("customer/customer", customer("111111111"))), "CST404") << "it tells who is unknown";
    EXPECT_EQ(of_mock("account/account", account("132243158INC003")).result_int(), 200U);
    EXPECT_EQ(of_mock("account/account", account("132243158INC002")).result_int(), 200U) << "two of a type";
    EXPECT_EQ(code(of_mock("account/account", account("132243158KSS004"))), "ACT100");
    EXPECT_EQ(code(of_mock("account/account", account("132243158INC999"))), "CST404");
    EXPECT_EQ(code(of_mock("account/account", account("132243888INC003"))), "CST404");
    EXPECT_EQ(code(of_mock("account/account", account("102210221INC002"))), "EV1022");
    json since = account("132243158INC002");
    EXPECT_EQ(json::parse(of_mock("period/list", since).body())["Periods"].size(), 2U);
    since["FromDate"] = "2021-01-01";
    EXPECT_EQ(json::parse(of_mock("period/list", since).body())["Periods"].size(), 1U);
    since["ToDate"] = "2021-02-01";
    EXPECT_EQ(json::parse(of_mock("period/list", since).body())["Periods"].size(), 0U);
    since["ToDate"] = "01-01-2021";
    EXPECT_EQ(code(of_mock("period/list", since)), "EV1100");
    EXPECT_EQ(code(of_mock("period/list", account("132243158KSS004"))), "ACT100");
    EXPECT_EQ(code(ask(http::verb::post, "customer/customer", user, by_cst.dump())), "EV1022");
    EXPECT_EQ(code(ask(http::verb::post, "account/account", user, account("132243158KSS004").dump())), "EV1022");
}

}  // namespace
}  // namespace gateproof::gateway
