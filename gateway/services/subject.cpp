#include "gateway/services/subject.hpp"

#include <algorithm>
#include <chrono>

#include "gateway/services/jws.hpp"
#include "gateway/services/machine_token.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view scope = "MYIR.Services";

bool is_bearer(std::string_view scheme) {
    constexpr std::string_view word = "bearer";
    return std::ranges::equal(scheme, word, [](char a, char b) { return (a | 0x20) == b; });
}

std::string_view query_token(std::string_view query) {
    constexpr std::string_view name = "access_token=";
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        if (pair.starts_with(name)) {
            return pair.substr(name.size());
        }
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
    }
    return {};
}

TokenDemands demands(const FaultSet& faults) {
    TokenDemands all;
    all.signature = !faults.has("token-no-signature-check");
    all.algorithm = !faults.has("token-accepts-alg-none");
    all.expiry = !faults.has("token-accepts-expired");
    all.audience = !faults.has("token-ignores-audience");
    all.environment = !faults.has("token-ignores-environment");
    all.revocation = !faults.has("token-accepts-revoked");
    return all;
}

}  // namespace

Authentication Authenticator::judge(const Request& request, const Caller& caller, std::string_view query,
                                    bool takes_machines) const {
    Authentication judged = judge_header(request, caller, query, takes_machines);
    judged.subject.everybody = judged.subject.everybody || caller.listener == ListenerRole::mock;
    return judged;
}

Authentication Authenticator::judge_header(const Request& request, const Caller& caller, std::string_view query,
                                           bool takes_machines) const {
    const auto headers = request.equal_range(http::field::authorization);
    std::string_view sent;
    for (auto header = headers.first; header != headers.second; ++header) {
        if (header != headers.first) {
            return {Denial::invalid_token, {}};  // which of them counts would be anybody's guess
        }
        sent = {header->value().data(), header->value().size()};
    }
    if (sent.empty() && faults_.has("token-in-query-served")) {
        sent = query_token(query);
        return sent.empty() ? Authentication{Denial::no_token, {}} : bearer(sent, caller);
    }
    if (sent.empty()) {
        return faults_.has("token-optional") ? Authentication{Denial::none, {"", true}}
                                             : Authentication{Denial::no_token, {}};
    }
    const bool only_with_bearer = faults_.has("m2m-only-with-bearer") && caller.listener != ListenerRole::mock;
    const std::size_t space = sent.find(' ');
    if (space == std::string_view::npos) {
        const bool taken =
            takes_machines || (caller.listener == ListenerRole::desktop && faults_.has("m2m-on-desktop"));
        return !taken || only_with_bearer ? Authentication{Denial::invalid_token, {}} : machine(sent, caller);
    }
    if (!is_bearer(sent.substr(0, space))) {
        return {Denial::invalid_token, {}};
    }
    const std::string_view token = sent.substr(sent.find_first_not_of(' ', space));
    if (takes_machines && only_with_bearer) {
        const Authentication judged = bearer(token, caller);
        return judged.denial == Denial::none ? judged : machine(token, caller);
    }
    return bearer(token, caller);
}

Authentication Authenticator::bearer(std::string_view token, const Caller& caller) const {
    const TokenReading reading = tokens_.read(token, demands(faults_));
    if (!reading.claims) {
        const bool waved_through = faults_.has("token-accepts-garbage") && token.find('.') == std::string_view::npos;
        return waved_through ? Authentication{Denial::none, {"", true}} : Authentication{Denial::invalid_token, {}};
    }
    const OAuthClient* const client = clients_.find(reading.claims->client_id);
    if (client == nullptr || fixture_.user(reading.claims->subject) == nullptr) {
        return {Denial::invalid_token, {}};
    }
    if (reading.claims->scope != scope) {
        return {Denial::out_of_scope, {}};
    }
    const bool others = !caller.dsp.empty() && !calls_as(*client, caller.dsp);
    if (others && !faults_.has("token-not-bound")) {
        return {Denial::other_vendor, {}};
    }
    return {Denial::none, {reading.claims->subject, false}};
}

bool Authenticator::calls_as(const OAuthClient& client, std::string_view dsp) const {
    if (&client == clients_.of_role("client")) {
        return dsp == pki_.enrolled_names().front();
    }
    return &client == clients_.of_role("second-client") && dsp == pki_.enrolled_names().back();
}

Authentication Authenticator::machine(std::string_view token, const Caller& caller) const {
    if (caller.listener == ListenerRole::mock && read_jws(token)) {
        return {Denial::none, {}};  // neither signature nor subject nor issuer is looked at there
    }
    if (faults_.has("m2m-serves-nobody")) {
        return {Denial::invalid_token, {}};
    }
    const bool allowed = caller.listener != ListenerRole::desktop || faults_.has("m2m-on-desktop");
    const auto user =
        allowed ? user_of_machine_token(token, {caller.dsp, tokens_.now()}, fixture_, faults_) : std::nullopt;
    return user ? Authentication{Denial::none, {*user, false}} : Authentication{Denial::invalid_token, {}};
}

bool Permissions::may_read(const Subject& subject, std::string_view ird) const {
    return subject.everybody || fixture_.access(subject.user, ird) != Access::none ||
           (faults_.has("serves-other-customers") && fixture_.customer(ird) != nullptr);
}

bool Permissions::may_write(const Subject& subject, std::string_view ird) const {
    return subject.everybody || fixture_.access(subject.user, ird) == Access::write;
}

bool Permissions::may_read(const Subject& subject, std::string_view ird, std::string_view account_type) const {
    const bool whole = fixture_.access(subject.user, ird) != Access::none;
    if (faults_.has("forgets-account-delegations") && !subject.everybody) {
        return whole;
    }
    if (subject.everybody || fixture_.access(subject.user, ird, account_type) != Access::none) {
        return true;
    }
    // One account of a customer opens the others.
    return faults_.has("serves-other-accounts") && (fixture_.access(subject.user, ird, "INC") != Access::none ||
                                                    fixture_.access(subject.user, ird, "GST") != Access::none);
}

bool Permissions::may_write(const Subject& subject, std::string_view ird, std::string_view account_type) const {
    const Access given = fixture_.access(subject.user, ird, account_type);
    return subject.everybody || given == Access::write ||
           (given == Access::read && faults_.has("writes-with-read-delegation"));
}

}  // namespace gateproof::gateway
