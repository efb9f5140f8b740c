#include "gateway/fixture/ird_number.hpp"
#include "gateway/http/routes.hpp"

#include <gmock/gmock.h>

namespace gateproof::gateway {
namespace {

using testing::HasSubstr;

namespace http = boost::beast::http;

TEST(IrdNumber, FollowsTheModulusElevenRule) {
    EXPECT_EQ(validate_ird_number("49091850"), IrdNumber::valid);
    EXPECT_EQ(validate_ird_number("049091850"), IrdNumber::valid);
    EXPECT_EQ(validate_ird_number("35901981"), IrdNumber::valid);
    EXPECT_EQ(validate_ird_number("136410132"), IrdNumber::valid);  // needs the second set of weights
    EXPECT_EQ(validate_ird_number("136410133"), IrdNumber::bad_check_digit);
    EXPECT_EQ(validate_ird_number("49091851"), IrdNumber::bad_check_digit);
    EXPECT_EQ(validate_ird_number("9125568"), IrdNumber::malformed);    // below 10-000-000
    EXPECT_EQ(validate_ird_number("150000001"), IrdNumber::malformed);  // above 150-000-000
    EXPECT_EQ(validate_ird_number("4909185O"), IrdNumber::malformed);
    EXPECT_EQ(validate_ird_number(""), IrdNumber::malformed);
    EXPECT_EQ(validate_ird_number("99999999999999999999999999"), IrdNumber::malformed);
}

Response get(const std::string& target, Caller caller, const std::vector<std::string>& faults = {}) {
    Request request{http::verb::get, target, 11};
    const FaultSet set(faults);
    return serve(request, caller, set);
}

TEST(Service, EachListenerServesItsOwnPaths) {
    const Caller cloud{ListenerRole::cloud, true};
    const Caller desktop{ListenerRole::desktop, true};
    for (const char* api : {"customer", "account", "contact", "bank", "customer-service"}) {
        const std::string path = std::string("/gateway/") + api + "/status";
        EXPECT_EQ(get(path, cloud).body(), "OK") << path;
        EXPECT_EQ(get(path, desktop).result_int(), 404U) << path;
        EXPECT_EQ(get(path, {ListenerRole::mock, true}).result_int(), 404U) << path;
        EXPECT_EQ(get(std::string("/gateway2/") + api + "/status", desktop).result_int(), 404U) << path;
    }
    EXPECT_EQ(get("/gateway/tds/status", cloud).result_int(), 404U);
    EXPECT_EQ(get("/gateway/customer-service/status/", cloud).result_int(), 404U);
    EXPECT_EQ(get("/", cloud).result_int(), 404U);
    EXPECT_EQ(get("", cloud).result_int(), 404U);
}

TEST(Service, RefusesUnauthorisedCallersAndPlainHttpWholesale) {
    EXPECT_EQ(get("/gateway/customer-service/status", {ListenerRole::cloud, false}).result_int(), 403U);
    for (const char* path : {"/gateway/customer-service/status", "/gateway2/gws/returns/?wsdl", "/"}) {
        const Response answer = get(path, {ListenerRole::plain_http, true});
        EXPECT_EQ(answer.result_int(), 403U);
        EXPECT_EQ(answer.count(http::field::location), 0U);
    }
}

TEST(Service, ValidatesNumbersThatArePosted) {
    const Caller cloud{ListenerRole::cloud, true};
    EXPECT_EQ(get("/gateway/customer-service/validateIRD?IRD=049091850", cloud).result_int(), 405U);
    const FaultSet none;
    const auto about = [](const std::string& number) {
        return R"({"IRD":")" + number + R"(","Classification":"IND","Date":"1985-03-16","FormattedName":"Doe, Jan"})";
    };
    for (const auto& [body, status] : std::vector<std::pair<std::string, unsigned>>{{about("049091850"), 200U},
                                                                                    {about("49091850"), 400U},
                                                                                    {about("049091851"), 400U},
                                                                                    {R"({"IRD":"049091850"})", 400U},
                                                                                    {R"({"IRD":[]})", 400U},
                                                                                    {"[]", 400U},
                                                                                    {"{", 400U},
                                                                                    {"\xff\xfe", 400U},
                                                                                    {R"({"IRD":"\u0000"})", 400U}}) {
        Request request{http::verb::post, "/gateway/customer-service/validateIRD", 11, body};
        EXPECT_EQ(serve(request, cloud, none).result_int(), status) << body;
    }
}

TEST(Service, ANumberIsValidatedAgainstThePersonThatItIsAsked) {
    const Caller cloud{ListenerRole::cloud, true};
    const auto asked = [&](const std::string& body, const FaultSet& faults = FaultSet()) {
        const Request request{http::verb::post, "/gateway/customer-service/validateIRD", 11, body};
        return serve(request, cloud, faults).body();
    };
    const std::string person = R"({"IRD":"035901981","Classification":"IND","Date":"1979-08-21",)";
    const std::string named = person + R"("Name":{"FirstName":"Aroha","LastName":"Ngata"},)";
    const std::string address = R"("FormattedAddress":"12 Kauri Road, Nelson 7010"})";
    const std::string match = R"({"Match":"Match"})";
    const std::string no_match = R"({"Match":"No match"})";
    EXPECT_EQ(asked(named + address), match);
    EXPECT_EQ(asked(named + R"("Address":{"Street":"12 Kauri Road","City":"Nelson","PostCode":"7010"}})"), match);
    EXPECT_EQ(asked(person + R"("FormattedName":"Ngata, Aroha",)" + address), match);
    EXPECT_EQ(asked(person + R"("FormattedName":"Ngata, Ari",)" + address), no_match);
    EXPECT_EQ(asked(named + address, FaultSet({"person-never-matched"})), no_match);
    EXPECT_THAT(asked(person + address), HasSubstr("EV1100"));
    EXPECT_THAT(
        asked(R"({"IRD":"035901981","Classification":"COM","Date":"1979-08-21","FormattedName":"Ngata, Aroha"})"),
        HasSubstr("IR001"));
    EXPECT_THAT(asked(named + R"("Address":5})"), HasSubstr("No match"));
    const auto company = [&](const std::string& nzbn) {
        return R"({"IRD":"136410132","Classification":"COM","Date":"2004-04-01","FormattedName":"Pukeko Joinery Limited",)"
               R"("FormattedAddress":"3 Wharf Street, Oamaru 9400","NZBN":")" +
               nzbn + "\"}";
    };
    EXPECT_EQ(asked(company("9429000106078")), match);
    EXPECT_THAT(asked(company("9429000000017")), HasSubstr("IR002"));
    EXPECT_EQ(asked(company("9429000000017"), FaultSet({"any-nzbn-taken"})), match);
}

TEST(Service, TransactionDataNeedEnrolmentAndNoToken) {
    Caller cloud{ListenerRole::cloud, true};
    EXPECT_NE(get("/gateway/tds/summary", cloud).body().find("TDS201"), std::string::npos);
    cloud.may_use_tds = true;
    EXPECT_EQ(get("/gateway/tds/summary", cloud).result_int(), 200U);
    Request request{http::verb::get, "/gateway/tds/summary", 11};
    request.set(http::field::authorization, "Bearer x");
    EXPECT_NE(serve(request, cloud, FaultSet()).body().find("TDS204"), std::string::npos);
}

TEST(Service, BatchesOfTransactionDataAreAskedForByAccountAndPeriod) {
    Caller cloud{ListenerRole::cloud, true};
    const auto batch = [&](const std::string& body) {
        Request request{http::verb::post, "/gateway/tds/transactions/batch", 11, body};
        const Response answer = serve(request, cloud, FaultSet());
        return std::to_string(answer.result_int()) + answer.body();
    };
    const std::string sound = R"({"accountId":"139476387INC002","filingPeriod":"2026-03-31"})";
    EXPECT_NE(batch(sound).find("TDS201"), std::string::npos);
    cloud.may_use_tds = true;
    EXPECT_EQ(batch(sound).substr(0, 3), "200") << batch(sound);
    EXPECT_NE(batch(R"({"accountId":"139476387INC002"})").find("TDS102"), std::string::npos);
    EXPECT_NE(batch(R"({"accountId":"1","filingPeriod":"2026-03-31"})").find("TDS101"), std::string::npos);
    for (const char* const hostile : {"", "[]", "{", "\xff", R"({"accountId":7})"}) {
        EXPECT_EQ(batch(hostile).substr(0, 3), "400") << hostile;
    }
    EXPECT_EQ(get("/gateway/tds/transactions/batch", cloud).result_int(), 404U);
    cloud.listener = ListenerRole::desktop;
    EXPECT_EQ(get("/gateway2/tds/summary", cloud).result_int(), 404U);
}

}  // namespace
}  // namespace gateproof::gateway
