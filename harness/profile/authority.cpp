#include "harness/profile/authority.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <cctype>
#include <iterator>
#include <string_view>

#include "harness/profile/profile.hpp"

namespace gateproof {
namespace {

std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80 && (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos)) {
            out.push_back(c);
        } else {
            fmt::format_to(std::back_inserter(out), "%{:02X}", byte);
        }
    }
    return out;
}

}  // namespace

std::string OAuthClient::basic() const {
    const std::string pair = percent_encoded(id) + ':' + percent_encoded(secret);
    std::string text(4 * ((pair.size() + 2) / 3) + 1, '\0');
    const int length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(pair.data()), static_cast<int>(pair.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

bool Authority::supplies_token(const std::string& role) const {
    return tokens.contains(role) || (automated && users.contains(role));
}

std::string token_unmet(const Profile& profile, const std::string& role) {
    if (profile.authority && profile.authority->supplies_token(role)) {
        return {};
    }
    return fmt::format(
        "needs an access token of \"{0}\"; give oauth.tokens.{0} (gateproof login fetches one){1} in the profile", role,
        profile.authority && profile.authority->automated ? fmt::format(", or oauth.users.{}", role) : "");
}

}  // namespace gateproof
