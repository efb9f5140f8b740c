// Keys and certificates made on the spot, so that no private key lies in the repository.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gateproof::testing {

struct PemPair {
    std::string certificate;
    std::string key;  ///< PKCS#8, not encrypted
};

/// An EC P-256 certificate with this common name (UTF-8), signed by `issuer`, or by itself.
PemPair make_certificate(const std::string& common_name, const PemPair* issuer = nullptr);
/// The same for a CA (basicConstraints CA:TRUE).
PemPair make_authority(const std::string& common_name, const PemPair* issuer = nullptr);

/// The same key encrypted: PKCS#8 with PBES2, or the traditional "Proc-Type: 4,ENCRYPTED".
std::string encrypted_pkcs8(const PemPair& pair, const std::string& passphrase);
std::string encrypted_traditional(const PemPair& pair, const std::string& passphrase);

/// DER bytes of a PKCS#12 file with key, certificate and (when given) a CA certificate.
std::string make_pkcs12(const PemPair& pair, const PemPair* ca, const std::string& passphrase);

/// One CA and identities under it; answers "embedded:" references as the embedded gateway would.
const PemPair& test_ca();
const PemPair& test_identity(std::string_view name);
/// A made-up TLS 1.3 session as PEM.
std::string test_session();
std::optional<std::string> embedded(std::string_view reference);

/// A folder of its own, removed with everything in it.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file that only its owner can read.
    void write(const std::string& name, std::string_view text) const;

private:
    std::filesystem::path path_;
};

}  // namespace gateproof::testing
