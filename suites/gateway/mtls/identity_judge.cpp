#include <fmt/format.h>

#include "harness/journal/facts.hpp"
#include "suites/gateway/mtls/identity_judge.hpp"
#include "suites/shared/failures.hpp"

namespace gateproof::suites {
namespace {

constexpr const char* taken_for_another =
    "derive the caller's identity from the certificate of the very connection that carries the request";

/// RFC 8446 4.6.1
constexpr std::chrono::seconds longest_ticket = std::chrono::hours(7 * 24);

std::string body_of(const HttpOutcome& outcome) {
    return outcome.response ? outcome.response->body : std::string();
}

/// Runs of letters and digits, and every other character for itself.
std::vector<std::string_view> words_of(std::string_view text) {
    const auto in_word = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    std::vector<std::string_view> words;
    while (!text.empty()) {
        std::size_t size = 1;
        while (in_word(text.front()) && size < text.size() && in_word(text[size])) {
            ++size;
        }
        words.push_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return words;
}

/// Whether `body` is `one` but for what differs between `one` and `again`, two answers to equal requests: a time, an
/// id. Where nothing is left to compare it is not.
bool same_but_for_changes(std::string_view body, std::string_view one, std::string_view again) {
    if (one == again) {
        return body == one;
    }
    const std::vector<std::string_view> model = words_of(one);
    const std::vector<std::string_view> second = words_of(again);
    const std::vector<std::string_view> words = words_of(body);
    if (model.size() != second.size() || model.size() != words.size()) {
        return false;
    }
    std::size_t compared = 0;
    for (std::size_t i = 0; i < model.size(); ++i) {
        if (model[i] == second[i] && model[i] != words[i]) {
            return false;
        }
        compared += model[i] == second[i] && model[i].size() > 1 ? 1 : 0;
    }
    return compared > 0;
}

/// Whether the endpoint's own host gives this answer: by whom it names, where own and other name two, otherwise by all
/// that it says.
bool is_own(const HttpOutcome& outcome, const MismatchAnswers& answers, const Operation& operation) {
    const auto named = [&](const HttpOutcome& one) { return named_in(one, operation, answers.pointer); };
    if (!answers.pointer.empty() && named(answers.own) && named(answers.other) && named(outcome) &&
        named(answers.own) == named(answers.own_again) && named(answers.own) != named(answers.other)) {
        return named(outcome) == named(answers.own);
    }
    return same_but_for_changes(body_of(outcome), body_of(answers.own), body_of(answers.own_again));
}

/// The other host answers the operation's path itself as the mismatched request was answered. By the root of the server
/// it shows whose word that was.
Verdict judge_unknown_there(const MismatchAnswers& answers, const std::string& name, const char* remedy) {
    const std::string said = answers.mismatched.tries.summary();
    const auto alike = [](const HttpOutcome& one, const HttpOutcome& other) {
        return one.whole() && other.whole() && one.response->status == other.response->status &&
               one.response->body == other.response->body;
    };
    if (!answers.roots || !answers.roots->mismatched.whole()) {
        return Verdict::inconclusive("{}, which {} itself answers to this path, so it may be no refusal", said, name);
    }
    const RootAnswers& roots = *answers.roots;
    if (!alike(roots.mismatched, roots.other)) {
        return Verdict::pass("refused: {}; nor is the root of {} given over this connection: {}", said, name,
                             roots.mismatched.summary());
    }
    if (alike(roots.own, roots.other)) {
        return Verdict::inconclusive(
            "{}, which {} itself answers to this path too, and the root of the server is the same under both names: "
            "whose answer it is cannot be told",
            said, name);
    }
    return Verdict::warning(
               "Host {} was answered by {} over a connection made for another name: the operation is unknown there "
               "({}), but its root is given ({})",
               name, name, said, roots.mismatched.summary())
        .remedy(remedy);
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
    Verdict refused = judge_refused(answer_of(answers.first.outcome, operation), strangers, words,
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
    Failures failures;
    for (const DoorOutcome& door : doors) {
        const bool served = door.outcome.served(operation);
        if (served && !door.nobody_too) {
            failures.add(Verdict::fail("{} {} was refused under the endpoint's own name, and served {}: {}",
                                       request_line(operation), who, door.how, door.outcome.summary())
                             .remedy("verify client certificates alike under every server name, the default one too")
                             .found({without_chance(door.how)}));
        }
        told += fmt::format(
            "{}{}: {}", told.empty() ? "; " : ", ", door.how,
            served ? "served, as everybody is there (mtls.required-under-every-name)" : door.outcome.summary());
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
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
        .found({fmt::format("{}, {}: {}", who, claim, effect.headers)})
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
    Failures failures;
    for (const ConnectionAnswer& one : answers) {
        const char* who = one.second ? "second" : "enrolled";
        const std::optional<std::string>& name = one.answer.name;
        if (!name) {
            if (was_cut(one.answer.outcome.end) && !one.first_request) {
                ++ended;  // a server may end a connection after any answer; unread requests make that a reset
                continue;
            }
            if (one.behind_another && is_silence(one.answer.outcome.end)) {
                ++ended;  // of pipelined requests some servers read the first alone
                continue;
            }
            failures.add(Verdict::inconclusive("{}, as the {} identity: {} {} named nobody: {}", one.where, who,
                                               operation.method, operation.path, one.answer.outcome.summary()));
            continue;
        }
        std::optional<std::string>& own = names[one.second ? 1 : 0];
        const std::optional<std::string>& others = names[one.second ? 0 : 1];
        const bool changed = own && *own != *name;
        if (changed || name == others || *name == (one.second ? first_cn : second_cn)) {
            failures.add(Verdict::fail("{}, as the {} identity: answered as {}", one.where, who, shown(name))
                             .remedy(taken_for_another));
            continue;
        }
        own = name;
        ++judged;
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (!names[0] || !names[1]) {
        return Verdict::inconclusive("not both identities were answered");
    }
    return Verdict::pass(
        "{} answers over fresh, kept-alive and pipelined connections, each for its own identity{}", judged,
        ended > 0 ? fmt::format("; {} more were not given: the connection ended, or nothing came", ended) : "");
}

Verdict judge_sessions(const std::vector<SessionVisit>& visits, const Operation& operation, const std::string& notes,
                       std::chrono::seconds longest) {
    using Place = SessionVisit::Place;
    std::size_t offered = 0;
    std::size_t resumed = 0;
    Failures failures;
    Failures unclear;
    for (const SessionVisit& visit : visits) {
        ++offered;
        resumed += visit.resumed ? 1 : 0;
        const std::optional<std::string>& name = visit.answer.name;
        const bool served = visit.answer.outcome.served(operation);
        if (visit.place == Place::same_name) {
            // A resumed session is its first owner, whatever certificate the client has at hand by now.
            if (visit.resumed && name && visit.owner && *name != *visit.owner) {
                failures.add(Verdict::fail("{}: the session of {} was resumed and answered as {}", visit.how,
                                           shown(visit.owner), shown(name))
                                 .remedy("keep the verified identity with the session and take it from there"));
            }
            if (!visit.resumed && visit.as_second && name && name == visit.owner) {
                failures.add(
                    Verdict::fail("{}: not resumed, and answered as the session's {} instead of the second identity",
                                  visit.how, shown(name))
                        .remedy(taken_for_another));
            }
            continue;
        }
        if (visit.resumed && served && visit.compared_in_vain) {
            unclear.add(Verdict::inconclusive(
                "{}: resumed and served, but every full handshake there was cut, as were connections that are to be "
                "served, so nothing can be compared",
                visit.how));
            continue;
        }
        if (visit.resumed && served && !visit.served_anyway) {
            failures.add(
                Verdict::fail("{}: resumed and served ({}), though a full handshake there is not", visit.how,
                              visit.answer.outcome.summary())
                    .remedy("bind sessions and tickets to the listener and the name that they were made for "
                            "(CVE-2025-23419): separate ticket keys and session caches, or a session id context for "
                            "each"));
        }
        if (visit.resumed && served && visit.place == Place::other_name) {
            failures.add(Verdict::warning("{}: a session of another name was resumed and served; we are served there "
                                          "with our certificate too",
                                          visit.how)
                             .remedy("resume no session under another name (RFC 6066 3)"));
        }
    }
    if (longest > longest_ticket) {
        failures.add(Verdict::fail("a ticket of TLS 1.3 says that it is good for {} s; {} s, seven days, is the most",
                                   longest.count(), longest_ticket.count())
                         .remedy("give tickets a lifetime of seven days at most (RFC 8446 4.6.1), better of hours")
                         .found({fmt::format("a ticket of TLS 1.3 is good for {} s", longest.count())}));
    }
    std::optional<Verdict> not_told = std::move(unclear).verdict();
    if (not_told && !failures.any()) {
        return *not_told;
    }
    if (std::optional<Verdict> failed = std::move(failures).verdict()) {
        return *failed;
    }
    if (offered == 0) {
        return notes.empty() ? Verdict::inconclusive("no session could be offered")
                             : Verdict::pass("nothing to resume: {}", notes);
    }
    return Verdict::pass("sessions stayed their owner's, on their own listener and name ({} offered, {} resumed){}",
                         offered, resumed, notes.empty() ? "" : "; " + notes);
}

Verdict judge_expiry(const std::vector<ExpiryTrials>& versions, const Operation& operation) {
    std::string failed;
    std::string unclear;
    std::string kept;
    std::string open;
    std::vector<std::string> facts;
    bool rests_on_resets = false;
    const auto append = [](std::string& text, const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
    for (const ExpiryTrials& of : versions) {
        const std::string version = to_string(of.version);
        if (!of.valid.served(operation)) {
            if (!version_not_served(of.valid)) {
                append(unclear, fmt::format("{}: a certificate of the profile's issuer that is good for seconds is not "
                                            "served while it is ({}), so nothing can be said of its sessions",
                                            version, of.valid.summary()));
            }
            continue;
        }
        if (!of.given || !of.renewed) {
            append(kept, fmt::format("{}: {}", version,
                                     of.given ? "no session is resumed" : "no session or ticket is given"));
            continue;
        }
        Tries tries(Tries::Ask::counted);
        Tries resumed(Tries::Ask::counted);
        for (const ExpiryTrials::Offer& offer : of.expired) {
            const Answer answer = answer_of(offer.outcome, operation, of.valid);
            tries.add(answer);
            if (offer.resumed) {
                resumed.add(answer);
            }
        }
        const bool full_served = of.full && of.full->served(operation);
        if (full_served && of.long_expired && of.long_expired->served(operation)) {
            append(open, version);
        } else if (tries.served() && (full_served || !resumed.served())) {
            append(unclear, fmt::format("{}: a certificate that has just expired is served in a full handshake too: "
                                        "the clock there is behind ours, or its nodes differ",
                                        version));
        } else if (resumed.served()) {
            append(failed, fmt::format("{} in {} tries ({})", version, resumed.share_served(), resumed.service()));
            facts.push_back("sessions outlive their certificate under " + version);
        } else if (const std::string doubt = tries.doubt(); !doubt.empty()) {
            append(unclear, fmt::format("{}: {}", version, doubt));
        } else {
            rests_on_resets = rests_on_resets || tries.rests_on_resets();
            append(kept, fmt::format("{}: {}", version, tries.refusals()));
        }
    }
    if (!failed.empty()) {
        return Verdict::fail(
                   "sessions were resumed and served after the certificate that they were made with had "
                   "expired: {}",
                   failed)
            .remedy(
                "let no session outlive its certificate: bound its lifetime by notAfter, or look at the certificate "
                "again when a session is resumed")
            .found(std::move(facts));
    }
    if (!unclear.empty()) {
        return Verdict::inconclusive("{}", unclear);
    }
    if (kept.empty() && !open.empty()) {
        return Verdict::skipped(
            "{}: an expired certificate is served in a full handshake already, which mtls.expired-refused reports; "
            "there is nothing left to get past",
            open);
    }
    if (kept.empty()) {
        return Verdict::inconclusive("a certificate that is good for seconds is served under no version");
    }
    return Verdict::pass("no session was served after its certificate had expired: {}{}", kept,
                         open.empty() ? "" : "; expired certificates are served under " + open)
        .rests_on_resets(rests_on_resets);
}

bool needs_roots(const MismatchAnswers& answers) {
    const HttpOutcome& got = answers.mismatched.outcome;
    return got.whole() && answers.other.whole() && is_unknown_there(got.response->status) &&
           got.response->status == answers.other.response->status;
}

Verdict judge_mismatch(const MismatchAnswers& answers, const Operation& operation, const std::string& name) {
    constexpr const char* remedy =
        "answer 421 where the Host header names another host than the handshake (RFC 9110 15.5.20)";
    const HttpOutcome& got = answers.mismatched.outcome;
    const Tries& tries = answers.mismatched.tries;
    const int status = got.whole() ? got.response->status : 0;
    if (needs_roots(answers)) {
        return judge_unknown_there(answers, name, remedy);
    }
    if (tries.is_refusal() || is_client_error(status)) {
        return Verdict::pass("refused: {}", tries.summary()).rests_on_resets(tries.rests_on_resets());
    }
    if (!got.served(operation)) {
        return Verdict::inconclusive("{}, which is neither service nor a refusal", tries.summary());
    }
    if (!answers.own.served(operation)) {
        return Verdict::inconclusive("the endpoint's own name is not served: {}", answers.own.summary());
    }
    const bool as_own = is_own(got, answers, operation);
    if (!answers.other.served(operation)) {
        if (as_own) {
            return Verdict::pass("answered as the name of the handshake; {} itself does not serve us: {}", name,
                                 answers.other.summary());
        }
        return Verdict::fail(
                   "Host {} was served over a connection made for another name, though {} itself does not "
                   "serve us: {}",
                   name, name, answers.other.summary())
            .remedy(remedy);
    }
    if (as_own && !is_own(answers.other, answers, operation)) {
        return Verdict::pass("answered as the name of the handshake");
    }
    return Verdict::warning("Host {} was served over a connection made for another name: {}", name, got.summary())
        .remedy(remedy);
}

}  // namespace gateproof::suites
