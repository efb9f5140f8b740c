#include "suites/client/http/judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "harness/text/ascii.hpp"
#include "suites/client/http/forms.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using stage::RequestSeen;
using stage::Visit;

/// Whoever follows no redirect makes no second request here.
Verdict no_second_request(const Attempt& attempt) {
    return Verdict::not_tried("needs software that makes a second request, and it follows no redirect: {}",
                              attempt.summary());
}

std::size_t count_of(const RequestSeen& request, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count_if(
        request.fields, [&](const auto& field) { return same_ignoring_case(field.first, name); }));
}

/// What is wrong with how the request is written; empty: nothing.
std::string flaw_of(const RequestSeen& request) {
    if (const std::size_t hosts = count_of(request, "Host"); hosts != 1) {
        return fmt::format("it has {} Host fields", hosts);
    }
    if (const std::size_t lengths = count_of(request, "Content-Length"); lengths > 1) {
        return fmt::format("it has {} Content-Length fields", lengths);
    }
    if (count_of(request, "Content-Length") > 0 && count_of(request, "Transfer-Encoding") > 0) {
        return "it has a Content-Length beside its Transfer-Encoding";
    }
    if (!request.target.starts_with('/')) {
        return "its target is no absolute path";
    }
    return {};
}

/// What anybody could read of what came in clear, and nobody may; empty: no secret, and nothing of a return.
std::string given_away(const Visit& visit) {
    for (const RequestSeen& request : visit.requests) {
        if (!request.secrets.empty()) {
            return fmt::format("its {}", request.secrets.front().label);
        }
        if (request.body_size > 0) {
            return fmt::format("{} bytes of content", request.body_size);
        }
    }
    return {};
}

bool asked_for_gzip(const Attempt& attempt) {
    return std::ranges::any_of(attempt.visits, [](const Visit& visit) {
        return std::ranges::any_of(visit.requests,
                                   [](const RequestSeen& one) { return one.raw && asks_for_gzip(*one.raw); });
    });
}

std::ptrdiff_t connections_of(const Attempt& attempt) {
    return std::ranges::count_if(attempt.visits, [](const Visit& one) { return !one.requests.empty(); });
}

std::size_t open_at_once(const Attempt& attempt) {
    std::vector<std::pair<stage::Time, int>> changes;
    for (const Visit& visit : attempt.visits) {
        changes.emplace_back(visit.began, 1);
        changes.emplace_back(visit.ended.value_or(stage::Time::max()), -1);
    }
    std::ranges::sort(changes);  // of one moment the ends come first
    int open = 0;
    int most = 0;
    for (const auto& [moment, change] : changes) {
        open += change;
        most = std::max(most, open);
    }
    return static_cast<std::size_t>(most);
}

Verdict asks_for_none() {
    return Verdict::skipped("it does not ask for compressed answers (Accept-Encoding), and gets none");
}

}  // namespace

Verdict judge_well_formed(const Attempt& attempt) {
    constexpr std::string_view remedy = "leave the request's head to an HTTP library, and set no field that it sets";
    std::size_t seen = 0;
    for (const Visit& visit : attempt.visits) {
        if (visit.not_http) {
            return Verdict::fail("what it sends is no request of HTTP/1.1: {}", visit.detail)
                .remedy(std::string(remedy));
        }
        for (const RequestSeen& request : visit.requests) {
            ++seen;
            if (const std::string flaw = flaw_of(request); !flaw.empty()) {
                return Verdict::fail("its {} is not well formed: {}", request.method, flaw).remedy(std::string(remedy));
            }
        }
    }
    if (seen == 0) {
        return Verdict::inconclusive("no request came: {}", attempt.summary());
    }
    return Verdict::pass("{} {} well formed: one Host, one length, an absolute path", seen,
                         seen == 1 ? "request is" : "requests are");
}

Verdict judge_user_agent(const Attempt& attempt) {
    constexpr std::string_view remedy =
        "send User-Agent with the product's name and version (LedgerLink/4.2): who looks into a failure at the gateway has nothing else to go by";
    const RequestSeen* const request = attempt.first_request();
    if (request == nullptr) {
        return Verdict::inconclusive("no request came: {}", attempt.summary());
    }
    const std::string* const agent = stage::find_field(request->fields, "User-Agent");
    if (agent == nullptr || agent->empty()) {
        return Verdict::warning("its requests do not say what made them (RFC 9110 10.1.5)").remedy(std::string(remedy));
    }
    const std::size_t slash = agent->find('/');
    if (slash == 0 || slash == std::string::npos || slash + 1 == agent->size()) {
        return Verdict::warning("its User-Agent names no product with its version: {}", *agent)
            .remedy(std::string(remedy));
    }
    return Verdict::pass("its User-Agent is {}", *agent);
}

Verdict judge_close_honoured(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    std::size_t with_requests = 0;
    for (const Visit& visit : attempt.visits) {
        const bool first = with_requests == 0;
        with_requests += visit.requests.empty() ? 0 : 1;
        if (first && visit.request_count > 1) {
            return Verdict::fail("told that the connection would be closed, it sent another request over it")
                .remedy("take an answer with Connection: close for the last of its connection (RFC 9112 9.6)");
        }
    }
    return with_requests > 1
               ? Verdict::pass("told that the connection would be closed, it made its next request over another")
               : no_second_request(attempt);
}

Verdict judge_keep_alive(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    const std::size_t requests = requests_of(attempt);
    const std::ptrdiff_t connections = connections_of(attempt);
    if (requests < 2) {
        return no_second_request(attempt);
    }
    if (connections == 1) {
        return Verdict::pass("{} requests came over one connection", requests);
    }
    return Verdict::warning("{} requests came over {} connections", requests, connections)
        .remedy(
            "keep a connection for the next request (RFC 9112 9.3): each new one costs a handshake with two certificates");
}

bool changed_connection(const Attempt& attempt) {
    return connections_of(attempt) > 1;
}

Verdict judge_idle_close(const Attempt& kept, const std::vector<Attempt>& closed) {
    if (std::optional<Verdict> nothing = not_answered(kept)) {
        return std::move(*nothing);
    }
    if (requests_of(kept) < 2) {
        return no_second_request(kept);
    }
    if (changed_connection(kept)) {
        return Verdict::skipped("it keeps no connection from one request to the next, so none ends while it is idle");
    }
    for (const Attempt& attempt : closed) {
        if (std::optional<Verdict> nothing = not_answered(attempt)) {
            return std::move(*nothing);
        }
        if (attempt.claim.kind == Claim::Kind::ended_by_us) {
            return Verdict::inconclusive("once the gateway had ended its idle connection, it did not end: {}",
                                         attempt.summary());
        }
        if (changed_connection(attempt)) {
            return Verdict::pass(
                "once the gateway had ended its idle connection, it made its next request over another");
        }
    }
    return Verdict::fail("each of {} times that the gateway ended its idle connection, its next request was lost: {}",
                         closed.size(), closed.back().summary())
        .remedy(
            "look whether a kept connection has ended before it is used, and make a read that it loses anew over another one (RFC 9112 9.3.1, 9.5)");
}

Verdict judge_connections(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    const std::size_t most = open_at_once(attempt);
    if (most > most_connections) {
        return Verdict::warning("waiting for slow answers, it had {} connections open at once", most)
            .remedy(
                "share a pool of few connections among all calls (RFC 9112 9.4), and open none because an answer is slow");
    }
    return Verdict::pass("waiting for slow answers, it had {} {} open at once", most,
                         most == 1 ? "connection" : "connections");
}

Verdict judge_redirect_loop(const Attempt& attempt, std::size_t tries) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    const std::size_t requests = requests_of(attempt);
    if (requests > (most_redirects + 1) * tries) {
        return Verdict::fail("redirected to where it came from, it asked {} times", requests)
            .remedy("follow a bounded number of redirects, and report a failure then (RFC 9110 15.4)");
    }
    if (attempt.claim.kind == Claim::Kind::ended_by_us) {
        return Verdict::inconclusive("redirected to where it came from, it asked {} times and did not end: {}",
                                     requests, attempt.summary());
    }
    return requests == 1 ? Verdict::pass("it follows no redirect to where it came from")
                         : Verdict::pass("redirected to where it came from, it gave up after {} requests", requests);
}

Verdict judge_downgrade(const Attempt& attempt) {
    constexpr std::string_view remedy =
        "follow no redirect from https to http: what is sent there can be read by everybody (RFC 9110 4.2.2)";
    for (const Visit& stray : attempt.strays) {
        if (const std::string what = given_away(stray); !what.empty()) {
            return Verdict::fail("redirected to http, it went there with {}: {}", what, stray.summary())
                .remedy(std::string(remedy));
        }
    }
    // Nearly every HTTP library goes there, and most leave their token behind.
    if (!attempt.strays.empty()) {
        return Verdict::warning("redirected to http, it went there: {}", attempt.strays.front().summary())
            .remedy(std::string(remedy));
    }
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    return Verdict::pass("redirected to http, it did not go there: {}", attempt.summary());
}

Verdict judge_surplus(const Attempt& attempt) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    if (requests_of(attempt) < 2) {
        return no_second_request(attempt);
    }
    return judge_not_taken(
        attempt, {"what stood behind an answer, and was never asked for,",
                  "close a connection on which more came than was asked for, and take nothing of it (RFC 9112 9.2)"});
}

Verdict judge_compressed(const Attempt& attempt) {
    if (attempt.first_request() != nullptr && !asked_for_gzip(attempt)) {
        return asks_for_none();
    }
    return judge_client_served(attempt, "a gateway that compresses what it was asked to compress",
                               "read what the software asks for, or do not ask for it (RFC 9110 12.5.3)");
}

Verdict judge_broken_gzip(const Attempt& attempt) {
    if (attempt.first_request() != nullptr && !asked_for_gzip(attempt)) {
        return asks_for_none();
    }
    return judge_not_taken(attempt,
                           {"an answer whose compressed data are broken",
                            "let the library verify the checksum and the size behind compressed data (RFC 1952 2.3.1)"},
                           Outcome::warning);
}

bool may_hold_bomb(const Attempt& attempt) {
    return attempt.claim.resident && attempt.claim.resident->most >= bomb_size;
}

Verdict judge_bomb(const Attempt& attempt, const Attempt* plain) {
    constexpr std::size_t mib = std::size_t{1024} * 1024;
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    if (!asked_for_gzip(attempt)) {
        return asks_for_none();
    }
    if (attempt.claim.kind == Claim::Kind::ended_by_us && !may_hold_bomb(attempt)) {
        return Verdict::inconclusive("compressed data that become {} MiB were neither read nor given up: {}",
                                     bomb_size / mib, attempt.summary());
    }
    if (!attempt.claim.resident) {
        return Verdict::not_tried(
            "needs software whose memory can be looked at: a command under client.trigger.command");
    }
    const std::size_t most = attempt.claim.resident->most;
    if (!may_hold_bomb(attempt)) {
        return Verdict::pass("of an answer that became {} MiB it did not hold all: it had {} MiB at most",
                             bomb_size / mib, most / mib);
    }
    if (plain == nullptr || !plain->claim.resident) {
        return Verdict::inconclusive(
            "beside an answer that became {} MiB it had {} MiB, and nobody can tell what it has else", bomb_size / mib,
            most / mib);
    }
    const ResidentSize& else_has = *plain->claim.resident;
    if (most >= else_has.most + bomb_size / 4 * 3) {
        return Verdict::warning("an answer that became {} MiB was held whole: it had {} MiB, and else has {} MiB",
                                bomb_size / mib, most / mib, else_has.most / mib)
            .remedy(
                "bound what compressed data may become, and not only what comes of them: read them in pieces, and give up behind some MiB");
    }
    if (else_has.most <= else_has.told_from) {
        return Verdict::inconclusive("it had {} MiB, of which {} MiB are those of the process that started it",
                                     most / mib, else_has.told_from / mib);
    }
    return Verdict::pass("of an answer that became {} MiB it did not hold all: it had {} MiB, and else has {} MiB",
                         bomb_size / mib, most / mib, else_has.most / mib);
}

Verdict judge_coped(const Attempt& attempt, std::string_view what) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    if (attempt.claim.kind == Claim::Kind::ended_by_us) {
        return Verdict::inconclusive("{} was neither read nor refused: {}", what, attempt.summary());
    }
    return attempt.served() ? Verdict::pass("{} is read", what)
                            : Verdict::pass("{} is refused, and a failure reported: {}", what, attempt.summary());
}

Verdict judge_bounded(const Attempt& attempt, std::string_view what, std::string_view remedy) {
    if (std::optional<Verdict> nothing = not_answered(attempt)) {
        return std::move(*nothing);
    }
    const bool took_all = std::ranges::any_of(attempt.visits, [](const Visit& visit) {
        return std::ranges::any_of(visit.requests, [](const RequestSeen& one) { return one.answered.has_value(); });
    });
    if (took_all) {
        return Verdict::warning("{} was read to its end: {}", what, attempt.summary()).remedy(std::string(remedy));
    }
    switch (attempt.claim.kind) {
        case Claim::Kind::success:
            return Verdict::warning("{} was read in part and taken for good: {}", what, attempt.summary())
                .remedy(std::string(remedy));
        case Claim::Kind::ended_by_us:
            return Verdict::inconclusive("{} was neither read nor given up: {}", what, attempt.summary());
        default: return Verdict::pass("{} was given up: {}", what, attempt.summary());
    }
}

}  // namespace gateproof::suites
