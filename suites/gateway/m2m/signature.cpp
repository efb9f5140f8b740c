// CLOUD-M2M: who signed a JWT, and how (RFC 7515, RFC 7518, RFC 8725).
#include <openssl/evp.h>

#include <utility>

#include "harness/probe/forge/forge.hpp"
#include "harness/probe/forge/keys.hpp"
#include "suites/gateway/m2m/needs.hpp"
#include "suites/gateway/m2m/suite.hpp"
#include "suites/shared/needs.hpp"

namespace gateproof::suites {
namespace {

std::string with_signature(const MachineToken& token, std::string_view signature) {
    return jwt::compact(jwt::signing_input(token.header, token.claims), signature);
}

void add(BadTokens& bad, std::string what, const std::optional<std::string>& text) {
    if (text) {
        bad.tokens.push_back({std::move(what), *text});
    }
}

/// RFC 8725 3.3: every way in which a signature can be wrong while all else is right.
BadTokens wrong_signatures(const Machine& machine, const TimeSpan& now) {
    const MachineToken good = good_token(machine, now).value();
    const jwt::Token genuine = jwt::decode(good.text().value_or("")).value();
    BadTokens bad;
    std::string changed = genuine.signature;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    bad.tokens.push_back({"with one bit of its signature changed", with_signature(good, changed)});
    MachineToken longer = good;
    longer.valid(good.claims.at("iat").get<std::int64_t>(), good.claims.at("exp").get<std::int64_t>() + 60);
    bad.tokens.push_back({"with a claim changed behind its signature", with_signature(longer, genuine.signature)});
    MachineToken foreign = good;
    foreign.key = forge::key_like(machine.signer->key.get());
    if (foreign.key) {
        add(bad, "signed by another key", foreign.text());
    }
    // CVE-2022-21449: r = s = 0 satisfies a verifier that does not look at their range.
    bad.tokens.push_back(
        {"with a signature of zeros", with_signature(good, std::string(genuine.signature.size(), '\0'))});
    bad.tokens.push_back({"without its signature", with_signature(good, "")});
    return bad;
}

/// IA 2.4: sub is the thumbprint of a registered certificate; RFC 8725 3.10: nothing that a JWT carries makes it so.
BadTokens unknown_certificates(const Machine& machine, const TimeSpan& now) {
    MachineToken token = good_token(machine, now).value();
    const std::shared_ptr<const Identity> stranger = forge::self_signed_twin(*machine.signer);
    if (!stranger) {
        return {{}, "no certificate can be made like the registered one: its key type is not known"};
    }
    token.key = stranger->key;
    token.claims["sub"] = stranger->leaf.sha256_fingerprint();
    BadTokens bad;
    add(bad, "of a certificate that nobody registered", token.text());
    token.header["x5c"] = x5c_of(stranger->leaf);
    add(bad, "that brings its own certificate along (x5c)", token.text());
    return bad;
}

/// RFC 8725 3.2, 2.1: an unsigned JWT is refused however "none" is spelt.
BadTokens unsigned_tokens(const Machine& machine, const TimeSpan& now) {
    const MachineToken good = good_token(machine, now).value();
    BadTokens bad;
    for (const char* const spelling : {"none", "None", "NONE", "nOnE"}) {
        bad.tokens.push_back({std::string("with the algorithm ") + spelling, unsigned_token(good, spelling)});
    }
    return bad;
}

/// RFC 8725 2.1: the public key is no shared secret.
BadTokens shared_secrets(const Machine& machine, const TimeSpan& now) {
    const MachineToken good = good_token(machine, now).value();
    BadTokens bad;
    for (const std::string& secret : confusable_secrets(*machine.signer)) {
        const bool pem = secret.starts_with("-----");
        const bool key = secret.find("PUBLIC KEY") != std::string::npos;
        std::string what = "signed with HS256 and the ";
        what += !pem ? "DER bytes" : key ? "public key" : "certificate";
        bad.tokens.push_back({std::move(what), confused(good, secret)});
    }
    return bad;
}

/// IA 2.4: different keys for test and production.
BadTokens of_another_environment(const Machine& machine, const TimeSpan& now) {
    MachineToken token = good_token(machine, now).value();
    const Identity& elsewhere = *machine.other_environment;
    const std::optional<jwt::Algorithm> algorithm = jwt::algorithm_for(elsewhere.key.get());
    if (!algorithm || elsewhere.leaf.sha256_fingerprint() == machine.signer->leaf.sha256_fingerprint()) {
        return {{}, "m2m.other_environment is the signer itself, or of a kind that cannot sign"};
    }
    token.key = elsewhere.key;
    token.algorithm = *algorithm;
    token.header["alg"] = jwt::to_string(*algorithm);
    token.claims["sub"] = elsewhere.leaf.sha256_fingerprint();
    BadTokens bad;
    add(bad, "of a certificate that is registered in another environment", token.text());
    return bad;
}

}  // namespace

std::vector<Check> m2m_signature_checks() {
    CheckFamily family = m2m_family();
    family.mock_lacks = no_checks_of_machine_tokens;
    return checks(
        family,
        {{.id = "m2m.signature-checked",
          .title = "The signature of a JWT must be checked",
          .run = refused(wrong_signatures,
                         "verify the signature with the registered certificate before any claim is believed")},
         {.id = "m2m.unknown-thumbprint",
          .title = "A certificate that nobody registered must be refused",
          .run = refused(unknown_certificates,
                         "look the thumbprint up among the registered certificates, and take no "
                         "key from the JWT itself")},
         {.id = "m2m.alg-none",
          .title = "An unsigned JWT must be refused",
          .run = refused(unsigned_tokens, "take the documented algorithms and no others")},
         {.id = "m2m.alg-confusion",
          .title = "The public key must not serve as a shared secret",
          .run = refused(shared_secrets, "bind the algorithm to the kind of the registered key before verifying")},
         {.id = "m2m.other-environment-refused",
          .title = "A certificate that is registered in another environment must be refused",
          .run = refused(of_another_environment, "keep the registrations of each environment apart"),
          .needs = {other_environment_signer()}}});
}

}  // namespace gateproof::suites
