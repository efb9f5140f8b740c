// What the evidence says of an attempt.
#include <fmt/format.h>

#include <algorithm>

#include "harness/run/client/target.hpp"

namespace gateproof {

namespace {

constexpr std::size_t most_visits = 12;  ///< of one attempt; the others are counted

void note_visit(Evidence& evidence, const stage::Visit& visit, bool stray) {
    Observation& seen = evidence.add(stray ? "stray" : "visit");
    seen.at = visit.began_at;
    seen.with("from", visit.from).with("reached", to_string(visit.reached())).with("summary", visit.summary());
    if (const std::string refusal = visit.refusal(); !refusal.empty()) {
        seen.with("refusal", refusal);
    }
    if (!visit.detail.empty()) {
        seen.with("detail", visit.detail);
    }
    if (!visit.tunnel.empty()) {
        seen.with("tunnel", visit.tunnel);
    }
    if (!visit.door.empty()) {
        seen.with("door", visit.door);
    }
    if (visit.version) {
        seen.with("version", to_string(*visit.version)).with("cipher_suite", visit.cipher_suite);
    }
    if (visit.certificate_requested) {
        seen.with("certificates", visit.certificates.size());
    }
    for (const stage::RequestSeen& request : visit.requests) {
        Observation& asked = evidence.add("request_seen");
        asked.at = visit.began_at;
        asked.with("method", request.method)
            .with("target", request.target)
            .with("status", request.status)
            .with("body_size", request.body_size);
        if (const std::string* const agent = stage::find_field(request.fields, "user-agent")) {
            asked.with("user_agent", *agent);
        }
        for (const stage::CarriedSecret& secret : request.secrets) {
            asked.with("carried", fmt::format("{} in {}", secret.label, secret.where));
        }
    }
}

void note_visits(Evidence& evidence, const std::vector<stage::Visit>& visits, bool stray) {
    for (std::size_t i = 0; i < std::min(visits.size(), most_visits); ++i) {
        note_visit(evidence, visits[i], stray);
    }
    if (visits.size() > most_visits) {
        evidence.add("note").with("text", fmt::format("and {} more connections", visits.size() - most_visits));
    }
}

}  // namespace

std::string said_at_end(std::string text, const Redactor& redactor, std::size_t most) {
    // Redacted as a whole first: half a secret would not be recognised.
    redactor.apply(text);
    if (text.size() > most) {
        text.erase(0, text.size() - most);
        const std::size_t line = text.find('\n');
        text.erase(0, line == std::string::npos ? 0 : line + 1);
    }
    return text;
}

std::string last_line_of(const Attempt& attempt, const Redactor& redactor) {
    constexpr std::size_t most = 160;
    const std::string words = said_at_end(attempt.claim.text, redactor);
    const std::size_t end = words.find_last_not_of(" \t\r\n");
    if (end == std::string::npos) {
        return {};
    }
    const std::size_t begin = words.find_last_of("\r\n", end);
    const std::size_t from = begin == std::string::npos ? 0 : begin + 1;
    return fmt::format("; it wrote \"{}\"", words.substr(from, std::min(end + 1 - from, most)));
}

void note_attempt(Evidence& evidence, const std::string& scene, ClientAct act, const Attempt& attempt,
                  const Redactor& redactor) {
    evidence.add("client_run")
        .with("act", to_string(act))
        .with("differs_in", scene)
        .with("claim", to_string(attempt.claim.kind))
        .with("sentence", attempt.claim.sentence)
        .with("took_ms", attempt.claim.took.count())
        .with("output", said_at_end(attempt.claim.text, redactor));
    note_visits(evidence, attempt.visits, false);
    note_visits(evidence, attempt.authority, false);
    note_visits(evidence, attempt.strays, true);
    for (const stage::Booking& one : attempt.booked) {
        evidence.add("booking").with("what", one.what).with("payload", one.payload).with("count", one.count);
    }
}

}  // namespace gateproof
