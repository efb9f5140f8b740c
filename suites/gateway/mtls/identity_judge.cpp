#include <fmt/format.h>

#include "suites/gateway/mtls/identity_judge.hpp"

namespace gateproof::suites {
namespace {

constexpr const char* taken_for_another =
    "derive the caller's identity from the certificate of the very connection that carries the request";

std::string body_of(const HttpOutcome& outcome) {
    return outcome.response ? outcome.response->body : std::string();
}

/// Those who are nobody, beside both identities that were answered.
Verdict judge_strangers(const EverybodysAnswers& answers, const Operation& operation) {
    std::vector<Trial> strangers{Trial("without a certificate", answers.nobody.tries)};
    if (answers.look_alike) {
        strangers.emplace_back("with a certificate of a CA that only bears the issuer's name",
                               answers.look_alike->tries, "trust CA certificates by their key, not by their name");
    }
    const std::string request = request_line(operation);
    Words words;
    words.tried = request;
    words.beside = "our own request";
    const Verdict refused =
        judge_refused(answer_of(answers.first.outcome, operation), strangers, words,
                      "require and verify a client certificate on this listener", Reading::no_service);
    if (refused.outcome() != Outcome::pass) {
        return refused;
    }
    return Verdict::pass("answered as {} and as {}, each by its own certificate; nobody and forged: {}, {}",
                         shown(answers.first.name), shown(answers.second.name), answers.nobody.tries.summary(),
                         answers.look_alike ? answers.look_alike->tries.summary() : "not made")
        .rests_on_resets(refused.rests_on_resets());
}

}  // namespace

Verdict judge_identity(const EverybodysAnswers& answers, const Operation& operation) {
    if (!answers.first.name || !answers.second.name || !answers.first_again.name) {
        const IdentityAnswer& nameless = !answers.first.name    ? answers.first
                                         : !answers.second.name ? answers.second
                                                                : answers.first_again;
        return Verdict::inconclusive("{} {} does not say whom the gateway takes us for: {}", operation.method,
                                     operation.path, nameless.outcome.summary())
            .remedy("see that both identities are enrolled here, and that identity.pointer leads to the name");
    }
    const auto names = [](const IdentityAnswer& answer, const std::string& cn) { return *answer.name == cn; };
    if (*answers.first.name == *answers.second.name || names(answers.first, answers.second_cn) ||
        names(answers.second, answers.first_cn)) {
        return Verdict::fail("the enrolled identity ('{}') is answered as {} and the second ('{}') as {}",
                             answers.first_cn, shown(answers.first.name), answers.second_cn, shown(answers.second.name))
            .remedy(taken_for_another);
    }
    if (*answers.first.name != *answers.first_again.name) {
        return Verdict::fail("the enrolled identity was answered as {} and then as {}", shown(answers.first.name),
                             shown(answers.first_again.name))
            .remedy(taken_for_another);
    }
    return judge_strangers(answers, operation);
}

Verdict judge_scope(const TriedRequest& enrolled, const std::optional<HttpOutcome>& entitled,
                    const Operation& operation) {
    const std::string answers = enrolled.tries.summary();
    const std::string request = request_line(operation);
    if (enrolled.tries.served() && !enrolled.outcome.served(operation)) {
        return Verdict::inconclusive("{}: {}, which is neither service nor a refusal", request, answers);
    }
    const Trial trial("as the enrolled identity, which is not entitled to it,", enrolled.tries);
    constexpr const char* remedy =
        "let the enrolment of a certificate name the services that it opens, and check it at each";
    if (const std::optional<Verdict> verdict = not_refused(trial, request, remedy, Reading::no_service)) {
        return *verdict;
    }
    if (!entitled) {
        return Verdict::pass("refused: {}; that somebody is served was not seen, it needs identities.second", answers)
            .rests_on_resets(enrolled.tries.rests_on_resets());
    }
    if (!entitled->served(operation)) {
        return Verdict::inconclusive(
                   "the second identity is not served {} either ({}), so the refusal ({}) says nothing about "
                   "entitlement",
                   request, entitled->summary(), answers)
            .remedy("give an identity as second that is entitled to the operation of not_entitled");
    }
    return Verdict::pass("refused the enrolled identity ({}) and served the entitled one", answers)
        .rests_on_resets(enrolled.tries.rests_on_resets());
}

Verdict judge_other_doors(const Verdict& own_name, const std::vector<DoorOutcome>& doors, const Operation& operation,
                          std::string_view who) {
    std::string told;
    for (const DoorOutcome& door : doors) {
        const bool served = door.outcome.served(operation);
        if (served && !door.nobody_too) {
            return Verdict::fail("{} {} was refused under the endpoint's own name, and served {}: {}",
                                 request_line(operation), who, door.how, door.outcome.summary())
                .remedy("verify client certificates alike under every server name, the default one too");
        }
        told += fmt::format(
            "{}{}: {}", told.empty() ? "; " : ", ", door.how,
            served ? "served, as everybody is there (mtls.required-under-every-name)" : door.outcome.summary());
    }
    return Verdict::pass("{}{}", own_name.sentence(), told).rests_on_resets(own_name.rests_on_resets());
}

Verdict judge_header_effect(const HeaderEffect& effect, std::string_view who, std::string_view claim) {
    const std::string with = fmt::format("{} of {}", effect.with.times, effect.with.of);
    const std::string without = fmt::format("{} of {}", effect.without.times, effect.without.of);
    if (effect.without.times > 0) {
        return Verdict::fail(
                   "{}, the gateway serves somebody else in {} tries without any identity header (and in {} with them: "
                   "{}), so not for the headers: one of several nodes may take everybody",
                   who, without, with, effect.answer)
            .remedy(
                "see that every node behind this address requires and verifies client certificates, and serves each "
                "by its own");
    }
    return Verdict::fail(
               "{}, {}: the request headers {} made the gateway serve somebody else: {} (in {} tries, in {} "
               "without them)",
               who, claim, effect.headers, effect.answer, with, without)
        .remedy("remove these headers from every request that comes from outside, before setting your own");
}

Verdict judge_resembling_served(const ResemblingServed& served, const Operation& operation) {
    const std::string request = request_line(operation);
    if (served.nobody.times > 0) {
        return Verdict::fail(
                   "{} was served without any certificate in {} of {} tries, so it says nothing of names that a "
                   "certificate ({}) was served as well ({})",
                   request, served.nobody.times, served.nobody.of, served.variant, served.answer)
            .remedy("see that every node behind this address requires and verifies client certificates");
    }
    return Verdict::fail(
               "{} with a certificate whose name only resembles the enrolled one ({}) was served in {} of {} "
               "tries: {}{}",
               request, served.variant, served.again.times, served.again.of, served.answer,
               served.stranger ? "; so is one with a name that resembles nothing" : "")
        .remedy(served.stranger ? "serve only the common names that are enrolled, whoever issued them"
                                : "compare the common name byte for byte over its whole length, and take no second "
                                  "name for it");
}

Verdict judge_bleed(const std::vector<ConnectionAnswer>& answers, const Operation& operation,
                    const std::string& first_cn, const std::string& second_cn) {
    std::optional<std::string> names[2];
    std::size_t judged = 0;
    std::size_t ended = 0;
    for (const ConnectionAnswer& one : answers) {
        const char* who = one.second ? "second" : "enrolled";
        const std::optional<std::string>& name = one.answer.name;
        if (!name) {
            if (was_cut(one.answer.outcome.end) && !one.first_request) {
                ++ended;  // a server may end a connection after any answer; unread requests make that a reset
                continue;
            }
            return Verdict::inconclusive("{}, as the {} identity: {} {} named nobody: {}", one.where, who,
                                         operation.method, operation.path, one.answer.outcome.summary());
        }
        std::optional<std::string>& own = names[one.second ? 1 : 0];
        const std::optional<std::string>& others = names[one.second ? 0 : 1];
        const bool changed = own && *own != *name;
        if (changed || name == others || *name == (one.second ? first_cn : second_cn)) {
            return Verdict::fail("{}, as the {} identity: answered as {}", one.where, who, shown(name))
                .remedy(taken_for_another);
        }
        own = name;
        ++judged;
    }
    if (!names[0] || !names[1]) {
        return Verdict::inconclusive("not both identities were answered");
    }
    return Verdict::pass("{} answers over fresh, kept-alive and pipelined connections, each for its own identity{}",
                         judged, ended > 0 ? fmt::format("; {} more were not given: the connection ended", ended) : "");
}

Verdict judge_sessions(const std::vector<SessionVisit>& visits, const Operation& operation,
                       const std::optional<std::string>& first_name, const std::string& notes) {
    using Place = SessionVisit::Place;
    std::size_t offered = 0;
    std::size_t resumed = 0;
    std::optional<Verdict> warning;
    for (const SessionVisit& visit : visits) {
        ++offered;
        resumed += visit.resumed ? 1 : 0;
        const std::optional<std::string>& name = visit.answer.name;
        const bool served = visit.answer.outcome.served(operation);
        if (visit.place == Place::same_name) {
            // A resumed session is its first owner, whatever certificate the client has at hand by now.
            if (visit.resumed && name && first_name && *name != *first_name) {
                return Verdict::fail("{}: the session of {} was resumed and answered as {}", visit.how,
                                     shown(first_name), shown(name))
                    .remedy("keep the verified identity with the session and take it from there");
            }
            if (!visit.resumed && visit.as_second && name && name == first_name) {
                return Verdict::fail("{}: not resumed, and answered as the session's {} instead of the second identity",
                                     visit.how, shown(name))
                    .remedy(taken_for_another);
            }
            continue;
        }
        if (visit.resumed && served && !visit.served_anyway) {
            return Verdict::fail("{}: resumed and served ({}), though a full handshake there is not", visit.how,
                                 visit.answer.outcome.summary())
                .remedy(
                    "bind sessions and tickets to the listener and the name that they were made for (CVE-2025-23419): "
                    "separate ticket keys and session caches, or a session id context for each");
        }
        if (visit.resumed && served && visit.place == Place::other_name) {
            warning = Verdict::warning(
                          "{}: a session of another name was resumed and served; we are served there "
                          "with our certificate too",
                          visit.how)
                          .remedy("resume no session under another name (RFC 6066 3)");
        }
    }
    if (warning) {
        return *warning;
    }
    if (offered == 0) {
        return notes.empty() ? Verdict::inconclusive("no session could be offered")
                             : Verdict::pass("nothing to resume: {}", notes);
    }
    return Verdict::pass("sessions stayed their owner's, on their own listener and name ({} offered, {} resumed){}",
                         offered, resumed, notes.empty() ? "" : "; " + notes);
}

Verdict judge_mismatch(const MismatchAnswers& answers, const Operation& operation, const std::string& name) {
    constexpr const char* remedy =
        "answer 421 where the Host header names another host than the handshake (RFC 9110 15.5.20)";
    const HttpOutcome& got = answers.mismatched.outcome;
    const Tries& tries = answers.mismatched.tries;
    const int status = got.whole() ? got.response->status : 0;
    if (tries.is_refusal() || is_client_error(status)) {
        return Verdict::pass("refused: {}", tries.summary()).rests_on_resets(tries.rests_on_resets());
    }
    if (!got.served(operation)) {
        return Verdict::inconclusive("{}, which is neither service nor a refusal", tries.summary());
    }
    if (!answers.own.served(operation)) {
        return Verdict::inconclusive("the endpoint's own name is not served: {}", answers.own.summary());
    }
    const std::string body = body_of(got);
    const bool stable = body_of(answers.own) == body_of(answers.own_again);
    if (!answers.other.served(operation)) {
        if (stable && body == body_of(answers.own)) {
            return Verdict::pass("answered as the name of the handshake; {} itself does not serve us: {}", name,
                                 answers.other.summary());
        }
        return Verdict::fail(
                   "Host {} was served over a connection made for another name, though {} itself does not "
                   "serve us: {}",
                   name, name, answers.other.summary())
            .remedy(remedy);
    }
    if (stable && body == body_of(answers.own) && body != body_of(answers.other)) {
        return Verdict::pass("answered as the name of the handshake");
    }
    return Verdict::warning("Host {} was served over a connection made for another name: {}", name, got.summary())
        .remedy(remedy);
}

}  // namespace gateproof::suites
