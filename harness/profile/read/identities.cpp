#include <fmt/format.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/identity/load_identity.hpp"
#include "harness/identity/role.hpp"
#include "harness/json/near_match.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

/// Owner alone should be able to read a private key, or, of a file of root's as containers are handed secrets, the
/// group that this program runs in.
void warn_if_shared(const JsonField& field, const ResolvedText& resolved, Problems& problems) {
    namespace fs = std::filesystem;
    if (resolved.file.empty()) {
        return;
    }
    std::error_code error;
    const fs::perms others = fs::perms::group_read | fs::perms::others_read;
    const fs::perms found = fs::status(resolved.file, error).permissions();
    struct stat file {};
    const bool handed_over = ::stat(resolved.file.c_str(), &file) == 0 && file.st_uid == 0 && ::geteuid() != 0 &&
                             (found & (fs::perms::others_read | fs::perms::group_write)) == fs::perms::none;
    if (!error && !handed_over && (found & others) != fs::perms::none) {
        problems.warning(field, fmt::format("the file {} holds a private key and others may read it; run: chmod 600 {}",
                                            resolved.file.string(), resolved.file.string()));
    }
}

/// The fields of one identity and what they led to.
struct IdentityFields {
    JsonField certificate;
    JsonField key;
    JsonField chain;
    JsonField passphrase;
    JsonField pkcs12;

    [[nodiscard]] const JsonField& of(IdentityLoad::Part part) const {
        switch (part) {
            case IdentityLoad::Part::key: return key;
            case IdentityLoad::Part::chain: return chain;
            case IdentityLoad::Part::passphrase: return passphrase;
            case IdentityLoad::Part::pkcs12: return pkcs12;
            default: return certificate;
        }
    }
};

/// A variable that holds a path, as CI servers set it for files that they keep secret.
bool variable_names_file(const std::string& reference) {
    const char* const value =
        reference.starts_with("env:") ? std::getenv(reference.c_str() + std::string_view("env:").size()) : nullptr;
    std::error_code ignored;
    return value != nullptr && *value == '/' && std::filesystem::is_regular_file(value, ignored);
}

void report(const IdentityLoad& load, const IdentityFields& fields, References& references) {
    const JsonField& field = fields.of(load.part);
    // The faults of a part speak of its file; those that compare two parts are whole sentences.
    const bool sentence = load.fault.compare(0, 4, "the ") == 0;
    if (!sentence && variable_names_file(field.node->text)) {
        references.problems().error(
            Rank::secret, field,
            fmt::format("{0} holds the name of a file, not its text; write env-file:{1}", field.node->text,
                        field.node->text.substr(std::string_view("env:").size())));
        return;
    }
    references.problems().error(Rank::secret, field,
                                sentence ? load.fault : fmt::format("{} {}", field.node->text, load.fault));
}

std::optional<std::string> read_passphrase(const IdentityFields& fields, References& references, bool& failed) {
    std::optional<ResolvedText> text = references.follow(fields.passphrase, "a passphrase");
    failed = fields.passphrase && !text;
    if (!text) {
        return std::nullopt;
    }
    std::string value = text->file.empty() ? text->text : without_line_end(text->text);
    references.keep_secret(value);
    return value;
}

std::shared_ptr<const Identity> load_pem(const std::string& role, const IdentityFields& fields,
                                         References& references) {
    const std::optional<ResolvedText> certificate = references.follow_or_token(fields.certificate, "a certificate");
    const std::optional<ResolvedText> key = references.follow_or_token(fields.key, "a private key");
    const std::optional<ResolvedText> chain = references.follow(fields.chain, "a certificate chain");
    bool no_passphrase = false;
    const std::optional<std::string> passphrase = read_passphrase(fields, references, no_passphrase);
    if (key) {
        for (const std::string& block : private_key_blocks(key->text)) {
            references.keep_secret(block);
        }
        warn_if_shared(fields.key, *key, references.problems());
    }
    if (!certificate || !key || (fields.chain && !chain) || no_passphrase) {
        return nullptr;
    }
    const IdentityLoad load =
        identity_from_pem({role, certificate->text, key->text, chain ? chain->text : "", passphrase});
    if (!load.identity) {
        report(load, fields, references);
    }
    return load.identity;
}

std::shared_ptr<const Identity> load_pkcs12(const std::string& role, const IdentityFields& fields,
                                            References& references) {
    const std::optional<ResolvedText> store = references.follow(fields.pkcs12, "a PKCS#12 file");
    bool no_passphrase = false;
    const std::optional<std::string> passphrase = read_passphrase(fields, references, no_passphrase);
    if (store) {
        warn_if_shared(fields.pkcs12, *store, references.problems());
    }
    if (!store || no_passphrase) {
        return nullptr;
    }
    const IdentityLoad load = identity_from_pkcs12(role, store->text, passphrase);
    if (!load.identity) {
        report(load, fields, references);
    }
    return load.identity;
}

}  // namespace

std::shared_ptr<const Identity> read_identity(const std::string& role, const JsonField& field, References& references) {
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"certificate\" and \"key\", or with \"pkcs12\"");
    if (!reader.usable()) {
        return nullptr;
    }
    IdentityFields fields;
    bool both = false;
    fields.pkcs12 = reader.optional("pkcs12");
    if (fields.pkcs12) {
        fields.certificate = reader.optional("certificate");
        fields.key = reader.optional("key");
        fields.chain = reader.optional("chain");
        both = fields.certificate || fields.key || fields.chain;
        if (both) {
            problems.error(Rank::value, fields.pkcs12,
                           "\"pkcs12\" already holds certificate, key and chain; remove it or the others");
        }
    } else {
        fields.certificate =
            reader.required("certificate", "a reference to the PEM certificate, such as file:client.pem");
        fields.key = reader.required("key", "a reference to the PEM private key, such as file:client.key");
        fields.chain = reader.optional("chain");
    }
    fields.passphrase = reader.optional("passphrase");
    reader.finish();
    if (both) {
        return nullptr;
    }
    return fields.pkcs12 ? load_pkcs12(role, fields, references) : load_pem(role, fields, references);
}

void read_identities(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, references.problems(), "an object of identities");
    for (const std::string_view role : identity_roles) {
        const JsonField one = reader.optional(role);
        if (!one) {
            continue;
        }
        if (std::shared_ptr<const Identity> identity = read_identity(std::string(role), one, references)) {
            profile.identities.emplace(std::string(role), std::move(identity));
        }
    }
    reader.finish();
}

void read_issuer(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    if (profile.environment != Environment::embedded && profile.environment != Environment::sandbox) {
        problems.error(
            Rank::value, field,
            fmt::format("only an embedded or sandbox profile may lend its CA; this one is {}, an environment "
                        "that others use too, and nobody hands out a CA key of those: whoever holds it can "
                        "be everybody. Remove \"issuer\"; the checks that need it are skipped",
                        to_string(profile.environment)));
        return;
    }
    ObjectReader reader(field, problems, "an object with \"certificate\" and \"key\"");
    if (!reader.usable()) {
        return;
    }
    IdentityFields fields;
    fields.certificate = reader.required("certificate", "a reference to the PEM certificate of the CA");
    fields.key = reader.required("key", "a reference to the PEM private key of the CA");
    fields.chain = reader.optional("chain");
    fields.passphrase = reader.optional("passphrase");
    reader.finish();
    const std::shared_ptr<const Identity> loaded = load_pem("issuer", fields, references);
    if (!loaded) {
        return;
    }
    if (X509_check_ca(loaded->leaf.get()) == 0) {
        problems.error(Rank::secret, fields.certificate,
                       fmt::format("{} holds the certificate of {}, which is no CA (basicConstraints CA:TRUE); what it "
                                   "issued would be refused for that alone",
                                   fields.certificate.node->text, loaded->leaf.subject()));
        return;
    }
    profile.issuer = std::make_shared<const Issuer>(Issuer{loaded->leaf, loaded->chain, loaded->key});
}

void read_trust(const JsonField& field, References& references, Trust& trust) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems);
    const JsonField system = reader.optional("system");
    const JsonField ca = reader.optional("ca");
    reader.finish();
    std::vector<JsonField> files;
    if (ca && ca.node->kind == JsonNode::Kind::array) {
        files = read_list(ca, problems, "a list of references to PEM certificates");
    } else if (ca) {
        files.push_back(ca);
    }
    for (const JsonField& file : files) {
        const std::optional<ResolvedText> pem = references.follow(file, "a CA certificate");
        if (!pem) {
            continue;
        }
        CertificatesLoad load = certificates_from_pem(pem->text);
        if (!load.fault.empty()) {
            problems.error(Rank::secret, file, fmt::format("{} {}", file.node->text, load.fault));
        }
        trust.anchors.insert(trust.anchors.end(), load.certificates.begin(), load.certificates.end());
    }
    trust.system = read_bool(system, problems).value_or(!ca);
    trust.given = ca || (system && trust.system);
    if (system && !trust.system && !ca) {
        problems.warning(system, "no CA is trusted, so the server's certificate cannot be judged; give trust.ca");
    }
}

}  // namespace gateproof
