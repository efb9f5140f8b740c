#include "gateway/fixture/ird_number.hpp"
#include "gateway/http/routes.hpp"

#include <gtest/gtest.h>

namespace gateproof::gateway {
namespace {

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
    EXPECT_EQ(get("/gateway/customer-service/status", cloud).body(), "OK");
    EXPECT_EQ(get("/gateway2/customer-service/status", desktop).body(), "OK");
    EXPECT_EQ(get("/gateway/customer-service/status", desktop).result_int(), 404U);
    EXPECT_EQ(get("/gateway2/customer-service/status", cloud).result_int(), 404U);
    EXPECT_EQ(get("/gateway/customer-service/status/", cloud).result_int(), 404U);
    EXPECT_EQ(get("/", cloud).result_int(), 404U);
    EXPECT_EQ(get("", cloud).result_int(), 404U);
}

TEST(Service, RefusesUnauthorisedCallersAndPlainHttpWholesale) {
    EXPECT_EQ(get("/gateway/customer-service/status", {ListenerRole::cloud, false}).result_int(), 403U);
    for (const char* path : {"/gateway/customer-service/status", "/gateway2/customer-service/status", "/"}) {
        const Response answer = get(path, {ListenerRole::plain_http, true});
        EXPECT_EQ(answer.result_int(), 403U);
        EXPECT_EQ(answer.count(http::field::location), 0U);
    }
}

TEST(Service, ValidatesNumbersFromQueryAndBody) {
    const Caller cloud{ListenerRole::cloud, true};
    EXPECT_EQ(get("/gateway/customer-service/validateIRD?a=b&irdNumber=49091850", cloud).result_int(), 200U);
    EXPECT_NE(get("/gateway/customer-service/validateIRD?irdNumber=49091851", cloud).body().find("EV2234"),
              std::string::npos);
    EXPECT_NE(get("/gateway/customer-service/validateIRD", cloud).body().find("EV1100"), std::string::npos);
    const FaultSet none;
    for (const auto& [body, status] :
         std::vector<std::pair<std::string, unsigned>>{{R"({"irdNumber":"49091850"})", 200U},
                                                       {R"({"irdNumber":49091850})", 200U},
                                                       {R"({"irdNumber":[]})", 400U},
                                                       {"{", 400U},
                                                       {"\xff\xfe", 400U},
                                                       {R"({"irdNumber":"\u0000"})", 400U}}) {
        Request request{http::verb::post, "/gateway/customer-service/validateIRD", 11, body};
        EXPECT_EQ(serve(request, cloud, none).result_int(), status) << body;
    }
}

}  // namespace
}  // namespace gateproof::gateway
