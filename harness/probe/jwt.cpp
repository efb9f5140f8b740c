#include "harness/probe/jwt.hpp"

#include <array>

#include "harness/profile/json_tree.hpp"

namespace gateproof::jwt {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<int, 256> digit_values() {
    std::array<int, 256> values{};
    values.fill(-1);
    for (std::size_t digit = 0; digit < alphabet.size(); ++digit) {
        values[static_cast<unsigned char>(alphabet[digit])] = static_cast<int>(digit);
    }
    return values;
}

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

std::string base64url(std::string_view bytes) {
    std::string text;
    text.reserve(bytes.size() * 4 / 3 + 3);
    unsigned held = 0;
    int bits = 0;
    for (const char c : bytes) {
        held = (held << 8) | static_cast<unsigned char>(c);
        for (bits += 8; bits >= 6;) {
            bits -= 6;
            text += alphabet[(held >> bits) & 63];
        }
    }
    if (bits > 0) {
        text += alphabet[(held << (6 - bits)) & 63];
    }
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    static constexpr std::array<int, 256> values = digit_values();
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    unsigned held = 0;
    int bits = 0;
    for (const char c : text) {
        const int value = values[static_cast<unsigned char>(c)];
        if (value < 0) {
            return std::nullopt;
        }
        held = (held << 6) | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((held >> bits) & 0xff);
        }
    }
    const bool left_over = bits >= 6 || (held & ((1U << bits) - 1)) != 0;
    return left_over ? std::nullopt : std::optional(std::move(bytes));
}

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
