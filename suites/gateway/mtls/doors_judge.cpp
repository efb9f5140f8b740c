#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/journal/facts.hpp"
#include "suites/gateway/mtls/doors.hpp"

namespace gateproof::suites {
namespace {

constexpr const char* resumption_remedy =
    "demand the certificate in the handshake, so that a client without one is given no session; where the application "
    "refuses by itself, let it ask in a resumed session too whether there is a verified client certificate, not only "
    "whether verification reported an error; or switch session tickets and the session cache off";
constexpr const char* name_remedy =
    "demand and verify a client certificate in every configuration of this port that can answer for the endpoint's "
    "Host header, the default one too; or end handshakes without the endpoint's own name (unrecognized_name, strict "
    "SNI) and answer 421 where Host is not the name of the handshake";
constexpr const char* every_node_remedy =
    "demand and verify a client certificate on every node that answers for this endpoint; they do not all do it";

/// What the versions came to, by how grave it is.
struct Findings {
    std::string failed;
    std::string unclear;
    std::string refused;
    std::string left_out;   ///< the versions that are not served
    std::string open;       ///< the versions under which nobody needs a certificate anyway
    std::size_t tries = 0;  ///< that were refused
    bool rests_on_resets = false;
};

void append(std::string& text, std::string_view more, std::string_view separator = "; ") {
    if (!text.empty() && !more.empty()) {
        text += separator;
    }
    text += more;
}

std::string notes(const Findings& found) {
    std::string text;
    if (!found.left_out.empty()) {
        text += "; not served, so left out: " + found.left_out;
    }
    if (!found.open.empty()) {
        text += fmt::format(
            "; {}: served without a certificate in every full handshake, which "
            "mtls.no-certificate-refused reports",
            found.open);
    }
    return text;
}

/// The verdict where nothing failed. `what`: what was not served.
Verdict without_failure(const Findings& found, std::string_view what) {
    if (!found.unclear.empty()) {
        return Verdict::inconclusive("{}", found.unclear);
    }
    if (!found.refused.empty()) {
        return Verdict::pass("{} is not served: {}{}{}", what, found.refused, none_served(found.tries), notes(found))
            .rests_on_resets(found.rests_on_resets);
    }
    if (!found.open.empty()) {
        return Verdict::skipped(
            "{}: a full handshake without a certificate is served already, which mtls.no-certificate-refused reports; "
            "there is nothing left to get past",
            found.open);
    }
    return Verdict::inconclusive("we are served under no version ourselves, so a refusal proves nothing: {}",
                                 found.left_out.empty() ? "nothing was tried" : found.left_out);
}

/// `cuts_happen`: to connections that are to be served, so that being cut does not show that the version is not.
bool ourselves_served(const HttpOutcome& ourselves, TlsVersion version, const Operation& operation, bool cuts_happen,
                      Findings& found) {
    if (ourselves.served(operation)) {
        return true;
    }
    const std::string said = fmt::format("{}: {}", to_string(version), ourselves.summary());
    if (version_not_served(ourselves) && !(cuts_happen && ourselves.was_cut())) {
        append(found.left_out, said, ", ");
    } else {
        append(found.unclear, "we are not served ourselves, so a refusal proves nothing: " + said);
    }
    return false;
}

/// Why nobody was served and it is no refusal all the same; empty: it is one.
std::string doubt_of(const Tries& tries, bool control_cut) {
    return tries.rests_on_resets() && control_cut ? "every try was cut, but so was a connection that is to be served"
                                                  : tries.doubt();
}

/// The offered sessions, counted: all tries of them, and those that were resumed.
struct Offered {
    Tries all{Tries::Ask::counted};
    Tries resumed{Tries::Ask::counted};
};

Offered count_trials(const std::vector<SessionTrial>& trials, const HttpOutcome& ourselves,
                     const Operation& operation) {
    Offered offered;
    for (const SessionTrial& trial : trials) {
        const Answer answer = answer_of(trial.outcome, operation, ourselves);
        offered.all.add(answer);
        if (trial.resumed) {
            offered.resumed.add(answer);
        }
    }
    return offered;
}

/// `how`: ", made under x and offered under y,"; empty: under the endpoint's own name alone. `full`: full handshakes
/// where it was offered.
std::string opened(const Offered& offered, const Tries& full, std::string_view version, std::string_view how = {}) {
    std::string said;
    if (offered.resumed.served()) {
        said = fmt::format(
            "under {} a session made without a client certificate{} was resumed and served in {} tries "
            "({})",
            version, how, offered.resumed.share_served(), offered.resumed.service());
    } else {
        said = fmt::format(
            "under {} a connection without a client certificate was served in {} tries that offered a "
            "session made without one{}, though it was not resumed ({})",
            version, offered.all.share_served(), how, offered.all.service());
    }
    const std::string refusals = full.refusals();
    return said + (refusals.empty()
                       ? fmt::format("; a full handshake without a certificate is not ({})", full.other())
                       : fmt::format("; a full handshake without a certificate is refused ({})", refusals));
}

std::string kept_shut(const Offered& offered, const Tries& full, std::string_view version) {
    if (offered.all.count() == 0) {
        return full.refused_by_http() ? fmt::format("{}: no session is given; {}", version, full.refusals())
                                      : fmt::format("{}: TLS itself refuses, so there is no session to resume: {}",
                                                    version, full.refusals());
    }
    if (offered.resumed.count() == 0) {
        return fmt::format("{}: resumption is declined, and the full handshake refused: {}", version,
                           offered.all.refusals());
    }
    return fmt::format("{}: resumed in {} of {} tries, and refused: {}", version, offered.resumed.count(),
                       offered.all.count(), offered.all.refusals());
}

/// What came of sessions without a certificate under one version, where a full handshake without one is never served.
struct OffersOfVersion {
    std::string failed;
    std::string doubt;
    std::string across;  ///< how those of other names were kept out
    bool rests_on_resets = false;
};

void judge_across(const AcrossTrials& one, const CertificatelessTrials& of, const Operation& operation,
                  OffersOfVersion& offers) {
    const std::string version = to_string(of.version);
    const Tries there = counted(one.home ? of.full : one.full, of.ourselves, operation);
    const Offered offered = count_trials(one.trials, of.ourselves, operation);
    if (there.served()) {
        return;  // whoever comes is served there, or some of its nodes serve everybody: not the session's doing
    }
    if (one.home ? offered.all.served() : offered.resumed.served()) {
        append(offers.failed, opened(offered, there, version, fmt::format(", {},", one.how)));
        return;
    }
    const Tries& judged = one.home ? offered.all : offered.resumed;
    if (judged.count() == 0) {
        return;
    }
    const std::string doubt = doubt_of(judged, of.control_cut);
    append(offers.doubt, doubt.empty() ? "" : fmt::format("{}: {}", one.how, doubt));
    offers.rests_on_resets = offers.rests_on_resets || judged.rests_on_resets();
    offers.across += fmt::format("; {}: resumed in {} of {} tries, and refused", one.how, offered.resumed.count(),
                                 offered.all.count());
}

OffersOfVersion judge_offers(const CertificatelessTrials& of, const Operation& operation) {
    OffersOfVersion offers;
    const std::string version = to_string(of.version);
    const Tries full = counted(of.full, of.ourselves, operation);
    const Offered offered = count_trials(of.trials, of.ourselves, operation);
    if (offered.all.served()) {
        offers.failed = opened(offered, full, version);
    }
    offers.doubt = doubt_of(full, of.control_cut);
    if (offers.doubt.empty() && offered.all.count() > 0) {
        offers.doubt = doubt_of(offered.all, of.control_cut);
    }
    offers.rests_on_resets = full.rests_on_resets() || offered.all.rests_on_resets();
    for (const AcrossTrials& one : of.across) {
        judge_across(one, of, operation, offers);
    }
    return offers;
}

/// Nobody needs a certificate under the endpoint's own name: there is nothing to get past.
bool is_open(const DoorsOfVersion& of, const Operation& operation) {
    const Tries own = counted(of.own_name, of.ourselves, operation);
    return own.answered_count() > 0 && own.served_count() == own.answered_count();
}

/// A whole answer, the same for everybody.
bool alike(const HttpOutcome& one, const HttpOutcome& other) {
    const auto whole = [](const HttpOutcome& outcome) { return outcome.whole() && !outcome.response->truncated; };
    return whole(one) && whole(other) && one.response->status == other.response->status &&
           one.response->body == other.response->body;
}

/// Few servers know what to say to a URI for a target: whatever they answer that is not the operation's answer is no
/// service. A host that nobody has may lead to a page of the server's own, which is told from ours by what it holds.
Answer answer_behind(Answer answer, DoorTrials::Request request, const HttpOutcome& outcome,
                     const HttpOutcome& ourselves, const Operation& operation) {
    const bool tells = !operation.expect_body_contains.empty() || request == DoorTrials::Request::own_uri ||
                       (ourselves.response && outcome.response && outcome.response->body == ourselves.response->body);
    if (outcome.whole() && (answer.kind == Answer::Kind::unclear || !tells)) {
        answer.kind = Answer::Kind::refused;
    }
    return answer;
}

/// HTTP 421, and what some answer to a name that they do not know: nothing that a certificate would change.
bool refuses_the_name(const HttpOutcome& outcome) {
    return outcome.whole() &&
           (outcome.response->status == 421 ||
            (outcome.response->status == 400 && outcome.response->body.find("SNI") != std::string::npos));
}

Tries counted_at(const DoorTrials& door, const HttpOutcome& ourselves, const Operation& operation) {
    Tries tries(Tries::Ask::counted);
    for (const HttpOutcome& outcome : door.outcomes) {
        Answer answer = answer_of(outcome, operation, ourselves);
        if (door.request != DoorTrials::Request::first) {
            answer = answer_behind(std::move(answer), door.request, outcome, ourselves, operation);
        }
        if (answer.kind == Answer::Kind::served && door.its_host && alike(outcome, *door.its_host) &&
            !alike(outcome, ourselves)) {
            answer.kind = Answer::Kind::refused;  // what is served to everybody there is another host's, and not ours
            answer.summary += ", which is the answer of that name's own host";
        } else if (answer.kind == Answer::Kind::unclear && door.ourselves && alike(outcome, *door.ourselves)) {
            answer.kind = Answer::Kind::refused;
            answer.summary += ", with our certificate too";
        }
        tries.add(answer);
    }
    return tries;
}

/// What is to be said of refusals as a whole.
struct RefusalNotes {
    bool at_http_level = false;
    bool by_name = false;
    bool unknown_accepted = false;
};

std::string refusals_by_version(const std::vector<DoorsOfVersion>& versions, std::string_view how,
                                const Operation& operation, RefusalNotes& notes) {
    std::string said;
    for (const DoorsOfVersion& of : versions) {
        if (is_open(of, operation) || !of.ourselves.served(operation)) {
            continue;
        }
        for (const DoorTrials& door : of.doors) {
            if (door.how != how) {
                continue;
            }
            const Tries tries = counted_at(door, of.ourselves, operation);
            if (tries.is_refusal()) {
                append(said, fmt::format("{}: {}", to_string(of.version), tries.refusals()), ", ");
                notes.at_http_level = notes.at_http_level || tries.refused_by_http();
                notes.by_name = notes.by_name || std::ranges::any_of(door.outcomes, refuses_the_name);
                notes.unknown_accepted =
                    notes.unknown_accepted ||
                    (door.unknown && std::ranges::any_of(door.outcomes, &HttpOutcome::handshake_done));
            }
        }
    }
    return said;
}

/// "without SNI, under the SNI x (TLS 1.2: alert ..., TLS 1.3: alert ...); under the SNI y (...)"
std::string refusals_by_door(const std::vector<DoorsOfVersion>& versions, const Operation& operation) {
    std::vector<std::string> names;
    for (const DoorsOfVersion& of : versions) {
        for (const DoorTrials& door : of.doors) {
            if (std::ranges::find(names, door.how) == names.end()) {
                names.push_back(door.how);
            }
        }
    }
    std::vector<std::pair<std::string, std::string>> by_refusals;  // with all the doors that were refused so
    RefusalNotes notes;
    for (const std::string& how : names) {
        const std::string refusals = refusals_by_version(versions, how, operation, notes);
        if (refusals.empty()) {
            continue;
        }
        const auto known = std::ranges::find(by_refusals, refusals, &std::pair<std::string, std::string>::first);
        if (known == by_refusals.end()) {
            by_refusals.emplace_back(refusals, how);
        } else {
            append(known->second, how, ", ");
        }
    }
    std::string said;
    for (const auto& [refusals, doors] : by_refusals) {
        append(said, fmt::format("{} ({})", doors, refusals));
    }
    if (notes.at_http_level) {
        said += "; where HTTP refused, TLS had accepted the connection";
    }
    if (notes.by_name) {
        said += "; HTTP 421 and 'Invalid SNI' refuse the name, and tell nothing of certificates";
    }
    if (notes.unknown_accepted) {
        said +=
            "; the handshake goes on under a name that nobody has, where RFC 9325 3.7 would rather have it end "
            "(unrecognized_name)";
    }
    return said;
}

}  // namespace

Tries counted(const std::vector<HttpOutcome>& outcomes, const HttpOutcome& ourselves, const Operation& operation) {
    Tries tries(Tries::Ask::counted);
    for (const HttpOutcome& outcome : outcomes) {
        tries.add(answer_of(outcome, operation, ourselves));
    }
    return tries;
}

bool needs_comparison(const std::vector<HttpOutcome>& outcomes, const HttpOutcome& ourselves,
                      const Operation& operation) {
    return std::ranges::any_of(outcomes, [&](const HttpOutcome& one) {
        return one.response && answer_of(one, operation, ourselves).kind == Answer::Kind::unclear;
    });
}

Verdict judge_certificateless(const std::vector<CertificatelessTrials>& versions, const Operation& operation) {
    Findings found;
    std::string uneven;
    std::vector<std::string> facts;
    for (const CertificatelessTrials& of : versions) {
        if (!ourselves_served(of.ourselves, of.version, operation, of.control_cut, found)) {
            continue;
        }
        const std::string version = to_string(of.version);
        const Tries full = counted(of.full, of.ourselves, operation);
        const Offered offered = count_trials(of.trials, of.ourselves, operation);
        const std::size_t answered = full.answered_count();
        if (answered > 0 && full.success_count() == answered && !offered.all.served()) {
            append(found.open, version, " and ");
        } else if (full.served()) {
            append(uneven, fmt::format("under {} {} full handshakes without a client certificate were served ({})",
                                       version, full.share_served(), full.service()));
            facts.push_back(fmt::format("some full handshakes without a client certificate under {}", version));
        } else {
            const OffersOfVersion offers = judge_offers(of, operation);
            found.rests_on_resets = found.rests_on_resets || offers.rests_on_resets;
            append(found.failed, offers.failed);
            if (!offers.failed.empty()) {
                facts.push_back(offers.failed);
            }
            if (offers.failed.empty() && !offers.doubt.empty()) {
                append(found.unclear, fmt::format("{}: {}", version, offers.doubt));
            } else if (offers.failed.empty()) {
                append(found.refused, kept_shut(offered, full, version) + offers.across);
                found.tries += full.telling_count() + offered.all.telling_count();
            }
        }
    }
    if (!found.failed.empty()) {
        append(found.failed, uneven);
        return Verdict::fail("{}: {}{}", request_line(operation), found.failed, notes(found))
            .remedy(resumption_remedy)
            .found(std::move(facts));
    }
    if (!uneven.empty()) {
        return Verdict::fail("{}: {}{}", request_line(operation), uneven, notes(found))
            .remedy(every_node_remedy)
            .found(std::move(facts));
    }
    return without_failure(found, "a session made without a client certificate");
}

bool any_served(const DoorsOfVersion& of, const Operation& operation) {
    return std::ranges::any_of(
        of.doors, [&](const DoorTrials& door) { return counted_at(door, of.ourselves, operation).served(); });
}

Verdict judge_doors(const std::vector<DoorsOfVersion>& versions, const Operation& operation) {
    Findings found;
    std::string uneven;
    std::vector<std::string> facts;
    for (const DoorsOfVersion& of : versions) {
        const std::string version = to_string(of.version);
        if (is_open(of, operation)) {
            append(found.open, version, " and ");
            continue;
        }
        if (const Tries own = counted(of.own_name, of.ourselves, operation); own.served()) {
            append(uneven,
                   fmt::format("under the endpoint's own name and {} in {} tries", version, own.share_served()));
            facts.push_back(fmt::format("under the endpoint's own name and {}, in some handshakes", version));
        }
        std::string doubts;
        for (const DoorTrials& door : of.doors) {
            const Tries tries = counted_at(door, of.ourselves, operation);
            found.rests_on_resets = found.rests_on_resets || tries.rests_on_resets();
            found.tries += tries.telling_count();
            if (tries.served()) {
                facts.push_back(fmt::format("{} and {}", without_chance(door.how), version));  // a name for once
                append(
                    found.failed,
                    fmt::format("{} and {} in {} tries ({})", door.how, version, tries.share_served(), tries.service()),
                    ", ");
            } else if (const std::string doubt = doubt_of(tries, of.control_cut); !doubt.empty()) {
                append(doubts, fmt::format("{} and {}: {}", door.how, version, doubt));
            }
        }
        if (ourselves_served(of.ourselves, of.version, operation, of.control_cut, found) && !doubts.empty()) {
            append(found.unclear, doubts);
        }
    }
    found.refused = refusals_by_door(versions, operation);
    if (!uneven.empty()) {
        append(found.failed, uneven, ", ");
        return Verdict::fail("{} without a client certificate was served {}{}", request_line(operation), found.failed,
                             notes(found))
            .remedy(every_node_remedy)
            .found(std::move(facts));
    }
    if (!found.failed.empty()) {
        return Verdict::fail(
                   "{} with the endpoint's own Host header was served without a client certificate {}, though not in a "
                   "plain handshake under its own name{}",
                   request_line(operation), found.failed, notes(found))
            .remedy(name_remedy)
            .found(std::move(facts));
    }
    return without_failure(found, "the operation without a client certificate");
}

}  // namespace gateproof::suites
