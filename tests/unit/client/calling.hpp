// What servers answer a client that reads or writes once, and how such a client is set up.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/unit/client/server.hpp"

namespace gateproof::client::test::call_test {

using std::chrono::milliseconds;

inline const std::string customer = R"({"Customer":{"ID":"049091850","IDType":"IRD"}})";
inline const std::string read_served = answer("200 OK", customer);
inline const std::string write_served = answer("200 OK", "<a:statusCode>0</a:statusCode>");

inline std::string error(const std::string& status, const std::string& code, const std::string& fields = {}) {
    return answer(status, R"({"errors":[{"code":")" + code + R"(","type":"t","message":"m"}]})", fields);
}

inline const std::string busy = error("429 Too Many Requests", "IR003");
inline std::string busy_for(const std::string& retry_after) {
    return error("429 Too Many Requests", "IR003", "Retry-After: " + retry_after + "\r\n");
}
inline const std::string unavailable = answer("503 Service Unavailable", "");

inline Options calling(const Server& server, const std::vector<std::string>& faults) {
    Options options = server.options(faults);
    options.token = "a-good-token";
    options.ird = "049091850";
    options.answer_limit = milliseconds(400);
    options.retries.first = milliseconds(5);
    return options;
}

}  // namespace gateproof::client::test::call_test
