#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/asn1.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "harness/identity/load_identity.hpp"
#include "harness/identity/openssl_errors.hpp"
#include "harness/identity/openssl_handles.hpp"
#include "harness/json/read_file.hpp"
#include "harness/stage/test_pki_state.hpp"
#include "harness/text/encoding.hpp"
#include "harness/text/input_file.hpp"

namespace gateproof::stage {

namespace fs = std::filesystem;
using forge::KeyPtr;

namespace {

constexpr unsigned open_to_all = 0644;
constexpr unsigned owner_alone = 0600;

struct Pkcs12Deleter {
    void operator()(PKCS12* store) const { PKCS12_free(store); }
};

struct KeyFile {
    KeyKind kind;
    const char* name;
};
constexpr KeyFile key_files[] = {{KeyKind::p256, "server_p256"},
                                 {KeyKind::p384, "server_p384"},
                                 {KeyKind::rsa_2048, "server_rsa_2048"},
                                 {KeyKind::rsa_1024, "server_rsa_1024"}};

std::string text_of(const BioHandle& bio) {
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &bytes);
    return {bytes, static_cast<std::size_t>(std::max(size, 0L))};
}

/// Never replaces what is there. Throws std::system_error.
void keep(const fs::path& file, std::string_view text, unsigned mode) {
    if (fs::exists(file)) {
        return;
    }
    const std::string draft = fmt::format("{}.{}.tmp", file.string(), ::getpid());
    const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    bool good = descriptor >= 0;
    while (good && !text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        good = written > 0 || (written < 0 && errno == EINTR);
        text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    good = (descriptor < 0 || ::close(descriptor) == 0) && good;
    if (!good || ::rename(draft.c_str(), file.c_str()) != 0) {
        const int why = errno;
        ::unlink(draft.c_str());
        throw std::system_error(why, std::generic_category(), file.string());
    }
}

std::string read_all(const fs::path& file) {
    return read_bounded_file(file, "file").text;
}

/// Java takes a certificate of a PKCS#12 file for trusted only where this attribute says so.
void mark_trusted(PKCS12_SAFEBAG* bag) {
    constexpr const char* trusted_key_usage = "2.16.840.1.113894.746875.1.1";
    static constexpr unsigned char any_usage[] = {0x06, 0x04, 0x55, 0x1d, 0x25, 0x00};
    const auto* at = any_usage;
    ASN1_OBJECT* any = d2i_ASN1_OBJECT(nullptr, &at, sizeof any_usage);
    ASN1_OBJECT* type = OBJ_txt2obj(trusted_key_usage, 1);
    X509_ATTRIBUTE* attribute = X509_ATTRIBUTE_create_by_OBJ(nullptr, type, V_ASN1_OBJECT, any, -1);
    ASN1_OBJECT_free(type);
    ASN1_OBJECT_free(any);
    // OpenSSL 3.0 has no way to add one that it does not make itself, but the bag's list can be grown in place.
    auto* all = const_cast<STACK_OF(X509_ATTRIBUTE)*>(PKCS12_SAFEBAG_get0_attrs(bag));
    if (attribute == nullptr || all == nullptr || sk_X509_ATTRIBUTE_push(all, attribute) <= 0) {
        X509_ATTRIBUTE_free(attribute);
        throw std::runtime_error("OpenSSL cannot mark a certificate as trusted");
    }
}

std::string der_of(PKCS12* store) {
    unsigned char* bytes = nullptr;
    const int size = i2d_PKCS12(store, &bytes);
    std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(std::max(size, 0)));
    OPENSSL_free(bytes);
    if (out.empty()) {
        throw std::runtime_error("OpenSSL cannot write PKCS#12");
    }
    return out;
}

/// A store of trusted certificates, for Java and .NET.
std::string trust_store(const Certificate& root) {
    constexpr int iterations = 10'000;
    STACK_OF(PKCS12_SAFEBAG)* bags = nullptr;
    STACK_OF(PKCS7)* safes = nullptr;
    PKCS12_SAFEBAG* bag = PKCS12_add_cert(&bags, root.get());
    std::unique_ptr<PKCS12, Pkcs12Deleter> store;
    if (bag != nullptr && PKCS12_add_friendlyname_utf8(bag, "gateproof", -1) == 1) {
        mark_trusted(bag);
        if (PKCS12_add_safe(&safes, bags, -1, 0, nullptr) == 1) {
            store.reset(PKCS12_add_safes(safes, 0));
        }
    }
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    if (!store || PKCS12_set_mac(store.get(), TestPki::password, -1, nullptr, 0, iterations, EVP_sha256()) != 1) {
        throw std::runtime_error("OpenSSL cannot write a trust store");
    }
    return der_of(store.get());
}

std::string identity_store(const Identity& identity) {
    const BorrowedStack chain = borrowed_stack(identity.chain);
    const std::unique_ptr<PKCS12, Pkcs12Deleter> store(PKCS12_create(TestPki::password, "client", identity.key.get(),
                                                                     identity.leaf.get(), chain.get(), 0, 0, 0, 0, 0));
    return der_of(store.get());
}

std::string system_bundle() {
    for (const char* file : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                             "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
        InputFile opened = open_input_file(file);
        if (opened.fault == InputFile::Fault::none) {
            return {std::istreambuf_iterator<char>(opened.in), {}};
        }
    }
    return {};
}

std::string pin_of(EVP_PKEY* key) {
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    const bool good =
        size > 0 && EVP_Digest(der, static_cast<std::size_t>(size), digest, &length, EVP_sha256(), nullptr) == 1;
    OPENSSL_free(der);
    return good ? "sha256//" + base64({reinterpret_cast<const char*>(digest), length}) : std::string();
}

/// The dNSNames that the root is good for.
std::vector<std::string> permitted_hosts(const Certificate& root) {
    std::vector<std::string> hosts;
    auto* constraints =
        static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(root.get(), NID_name_constraints, nullptr, nullptr));
    for (int i = 0; constraints != nullptr && i < sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees); ++i) {
        const GENERAL_NAME* base = sk_GENERAL_SUBTREE_value(constraints->permittedSubtrees, i)->base;
        if (base->type == GEN_DNS) {
            hosts.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(base->d.dNSName)),
                               static_cast<std::size_t>(ASN1_STRING_length(base->d.dNSName)));
        }
    }
    NAME_CONSTRAINTS_free(constraints);
    return hosts;
}

IdentityLoad load_pair(const fs::path& folder, const std::string& name) {
    return identity_from_pem({name, read_all(folder / (name + ".pem")), read_all(folder / (name + ".key")), {}, {}});
}

}  // namespace

std::string pem_of(const Certificate& certificate) {
    const BioHandle out(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(out.get(), certificate.get());
    return text_of(out);
}

std::string pem_of(const Identity& identity) {
    std::string text = pem_of(identity.leaf);
    for (const Certificate& issuer : identity.chain) {
        text += pem_of(issuer);
    }
    return text;
}

std::string pem_of(const forge::KeyPtr& key) {
    const BioHandle out(BIO_new(BIO_s_secmem()));
    PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return text_of(out);
}

std::map<std::string, std::string> pins_of(TestPki::State& state) {
    std::map<std::string, std::string> pins;
    pins["root"] = pin_of(state.root.key.get());
    pins["issuing"] = pin_of(state.issuing.key.get());
    pins["issuing_rsa"] = pin_of(state.issuing_rsa.key.get());
    for (const KeyFile& file : key_files) {
        pins[file.name] = pin_of(server_key(state, file.kind).get());
    }
    return pins;
}

std::shared_ptr<TestPki::State> load_pki(const TestPkiOptions& options, std::string& fault) {
    std::error_code error;
    const fs::path folder = fs::absolute(options.folder);
    if (!fs::exists(folder / "ca.pem", error) && !fs::exists(folder / "ca.key", error)) {
        return nullptr;
    }
    const auto broken = [&](const std::string& name, const std::string& what) {
        fault = fmt::format(
            "the test PKI in {} cannot be used: {}: {}; restore that file, or move the folder away: a new PKI has other "
            "pins, and its root has to be trusted anew",
            folder.string(), name, what);
        return nullptr;
    };
    std::map<std::string, std::shared_ptr<const Identity>> parts;
    for (const char* name : {"ca", "issuing", "issuing_rsa", "client_root", "client_ca", "client"}) {
        const IdentityLoad load = load_pair(folder, name);
        if (!load.identity) {
            return broken(name, load.fault);
        }
        parts[name] = load.identity;
    }
    const std::vector<std::string> permitted = permitted_hosts(parts["ca"]->leaf);
    for (const std::string& host : options.hosts) {
        const bool literal =
            host.find_first_not_of("0123456789.") == std::string::npos || host.find(':') != std::string::npos;
        const auto may_be = [&host](const std::string& one) { return one == host || one == permitted_domain(host); };
        if (!literal && std::none_of(permitted.begin(), permitted.end(), may_be)) {
            fault = fmt::format(
                "the test PKI in {} is for {} and not for {}; give another folder, in which a PKI for that host is made",
                folder.string(), fmt::join(permitted, ", "), host);
            return nullptr;
        }
    }
    const auto authority = [&](const char* name) { return Authority{parts[name]->leaf, parts[name]->key}; };
    auto state = std::make_shared<TestPki::State>(TestPki::State{folder,
                                                                 options.hosts,
                                                                 authority("ca"),
                                                                 authority("issuing"),
                                                                 authority("issuing_rsa"),
                                                                 authority("client_root"),
                                                                 authority("client_ca"),
                                                                 {},
                                                                 parts["client"]});
    for (const KeyFile& file : key_files) {
        const std::string pem = read_all(folder / (std::string(file.name) + ".key"));
        const BioHandle in(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
        if (EVP_PKEY* key = pem.empty() ? nullptr : PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr)) {
            state->server_keys[file.kind] = KeyPtr(key, &EVP_PKEY_free);
        }
    }
    return state;
}

void TestPki::write_client(const Identity& identity, const std::filesystem::path& folder) {
    const OpensslErrorScope errors;
    keep(folder / "client.pem", pem_of(identity), open_to_all);
    keep(folder / "client.key", pem_of(identity.key), owner_alone);
    keep(folder / "client.p12", identity_store(identity), owner_alone);
}

std::string write_pki(TestPki::State& state) {
    const OpensslErrorScope errors;
    const fs::path folder = fs::absolute(state.folder);
    try {
        if (fs::create_directories(folder)) {
            fs::permissions(folder, fs::perms::owner_all);
        }
        const auto keep_authority = [&](const std::string& name, const Authority& authority) {
            keep(folder / (name + ".pem"), pem_of(authority.certificate), open_to_all);
            keep(folder / (name + ".key"), pem_of(authority.key), owner_alone);
        };
        // The root's key first: whoever finds its certificate alone cannot tell what has become of the key.
        keep(folder / "ca.key", pem_of(state.root.key), owner_alone);
        keep_authority("issuing", state.issuing);
        keep_authority("issuing_rsa", state.issuing_rsa);
        keep_authority("client_root", state.client_root);
        keep_authority("client_ca", state.client_ca);
        TestPki::write_client(*state.client, folder);
        for (const KeyFile& file : key_files) {
            if (const auto key = state.server_keys.find(file.kind); key != state.server_keys.end()) {
                keep(folder / (std::string(file.name) + ".key"), pem_of(key->second), owner_alone);
            }
        }
        const Certificate& root = state.root.certificate;
        const std::string pem = pem_of(root);
        keep(folder / "ca.pem", pem, open_to_all);
        keep(folder / "ca.der", root.der(), open_to_all);
        keep(folder / "ca.cer", root.der(), open_to_all);  // as Windows names it
        keep(folder / "ca_bundle.pem", system_bundle() + pem, open_to_all);
        keep(folder / "ca.p12", trust_store(root), open_to_all);
        keep(folder / "wgetrc", fmt::format("ca_certificate = {}\n", (folder / "ca_bundle.pem").string()), open_to_all);
        fs::create_directories(folder / "hashes");
        keep(folder / "hashes" / fmt::format("{:08x}.0", X509_subject_name_hash(root.get())), pem, open_to_all);
        std::string pins;
        for (const auto& [name, pin] : pins_of(state)) {
            pins += fmt::format("{} {}\n", pin, name);
        }
        keep(folder / "pins.txt", pins, open_to_all);
    } catch (const std::system_error& problem) {
        return fmt::format("the test PKI cannot be written: {}: {}; choose a folder that can be written, with \"pki\"",
                           folder.string(), problem.code().message());
    }
    return {};
}

}  // namespace gateproof::stage
