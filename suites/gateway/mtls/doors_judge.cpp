#include <fmt/format.h>

#include <algorithm>

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
    std::string left_out;  ///< the versions that are not served
    std::string open;      ///< the versions under which nobody needs a certificate anyway
};

void append(std::string& text, std::string_view more, std::string_view separator = "; ") {
    if (!text.empty()) {
        text += separator;
    }
    text += more;
}

std::string request_line(const Operation& operation) {
    return fmt::format("{} {}", operation.method, operation.path);
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
        return Verdict::pass("{} is not served: {}{}", what, found.refused, notes(found));
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

bool ourselves_served(const HttpOutcome& ourselves, TlsVersion version, const Operation& operation, Findings& found) {
    if (ourselves.served(operation)) {
        return true;
    }
    const std::string said = fmt::format("{}: {}", to_string(version), ourselves.summary());
    if (version_not_served(ourselves)) {
        append(found.left_out, said, ", ");
    } else {
        append(found.unclear, "we are not served ourselves, so a refusal proves nothing: " + said);
    }
    return false;
}

/// The offered sessions, counted: all tries of them, and those that were resumed.
struct Offered {
    CountedTries all;
    CountedTries resumed;
};

Offered count_trials(const CertificatelessTrials& of, const Operation& operation) {
    Offered offered;
    for (const SessionTrial& trial : of.trials) {
        offered.all.add(trial.outcome, of.ourselves, operation);
        if (trial.resumed) {
            offered.resumed.add(trial.outcome, of.ourselves, operation);
        }
    }
    return offered;
}

std::string opened(const Offered& offered, const CountedTries& full, std::string_view version) {
    std::string said;
    if (offered.resumed.served > 0) {
        said = fmt::format(
            "under {} a session made without a client certificate was resumed and served in {} tries "
            "({})",
            version, share(offered.resumed.served, offered.resumed.all), offered.resumed.service);
    } else {
        said = fmt::format(
            "under {} a connection without a client certificate was served in {} tries that offered a "
            "session made without one, though it was not resumed ({})",
            version, share(offered.all.served, offered.all.all), offered.all.service);
    }
    if (full.refusals.empty()) {
        return said + fmt::format("; a full handshake without a certificate is not ({})", full.other);
    }
    return said + fmt::format("; a full handshake without a certificate is refused ({})", full.refusals);
}

std::string kept_shut(const Offered& offered, const CountedTries& full, std::string_view version) {
    if (offered.all.all == 0) {
        return full.at_http_level ? fmt::format("{}: no session is given; {}", version, full.refusals)
                                  : fmt::format("{}: TLS itself refuses, so there is no session to resume: {}", version,
                                                full.refusals);
    }
    if (offered.resumed.all == 0) {
        return fmt::format("{}: resumption is declined, and the full handshake refused: {}", version,
                           offered.all.refusals);
    }
    return fmt::format("{}: resumed in {} tries, and refused: {}", version, share(offered.resumed.all, offered.all.all),
                       offered.all.refusals);
}

/// Nobody needs a certificate under the endpoint's own name: there is nothing to get past.
bool is_open(const DoorsOfVersion& of, const Operation& operation) {
    const CountedTries own = count(of.own_name, of.ourselves, operation);
    return own.all > 0 && own.served == own.all;
}

/// A whole answer, the same for everybody.
bool alike(const HttpOutcome& one, const HttpOutcome& other) {
    const auto whole = [](const HttpOutcome& outcome) { return outcome.whole() && !outcome.response->truncated; };
    return whole(one) && whole(other) && one.response->status == other.response->status &&
           one.response->body == other.response->body;
}

CountedTries count(const DoorTrials& door, const HttpOutcome& ourselves, const Operation& operation) {
    CountedTries tries;
    for (const HttpOutcome& outcome : door.outcomes) {
        const bool unclear = attempt_of(outcome, ourselves, operation) == Attempt::unclear;
        if (unclear && door.ourselves && alike(outcome, *door.ourselves)) {
            tries.add_refusal(outcome.summary() + ", with our certificate too", true);
        } else {
            tries.add(outcome, ourselves, operation);
        }
    }
    return tries;
}

std::string refusals_by_version(const std::vector<DoorsOfVersion>& versions, std::string_view how,
                                const Operation& operation, bool& at_http_level) {
    std::string said;
    for (const DoorsOfVersion& of : versions) {
        if (is_open(of, operation) || !of.ourselves.served(operation)) {
            continue;
        }
        for (const DoorTrials& door : of.doors) {
            if (door.how != how) {
                continue;
            }
            const CountedTries tries = count(door, of.ourselves, operation);
            if (tries.refused + tries.reset == tries.all && tries.all > 0) {
                append(said, fmt::format("{}: {}", to_string(of.version), tries.refusals), ", ");
                at_http_level = at_http_level || tries.at_http_level;
            }
        }
    }
    return said;
}

/// "without SNI (TLS 1.2: alert ..., TLS 1.3: alert ...); under the SNI x (...)"
std::string refusals_by_door(const std::vector<DoorsOfVersion>& versions, const Operation& operation) {
    std::vector<std::string> names;
    for (const DoorsOfVersion& of : versions) {
        for (const DoorTrials& door : of.doors) {
            if (std::ranges::find(names, door.how) == names.end()) {
                names.push_back(door.how);
            }
        }
    }
    std::string said;
    bool at_http_level = false;
    for (const std::string& how : names) {
        const std::string refusals = refusals_by_version(versions, how, operation, at_http_level);
        if (!refusals.empty()) {
            append(said, fmt::format("{} ({})", how, refusals));
        }
    }
    if (at_http_level) {
        said += "; where HTTP refused, TLS had accepted the connection";
    }
    return said;
}

}  // namespace

bool needs_comparison(const std::vector<HttpOutcome>& outcomes, const HttpOutcome& ourselves,
                      const Operation& operation) {
    return std::ranges::any_of(outcomes, [&](const HttpOutcome& one) {
        return one.response && attempt_of(one, ourselves, operation) == Attempt::unclear;
    });
}

Verdict judge_certificateless(const std::vector<CertificatelessTrials>& versions, const Operation& operation) {
    Findings found;
    std::string uneven;
    for (const CertificatelessTrials& of : versions) {
        if (!ourselves_served(of.ourselves, of.version, operation, found)) {
            continue;
        }
        const std::string version = to_string(of.version);
        const CountedTries full = count(of.full, of.ourselves, operation);
        const Offered offered = count_trials(of, operation);
        if (full.all > 0 && full.success == full.all && offered.all.served == 0) {
            append(found.open, version, " and ");
        } else if (full.served > 0) {
            append(uneven, fmt::format("under {} {} full handshakes without a client certificate were served ({})",
                                       version, share(full.served, full.all), full.service));
        } else if (offered.all.served > 0) {
            append(found.failed, opened(offered, full, version));
        } else {
            std::string doubt = full.doubt(of.control_reset);
            if (doubt.empty() && offered.all.all > 0) {
                doubt = offered.all.doubt(of.control_reset);
            }
            append(doubt.empty() ? found.refused : found.unclear,
                   doubt.empty() ? kept_shut(offered, full, version) : fmt::format("{}: {}", version, doubt));
        }
    }
    if (!found.failed.empty()) {
        append(found.failed, uneven);
        return Verdict::fail("{}: {}{}", request_line(operation), found.failed, notes(found)).remedy(resumption_remedy);
    }
    if (!uneven.empty()) {
        return Verdict::fail("{}: {}{}", request_line(operation), uneven, notes(found)).remedy(every_node_remedy);
    }
    return without_failure(found, "a session made without a client certificate");
}

Verdict judge_doors(const std::vector<DoorsOfVersion>& versions, const Operation& operation) {
    Findings found;
    std::string uneven;
    for (const DoorsOfVersion& of : versions) {
        const std::string version = to_string(of.version);
        if (is_open(of, operation)) {
            append(found.open, version, " and ");
            continue;
        }
        if (const CountedTries own = count(of.own_name, of.ourselves, operation); own.served > 0) {
            append(uneven, fmt::format("under the endpoint's own name and {} in {} tries", version,
                                       share(own.served, own.all)));
        }
        std::string doubts;
        for (const DoorTrials& door : of.doors) {
            const CountedTries tries = count(door, of.ourselves, operation);
            if (tries.served > 0) {
                append(found.failed,
                       fmt::format("{} and {} in {} tries ({})", door.how, version, share(tries.served, tries.all),
                                   tries.service),
                       ", ");
            } else if (const std::string doubt = tries.doubt(of.control_reset); !doubt.empty()) {
                append(doubts, fmt::format("{} and {}: {}", door.how, version, doubt));
            }
        }
        if (ourselves_served(of.ourselves, of.version, operation, found) && !doubts.empty()) {
            append(found.unclear, doubts);
        }
    }
    found.refused = refusals_by_door(versions, operation);
    if (!uneven.empty()) {
        append(found.failed, uneven, ", ");
        return Verdict::fail("{} without a client certificate was served {}{}", request_line(operation), found.failed,
                             notes(found))
            .remedy(every_node_remedy);
    }
    if (!found.failed.empty()) {
        return Verdict::fail(
                   "{} with the endpoint's own Host header was served without a client certificate {}, though not "
                   "under its own name{}",
                   request_line(operation), found.failed, notes(found))
            .remedy(name_remedy);
    }
    return without_failure(found, "the operation without a client certificate");
}

}  // namespace gateproof::suites
