// Answers of an OAuth authority: the strict reading of its JSON, and that nothing secret in an answer escapes the
// redactor. The first byte is the length of a Location header, which comes next; the rest is the body.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "harness/journal/redact.hpp"
#include "harness/probe/oauth/loopback_redirect.hpp"
#include "harness/probe/oauth/oauth.hpp"

namespace {

using gateproof::HttpOutcome;
namespace oauth = gateproof::oauth;

constexpr std::size_t shortest_secret = 8;

void check_reading(const oauth::TokenAnswer& answer) {
    require(!answer.granted() || (answer.status == 200 && answer.has("access_token")), "a token that was not given");
    require(!(answer.granted() && answer.refused()), "granted and refused");
    const std::set<std::string> names(answer.names.begin(), answer.names.end());
    require(names.size() == answer.names.size() || !answer.malformed.empty(), "a name twice, and nobody minds");
    for (const auto& [name, text] : answer.texts) {
        require(answer.has(name), "a text without its name");
        require(!answer.numbers.contains(name) && !answer.flags.contains(name), "two values of one name");
    }
    for (const char c : answer.summary() + answer.malformed) {
        require(c >= ' ' && c < 0x7f, "a control character in a sentence");
    }
}

/// What a check would know as a secret is taken out of every text that holds it.
void check_secrets(const HttpOutcome& outcome, const oauth::TokenAnswer& answer) {
    gateproof::Redactor redactor({});
    for (const std::string& secret : oauth::secrets_of(outcome)) {
        require(secret.size() >= shortest_secret, "too short to be told from other texts");
        redactor.add(secret);
    }
    for (const char* const name : {"access_token", "refresh_token", "id_token"}) {
        const std::string& token = answer.text(name);
        if (token.size() >= shortest_secret) {
            std::string text = token;
            redactor.apply(text);
            require(text == "[redacted]", "a token that nobody keeps secret");
        }
    }
}

void check_location(const std::string& location) {
    const std::size_t query = std::min(location.find_first_of("?#"), location.size());
    const oauth::Parameters parameters = oauth::parse_query(std::string_view(location).substr(query));
    require(parameters.size() <= 64, "too many parameters");
    require(oauth::parse_query(oauth::form_encoded(parameters)).size() <= parameters.size(), "parameters grew");
    if (const auto loopback = oauth::parse_loopback_uri(location)) {
        require(location.starts_with("http://"), "a loopback address of another scheme");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const TwoTexts input = two_texts(data, size);
    HttpOutcome outcome;
    outcome.response.emplace();
    outcome.response->headers = {{"content-type", "application/json"}, {"location", input.first}};
    outcome.response->body = input.second;
    for (const int status : {200, 400}) {
        outcome.response->status = status;
        const oauth::TokenAnswer answer = oauth::read_token_answer(outcome);
        check_reading(answer);
        check_secrets(outcome, answer);
    }
    check_location(input.first);
    return 0;
}
