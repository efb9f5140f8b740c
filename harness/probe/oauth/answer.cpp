// The strict reading of a token endpoint's answer, and what in it is secret.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/json/tree.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::oauth {
namespace {

constexpr std::array<std::string_view, 3> secret_members{"access_token", "refresh_token", "id_token"};

/// application/json of "Application/JSON; charset=utf-8".
std::string media_type(std::string_view value) {
    value = value.substr(0, value.find(';'));
    while (!value.empty() && value.back() == ' ') {
        value.remove_suffix(1);
    }
    return lower_case(value);
}

bool says_no_store(const HttpResponse& response) {
    return std::ranges::any_of(response.headers, [](const auto& header) {
        return header.first == "cache-control" && lower_case(header.second).find("no-store") != std::string::npos;
    });
}

void read_members(const JsonNode& object, TokenAnswer& answer) {
    for (const JsonNode& member : object.children) {
        answer.names.push_back(member.key);
        switch (member.kind) {
            case JsonNode::Kind::string: answer.texts.try_emplace(member.key, member.text); break;
            case JsonNode::Kind::integer: answer.numbers.try_emplace(member.key, member.integer); break;
            case JsonNode::Kind::boolean: answer.flags.try_emplace(member.key, member.boolean); break;
            default: break;
        }
    }
}

/// The string after `"name"` and a colon, without a look at what surrounds it: a broken answer leaks as well.
void add_value_after(std::string_view body, std::string_view name, std::vector<std::string>& secrets) {
    constexpr std::size_t most = 8;
    const std::string quoted = fmt::format("\"{}\"", name);
    std::size_t found = body.find(quoted);
    for (std::size_t count = 0; found != std::string_view::npos && count < most; ++count) {
        const std::size_t begin = body.find('"', found + quoted.size());
        const std::size_t end = begin == std::string_view::npos ? begin : body.find('"', begin + 1);
        if (begin != std::string_view::npos) {
            secrets.emplace_back(body.substr(begin + 1, std::min(end, body.size()) - begin - 1));
        }
        found = body.find(quoted, found + quoted.size());
    }
}

/// The same as a JSON reader has them, escapes undone: "ab\/cd" is sent as ab/cd.
void add_members(const std::string& body, std::vector<std::string>& secrets) {
    const JsonTree tree = parse_json_tree(body);
    for (const JsonNode& member : tree.root ? tree.root->children : std::vector<JsonNode>{}) {
        if (std::ranges::find(secret_members, member.key) != secret_members.end()) {
            secrets.push_back(member.text);
        }
    }
}

void add_parameters(std::string_view location, std::vector<std::string>& secrets) {
    const std::size_t query = location.find_first_of("?#");
    if (query == std::string_view::npos) {
        return;
    }
    std::string text(location.substr(query + 1));
    std::ranges::replace(text, '#', '&');
    for (const auto& [name, value] : parse_query(text)) {
        if (name == "code" || std::ranges::find(secret_members, name) != secret_members.end()) {
            secrets.push_back(value);
        }
    }
}

}  // namespace

const std::string& TokenAnswer::text(const std::string& name) const {
    static const std::string nothing;
    const auto found = texts.find(name);
    return found == texts.end() ? nothing : found->second;
}

std::optional<std::int64_t> TokenAnswer::lifetime() const {
    if (const auto number = numbers.find("expires_in"); number != numbers.end()) {
        return number->second;
    }
    const std::string& digits = text("expires_in");
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    return whole && digits.front() != '-' ? std::optional(seconds) : std::nullopt;
}

bool TokenAnswer::has(std::string_view name) const {
    return std::ranges::find(names, name) != names.end();
}

std::string TokenAnswer::summary() const {
    if (status == 0) {
        return failure;
    }
    std::string what = fmt::format("HTTP {}", status);
    if (!text("access_token").empty()) {
        return what + " with an access token";
    }
    if (!text("error").empty()) {
        return what + ' ' + shown(text("error"));
    }
    return malformed.empty() ? what : fmt::format("{} ({})", what, malformed);
}

TokenAnswer read_token_answer(const HttpOutcome& outcome) {
    TokenAnswer answer;
    if (!outcome.whole()) {
        answer.failure = outcome.summary();
        return answer;
    }
    const HttpResponse& response = *outcome.response;
    answer.status = response.status;
    if (const std::string* type = response.header("content-type")) {
        answer.content_type = media_type(*type);
    }
    answer.no_store = says_no_store(response);
    if (response.truncated) {
        answer.malformed = fmt::format("a body of more than {} KiB", HttpClient::max_body / 1024);
        return answer;
    }
    if (response.body.empty()) {
        answer.malformed = "an empty body";
        return answer;
    }
    const JsonTree tree = parse_json_tree(response.body);
    if (!tree.root || tree.root->kind != JsonNode::Kind::object) {
        answer.malformed =
            answer.content_type.find("html") != std::string::npos ? "HTML instead of JSON" : "no JSON object";
        return answer;
    }
    read_members(*tree.root, answer);
    if (!tree.faults.empty()) {
        answer.malformed = shown(tree.faults.front().message);
    }
    return answer;
}

std::vector<std::string> secrets_of(const HttpOutcome& outcome) {
    std::vector<std::string> secrets;
    if (!outcome.response) {
        return secrets;
    }
    for (const auto& [name, value] : outcome.response->headers) {
        if (name == "location") {
            add_parameters(value, secrets);
        } else if (name == "set-cookie") {
            const std::size_t equals = value.find('=');
            const std::size_t end = std::min(value.find(';'), value.size());
            if (equals < end) {
                secrets.push_back(value.substr(equals + 1, end - equals - 1));
            }
        }
    }
    for (const std::string_view name : secret_members) {
        add_value_after(outcome.response->body, name, secrets);
    }
    add_members(outcome.response->body, secrets);
    // A cookie that says "true" is no secret, and taking it for one would garble every report.
    constexpr std::size_t shortest = 8;
    std::erase_if(secrets, [](const std::string& value) { return value.size() < shortest; });
    return secrets;
}

}  // namespace gateproof::oauth
