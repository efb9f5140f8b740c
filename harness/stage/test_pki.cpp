#include "harness/stage/test_pki.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "harness/identity/openssl_errors.hpp"
#include "harness/probe/forge/forge.hpp"
#include "harness/probe/forge/mould.hpp"
#include "harness/probe/socket/literal.hpp"
#include "harness/stage/test_pki_state.hpp"

namespace gateproof::stage {

using forge::KeyPtr;
using forge::Mould;

namespace {

constexpr int days_of_a_stranger = 365;

/// Throws: what an API of ours asked for cannot be made, which is its fault or that of OpenSSL.
Certificate made(Mould& mould, const KeyPtr& key, const Authority* issuer) {
    std::optional<Certificate> certificate = mould.sign(key.get(), issuer == nullptr ? nullptr : &issuer->certificate,
                                                        issuer == nullptr ? key.get() : issuer->key.get());
    if (!certificate) {
        throw std::invalid_argument("OpenSSL cannot make this certificate");
    }
    return std::move(*certificate);
}

std::string alternative_names(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) {
        out += fmt::format("{}{}:{}", out.empty() ? "" : ",", is_ip_literal(name) ? "IP" : "DNS", name);
    }
    return out;
}

/// RFC 5280 4.2.1.10: the hosts and what is below them, and this machine's own addresses.
std::string constraints(const std::vector<std::string>& hosts) {
    std::string out =
        "critical,permitted;IP:127.0.0.0/255.0.0.0,"
        "permitted;IP:0:0:0:0:0:0:0:1/FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF";
    for (const std::string& host : hosts) {
        if (!is_ip_literal(host)) {
            out += fmt::format(",permitted;DNS:{}", permitted_domain(host));
        }
    }
    return out;
}

bool is_rsa(KeyKind kind) {
    return kind == KeyKind::rsa_2048 || kind == KeyKind::rsa_1024;
}

/// An RSA key takes longer to make than a client to be judged by ten scenes. PKIs in memory, which nobody trusts but
/// clients inside this process, have the same ones; what pretends to be one of theirs never does.
KeyPtr key_in_memory(KeyKind kind, bool of_authority) {
    if (!is_rsa(kind)) {
        return new_key(kind);
    }
    static std::mutex mutex;
    static std::map<std::pair<KeyKind, bool>, KeyPtr> kept;
    const std::lock_guard lock(mutex);
    KeyPtr& key = kept[{kind, of_authority}];
    if (!key) {
        key = new_key(kind);
    }
    return key;
}

Authority new_authority(const std::string& name, const KeyPtr& key, int days, const Authority* issuer,
                        const std::string& name_constraints) {
    Mould mould = Mould::blank(name);
    mould.set_lifetime(-1, days);
    mould.set(NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "critical,CA:TRUE,pathlen:0");
    mould.set(NID_key_usage, "critical,keyCertSign,cRLSign");
    if (!name_constraints.empty()) {
        mould.set(NID_name_constraints, name_constraints);
    }
    return {made(mould, key, issuer), key};
}

/// The hosts; addresses beside them only where one of them is an address. A gateway's certificate has names alone, and
/// Erlang/OTP 25 crashes over an address in a certificate below a root that constrains addresses.
std::vector<std::string> default_names(const TestPki::State& pki) {
    std::vector<std::string> names = pki.hosts;
    const auto is_address = [](const std::string& host) {
        return host.find(':') != std::string::npos || host.find_first_not_of("0123456789.") == std::string::npos;
    };
    if (std::ranges::any_of(names, is_address)) {
        for (const char* address : {"127.0.0.1", "::1"}) {
            if (std::find(names.begin(), names.end(), address) == names.end()) {
                names.emplace_back(address);
            }
        }
    }
    return names;
}

/// Who signs a server certificate, and what is sent behind it. No authority: it signs itself.
struct Issuing {
    std::optional<Authority> by;
    std::vector<Certificate> sent;
};

Issuing look_alike(const TestPki::State& pki, const Authority& genuine) {
    // The root that only looks like the trusted one is never sent: its name stands in what is.
    const Authority root{pki.root.certificate, new_key(KeyKind::p256)};
    const KeyPtr key = forge::key_like(genuine.key.get());
    Mould mould(genuine.certificate);
    mould.keep_key_identifiers();
    Authority issuing{made(mould, key, &root), key};
    std::vector<Certificate> sent{issuing.certificate};
    return {std::move(issuing), std::move(sent)};
}

/// What a server certificate says, without key and signature.
Mould server_mould(const TestPki::State& pki, const ServerSpec& spec) {
    const std::vector<std::string> names = spec.names.empty() ? default_names(pki) : spec.names;
    Mould mould = Mould::blank(spec.common_name.value_or(names.front()));
    mould.set_period(std::chrono::hours(spec.valid_from_hours), std::chrono::hours(spec.valid_to_hours));
    mould.set(NID_basic_constraints, "critical,CA:FALSE");
    if (std::ranges::any_of(names, [](const std::string& name) { return name.find('\0') != std::string::npos; })) {
        mould.set_dns_names(names);
    } else {
        mould.set(NID_subject_alt_name, alternative_names(names));
    }
    if (spec.must_staple) {
        mould.set(NID_tlsfeature, "status_request");
    }
    if (spec.sha1) {
        mould.set_digest(EVP_sha1());
    }
    if (!spec.key_usage.empty()) {
        mould.set(NID_key_usage, spec.key_usage);
    }
    if (!spec.extended_key_usage.empty()) {
        mould.set(NID_ext_key_usage, spec.extended_key_usage);
    }
    if (spec.unknown_critical) {
        mould.add_unknown_critical();
    }
    return mould;
}

/// A genuine server certificate with a key of its own. Of another name than what it signs, which would else seem to
/// have signed itself.
Issuing below_a_leaf(const TestPki::State& pki, const Authority& genuine) {
    const KeyPtr key = forge::key_like(genuine.key.get());
    Mould mould = server_mould(pki, {.common_name = "issuer." + pki.hosts.front()});
    Authority leaf{made(mould, key, &genuine), key};
    std::vector<Certificate> sent{leaf.certificate, genuine.certificate};
    return {std::move(leaf), std::move(sent)};
}

/// A CA below the trusted root with one thing wrong.
Issuing flawed(const TestPki::State& pki, const Authority& genuine, ServerSpec::Issuer flaw) {
    const KeyPtr key = forge::key_like(genuine.key.get());
    Mould mould(genuine.certificate);
    using std::chrono::hours;
    switch (flaw) {
        case ServerSpec::Issuer::expired: mould.set_period(-hours(90 * 24), -hours(24)); break;
        case ServerSpec::Issuer::without_certsign: mould.set(NID_key_usage, "critical,digitalSignature,cRLSign"); break;
        case ServerSpec::Issuer::constrained:
            mould.set(NID_name_constraints, "critical,permitted;DNS:other." + pki.hosts.front());
            break;
        default: mould.set(NID_ext_key_usage, "clientAuth"); break;
    }
    Authority below{made(mould, key, &pki.root), key};
    std::vector<Certificate> sent{below.certificate};
    return {std::move(below), std::move(sent)};
}

/// Root and issuing CA of nobody that anybody knows.
std::pair<Authority, Authority> strangers(KeyKind kind) {
    Authority root = new_authority("Gateproof CA of nobody", new_key(KeyKind::p256), days_of_a_stranger, nullptr, {});
    Authority below = new_authority("Gateproof issuing CA of nobody", new_key(kind), days_of_a_stranger, &root, {});
    return {std::move(root), std::move(below)};
}

/// What the web saw in 2020 and 2021: a cross-certificate that led old clients to an older root, and is over.
Certificate expired_cross_certificate(const TestPki::State& pki) {
    const Authority retired = new_authority("Gateproof retired root", new_key(KeyKind::p256), 1, nullptr, {});
    Mould mould(pki.root.certificate);
    using std::chrono::hours;
    mould.set_period(-hours(90 * 24), -hours(24));
    return made(mould, pki.root.key, &retired);
}

/// `sent` as it leaves the server, without the leaf.
std::vector<Certificate> as_sent(const TestPki::State& pki, std::vector<Certificate> sent, ServerSpec::Sent how) {
    switch (how) {
        case ServerSpec::Sent::path: break;
        case ServerSpec::Sent::nothing: sent.clear(); break;
        case ServerSpec::Sent::with_a_stranger: sent.push_back(strangers(KeyKind::p256).second.certificate); break;
        case ServerSpec::Sent::out_of_order: sent.insert(sent.begin(), pki.root.certificate); break;
        case ServerSpec::Sent::expired_path: sent.push_back(expired_cross_certificate(pki)); break;
    }
    return sent;
}

Issuing issuing_for(const TestPki::State& pki, const ServerSpec& spec) {
    const Authority& genuine = is_rsa(spec.key) ? pki.issuing_rsa : pki.issuing;
    switch (spec.issuer) {
        case ServerSpec::Issuer::issuing: return {genuine, {genuine.certificate}};
        case ServerSpec::Issuer::itself: return {};
        case ServerSpec::Issuer::nobody: {
            Authority below = strangers(is_rsa(spec.key) ? KeyKind::rsa_2048 : KeyKind::p256).second;
            std::vector<Certificate> sent{below.certificate};
            return {std::move(below), std::move(sent)};
        }
        case ServerSpec::Issuer::look_alike: return look_alike(pki, genuine);
        case ServerSpec::Issuer::leaf: return below_a_leaf(pki, genuine);
        case ServerSpec::Issuer::client_authority:
        case ServerSpec::Issuer::expired:
        case ServerSpec::Issuer::without_certsign:
        case ServerSpec::Issuer::constrained: return flawed(pki, genuine, spec.issuer);
        case ServerSpec::Issuer::too_deep: {
            Authority below =
                new_authority("Gateproof test CA too deep", new_key(KeyKind::p256), days_of_a_stranger, &genuine, {});
            std::vector<Certificate> sent{below.certificate, genuine.certificate};
            return {std::move(below), std::move(sent)};
        }
    }
    throw std::invalid_argument("no such issuer");
}

}  // namespace

KeyPtr new_key(KeyKind kind) {
    const OpensslErrorScope errors;
    EVP_PKEY* key = kind == KeyKind::p256       ? EVP_EC_gen("P-256")
                    : kind == KeyKind::p384     ? EVP_EC_gen("P-384")
                    : kind == KeyKind::rsa_2048 ? EVP_RSA_gen(2048)
                                                : EVP_RSA_gen(1024);
    if (key == nullptr) {
        throw std::runtime_error("OpenSSL makes no key");
    }
    return {key, &EVP_PKEY_free};
}

KeyPtr server_key(TestPki::State& state, KeyKind kind) {
    KeyPtr& key = state.server_keys[kind];
    if (!key) {
        key = state.folder.empty() ? key_in_memory(kind, false) : new_key(kind);
    }
    return key;
}

std::shared_ptr<const Identity> new_client(const Authority& issuer, const std::string& name, int valid_to_days) {
    Mould mould = Mould::blank(name);
    mould.set_lifetime(-1, valid_to_days);
    mould.set(NID_basic_constraints, "critical,CA:FALSE");
    mould.set(NID_key_usage, "critical,digitalSignature");
    mould.set(NID_ext_key_usage, "clientAuth");
    const KeyPtr key = new_key(KeyKind::p256);
    return std::make_shared<const Identity>(Identity{"client", made(mould, key, &issuer), {issuer.certificate}, key});
}

std::string_view permitted_domain(std::string_view host) {
    for (const std::string_view reserved : {"test", "example", "invalid"}) {
        const std::string_view last = host.substr(host.rfind('.') + 1);
        if (last == reserved && last.size() < host.size()) {
            return reserved;
        }
    }
    return host;
}

std::shared_ptr<TestPki::State> new_pki(const TestPkiOptions& options) {
    const OpensslErrorScope errors;
    const std::string permitted = constraints(options.hosts);
    const std::string& first = options.hosts.front();
    Authority root = new_authority(fmt::format("Gateproof test root for {} alone", permitted_domain(first)),
                                   new_key(KeyKind::p256), options.days, nullptr, permitted);
    Authority issuing = new_authority("Gateproof test CA", new_key(KeyKind::p256), options.days, &root, permitted);
    const KeyPtr rsa_key = options.folder.empty() ? key_in_memory(KeyKind::rsa_2048, true) : new_key(KeyKind::rsa_2048);
    Authority rsa = new_authority("Gateproof test CA RSA", rsa_key, options.days, &root, permitted);
    Authority client_root =
        new_authority("Gateproof test root for clients", new_key(KeyKind::p256), options.days, nullptr, {});
    Authority clients =
        new_authority("Gateproof test CA for clients", new_key(KeyKind::p256), options.days, &client_root, {});
    const std::string client_name = options.client_name.empty() ? first : options.client_name;
    std::shared_ptr<const Identity> client = new_client(clients, client_name, options.days);
    return std::make_shared<TestPki::State>(
        TestPki::State{options.folder.empty() ? options.folder : std::filesystem::absolute(options.folder),
                       options.hosts,
                       std::move(root),
                       std::move(issuing),
                       std::move(rsa),
                       std::move(client_root),
                       std::move(clients),
                       {},
                       std::move(client)});
}

TestPki::TestPki(std::shared_ptr<State> state) : state_(std::move(state)) {}

TestPki::Opened TestPki::open(const TestPkiOptions& options) {
    Opened opened;
    if (options.hosts.empty()) {
        opened.fault = "a test PKI has to be for a host at least";
        return opened;
    }
    try {
        std::shared_ptr<State> state = load_pki(options, opened.fault);
        if (!opened.fault.empty()) {
            return opened;
        }
        opened.made = state == nullptr;
        if (opened.made) {
            state = new_pki(options);
        }
        for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa_2048, KeyKind::rsa_1024}) {
            server_key(*state, kind);
        }
        opened.fault = write_pki(*state);
        if (opened.fault.empty()) {
            opened.pki = std::make_shared<TestPki>(std::move(state));
        }
    } catch (const std::runtime_error& problem) {
        opened.fault = fmt::format("no test PKI can be made: {}", problem.what());
    }
    return opened;
}

std::shared_ptr<TestPki> TestPki::in_memory(const std::vector<std::string>& hosts, std::string client_name) {
    constexpr int days = 30;
    const auto pki = std::make_shared<TestPki>(new_pki({{}, hosts, days, std::move(client_name)}));
    for (const char* const name : {"ca.pem", "client.pem", "client.key"}) {
        pki->state_->texts[name] = pki->text(name);  // asked for at each start of a client
    }
    return pki;
}

const Certificate& TestPki::root() const {
    return state_->root.certificate;
}

Shown TestPki::server(const ServerSpec& spec) {
    const OpensslErrorScope errors;
    Mould mould = server_mould(*state_, spec);
    const KeyPtr key = server_key(*state_, spec.key);
    Issuing issuing = issuing_for(*state_, spec);
    Certificate leaf = made(mould, key, issuing.by ? &*issuing.by : nullptr);
    if (spec.tampered) {
        const IdentityPtr changed = forge::tampered(Identity{"server", leaf, {}, key});
        if (!changed) {
            throw std::invalid_argument("OpenSSL cannot read the changed certificate");
        }
        leaf = changed->leaf;
    }
    Shown shown{{std::move(leaf)}, key};
    if (spec.staple != ServerSpec::Staple::none && issuing.by) {
        shown.staple = ocsp_response(shown.chain.front(), *issuing.by, spec.staple == ServerSpec::Staple::revoked);
    }
    const std::vector<Certificate> behind = as_sent(*state_, std::move(issuing.sent), spec.sent);
    shown.chain.insert(shown.chain.end(), behind.begin(), behind.end());
    return shown;
}

bool TestPki::may_name(const Certificate& certificate) const {
    const OpensslErrorScope errors;
    const std::unique_ptr<NAME_CONSTRAINTS, decltype(&NAME_CONSTRAINTS_free)> constraints(
        static_cast<NAME_CONSTRAINTS*>(
            X509_get_ext_d2i(state_->root.certificate.get(), NID_name_constraints, nullptr, nullptr)),
        &NAME_CONSTRAINTS_free);
    X509_check_purpose(certificate.get(), -1, 0);  // which reads the names that are compared next
    return !constraints || NAME_CONSTRAINTS_check(certificate.get(), constraints.get()) == X509_V_OK;
}

std::shared_ptr<const Identity> TestPki::client() const {
    return state_->client;
}

std::shared_ptr<const Identity> TestPki::client_again(int valid_to_days) {
    return new_client(state_->client_ca, state_->client->leaf.common_name(), valid_to_days);
}

std::string name_of_issuer(const Certificate& certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_NAME(X509_get_issuer_name(certificate.get()), &der);
    std::string name(reinterpret_cast<const char*>(der), static_cast<std::size_t>(std::max(size, 0)));
    OPENSSL_free(der);
    return name;
}

std::vector<std::string> TestPki::client_authorities() const {
    return {name_of_issuer(state_->client->leaf), name_of_issuer(state_->client_ca.certificate)};
}

std::string TestPki::text(const std::string& name) const {
    if (const auto kept = state_->texts.find(name); kept != state_->texts.end()) {
        return kept->second;
    }
    if (name == "ca.pem") {
        return pem_of(state_->root.certificate);
    }
    if (name == "client.pem") {
        return pem_of(*state_->client);
    }
    if (name == "client.key") {
        return pem_of(state_->client->key);
    }
    throw std::out_of_range("the test PKI has no text " + name);
}

const std::filesystem::path& TestPki::folder() const {
    return state_->folder;
}

std::filesystem::path TestPki::file(const std::string& name) const {
    return state_->folder / name;
}

std::map<std::string, std::string> TestPki::pins() const {
    return pins_of(*state_);
}

std::map<std::string, std::string> TestPki::environment() const {
    const std::string ca = file("ca.pem").string();
    // What replaces a stack's own store holds that store's certificates too: the client may call others beside us.
    const std::string bundle = file("ca_bundle.pem").string();
    const std::string java = fmt::format(
        "-Djavax.net.ssl.trustStore={} -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword={}",
        file("ca.p12").string(), password);
    return {{"SSL_CERT_FILE", bundle},        {"SSL_CERT_DIR", file("hashes").string()},
            {"CURL_CA_BUNDLE", bundle},       {"REQUESTS_CA_BUNDLE", bundle},
            {"AWS_CA_BUNDLE", bundle},        {"PIP_CERT", bundle},
            {"NODE_EXTRA_CA_CERTS", ca},      {"DENO_CERT", ca},
            {"PERL_LWP_SSL_CA_FILE", bundle}, {"HTTPS_CA_FILE", bundle},
            {"MOJO_CA_FILE", bundle},         {"GIT_SSL_CAINFO", bundle},
            {"CARGO_HTTP_CAINFO", bundle},    {"WGETRC", file("wgetrc").string()},
            {"JAVA_TOOL_OPTIONS", java}};
}

}  // namespace gateproof::stage
