// What the files of a client certificate hold, before a profile names them.
#pragma once

#include <filesystem>
#include <vector>

namespace gateproof::cli {

/// A name that stands for certificate and key together: .p12 or .pfx, whatever its case.
bool is_pkcs12_name(const std::filesystem::path& file);

/// Where the key of a certificate that is alone in its file is looked for: NAME.key beside NAME.pem, and NAME.key.pem
/// beside NAME.crt.pem. None of them need be there.
std::vector<std::filesystem::path> key_files_beside(const std::filesystem::path& certificate);

/// A PEM private key stands in this file. False too where the file cannot be read.
bool holds_private_key(const std::filesystem::path& file);

/// The private key in this file, PEM or PKCS#12, opens with a passphrase alone. False too where the file cannot be
/// read.
bool needs_passphrase(const std::filesystem::path& file);

}  // namespace gateproof::cli
