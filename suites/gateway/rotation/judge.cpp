#include "suites/gateway/rotation/judge.hpp"

#include <fmt/chrono.h>
#include <fmt/ranges.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "harness/text/encoding.hpp"
#include "suites/shared/certificate_words.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/server_chain.hpp"

namespace gateproof::suites {
namespace {

constexpr const char* enrol_new =
    "have the new certificate enrolled beside the old one; where names alone are enrolled, compare its common name and "
    "issuer, and see that clientAuth is among its extended key usages; where each certificate is enrolled, say so "
    "(rotation.trust certificate)";

/// Once the old one is cut over, the new one has to stand alone.
constexpr const char* enrol_new_alone =
    "have the new certificate enrolled in its own right, without the old one beside it; where names alone are enrolled, "
    "compare its common name and issuer with what is enrolled, and see that clientAuth is among its extended key usages";

/// Every time, where it was by a reset or close; one before the handshake was done may be that of a dead endpoint.
bool refused(const HttpOutcome& outcome, const Tries& tries) {
    return tries.is_refusal() && (outcome.response || outcome.alert || outcome.handshake_done);
}

bool refused(const TriedIdentity& answer) {
    return refused(answer.outcome, answer.tries);
}

std::string_view named(const Operation& operation) {
    return operation.path;
}

}  // namespace

Verdict judge_new_served(const TriedRequest& tried, const Operation& operation, RotationMoment moment) {
    const std::string answers = tried.tries.summary();
    if (tried.outcome.served(operation)) {
        return Verdict::pass("the new certificate was served: {}", answers);
    }
    if (refused(tried.outcome, tried.tries)) {
        return Verdict::fail("the new certificate was refused at {}: {}", named(operation), answers)
            .remedy(moment == RotationMoment::after ? enrol_new_alone : enrol_new)
            .found({fmt::format("the new certificate was refused at {}: {}", named(operation), tried.tries.told())})
            .rests_on_resets(tried.tries.rests_on_resets());
    }
    return Verdict::inconclusive("with the new certificate, {}: {}", named(operation), answers);
}

Verdict judge_same_identity(const BothAnswers& answers, const Operation& operation, const std::string& known_as,
                            const std::string& common_name) {
    const bool old_served = answers.old.outcome.served(operation);
    if (!answers.fresh.name) {
        if (old_served && refused(answers.fresh)) {
            return Verdict::fail("the old certificate is answered as {}, the new one is refused: {}",
                                 shown(answers.old.name), answers.fresh.tries.summary())
                .remedy(enrol_new)
                .found({fmt::format("the new certificate is refused: {}", answers.fresh.tries.told())})
                .rests_on_resets(answers.fresh.tries.rests_on_resets());
        }
        return Verdict::inconclusive("{} does not say whom the gateway takes the new certificate for: {}",
                                     named(operation), answers.fresh.tries.summary());
    }
    constexpr const char* remedy =
        "enrol the new certificate under the same DSP as the old one: as another client it has none of its permissions";
    if (old_served && answers.old.name && *answers.old.name != *answers.fresh.name) {
        return Verdict::fail("the old certificate is answered as {}, the new one as {}", shown(answers.old.name),
                             shown(answers.fresh.name))
            .remedy(remedy);
    }
    if (!known_as.empty() && *answers.fresh.name != known_as) {
        return Verdict::fail("the new certificate is answered as {} instead of '{}'", shown(answers.fresh.name),
                             known_as)
            .remedy(remedy);
    }
    if (old_served && answers.old.name) {
        return Verdict::pass("old and new certificate are both answered as {}", shown(answers.fresh.name));
    }
    if (!known_as.empty() || *answers.fresh.name == common_name) {
        return Verdict::pass("the new certificate is answered as {}", shown(answers.fresh.name));
    }
    return Verdict::inconclusive(
               "the new certificate is answered as {}, and the old one, which could tell whether "
               "that is us, is not served any more",
               shown(answers.fresh.name))
        .remedy("give rotation.known_as, the name that the identity operation answered before the rotation");
}

Verdict judge_overlap(const BothAnswers& answers, const Operation& operation, Overlap declared, CertificateTrust trust,
                      const std::string& old_gone) {
    const bool by_name = trust == CertificateTrust::by_name;
    const std::string_view as_said = by_name ? "as where names are trusted" : "as declared";
    const bool old_served = answers.old.outcome.served(operation);
    const bool new_served = answers.fresh.outcome.served(operation);
    const TriedIdentity& again = answers.old_again ? *answers.old_again : answers.old;
    if (!old_gone.empty() && (old_served || again.outcome.served(operation))) {
        return Verdict::fail("the old certificate is served, though {}: {}", old_gone, answers.old.tries.summary())
            .remedy("look at the dates of a certificate in every handshake, on every node")
            .found({fmt::format("the old certificate is served, though {}", old_gone)})
            .stands();
    }
    if (!old_gone.empty() && new_served && refused(again)) {
        return Verdict::pass("the new certificate is served and the old one is refused, for {}: {}", old_gone,
                             again.tries.summary())
            .rests_on_resets(again.tries.rests_on_resets());
    }
    if (declared == Overlap::cut_over_at_once && !by_name) {
        if (!new_served) {
            return Verdict::inconclusive("the new certificate is not served yet ({}), so nothing is cut over",
                                         answers.fresh.tries.summary());
        }
        if (old_served || again.outcome.served(operation)) {
            return Verdict::fail("old and new certificate are both served, and a cut-over at once is declared")
                .remedy("remove the old certificate's enrolment, or declare the overlap (rotation.overlap)");
        }
        return refused(again)
                   ? Verdict::pass("the new certificate is served and the old one is refused, as declared: {}",
                                   again.tries.summary())
                         .rests_on_resets(again.tries.rests_on_resets())
                   : Verdict::inconclusive("with the old certificate: {}", again.tries.summary());
    }
    if (old_served && new_served && again.outcome.served(operation)) {
        return Verdict::pass("old and new certificate are both served, {}", as_said);
    }
    if (!old_served && !new_served) {
        return Verdict::inconclusive("neither certificate is served: old {}, new {}", answers.old.tries.summary(),
                                     answers.fresh.tries.summary());
    }
    const bool old_lacks = new_served;
    const TriedIdentity& lacking = !new_served ? answers.fresh : !old_served ? answers.old : again;
    if (!refused(lacking)) {
        return Verdict::inconclusive("with the {} certificate: {}", old_lacks ? "old" : "new", lacking.tries.summary());
    }
    return Verdict::fail("both certificates should be served for a while, but the {} one is refused: {}",
                         old_lacks ? "old" : "new", lacking.tries.summary())
        .remedy(!old_lacks ? enrol_new
                : by_name  ? "serve the old certificate until it expires or is revoked; where each certificate is "
                             "enrolled, say so (rotation.trust certificate)"
                           : "keep the old certificate enrolled until every client has changed, as declared")
        .found({fmt::format("the {} certificate is refused: {}", old_lacks ? "old" : "new", lacking.tries.told())})
        .rests_on_resets(lacking.tries.rests_on_resets());
}

CutOver cut_over_of(const Identity& gone, CertificateTrust trust, bool revoked, const std::string& enrolled_name,
                    SystemTime now) {
    CutOver state;
    state.other_name =
        trust == CertificateTrust::by_name && !enrolled_name.empty() && gone.leaf.common_name() != enrolled_name;
    if (const std::optional<Validity> period = validity_of(gone.leaf)) {
        state.good_until = period->not_after;
    }
    if (trust == CertificateTrust::by_certificate) {
        state.refused_because = "its enrolment ended with the cut-over";
    } else if (revoked) {
        state.refused_because = "it has been revoked";
    } else if (!state.good_until || now > *state.good_until) {
        state.refused_because = "it has expired";
    }
    return state;
}

Verdict judge_still_good(const std::vector<VersionOutcome>& outcomes, const Operation& operation,
                         const std::string& role, const CutOver& state, SystemTime now) {
    for (const VersionOutcome& outcome : outcomes) {
        const bool served =
            outcome.tried ? outcome.tried->tries.served() : outcome.alone && outcome.alone->served(operation);
        if (served && state.other_name) {
            return Verdict::inconclusive(
                       "a certificate that is cut over ({}) is served still, under another name than the enrolled one: "
                       "whether that name is trusted still is not known here",
                       role)
                .remedy(
                    "ask whether the old name is approved still; where it is not, its certificates must be refused");
        }
        if (served) {
            return Verdict::pass(
                       "a certificate that is cut over ({}) is served still, as where names are trusted: for {} days, "
                       "until {}, whoever has its key is you",
                       role, days_between(now, *state.good_until), day_of(*state.good_until))
                .remedy(
                    "if its key may be in other hands, have its authority revoke it, and say so "
                    "(rotation.old_revoked); else destroy the key on every machine that had it");
        }
    }
    Verdict refused =
        judge_versions_refused(outcomes, operation, fmt::format("with a certificate that is cut over ({})", role), "");
    return refused.outcome() == Outcome::pass
               ? Verdict::pass("{}; where names are trusted it would be good until {}, unless it has been revoked",
                               refused.sentence(), day_of(*state.good_until))
                     .rests_on_resets(refused.rests_on_resets())
               : refused;
}

Verdict joined(std::vector<Verdict> verdicts) {
    if (verdicts.empty()) {
        return Verdict::inconclusive("no certificate is cut over");
    }
    const auto worst = std::ranges::max_element(verdicts, {}, &Verdict::outcome);
    if (worst->outcome() != Outcome::pass) {
        return std::move(*worst);
    }
    std::string sentence;
    std::string remedy;
    bool rests_on_resets = false;
    for (const Verdict& verdict : verdicts) {
        sentence += (sentence.empty() ? "" : "; ") + verdict.sentence();
        remedy = remedy.empty() ? verdict.remedy() : remedy;
        rests_on_resets = rests_on_resets || verdict.rests_on_resets();
    }
    return Verdict::pass("{}", sentence).remedy(std::move(remedy)).rests_on_resets(rests_on_resets);
}

Verdict judge_old_sessions(const std::vector<OldSession>& sessions, const std::string& notes) {
    std::string how;
    bool rests_on_resets = false;
    Failures failures;
    for (const OldSession& session : sessions) {
        if (session.resumed && session.tries.served() && session.perhaps_good) {
            failures.add(Verdict::inconclusive(
                             "{}: resumed and served ({}), but it may be a session of a certificate that is good still",
                             session.how, session.outcome.summary())
                             .remedy("give as rotation.old_sessions those of a certificate that has expired or been "
                                     "revoked"));
            continue;
        }
        if (session.resumed && session.tries.served()) {
            failures.add(
                Verdict::fail("{}: resumed and served: {}", session.how, session.outcome.summary())
                    .remedy("judge the certificate of a resumed session again, or change the ticket keys and flush the "
                            "session cache at the cut-over: a kept session outlives its certificate otherwise"));
            continue;
        }
        const bool told = session.tries.is_refusal() || (!session.resumed && session.outcome.response);
        if (!told) {
            failures.add(Verdict::inconclusive("{}: {}", session.how, session.tries.summary()));
            continue;
        }
        rests_on_resets = rests_on_resets || session.tries.rests_on_resets();
        how += fmt::format("{}{}: {}, {}", how.empty() ? "" : "; ", session.how,
                           session.resumed ? "resumed" : "not resumed", session.tries.summary());
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (sessions.empty()) {
        return Verdict::inconclusive("there was no session to try: {}", notes)
            .remedy(
                "keep a session of the old certificate before the cut-over (openssl s_client -servername HOST -sess_out FILE) and "
                "give it as rotation.old_sessions");
    }
    return Verdict::pass("{} session{} of the old certificate gave no service ({}{}{})", sessions.size(),
                         sessions.size() == 1 ? "" : "s", how, notes.empty() ? "" : "; ", notes)
        .rests_on_resets(rests_on_resets);
}

std::string pin_of(const Certificate& certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &der);
    if (size <= 0) {
        ERR_clear_error();
        return {};
    }
    std::array<unsigned char, 32> digest{};
    EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha256(), nullptr);
    OPENSSL_free(der);
    return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Verdict judge_server_rotation(const ServerShown& shown, const std::vector<std::string>& pins, SystemTime now) {
    const Certificate& leaf = shown.chain.front();
    if (shown.trusted.error != X509_V_OK) {
        const Verdict why = judge_chain(shown.trusted, shown.chain, shown.anchors);
        return Verdict::fail("the server's chain is not trusted: {}", why.sentence())
            .remedy(
                "where this is the new certificate of the gateway: add its CA to the trust of every client before it "
                "is rotated, and send the whole chain. Else: " +
                why.remedy());
    }
    if (!matches_host(leaf, shown.host)) {
        return Verdict::fail("the server's certificate does not name {}", shown.host)
            .remedy("issue the new server certificate for every name that the old one had");
    }
    const std::optional<Validity> period = validity_of(leaf);
    if (!period || now > period->not_after || now < period->not_before) {
        return Verdict::fail("the server's certificate is not valid now").remedy("renew the server certificate");
    }
    if (pins.empty()) {
        return Verdict::pass("the server's certificate is trusted and names {}; no pins are declared", shown.host);
    }
    std::vector<Certificate> keys = shown.chain;
    for (const Certificate& anchor : shown.anchors) {
        if (X509_check_issued(anchor.get(), shown.chain.back().get()) == X509_V_OK) {
            keys.push_back(anchor);
        }
        ERR_clear_error();
    }
    std::vector<std::string> seen;
    for (const Certificate& certificate : keys) {
        const std::string pin = pin_of(certificate);
        seen.push_back(fmt::format("sha256//{} ({} {})", pin,
                                   &certificate == &keys.front() ? "the leaf"
                                   : is_self_signed(certificate) ? "the root"
                                                                 : "the intermediate",
                                   certificate.subject()));
        if (std::ranges::find(pins, pin) != pins.end()) {
            return Verdict::pass("the server's certificate is trusted, names {} and meets a pin: the key of {}",
                                 shown.host, certificate.subject());
        }
    }
    return Verdict::fail("the server's chain meets none of the {} declared pins; it holds {}", pins.size(),
                         fmt::join(seen, ", "))
        .remedy("tell the pinning clients of the new key before the server uses it, or correct rotation.server_pins");
}

}  // namespace gateproof::suites
