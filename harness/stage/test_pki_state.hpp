// What a test PKI consists of, and how it lies in a folder. Of harness/stage alone.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/probe/forge/keys.hpp"
#include "harness/stage/test_pki.hpp"

namespace gateproof::stage {

/// A CA: its certificate and its key.
struct Authority {
    Certificate certificate;
    forge::KeyPtr key;
};

struct TestPki::State {
    std::filesystem::path folder;  ///< empty: in memory
    std::vector<std::string> hosts;
    Authority root;
    Authority issuing;      ///< EC P-256
    Authority issuing_rsa;  ///< RSA 2048
    Authority client_root;  ///< on its own: who trusts the root has nothing to do with it
    Authority client_ca;    ///< below that one: what clients have to send along
    std::map<KeyKind, forge::KeyPtr> server_keys;
    std::shared_ptr<const Identity> client;
    std::map<std::string, std::string> texts = {};  ///< of a PKI in memory: TestPki::text
};

/// What the root may speak for, for this host: the host, or the whole of a domain that nobody can own (RFC 6761 6), so
/// that a certificate for a host's parent keeps within its constraints.
std::string_view permitted_domain(std::string_view host);
/// A new key. Throws std::runtime_error when OpenSSL makes none.
forge::KeyPtr new_key(KeyKind kind);
/// The key of that kind that all servers of the PKI have; made at the first call, and kept in its folder.
forge::KeyPtr server_key(TestPki::State& state, KeyKind kind);
/// Everything of a new PKI but the folder. Throws std::runtime_error.
std::shared_ptr<TestPki::State> new_pki(const TestPkiOptions& options);
/// DER of an OCSP response that calls this certificate of the issuer's good, or revoked since an hour: good for a week.
/// Throws std::runtime_error.
std::string ocsp_response(const Certificate& leaf, const Authority& issuer, bool revoked);
/// A certificate for the client, by the client CA, from now.
std::shared_ptr<const Identity> new_client(const Authority& issuer, const std::string& name, int valid_to_days);

/// The PKI of the folder; null: there is none, or, where `fault` is not empty, none that can be used.
std::shared_ptr<TestPki::State> load_pki(const TestPkiOptions& options, std::string& fault);
std::string pem_of(const Certificate& certificate);
/// Writes whatever is missing; what is there stays. Empty, or what failed and what to do.
std::string write_pki(TestPki::State& state);
std::map<std::string, std::string> pins_of(TestPki::State& state);

}  // namespace gateproof::stage
