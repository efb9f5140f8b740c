// The test PKI that stays in a folder: whoever trusts its root trusts it for the profile's hosts alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/stage/scene.hpp"

namespace gateproof::stage {

enum class KeyKind { p256, p384, rsa_2048, rsa_1024 };

/// A certificate for a server, and what is wrong with it. The default is what a gateway shows.
struct ServerSpec {
    enum class Issuer {
        issuing,           ///< the issuing CA of the PKI; for RSA keys its RSA sibling
        itself,            ///< self-signed
        nobody,            ///< a CA that nobody has heard of
        look_alike,        ///< a CA of the issuing one's name and key identifier, under a root of the trusted one's
        leaf,              ///< a genuine server certificate of the PKI, which is no CA
        client_authority,  ///< a CA below the root whose extended key usage is clientAuth alone
        expired,           ///< the issuing CA's look, under the trusted root, and over since a day
        without_certsign,  ///< the same, whose key usage lacks keyCertSign
        constrained,       ///< the same, whose name constraints permit another host alone
        too_deep           ///< a CA below the issuing one, whose path length allows none
    };
    /// What is sent behind the leaf.
    enum class Sent {
        path,             ///< what leads to the root
        nothing,          ///< the leaf alone
        with_a_stranger,  ///< and behind it a certificate that has nothing to do with it
        out_of_order,     ///< the root before the issuing CA
        expired_path,     ///< and the root's name and key once more, certified by a root that is over and in no store
    };
    /// The OCSP response for status_request (RFC 6066 8), by the leaf's issuer.
    enum class Staple { none, good, revoked };
    KeyKind key = KeyKind::p256;
    /// dNSName and iPAddress of subjectAltName; empty: the PKI's hosts, and loopback addresses where one of them is an
    /// address. Names below a permitted host keep within the root's name constraints (TestPki::may_name). A name that
    /// holds a NUL is a dNSName byte for byte.
    std::vector<std::string> names = {};
    std::optional<std::string> common_name = {};  ///< empty: the first of `names`
    /// From now; hours, so that a clock that is off by little finds the same dates past and to come.
    int valid_from_hours = -24;
    int valid_to_hours = 90 * 24;
    std::string extended_key_usage = "serverAuth";  ///< OpenSSL words; empty: no extension
    std::string key_usage = "critical,digitalSignature";
    Issuer issuer = Issuer::issuing;
    bool tampered = false;          ///< one bit of the leaf's signature is changed
    bool unknown_critical = false;  ///< a critical extension that nobody knows (RFC 5280 4.2)
    bool sha1 = false;              ///< the leaf is signed over SHA-1
    bool must_staple = false;       ///< TLS feature status_request (RFC 7633)
    Sent sent = Sent::path;
    Staple staple = Staple::none;
    bool operator==(const ServerSpec&) const = default;
};

struct TestPkiOptions {
    std::filesystem::path folder;
    std::vector<std::string> hosts;  ///< permitted names of the root, and of server certificates
    int days = 5 * 365;              ///< of the CAs
    std::string client_name = {};    ///< CN of the issued client identity; empty: the first host
};

/// PEM: the leaf, and then its chain.
std::string pem_of(const Identity& identity);
/// PEM (PKCS#8), in clear.
std::string pem_of(const std::shared_ptr<EVP_PKEY>& key);

/// DER of the issuer's name, as certificate_authorities has it.
std::string name_of_issuer(const Certificate& certificate);

/// What `open` found or made.
class TestPki {
public:
    struct Opened {
        std::shared_ptr<TestPki> pki;  ///< null when there is a fault
        std::string fault;             ///< what was found and what to do
        bool made = false;             ///< it was not there before
    };
    /// Loads the PKI of the folder, or makes it where there is none; writes again whatever of the other files is
    /// missing. What is there is never replaced: pins stay good. A PKI for other hosts is a fault.
    static Opened open(const TestPkiOptions& options);
    /// In memory alone: nothing is written, and `file` and `environment` have nothing to say.
    static std::shared_ptr<TestPki> in_memory(const std::vector<std::string>& hosts, std::string client_name = {});

    [[nodiscard]] const Certificate& root() const;
    /// Chain and key for a server of the PKI's hosts. Keys of a kind are made once for a PKI and shared by all that is
    /// shown, so that scenes differ in certificates alone; those of a folder stay in it. Throws std::invalid_argument
    /// for a spec that cannot be made.
    [[nodiscard]] Shown server(const ServerSpec& spec = {});
    /// The root's name constraints allow every name of it (RFC 5280 4.2.1.10). Where they do not, a refusal says
    /// nothing of how names are compared.
    [[nodiscard]] bool may_name(const Certificate& certificate) const;
    /// The identity that is issued to the client: EC P-256, clientAuth.
    [[nodiscard]] std::shared_ptr<const Identity> client() const;
    /// Another one of that name with a key of its own, for rotation; from now.
    [[nodiscard]] std::shared_ptr<const Identity> client_again(int valid_to_days = 90);
    /// Writes such an identity as a folder of a PKI has it: "client.pem" "client.key" "client.p12". Throws
    /// std::system_error.
    static void write_client(const Identity& identity, const std::filesystem::path& folder);
    /// DER of the names of the CA that issues client certificates and of its root, for Asked::authorities.
    [[nodiscard]] std::vector<std::string> client_authorities() const;

    /// Absolute: "ca.pem" "ca.der" "ca_bundle.pem" "ca.p12" "hashes" "pins.txt" "client.pem" "client.key" "client.p12".
    [[nodiscard]] std::filesystem::path file(const std::string& name) const;
    [[nodiscard]] const std::filesystem::path& folder() const;
    /// What such a file holds, also of a PKI in memory: "ca.pem" "client.pem" "client.key". Throws std::out_of_range
    /// for another name.
    [[nodiscard]] std::string text(const std::string& name) const;
    /// Of ca.p12 and client.p12; protects nothing, but Java refuses an empty one.
    static constexpr const char* password = "gateproof";
    /// "sha256//..." as curl takes it, of root, issuing CAs and the server keys, by name.
    [[nodiscard]] std::map<std::string, std::string> pins() const;
    /// The variables by which stacks learn to trust it (OpenSSL, curl, requests, Node, Perl, Go, Java ...).
    [[nodiscard]] std::map<std::string, std::string> environment() const;

    struct State;
    explicit TestPki(std::shared_ptr<State> state);

private:
    std::shared_ptr<State> state_;
};

}  // namespace gateproof::stage
