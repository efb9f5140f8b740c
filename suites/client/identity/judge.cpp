#include "suites/client/identity/judge.hpp"

#include <fmt/format.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "suites/client/judge.hpp"
#include "suites/shared/fitness.hpp"

namespace gateproof::suites {

namespace {

using stage::Visit;

/// The first visit that ended a handshake in which a certificate was asked for, one that shows a certificate before
/// one that shows none: shown once is shown. Null: none did.
const Visit* first_that_could_show(const Attempt& attempt) {
    const Visit* first = nullptr;
    for (const Visit& visit : attempt.visits) {
        if (visit.reached() < stage::Reached::finished || !visit.certificate_requested) {
            continue;
        }
        if (!visit.certificates.empty()) {
            return &visit;
        }
        first = first == nullptr ? &visit : first;
    }
    return first;
}

/// Where none is shown though one is required, the handshake does not come to its end. Where the client itself gave up,
/// it may not have come to its certificate.
const Visit* first_asked(const Attempt& attempt) {
    const auto found = std::ranges::find_if(
        attempt.visits, [](const Visit& visit) { return visit.certificate_requested && !visit.refused(); });
    return found == attempt.visits.end() ? nullptr : &*found;
}

std::string expected_fingerprint(const ClientContext& ctx) {
    return ctx.client().identity.empty() ? ctx.pki().client()->leaf.sha256_fingerprint()
                                         : ctx.client().identity.front().sha256_fingerprint();
}

Verdict never_came(const Attempt& attempt) {
    return Verdict::inconclusive("no handshake in which a certificate was asked for: {}", attempt.summary())
        .remedy("see what the software wrote (client_run in the evidence), and that it calls {url} and trusts {ca}");
}

bool is_issued_by(const Certificate& issuer, const Certificate& one) {
    return X509_check_issued(issuer.get(), one.get()) == X509_V_OK;
}

bool is_self_issued(const Certificate& one) {
    return is_issued_by(one, one);
}

}  // namespace

Verdict judge_presented(const Attempt& attempt, const ClientContext& ctx) {
    if (attempt.lacks(ctx.twin().versions)) {
        return Verdict::skipped("it offers no version of this gateway ({})", to_string(ctx.twin_kind()));
    }
    const Visit* const visit = first_asked(attempt);
    if (visit == nullptr) {
        return never_came(attempt);
    }
    if (visit->certificates.empty()) {
        return Verdict::fail("asked for a certificate, it shows none: {}", attempt.summary())
            .remedy(
                "give the software its certificate and key ({certificate}, {key}), and let it show them to the gateway");
    }
    // On any of its connections: a pool or a second stack may hold an older one.
    for (const Visit& other : attempt.visits) {
        if (!other.certificates.empty() &&
            other.certificates.front().sha256_fingerprint() != expected_fingerprint(ctx)) {
            return Verdict::fail("it shows another certificate than the enrolled one: {}",
                                 other.certificates.front().subject())
                .remedy("let it show the certificate of this environment ({certificate})");
        }
    }
    const Certificate& leaf = visit->certificates.front();
    if (!visit->proved_possession) {
        return Verdict::fail("it shows the enrolled certificate without proof of its key")
            .remedy("let the private key that belongs to the certificate sign the handshake");
    }
    if (!attempt.served()) {
        return Verdict::inconclusive("it shows the enrolled certificate and proves its key, and yet was not served: {}",
                                     attempt.summary());
    }
    return Verdict::pass("it shows the enrolled certificate ({}) and proves its key", leaf.subject());
}

Verdict judge_chain_sent(const Attempt& attempt, const ClientContext& ctx) {
    const Visit* const visit = first_asked(attempt);
    if (visit == nullptr) {
        return never_came(attempt);
    }
    const std::vector<Certificate>& chain = visit->certificates;
    if (chain.empty()) {
        return Verdict::inconclusive("asked for a certificate, it shows none: {}", attempt.summary());
    }
    constexpr std::string_view remedy =
        "send every intermediate with the certificate: a gateway that knows the root alone cannot verify a leaf (RFC 8446 4.4.2)";
    // Of a certificate of its own, what the profile's file holds; the root itself need not be sent.
    const std::vector<Certificate>& own = ctx.client().identity;
    const std::size_t wanted = own.empty() ? 1 + ctx.pki().client()->chain.size() : own.size();
    const bool with_root = !own.empty() && own.size() > 1 && is_self_issued(own.back());
    if (chain.size() + (with_root ? 1 : 0) < wanted) {
        return Verdict::fail("it sends {} without the intermediate of {}",
                             chain.size() == 1 ? "the leaf alone" : "too few", chain.back().issuer())
            .remedy(std::string(remedy));
    }
    for (std::size_t i = 1; i < chain.size(); ++i) {
        if (!is_issued_by(chain[i], chain[i - 1])) {
            return Verdict::warning("in what it sends, {} is not followed by its issuer", chain[i - 1].subject())
                .remedy(std::string(remedy));
        }
    }
    return chain.size() == 1 ? Verdict::pass("it sends its certificate, which needs no other")
                             : Verdict::pass("it sends {} certificates, each followed by its issuer", chain.size());
}

void add_strangers(std::vector<std::string>& authorities, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text = fmt::format("Stranger {:03}", i);
        // SEQUENCE of one SET of one commonName (2.5.4.3) as UTF8String: X.501 9.2 in DER.
        const auto length = [](std::size_t size) { return static_cast<char>(size); };
        std::string value = std::string("\x06\x03\x55\x04\x03\x0c", 6) + length(text.size()) + text;
        value = std::string("\x30") + length(value.size()) + value;
        value = std::string("\x31") + length(value.size()) + value;
        authorities.push_back(std::string("\x30") + length(value.size()) + value);
    }
}

Verdict judge_name(const Attempt& attempt, const ClientContext& ctx) {
    const Visit* const visit = first_asked(attempt);
    if (visit == nullptr) {
        return never_came(attempt);
    }
    if (visit->certificates.empty()) {
        return Verdict::inconclusive("asked for a certificate, it shows none: {}", attempt.summary());
    }
    const std::string expected =
        (ctx.client().identity.empty() ? ctx.pki().client()->leaf : ctx.client().identity.front()).common_name();
    const std::string found = visit->certificates.front().common_name();
    if (found == expected) {
        return Verdict::pass("the common name of what it shows is {}", found);
    }
    return Verdict::fail("the common name of what it shows is {}, and not {}", found, expected)
        .remedy("have the certificate made out to the enrolled name, letter by letter");
}

Verdict judge_shown_fit(const Attempt& attempt, const ClientContext& ctx) {
    const Visit* const visit = first_asked(attempt);
    if (visit == nullptr) {
        return never_came(attempt);
    }
    if (visit->certificates.empty()) {
        return Verdict::inconclusive("asked for a certificate, it shows none: {}", attempt.summary());
    }
    const Certificate& leaf = visit->certificates.front();
    return judge_fitness(
        {examine_validity(leaf, std::chrono::system_clock::now(), ctx.profile().tls.expiry_warning_days),
         examine_client_auth(leaf)},
        "the certificate that it shows", "the certificate that it shows is current and for TLS clients");
}

Verdict judge_page_noticed(const Attempt& attempt, int retries) {
    std::size_t requests = 0;
    for (const Visit& visit : attempt.visits) {
        requests += visit.request_count;
    }
    if (requests == 0) {
        return Verdict::inconclusive("no request came: {}", attempt.summary());
    }
    constexpr std::string_view remedy =
        "look at the status before the body, and report what is no 2xx as a failure instead of asking again";
    if (requests > static_cast<std::size_t>(retries) + 1) {
        return Verdict::fail("refused with a page, it asked {} times", requests).remedy(std::string(remedy));
    }
    switch (attempt.claim.kind) {
        case Claim::Kind::success:
            return Verdict::fail("refused with a page, it reports success").remedy(std::string(remedy));
        case Claim::Kind::ended_by_us:
            return Verdict::fail("refused with a page, it never came to an end: {}", attempt.summary())
                .remedy(std::string(remedy));
        case Claim::Kind::crashed:
            return Verdict::fail("it crashed over a page instead of an answer: {}", attempt.summary())
                .remedy(std::string(remedy));
        case Claim::Kind::failure:
            return Verdict::pass("refused with a page, it reports a failure after {} {}", requests,
                                 requests == 1 ? "request" : "requests");
        default:
            return Verdict::not_tried("needs the client's own word, which it does not give: {}", attempt.summary());
    }
}

Verdict judge_nothing_shown(const Attempt& attempt) {
    const Visit* const visit = first_that_could_show(attempt);
    if (visit == nullptr) {
        return never_came(attempt);
    }
    if (!visit->certificates.empty()) {
        return Verdict::fail("native software shows a certificate: {}", visit->certificates.front().subject())
            .remedy("ship native software without a client certificate: a key in the hands of every user is no secret");
    }
    if (!attempt.served()) {
        return Verdict::fail("asked for a certificate that it need not have, the client gives up: {}",
                             attempt.summary())
            .remedy("answer an optional request for a certificate with an empty list, and go on (RFC 8446 4.4.2)");
    }
    return Verdict::pass("asked for a certificate, it shows none and goes on");
}

Verdict judge_refusal_noticed(const Attempt& attempt, int retries) {
    const auto refusals =
        std::ranges::count_if(attempt.visits, [](const Visit& visit) { return visit.our_alert.has_value(); });
    if (refusals == 0) {
        return Verdict::inconclusive("no connection came so far that its certificate could be refused: {}",
                                     attempt.summary());
    }
    constexpr std::string_view remedy =
        "take a fatal alert behind the handshake for a refusal of the certificate, and report it instead of trying again";
    if (refusals > retries + 1) {
        return Verdict::fail("its certificate refused, it came {} times", refusals).remedy(std::string(remedy));
    }
    switch (attempt.claim.kind) {
        case Claim::Kind::success:
            return Verdict::fail("its certificate was refused, and it reports success").remedy(std::string(remedy));
        case Claim::Kind::crashed:
            return Verdict::fail("it crashed when its certificate was refused: {}", attempt.summary())
                .remedy(std::string(remedy));
        case Claim::Kind::ended_by_us:
            return Verdict::fail("its certificate refused, it never came to an end: {}", attempt.summary())
                .remedy(std::string(remedy));
        case Claim::Kind::failure:
            return Verdict::pass("its certificate refused, it reports a failure after {} {}", refusals,
                                 refusals == 1 ? "connection" : "connections");
        default:
            return Verdict::not_tried("needs the client's own word, which it does not give: {}", attempt.summary());
    }
}

namespace {

/// Of visits to somebody who asks for a certificate and has no business with it.
Verdict judge_shown_to_none(const std::vector<Visit>& visits, std::string_view whom) {
    bool asked = false;
    for (const Visit& visit : visits) {
        if (!visit.certificates.empty()) {
            return Verdict::warning("it shows its certificate ({}) to {} as well", visit.certificates.front().subject(),
                                    whom)
                .remedy(
                    "give certificate and key to the connections to the gateway alone: who sees them can follow the "
                    "software from place to place");
        }
        asked = asked || (visit.certificate_requested && visit.finished_at);
    }
    return asked ? Verdict::pass("asked for a certificate by {}, it shows none", whom)
                 : Verdict::inconclusive("no handshake with {} in which a certificate was asked for: {}", whom,
                                         visits.empty() ? std::string("nothing came") : visits.front().summary());
}

}  // namespace

Verdict judge_not_shown_to_authority(const Attempt& attempt) {
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    return judge_shown_to_none(attempt.authority, "the OAuth authority");
}

Verdict judge_not_shown_elsewhere(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    std::vector<Visit> there;
    std::ranges::copy_if(attempt.strays, std::back_inserter(there),
                         [](const Visit& visit) { return visit.door == elsewhere_door; });
    return there.empty() ? Verdict::pass("redirected to another host, it did not go there")
                         : judge_shown_to_none(there, "the host that it was redirected to");
}

Verdict judge_own_for_environment(const Attempt& attempt, std::string_view enrolled, std::string_view told,
                                  bool tells_it) {
    if (std::optional<Verdict> doubt = told_otherwise(attempt)) {
        return std::move(*doubt);
    }
    const Certificate* shown = nullptr;
    for (const Visit& visit : attempt.visits) {
        for (const Certificate& leaf : visit.certificates) {
            const std::string fingerprint = leaf.sha256_fingerprint();
            if (fingerprint == enrolled && !tells_it) {
                return Verdict::not_tried(
                    "needs software that is told its certificate; let client.trigger.command.read or client.variables "
                    "name {{certificate}} and {{key}}, or {{identity_p12}}");
            }
            if (fingerprint != told) {
                return Verdict::fail("told to show the certificate of another environment, it shows {}",
                                     fingerprint == enrolled ? std::string("that of the first") : leaf.subject())
                    .remedy(
                        "take certificate and key from what the software is configured with for its environment, and "
                        "keep none inside it");
            }
            shown = &leaf;
            break;  // the leaf stands first
        }
    }
    if (shown == nullptr) {
        return never_came(attempt);
    }
    if (!attempt.answered_well()) {
        return Verdict::inconclusive("it shows the certificate of the other environment, and yet was not served: {}",
                                     attempt.summary());
    }
    return Verdict::pass("told to show the certificate of another environment, it shows that");
}

}  // namespace gateproof::suites
