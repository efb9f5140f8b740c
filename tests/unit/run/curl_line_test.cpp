#include "harness/run/repeat/curl_line.hpp"

#include <gmock/gmock.h>

#include <string>
#include <variant>
#include <vector>

namespace gateproof {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Profile profile_of_a_gateway() {
    Profile profile;
    profile.file = "/nowhere/profile.json";
    profile.operations["status"].path = "/status";
    profile.control = "status";
    return profile;
}

void answered(CheckResult& result, std::string_view version, std::string_view curl) {
    result.evidence.push_back({.kind = "http_exchange", .at = {}, .fields = {}});
    result.evidence.back()
        .with("request", "GET /customer")
        .with("authority", "gateway.example:4046")
        .with("identity", "none")
        .with("result", "HTTP 200")
        .with("tls_version", version)
        .with(curl_field, curl);
}

std::vector<std::string> lines(const CheckResult& result) {
    std::vector<std::string> found;
    for (const Observation& seen : result.evidence) {
        for (const auto& [name, value] : seen.fields) {
            if (name == curl_field) {
                found.push_back(std::get<std::string>(value));
            }
        }
    }
    return found;
}

CheckResult served_under_both() {
    CheckResult result;
    result.outcome = Outcome::fail;
    answered(result, "TLS 1.2", "curl --tlsv1.2 --tls-max 1.2 https://gateway.example:4046/customer");
    answered(result, "TLS 1.3", "curl --tlsv1.3 https://gateway.example:4046/customer");
    return result;
}

TEST(CurlLine, IsOfTheVersionThatTheSentenceNames) {
    CheckResult result = served_under_both();
    result.sentence = "Without a client certificate it was answered with HTTP 200 under TLS 1.2.";
    keep_curl_line(result, profile_of_a_gateway());
    EXPECT_THAT(lines(result), ElementsAre("curl --tlsv1.2 --tls-max 1.2 https://gateway.example:4046/customer"));
}

TEST(CurlLine, IsOfTheLastAnswerWhereTheSentenceNamesNoVersion) {
    CheckResult result = served_under_both();
    result.sentence = "Without a client certificate it was answered with HTTP 200.";
    keep_curl_line(result, profile_of_a_gateway());
    EXPECT_THAT(lines(result), ElementsAre("curl --tlsv1.3 https://gateway.example:4046/customer"));
}

TEST(CurlLine, IsNotLeftWhereNothingWasFound) {
    CheckResult result = served_under_both();
    result.outcome = Outcome::pass;
    result.sentence = "HTTP 200";
    keep_curl_line(result, profile_of_a_gateway());
    EXPECT_THAT(lines(result), IsEmpty());
}

}  // namespace
}  // namespace gateproof
