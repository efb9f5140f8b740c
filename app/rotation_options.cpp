#include "app/rotation_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "app/command.hpp"
#include "app/input/client_files.hpp"
#include "app/output.hpp"
#include "harness/identity/load_identity.hpp"
#include "harness/identity/pkcs11.hpp"
#include "harness/json/read_file.hpp"

namespace gateproof::cli {
namespace {

std::string read(const std::string& option, const std::string& file, std::string_view what) {
    FileText text = read_bounded_file(file, what);
    if (!text.problem.empty()) {
        throw Unusable(fmt::format("{} {}: {}", option, shown_word(file), shown_word(text.problem)));
    }
    return std::move(text.text);
}

std::optional<std::string> passphrase_of(const CertificateWords& words, std::vector<std::string>& secrets) {
    if (words.passphrase_env.empty()) {
        return std::nullopt;
    }
    const char* const value = std::getenv(words.passphrase_env.c_str());
    if (value == nullptr || *value == '\0') {
        throw Unusable(fmt::format("{}-passphrase-env: the environment variable {} is not set", words.option,
                                   shown_word(words.passphrase_env)));
    }
    secrets.emplace_back(value);
    return std::string(value);
}

/// The key's text: as named, or in the certificate's file, or in a file beside it.
std::string key_text(const CertificateWords& words, const std::string& certificate) {
    if (is_pkcs11_uri(words.key)) {
        return words.key;
    }
    if (!words.key.empty()) {
        return read(std::string(words.option) + "-key", words.key, "key");
    }
    if (!private_key_blocks(certificate).empty()) {
        return certificate;
    }
    std::string absent;
    for (const std::filesystem::path& beside : key_files_beside(words.certificate)) {
        std::error_code ignored;
        if (std::filesystem::exists(beside, ignored)) {
            return read(std::string(words.option) + "-key", beside.string(), "key");
        }
        absent += (absent.empty() ? "" : " or ") + shown_word(beside.string());
    }
    throw Unusable(fmt::format("{} {} holds no private key, and there is no {}; give the key with {}-key", words.option,
                               shown_word(words.certificate), absent, words.option));
}

}  // namespace

std::shared_ptr<const Identity> load_certificate(const CertificateWords& words, const Profile& profile,
                                                 const std::string& role, std::vector<std::string>& secrets) {
    const std::filesystem::path file(words.certificate);
    std::error_code ignored;
    if (const Identity* const given = profile.identity(words.certificate);
        given != nullptr && !std::filesystem::exists(file, ignored)) {
        return std::make_shared<const Identity>(Identity{role, given->leaf, given->chain, given->key});
    }
    if (!std::filesystem::exists(file, ignored)) {
        std::string roles;
        for (const auto& [name, identity] : profile.identities) {
            roles += (roles.empty() ? "" : ", ") + name;
        }
        throw Unusable(fmt::format("{}: {} is neither a file nor a role that the profile fills ({})", words.option,
                                   shown_word(words.certificate), roles.empty() ? "it fills none" : roles));
    }
    const std::optional<std::string> passphrase = passphrase_of(words, secrets);
    const std::string text = read(std::string(words.option), words.certificate, "certificate");
    IdentityLoad load;
    if (is_pkcs12_name(file)) {
        load = identity_from_pkcs12(role, text, passphrase);
    } else {
        const std::string key = key_text(words, text);
        for (const std::string& block : private_key_blocks(key)) {
            secrets.push_back(block);
        }
        load = identity_from_pem({role, text, key, "", passphrase});
    }
    if (!load.identity) {
        throw Unusable(fmt::format("{} {}: {}", words.option, shown_word(words.certificate), shown_word(load.fault)));
    }
    return load.identity;
}

}  // namespace gateproof::cli
