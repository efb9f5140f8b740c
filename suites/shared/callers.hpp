// Who asks: one identity tried under every TLS version, requests with and without it, whom an answer names, and how
// these are judged.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/model/clock.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// Where client certificates count: everywhere but in the mock environment, which knows its callers by address (SM).
std::vector<Environment> mtls_environments();

inline constexpr TlsVersion served_versions[] = {TlsVersion::tls_1_2, TlsVersion::tls_1_3};

/// `try_version(version)` for each of them in turn; it is no coroutine itself, but returns one that outlives it.
template <class Try>
auto under_each_version(Try try_version)
    -> boost::asio::awaitable<std::vector<typename std::invoke_result_t<Try, TlsVersion>::value_type>> {
    std::vector<typename std::invoke_result_t<Try, TlsVersion>::value_type> outcomes;
    for (const TlsVersion version : served_versions) {
        auto outcome = co_await try_version(version);
        outcomes.push_back(std::move(outcome));
    }
    co_return outcomes;
}

/// One protocol version's outcome for ourselves and for somebody who must not be served; `tried` is empty when we are
/// not served under that version, because a refusal would prove nothing there.
struct VersionOutcome {
    TlsVersion version{};
    HttpOutcome ourselves;
    std::optional<TriedRequest> tried;
    /// The same once, where we are not served ourselves: that it is served is a finding all the same.
    std::optional<HttpOutcome> alone = {};
    /// Resets happen in this run to those who are served: that we were reset does not show that the version is not.
    bool resets_happen = false;
};

/// Sends `operation` as ourselves and then with `identity` (null: without a certificate), under TLS 1.2 and 1.3, as
/// often as limits.repeat says, every other time with the request behind the Finished in one segment
/// (HttpRequest::with_finished); where that is cut, both again. `ourselves`: who is served, where that is not the
/// enrolled identity.
boost::asio::awaitable<std::vector<VersionOutcome>> try_under_versions(Context& ctx, const Operation& operation,
                                                                       std::shared_ptr<const Identity> identity,
                                                                       std::shared_ptr<const Identity> ourselves);
boost::asio::awaitable<std::vector<VersionOutcome>> try_under_versions(Context& ctx, const Operation& operation,
                                                                       std::shared_ptr<const Identity> identity);

/// The endpoint does not speak the version: the handshake ended before it was done.
bool version_not_served(const HttpOutcome& outcome);

/// Nobody who `who` stands for ("with an expired certificate") may be served; under TLS 1.3 the refusal comes after the
/// handshake.
Verdict judge_versions_refused(const std::vector<VersionOutcome>& outcomes, const Operation& operation,
                               std::string_view who, std::string_view remedy);

/// A GET of this path without any operation's headers, which may hold a secret: for a connection that proved nothing.
HttpRequest bare_request(const Profile& profile, std::string path);

/// The request with `identity` over a fresh connection, version negotiated; asked again while it is cut, for it is to
/// be served, or something else is compared with it.
boost::asio::awaitable<HttpOutcome> send_as(Context& ctx, const Operation& operation,
                                            std::shared_ptr<const Identity> identity);
/// The control operation with `identity` (null: none), as often as what is to be served is asked for.
boost::asio::awaitable<TriedRequest> try_for_service(Context& ctx, std::shared_ptr<const Identity> identity);
/// The same as send_as, as often as refusals are counted: for somebody who must not be served. `beside`: what the
/// identical request of somebody who is served came to, which makes HTTP 302, 404 and 407 refusals; null: not known,
/// but for the control operation, which the runner proves around the check.
boost::asio::awaitable<TriedRequest> try_as(Context& ctx, const Operation& operation,
                                            std::shared_ptr<const Identity> identity,
                                            const HttpOutcome* beside = nullptr, Tries::Ask ask = Tries::Ask::counted);

/// An answer, and whom it names.
struct IdentityAnswer {
    HttpOutcome outcome;
    std::optional<std::string> name;
};
/// Whom a served answer names: the value at `pointer` (RFC 6901) in its JSON, or the whole body when the pointer is
/// empty. Nothing where there is no such value.
std::optional<std::string> named_in(const HttpOutcome& outcome, const Operation& operation, const std::string& pointer);
/// The profile's identity operation; the control operation where there is none.
const Operation& revealing_operation(const Profile& profile);
/// Check::sends of most checks of certificates.
std::vector<const Operation*> control_sent(const Profile& profile);
std::vector<const Operation*> revealing_sent(const Profile& profile);
/// The identity operation sent with `identity` over a fresh connection.
boost::asio::awaitable<IdentityAnswer> ask_who(Context& ctx, std::shared_ptr<const Identity> identity);
/// "GET /status"
std::string request_line(const Operation& operation);
/// A name for sentences: bounded.
std::string shown(const std::optional<std::string>& name);

bool same_certificate(const Identity& one, const Identity& other);
/// Why the profile's certificate is not what its role says (one given as expired that is valid still, by one
/// clock at least); empty: it is.
std::string not_what_it_says(const Identity& identity, const Identity& enrolled, const TimeSpan& now);

}  // namespace gateproof::suites
