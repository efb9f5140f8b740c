#include "doctor/control.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <utility>

#include "harness/probe/http/request.hpp"
#include "harness/run/notes.hpp"
#include "suites/shared/callers.hpp"

namespace gateproof::doctor {

namespace asio = boost::asio;

namespace {

// Alerts of TLS by which a certificate is refused (RFC 8446 6.2).
constexpr int handshake_failure = 40;
constexpr int certificate_revoked = 44;
constexpr int certificate_expired = 45;
constexpr int unknown_ca = 48;
constexpr int certificate_required = 116;

std::string remedy_of_alert(const Profile& profile, int alert) {
    const bool shows_one = serving_identity(profile) != nullptr;
    if (!shows_one) {
        return "the gateway wants a client certificate: give identities.enrolled in the profile (certificate and key)";
    }
    switch (alert) {
        case certificate_expired: return "renew the enrolled certificate, or give the one that replaced it";
        case certificate_revoked: return "the enrolled certificate was revoked: give the one that replaced it";
        case unknown_ca:
            return "the gateway does not know who issued the enrolled certificate: put its intermediate certificates "
                   "behind it in the file, in order, and see that it was issued for this environment (test and "
                   "production take different ones)";
        case certificate_required:
        case handshake_failure:
            return "the gateway did not take the enrolled certificate: see that identities.enrolled is the one that was "
                   "enrolled for this environment, with its intermediate certificates behind it in the file";
        default:
            return "see that identities.enrolled is the certificate that was enrolled for this environment; ask the "
                   "gateway's operator what it logged at this moment";
    }
}

std::string remedy_of_status(const Profile& profile, int status) {
    const Operation& control = profile.control_operation();
    const bool has_token = control.carries_secret();
    if (status == 401) {
        return has_token
                   ? "the credential of the operation is not taken: get a new token, and put it where the profile "
                     "refers to (headers of operations." +
                         control.name + ")"
                   : "the gateway wants a credential for this path: take an operation that needs none as "
                     "\"control\", such as the status of a service, or give it its Authorization header";
    }
    if (status == 403) {
        return "the gateway knows who asks and refuses it: see that this client is enrolled for that service and "
               "environment, or take an operation that it may use as \"control\"";
    }
    if (status == 404) {
        return fmt::format("the gateway has no {}: correct operations.{}.path and the path of the profile's URL",
                           control.path, control.name);
    }
    if (status == 429 || status == 503) {
        return "the gateway is busy or holds this client back: wait a minute and ask again";
    }
    if (status >= 500) {
        return "that is an error of the gateway itself: ask its operator, with the time of this line";
    }
    if (status == 400 || status == 407 || status == 421 || (status >= 495 && status <= 497)) {
        return "a listener answers so where it does not take the client certificate, the Host or the request: see "
               "identities.enrolled, the URL and the operation";
    }
    return fmt::format("where that answer is right, say so: operations.{}.expect.status; else correct the operation",
                       control.name);
}

std::string remedy_of_ending(const Profile& profile, const HttpOutcome& outcome) {
    switch (outcome.end) {
        case Ending::unproven: return std::string(withheld_remedy);
        case Ending::alert: return remedy_of_alert(profile, outcome.alert ? outcome.alert->description : 0);
        case Ending::closed:
        case Ending::reset:
            return "the gateway ended the connection without a word: that is how some refuse a certificate or a source "
                   "address; see identities.enrolled, and ask whether this machine's address is allowed";
        case Ending::timeout:
            return "a run waits for limits.probe_timeout_ms; where the gateway is slower than that, raise it, or take a "
                   "quicker operation as \"control\"";
        case Ending::local: return "this machine could not open the connection: see its limits and what the text says";
        default: return "see the lines above: nothing is served before they are well";
    }
}

}  // namespace

asio::awaitable<HttpOutcome> ask_control(const Profile& profile, HttpClient& http, Politeness& politeness) {
    const Permit permit = co_await politeness.acquire(Politeness::Priority::control);
    HttpRequest request = make_request(profile, profile.control_operation());
    request.identity = serving_identity(profile);
    if (!request.secret.empty() && must_prove_itself(profile, profile.endpoint)) {
        request.trust = std::make_shared<const Trust>(profile.trust);
    }
    HttpOutcome outcome = co_await send_within(profile.limits, http, std::move(request));
    co_return outcome;
}

Line judge_control(const Profile& profile, const HttpOutcome& outcome) {
    const Operation& control = profile.control_operation();
    const std::string asked = suites::request_line(control);
    Line line{"control", Mark::ok, fmt::format("{} (\"{}\") is served: {}", asked, control.name, outcome.summary())};
    if (outcome.served(control)) {
        return line;
    }
    line.mark = Mark::fail;
    const std::string unlike = outcome.unlike(control);
    line.text = fmt::format("{} (\"{}\") is not served: {}{}", asked, control.name, outcome.summary(),
                            unlike.empty() ? "" : ", but " + unlike);
    if (outcome.end == Ending::unproven) {
        line.text = withheld(profile.endpoint, outcome.detail, secret_of(control));
    }
    if (outcome.whole()) {
        line.remedy = remedy_of_status(profile, outcome.response->status);
    } else {
        line.remedy = remedy_of_ending(profile, outcome);
        line.mark = outcome.end == Ending::timeout ? Mark::warn : Mark::fail;
    }
    return line;
}

}  // namespace gateproof::doctor
