// The ways around a limit, as requests.
#include "suites/gateway/throttle/ways.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gateproof::suites {
namespace {

TEST(ThrottleWays, AddressesAreOfManyNetworksAndNobodys) {
    std::set<std::string> networks;
    for (unsigned number = 1; number <= 16; ++number) {
        const std::string address = nobodys_address(number);
        EXPECT_TRUE(address.starts_with("198.18.") || address.starts_with("198.19.")) << address;
        networks.insert(address.substr(0, address.rfind('.')));
    }
    EXPECT_EQ(networks.size(), 16U);
}

TEST(ThrottleWays, AHostInOtherLettersIsTheSameHost) {
    EXPECT_EQ(in_other_letters("api.example:4046", 1), "Api.eXampLe:4046");
    EXPECT_NE(in_other_letters("api.example:4046", 2), in_other_letters("api.example:4046", 3));
    EXPECT_EQ(in_other_letters("127.0.0.1:4046", 3), "127.0.0.1:4046");
}

TEST(ThrottleWays, AParameterIsAddedToWhatIsThere) {
    EXPECT_EQ(with_parameter("/a", 7), "/a?gateproof=7");
    EXPECT_EQ(with_parameter("/a?b=1", 7), "/a?b=1&gateproof=7");
}

TEST(ThrottleWays, AClaimedAddressStandsInEveryHeader) {
    HttpRequest request;
    request.headers = {{"x-forwarded-for", "10.0.0.1"}, {"Accept", "*/*"}};
    const HttpRequest claiming = claiming_address(request, "198.18.0.1");
    std::multiset<std::string> names;
    for (const auto& [name, value] : claiming.headers) {
        names.insert(name);
        if (name != "Accept") {
            EXPECT_EQ(value, name == "Forwarded" ? "for=198.18.0.1" : "198.18.0.1") << name;
        }
    }
    EXPECT_EQ(names.count("x-forwarded-for"), 0U) << "one address alone";
    for (const char* name :
         {"X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP"}) {
        EXPECT_EQ(names.count(name), 1U) << name;
    }
}

TEST(ThrottleWays, HeadersArePartedWhereTogetherTheyDoNotSayEnough) {
    Way way{"headers", {"r"}};
    way.got = {0, 10};
    way.evasion = Evasion::yes;
    EXPECT_FALSE(way.has_to_be_parted()) << "it has no parts";
    way.parts = {{"a", {"r"}}, {"b", {"r"}}};
    EXPECT_TRUE(way.has_to_be_parted()) << "which one is it?";
    way.evasion = Evasion::no;
    EXPECT_FALSE(way.has_to_be_parted());
    way.turned_down = 8;
    EXPECT_TRUE(way.has_to_be_parted()) << "a request with all of them gets nowhere, one with one of them may";
}

}  // namespace
}  // namespace gateproof::suites
