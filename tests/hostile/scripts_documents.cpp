// Well-framed answers whose JSON, XML or HTML is meant to hurt its reader.
#include <fmt/format.h>

#include "tests/hostile/script.hpp"

namespace gateproof::test {
namespace {

using namespace std::string_literals;

Script json(std::string_view name, std::string_view body, std::string_view status = "200 OK") {
    return {.name = name, .stage = Stage::request, .once = answer("application/json", body, status)};
}

Script xml(std::string_view name, std::string_view body) {
    return {.name = name, .stage = Stage::request, .once = answer("application/soap+xml; charset=utf-8", body)};
}

Script html(std::string_view name, std::string_view body) {
    return {.name = name, .stage = Stage::request, .once = answer("text/html", body)};
}

std::string billion_laughs() {
    std::string out = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol0 \"lol\">";
    for (int i = 1; i < 12; ++i) {
        out += fmt::format("<!ENTITY lol{} \"{}\">", i, repeated(fmt::format("&lol{};", i - 1), 10));
    }
    return out + "]><lolz>&lol11;</lolz>";
}

/// Every member that a reader of ours may look for, each of a type that it is not.
constexpr std::string_view wrong_types =
    R"({"dsp":{},"access_token":[1],"token_type":{"Bearer":true},"expires_in":-1e400,"refresh_token":[],"scope":false,)"
    R"("error":{"error":[]},"error_description":7,"active":"maybe","errors":"none","code":{},"message":[[]],)"
    R"("ird":{},"name":null,"accounts":{"INC":[]},"status":"4"})";

}  // namespace

std::vector<Script> document_scripts() {
    return {
        json("json-empty", ""),
        json("json-cut", R"({"dsp": "a, "errors": [{"code")"),
        json("json-without-sense", noise(2000)),
        json("json-nested-100000-deep", std::string(100'000, '[')),
        json("json-objects-nested-20000-deep", repeated("{\"dsp\":", 20'000)),
        json("json-number-of-a-mebibyte", "{\"dsp\":" + std::string(1'000'000, '9') + "}"),
        json("json-exponent-beyond-measure", R"({"dsp":1e999999999,"expires_in":1e999999999})"),
        json("json-no-utf-8", "{\"dsp\":\"\xff\xfe\xc0\x80\xed\xa0\x80\"}"),
        json("json-nul-and-bidi", "{\"dsp\":\"a\\u0000b\\u202e\\ud800\",\"\\u0000\":1}"),
        json("json-names-twice", R"({"dsp":"a","dsp":"b","access_token":"x","access_token":{}})"),
        json("json-of-wrong-types", wrong_types),
        json("json-error-of-wrong-types", wrong_types, "400 Bad Request"),
        json("json-a-bare-string", "\"dsp\""),
        json("json-a-bare-null", "null"),
        json("json-array-of-a-mebibyte", "[" + repeated("0,", 500'000) + "0]"),
        json("json-member-of-a-mebibyte", "{\"dsp\":\"" + std::string(1'000'000, 'd') + "\"}"),
        json(
            "token-of-line-breaks",
            R"({"access_token":"a\r\nX-Injected: yes\r\n\r\n","token_type":"Bearer","expires_in":28800,"refresh_token":"\r\n"})"),
        json("token-of-a-mebibyte",
             R"({"access_token":")" + std::string(900'000, 'a') + R"(","token_type":"Bearer","expires_in":28800})"),
        xml("xml-billion-laughs", billion_laughs()),
        xml("xml-of-a-file",
            R"(<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><statusCode>&f;</statusCode>)"),
        xml("xml-nested-100000-deep", repeated("<a>", 100'000)),
        xml("xml-cut", "<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"><soap:Body><status"),
        xml("xml-attributes-without-end", "<a " + repeated("b=\"c\" ", 100'000) + "/>"),
        xml("xml-no-utf-8", "<?xml version=\"1.0\" encoding=\"UTF-8\"?><status>\xff\xfe\xc0\x80</status>"),
        xml("xml-codes-twice", "<status>4</status><status>0</status><statusCode>99999999999999999999</statusCode>"),
        html("html-without-end", "<html><body><form action=\"/gateway3/oauth/authorize\"" + repeated(" x", 50'000)),
        html("html-of-ten-thousand-forms",
             repeated("<form method=post action=/a><input name=username><input type=password name=password></form>",
                      10'000)),
        html("html-form-to-elsewhere",
             "<form method=\"post\" action=\"javascript:alert(1)\"><input name=\"user\"><input name=\"password\" "
             "type=\"password\"></form><form method=post action=//evil.example/><input name=a></form>"),
        html("html-nested-100000-deep", repeated("<div>", 100'000)),
        html("html-with-nul-and-bidi", "<form action=\"/\0\"><input name=\"\xe2\x80\xae\" value=\"\x1b[2J\"></form>"s),
    };
}

}  // namespace gateproof::test
