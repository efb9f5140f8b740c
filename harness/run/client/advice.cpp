#include "harness/run/client/advice.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gateproof {

namespace {

using stage::Visit;

constexpr std::string_view where_to_call =
    "put {url}, or {host} and {port}, where the software takes its gateway's address from (arguments, client.variables, "
    "or a file that a script of yours writes)";
constexpr std::string_view whom_to_trust =
    "let it trust {ca}, the root of the test PKI; each start sets the variables by which most stacks find it, unless "
    "client.variables says otherwise";

constexpr std::string_view whom_to_ask =
    "tell the software its proxy, which leads to the stage: {proxy}, or HTTPS_PROXY, which is in its environment and which "
    "many stacks read";

std::string for_nobody_came(const Attempt& attempt, const Profile& profile) {
    const Claim& claim = attempt.claim;
    const bool by_proxy = profile.client->reach == ClientReach::proxy;
    if (by_proxy && !attempt.strays.empty()) {
        return "let it call client.reach.host: it asked the stage's proxy for another host";
    }
    const std::string_view where = by_proxy ? whom_to_ask : where_to_call;
    switch (claim.kind) {
        case Claim::Kind::not_started:
            return "give a program that is there as the first word of client.trigger.command.read: a name is looked up in "
                   "PATH, one with a / begins in the folder of the profile";
        case Claim::Kind::crashed:
            return "run the same command by hand and see why it crashes before it calls anybody; gateproof client serve "
                   "shows the values to run it with";
        case Claim::Kind::ended_by_us:
            return fmt::format(
                "{}; where it needs more than {:g} s until its first connection, raise client.patience.start_ms", where,
                std::chrono::duration<double>(profile.client->start).count());
        case Claim::Kind::success:
            return fmt::format(
                "{}; it ended without a call there, and says that it succeeded, so see as well what its exit code means "
                "(client.exit.success)",
                where);
        default:
            return fmt::format(
                "see what it wrote before it ended (gateproof client serve prints the command to run by hand), and {}",
                where);
    }
}

/// Somebody came, and not with TLS.
std::string for_no_hello(const Attempt& attempt) {
    if (attempt.in_clear() != nullptr) {
        return "let it speak TLS to that port from the first byte: {url} begins with https";
    }
    return "let it begin with a TLS handshake on that port, without a proxy of its own in between";
}

std::string for_a_handshake(const Visit& visit, const stage::VersionRange& versions, const Profile& profile) {
    if (visit.hello && !visit.hello->offers(versions.oldest) && !visit.hello->offers(versions.newest)) {
        return fmt::format("let it offer {}", to_string(versions.newest));
    }
    const bool wants_certificate = visit.certificate_requested && visit.certificates.empty();
    if (visit.our_alert && wants_certificate) {
        return "let it show {certificate} with {key} (or {identity_p12}, password {identity_password}): on the cloud "
               "channel who shows no certificate is not served";
    }
    if (visit.our_alert) {
        return "see what its ClientHello offers beside what the gateway publishes: suites with ECDHE and AES-GCM, TLS 1.2 or "
               "1.3";
    }
    return fmt::format("{}, and compares the name in the certificate with {}", whom_to_trust, profile.client->host);
}

std::string for_a_request(const Attempt& attempt, const stage::RequestSeen& request) {
    if (attempt.answered_well()) {
        return attempt.claim.kind == Claim::Kind::ended_by_us
                   ? "let it end by itself once it is answered, or raise client.patience.end_ms"
                   : "let it report success where it was answered: its exit code is none of client.exit.success";
    }
    switch (request.status) {
        case 0: return "let it wait for the answer, and send its request to the end";
        case 401: return "let it send the access token {token} (Authorization: Bearer)";
        case 403: return "let it ask for the customer {ird}, which its token may see";
        case 404:
            return "see the path that it asks for (request_seen in the evidence): under {url} it is that of the service, "
                   "such as /gateway/customer/status";
        default: return "see in the evidence what it asks for (request_seen), and that it is what the service takes";
    }
}

}  // namespace

std::string advice_for(const Attempt& attempt, const stage::VersionRange& versions, const Profile& profile) {
    if (attempt.claim.kind == Claim::Kind::unsupported) {
        return "let it be able to read: by its exit code it cannot (client.exit.unsupported)";
    }
    if (attempt.claim.kind == Claim::Kind::lost) {
        return "see why nobody can tell how it ended: its program kills what watches over it, or belongs to another user";
    }
    if (attempt.visits.empty()) {
        return for_nobody_came(attempt, profile);
    }
    if (const stage::RequestSeen* const request = attempt.first_request(); request != nullptr && !request->in_clear) {
        return for_a_request(attempt, *request);
    }
    const auto came = std::ranges::find_if(attempt.visits, [](const Visit& visit) { return visit.hello.has_value(); });
    return came == attempt.visits.end() ? for_no_hello(attempt) : for_a_handshake(*came, versions, profile);
}

}  // namespace gateproof
