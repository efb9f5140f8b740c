#include "app/input/client_files.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "harness/identity/load_identity.hpp"
#include "harness/json/read_file.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof::cli {

bool is_pkcs12_name(const std::filesystem::path& file) {
    const std::string ending = lower_case(file.extension().string());
    return ending == ".p12" || ending == ".pfx";
}

std::vector<std::filesystem::path> key_files_beside(const std::filesystem::path& certificate) {
    std::vector<std::filesystem::path> files{std::filesystem::path(certificate).replace_extension(".key")};
    for (const std::string_view ending : {".crt.pem", ".cert.pem"}) {
        std::string name = certificate.filename().string();
        if (name.size() > ending.size() && name.ends_with(ending)) {
            name.replace(name.size() - ending.size(), ending.size(), ".key.pem");
            files.push_back(certificate.parent_path() / name);
        }
    }
    return files;
}

bool holds_private_key(const std::filesystem::path& file) {
    return !private_key_blocks(read_bounded_file(file, "key").text).empty();
}

bool needs_passphrase(const std::filesystem::path& file) {
    const std::string text = read_bounded_file(file, "key").text;
    if (is_pkcs12_name(file)) {
        // What is no PKCS#12 file at all has no passphrase to blame.
        return !identity_from_pkcs12("", text, std::nullopt).identity &&
               identity_from_pkcs12("", text, "no passphrase").part == IdentityLoad::Part::passphrase;
    }
    const std::vector<std::string> blocks = private_key_blocks(text);
    return std::ranges::any_of(blocks, [](const std::string& block) {
        return block.find("ENCRYPTED") != std::string::npos;  // of PKCS#8, and of the traditional form's Proc-Type
    });
}

}  // namespace gateproof::cli
