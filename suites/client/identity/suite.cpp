#include "suites/client/identity/suite.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "suites/client/identity/judge.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using Act = stage::HandshakeAct;

std::vector<ShownCase> both_versions() {
    return {{"tls-1.2", "Under TLS 1.2", Twin::tls_1_2}, {"tls-1.3", "Under TLS 1.3", Twin::tls_1_3}};
}

SceneChange refused_with(std::uint8_t alert) {
    return [alert](stage::Scene& scene, const ClientContext&) {
        scene.handshake.kind = Act::Kind::refuses_certificate;
        scene.handshake.alert = alert;
    };
}

/// RFC 8446 6.2: under TLS 1.3 they come when the client has long taken its handshake for done.
std::vector<ShownCase> late_refusals() {
    return {{"certificate-required", "TLS 1.3: alert 116", Twin::tls_1_3, refused_with(116)},
            {"certificate-unknown", "TLS 1.3: alert 46", Twin::tls_1_3, refused_with(46)},
            {"unknown-ca", "TLS 1.3: alert 48", Twin::tls_1_3, refused_with(48)},
            {"certificate-expired", "TLS 1.3: alert 45", Twin::tls_1_3, refused_with(45)},
            {"tls-1.2", "TLS 1.2: alert 46", Twin::tls_1_2, refused_with(46)}};
}

Verdict page_noticed(const Attempt& attempt, const ClientContext& ctx) {
    return judge_page_noticed(attempt, ctx.client().retries);
}

Verdict refusal_noticed(const Attempt& attempt, const ClientContext& ctx) {
    return judge_refusal_noticed(attempt, ctx.client().retries);
}

/// RFC 8446 4.2.4, RFC 5246 7.4.4: an empty list excludes nobody, and names of others stand beside the right ones.
std::vector<ShownCase> authority_lists() {
    return {{"none", "No authority is named", Twin::conforming,
             [](stage::Scene& scene, const ClientContext&) { scene.asked.authorities.clear(); }},
            {"root", "The root alone is named", Twin::conforming,
             [](stage::Scene& scene, const ClientContext&) {
                 scene.asked.authorities.erase(scene.asked.authorities.begin(),
                                               std::prev(scene.asked.authorities.end()));
             }},
            {"many", "Two hundred authorities are named beside the right ones", Twin::conforming,
             [](stage::Scene& scene, const ClientContext&) { add_strangers(scene.asked.authorities, 200); }}};
}

/// More than any client asks for that has not been told to storm.
constexpr std::size_t most_pages = 100;

/// As nginx and other front doors refuse a client certificate: in HTTP.
SceneChange answered(int status, std::string_view title, std::string_view reason = {}) {
    return [status, title, reason](stage::Scene& scene, const ClientContext&) {
        stage::AnswerAct act;
        act.carried_out = false;
        stage::Answer page;
        page.status = status;
        page.reason = reason;
        page.fields = {{"Content-Type", "text/html"}};
        page.body =
            fmt::format("<html><head><title>{} {}</title></head><body><center><h1>{} {}</h1></center></body></html>",
                        status, title, status, title);
        act.said = std::move(page);
        scene.answers.assign(most_pages, act);
    };
}

std::vector<ShownCase> refusals_in_http() {
    return {{"status-400", "400 with a page", Twin::conforming, answered(400, "No required SSL certificate was sent")},
            {"status-403", "403 with a page", Twin::conforming, answered(403, "Forbidden")},
            {"status-495", "495 with a page, as some front doors have it", Twin::conforming,
             answered(495, "The SSL certificate error", "SSL Certificate Error")}};
}

/// Another host: by a proxy any name, and else an address, since no name service knows of one. `name`: of the place.
std::string other_host(const ClientContext& ctx) {
    const bool any_name = ctx.client().reach == ClientReach::proxy || ctx.client().embedded;
    return any_name ? "other." + ctx.client().host : std::string("127.0.0.1");
}

std::string sent_to(const std::string& host, const stage::Request& request, const stage::Doors& doors) {
    return fmt::format("HTTP/1.1 302 Found\r\nLocation: https://{}:{}{}\r\nContent-Length: 0\r\n\r\n", host,
                       doors.find(elsewhere_door)->second, request.target);
}

std::string sent_to_another_name(const stage::Answer&, const stage::Request& request, const stage::Doors& doors) {
    const std::string* const host = stage::find_field(request.fields, "Host");
    return sent_to("other." + (host == nullptr ? std::string("localhost") : host->substr(0, host->rfind(':'))), request,
                   doors);
}

std::string sent_to_an_address(const stage::Answer&, const stage::Request& request, const stage::Doors& doors) {
    return sent_to("127.0.0.1", request, doors);
}

stage::Asked asking_anybody(const ClientContext& ctx) {
    return {stage::Asked::How::optional, ctx.twin().asked.authorities};
}

/// RFC 8446 4.3.2: whoever asks may be shown nothing.
std::vector<ShownCase> askers() {
    return {{"redirect", "Another host that it is redirected to asks for a certificate"},
            {"authority", "The OAuth authority asks for a certificate", Twin::conforming, {}, ClientAct::login}};
}

awaitable<Verdict> not_shown_elsewhere(ClientContext& ctx) {
    if (ctx.case_index() == 1) {
        stage::Scene scene = ctx.authority_twin();
        scene.asked = asking_anybody(ctx);
        const Attempt attempt = co_await ctx.log_in(std::move(scene));
        co_return judge_not_shown_to_authority(attempt);
    }
    stage::Scene scene = ctx.twin();
    const std::string host = other_host(ctx);
    const bool by_name = host != "127.0.0.1";
    scene.answers = {{.carried_out = false,
                      .said = stage::Answer{.status = 302},
                      .written_by = by_name ? &sent_to_another_name : &sent_to_an_address}};
    stage::Scene there = ctx.twin();
    // OpenSSL takes a common name without blanks for a host, which the root may not speak for where it is an address.
    there.shown = ctx.server({.names = {host}, .common_name = "another host"});
    there.asked = asking_anybody(ctx);
    std::vector<stage::Door> doors;
    doors.push_back({.name = std::string(elsewhere_door), .scene = std::move(there), .host = host});
    const Attempt attempt = co_await ctx.attempt(std::move(scene), ClientAct::read, std::move(doors));
    co_return judge_not_shown_elsewhere(attempt);
}

bool tells_its_certificate(const ClientSoftware& client) {
    const auto names_it = [](const std::string& text) {
        return text.find("{certificate}") != std::string::npos || text.find("{identity_p12}") != std::string::npos;
    };
    const auto read = client.acts.find(ClientAct::read);
    return client.embedded || (read != client.acts.end() && std::ranges::any_of(read->second.arguments, names_it)) ||
           std::ranges::any_of(client.variables, [&](const auto& variable) { return names_it(variable.second); });
}

awaitable<Verdict> own_for_each_environment(ClientContext& ctx) {
    const std::shared_ptr<const Identity> other = ctx.pki().client_again();
    const Attempt attempt = co_await ctx.attempt_as(other);
    co_return judge_own_for_environment(attempt, ctx.pki().client()->leaf.sha256_fingerprint(),
                                        other->leaf.sha256_fingerprint(), tells_its_certificate(ctx.client()));
}

Need issued_identity() {
    return {"issued identity", [](const Profile& profile) {
                return profile.client && !profile.client->identity.empty()
                           ? std::string(
                                 "needs software that shows what the test PKI issues to it, twice; leave "
                                 "client.identity out of the profile")
                           : std::string();
            }};
}

constexpr std::string_view show_anyway =
    "show the certificate whatever authorities the gateway names; a list that names none, or the root alone, excludes nobody (RFC 8446 4.2.4)";

std::vector<CheckRow> cloud_rows() {
    return {{.id = "client-identity.presented",
             .title = "The enrolled certificate is shown and its key proved",
             .requirements = {decides("CLIENT-IDENTITY")},
             .run = looks_at_each(&judge_presented, both_versions()),
             .control = Control::none,
             .cases = cases_of(both_versions())},
            {.id = "client-identity.name-as-enrolled",
             .title = "The common name of what it shows is the enrolled one, letter by letter",
             .requirements = {decides("CLIENT-IDENTITY")},
             .run = looks_at_each(&judge_name, {{}}),
             .control = Control::none},
            {.id = "client-identity.chain-sent",
             .title = "The certificate is sent with its intermediates",
             .requirements = {decides("CLIENT-IDENTITY")},
             .run = looks_at_each(&judge_chain_sent, {{}}),
             .control = Control::none},
            {.id = "client-identity.fit",
             .title = "What it shows is current and for TLS clients",
             .requirements = {decides("CLIENT-IDENTITY")},
             .run = looks_at_each(&judge_shown_fit, {{}}),
             .control = Control::none},
            {.id = "client-identity.any-authority-list",
             .title = "The certificate is shown whatever authorities the gateway names",
             .requirements = {decides("CLIENT-IDENTITY")},
             .run = is_served_in_each("a gateway that names other authorities", show_anyway, authority_lists()),
             .cases = cases_of(authority_lists())},
            {.id = "client-identity.late-refusal-noticed",
             .title = "A certificate that is refused in the handshake or behind it is noticed, and not tried for ever",
             .requirements = {decides("CLIENT-IDENTITY")},
             .run = looks_at_each(&refusal_noticed, late_refusals()),
             .cases = cases_of(late_refusals())},
            {.id = "client-identity.http-refusal-noticed",
             .title = "A refusal as a page is noticed, and not tried for ever",
             .requirements = {decides("CLIENT-IDENTITY")},
             .run = looks_at_each(&page_noticed, refusals_in_http()),
             .cases = cases_of(refusals_in_http())},
            {.id = "client-identity.not-shown-elsewhere",
             .title = "The certificate is shown to the gateway alone, whoever else asks",
             .requirements = {adds("CLIENT-IDENTITY-ONLY")},
             .run = ClientCheck{&not_shown_elsewhere},
             .control = Control::none,
             .cases = cases_of(askers())},
            {.id = "client-identity.own-for-each-environment",
             .title = "Given the certificate of another environment, it shows that one",
             .requirements = {decides("CLIENT-IDENTITY-ONLY")},
             .run = ClientCheck{&own_for_each_environment},
             .control = Control::none,
             .needs = {issued_identity()}}};
}

awaitable<Verdict> ask_optionally(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.asked = {stage::Asked::How::optional, ctx.pki().client_authorities()};
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    co_return judge_nothing_shown(attempt);
}

std::vector<CheckRow> desktop_rows() {
    return {{.id = "client-identity.desktop-none",
             .title = "Native software shows no certificate, also where it is asked for one",
             .requirements = {decides("CLIENT-NO-IDENTITY")},
             .run = ClientCheck{&ask_optionally}}};
}

}  // namespace

Suite client_identity_suite() {
    const std::vector<Need> reads{able_to(ClientAct::read)};
    Suite suite{
        "client-identity", "Who client software says that it is",
        checks({.intrusiveness = Intrusiveness::active, .channels = {Channel::cloud}, .needs = reads}, cloud_rows())};
    std::vector<Check> native = checks(
        {.intrusiveness = Intrusiveness::active, .channels = {Channel::desktop}, .needs = reads}, desktop_rows());
    std::ranges::move(native, std::back_inserter(suite.checks));
    return suite;
}

}  // namespace gateproof::suites
