#include "harness/probe/jwt/jwt.hpp"

#include "harness/json/tree.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof::jwt {
namespace {

/// A JSON object as RFC 7519 4 wants it: parsed by the strict reader, which refuses duplicate names and deep nesting.
std::optional<Json> object_of(std::string_view part) {
    const std::optional<std::string> text = from_base64url(part);
    if (!text) {
        return std::nullopt;
    }
    const JsonTree tree = parse_json_tree(*text);
    if (!tree.root || !tree.faults.empty() || tree.root->kind != JsonNode::Kind::object) {
        return std::nullopt;
    }
    Json object = Json::parse(*text, nullptr, false);
    return object.is_object() ? std::optional(std::move(object)) : std::nullopt;
}

}  // namespace

std::string signing_input(const Json& header, const Json& claims) {
    constexpr auto replace = Json::error_handler_t::replace;
    return base64url(header.dump(-1, ' ', false, replace)) + "." + base64url(claims.dump(-1, ' ', false, replace));
}

std::string compact(std::string_view input, std::string_view signature) {
    return std::string(input) + "." + base64url(signature);
}

std::optional<std::string> make(Algorithm algorithm, EVP_PKEY* key, const Json& header, const Json& claims) {
    const std::string input = signing_input(header, claims);
    const std::optional<std::string> signature = sign(algorithm, key, input);
    return signature ? std::optional(compact(input, *signature)) : std::nullopt;
}

std::optional<Token> decode(std::string_view text) {
    const std::size_t first = text.find('.');
    const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
    if (text.size() > max_token_bytes || second == std::string_view::npos ||
        text.find('.', second + 1) != std::string_view::npos) {
        return std::nullopt;
    }
    std::optional<Json> header = object_of(text.substr(0, first));
    std::optional<Json> claims = object_of(text.substr(first + 1, second - first - 1));
    std::optional<std::string> signature = from_base64url(text.substr(second + 1));
    if (!header || !claims || !signature) {
        return std::nullopt;
    }
    return Token{std::move(*header), std::move(*claims), std::string(text.substr(0, second)), std::move(*signature)};
}

}  // namespace gateproof::jwt
