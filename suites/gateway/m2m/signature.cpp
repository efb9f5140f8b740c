// CLOUD-M2M: who signed a JWT, and how (RFC 7515, RFC 7518, RFC 8725).
#include <openssl/evp.h>

#include <utility>

#include "harness/probe/forge/forge.hpp"
#include "harness/probe/forge/keys.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/m2m/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

std::string with_signature(const MachineToken& token, std::string_view signature) {
    return jwt::compact(jwt::signing_input(token.header, token.claims), signature);
}

void add(std::vector<BadToken>& tokens, std::string what, const std::optional<std::string>& text) {
    if (text) {
        tokens.push_back({std::move(what), *text});
    }
}

/// RFC 8725 3.3: every way in which a signature can be wrong while all else is right.
awaitable<Verdict> signature_checked(Context& ctx) {
    const Machine& machine = *ctx.profile().machine;
    const MachineToken good = good_token(machine).value();
    const jwt::Token genuine = jwt::decode(good.text().value_or("")).value();
    std::vector<BadToken> tokens;
    std::string changed = genuine.signature;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    tokens.push_back({"with one bit of its signature changed", with_signature(good, changed)});
    MachineToken longer = good;
    longer.valid(good.claims.at("iat").get<std::int64_t>(), good.claims.at("exp").get<std::int64_t>() + 60);
    tokens.push_back({"with a claim changed behind its signature", with_signature(longer, genuine.signature)});
    MachineToken foreign = good;
    foreign.key = forge::key_like(machine.signer->key.get());
    if (foreign.key) {
        add(tokens, "signed by another key", foreign.text());
    }
    // CVE-2022-21449: r = s = 0 satisfies a verifier that does not look at their range.
    tokens.push_back({"with a signature of zeros", with_signature(good, std::string(genuine.signature.size(), '\0'))});
    tokens.push_back({"without its signature", with_signature(good, "")});
    std::string remedy = "verify the signature with the registered certificate before any claim is believed";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

/// IA 2.4: sub is the thumbprint of a registered certificate; RFC 8725 3.10: nothing that a JWT carries makes it so.
awaitable<Verdict> unknown_thumbprint(Context& ctx) {
    const Machine& machine = *ctx.profile().machine;
    MachineToken token = good_token(machine).value();
    const std::shared_ptr<const Identity> stranger = forge::self_signed_twin(*machine.signer);
    if (!stranger) {
        co_return Verdict::skipped("no certificate can be made like the registered one: its key type is not known");
    }
    token.key = stranger->key;
    token.claims["sub"] = stranger->leaf.sha256_fingerprint();
    std::vector<BadToken> tokens;
    add(tokens, "of a certificate that nobody registered", token.text());
    token.header["x5c"] = x5c_of(stranger->leaf);
    add(tokens, "that brings its own certificate along (x5c)", token.text());
    std::string remedy =
        "look the thumbprint up among the registered certificates, and take no key from the JWT itself";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

/// RFC 8725 3.2, 2.1: an unsigned JWT is refused however "none" is spelt.
awaitable<Verdict> alg_none(Context& ctx) {
    const MachineToken good = good_token(*ctx.profile().machine).value();
    std::vector<BadToken> tokens;
    for (const char* const spelling : {"none", "None", "NONE", "nOnE"}) {
        tokens.push_back({std::string("with the algorithm ") + spelling, unsigned_token(good, spelling)});
    }
    std::string remedy = "take the documented algorithms and no others";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

/// RFC 8725 2.1: the public key is no shared secret.
awaitable<Verdict> alg_confusion(Context& ctx) {
    const Machine& machine = *ctx.profile().machine;
    const MachineToken good = good_token(machine).value();
    std::vector<BadToken> tokens;
    for (const std::string& secret : confusable_secrets(*machine.signer)) {
        const bool pem = secret.starts_with("-----");
        const bool key = secret.find("PUBLIC KEY") != std::string::npos;
        std::string what = "signed with HS256 and the ";
        what += !pem ? "DER bytes" : key ? "public key" : "certificate";
        tokens.push_back({std::move(what), confused(good, secret)});
    }
    std::string remedy = "bind the algorithm to the kind of the registered key before verifying";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

/// IA 2.4: different keys for test and production.
awaitable<Verdict> other_environment(Context& ctx) {
    const Machine& machine = *ctx.profile().machine;
    MachineToken token = good_token(machine).value();
    const Identity& elsewhere = *machine.other_environment;
    const std::optional<jwt::Algorithm> algorithm = jwt::algorithm_for(elsewhere.key.get());
    if (!algorithm || elsewhere.leaf.sha256_fingerprint() == machine.signer->leaf.sha256_fingerprint()) {
        co_return Verdict::skipped("m2m.other_environment is the signer itself, or of a kind that cannot sign");
    }
    token.key = elsewhere.key;
    token.algorithm = *algorithm;
    token.header["alg"] = jwt::to_string(*algorithm);
    token.claims["sub"] = elsewhere.leaf.sha256_fingerprint();
    std::vector<BadToken> tokens;
    add(tokens, "of a certificate that is registered in another environment", token.text());
    std::string remedy = "keep the registrations of each environment apart";
    co_return co_await all_refused(ctx, std::move(tokens), std::move(remedy));
}

std::string other_environment_unmet(const Profile& profile) {
    if (std::string reason = machine_unmet(profile); !reason.empty()) {
        return reason;
    }
    return profile.machine->other_environment
               ? std::string()
               : "needs a signing certificate of another environment; give m2m.other_environment in the profile";
}

}  // namespace

std::vector<Check> m2m_signature_checks() {
    Check elsewhere =
        m2m_check("m2m.other-environment-refused", "A certificate that is registered in another environment is refused",
                  &other_environment);
    elsewhere.unmet = &other_environment_unmet;
    return {m2m_check("m2m.signature-checked", "The signature of a JWT is checked", &signature_checked),
            m2m_check("m2m.unknown-thumbprint", "A certificate that nobody registered is refused", &unknown_thumbprint),
            m2m_check("m2m.alg-none", "An unsigned JWT is refused", &alg_none),
            m2m_check("m2m.alg-confusion", "The public key does not serve as a shared secret", &alg_confusion),
            elsewhere};
}

}  // namespace gateproof::suites
