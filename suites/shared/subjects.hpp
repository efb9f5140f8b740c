// Requests of the permission suite: a case's operation, filled in and sent on behalf of its subject.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>

#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// What a subject sends to say who it is.
struct Credential {
    std::string authorization;                 ///< value of the header; empty: none is sent
    std::shared_ptr<const Identity> identity;  ///< null: no client certificate
    std::string problem;                       ///< why it cannot be had; empty: it can
};
/// A user's access token, a machine's JWT, or a certificate alone (PermissionCase::subject).
boost::asio::awaitable<Credential> credential_of(Context& ctx, std::string subject);

/// The operation with its placeholders filled in and this Authorization header and no other; empty: none at all.
Operation addressed(const Operation& operation, const Placeholders& with, const std::string& authorization);
/// The case's own operation, for its own target or another.
Operation operation_of(const Profile& profile, const PermissionCase& one, const std::string& authorization);
Operation operation_of(const Profile& profile, const PermissionCase& one, const Placeholders& with,
                       const std::string& authorization);

/// By its method, unless the profile says that it reads: what writes may have been carried out before its connection
/// was cut, and is not sent again.
bool only_reads(const Operation& operation);
/// Sends it, and once more while it is cut or answered with a technical fault, where it only reads; the evidence says
/// how it was answered, and holds nothing of the body, which may be a customer's record.
boost::asio::awaitable<HttpOutcome> ask(Context& ctx, const Operation& operation,
                                        std::shared_ptr<const Identity> identity);
boost::asio::awaitable<Answer> ask_and_read(Context& ctx, const Operation& operation,
                                            std::shared_ptr<const Identity> identity, const ErrorModel& model);
/// The same for what must be refused, as often as refusals are counted and each time over a connection of its own, for
/// one node of several may be lax. Nothing is changed by asking again for what is refused; once it was served, or cut
/// where the request may write, it is not sent again. `elsewhere`: another endpoint than the profile's; null: that.
boost::asio::awaitable<Tries> try_refused(Context& ctx, const Operation& operation,
                                          std::shared_ptr<const Identity> identity, const ErrorModel& model,
                                          const Endpoint* elsewhere = nullptr);

/// The case as its subject sends it.
struct CaseAnswer {
    HttpOutcome outcome;
    Answer reading;
    std::string problem;  ///< nothing could be sent
};
boost::asio::awaitable<CaseAnswer> ask_case(Context& ctx, const PermissionCase& one);
/// A case as it stands, to compare with what a check then changes of it.
struct AskedCase {
    Operation operation;
    Credential credential;  ///< with a problem: nothing could be sent
    Answer good;
};
boost::asio::awaitable<AskedCase> ask_as_it_stands(Context& ctx, const PermissionCase& one);
/// A case that must be refused, as try_refused has it.
struct TriedCase {
    Tries tries = Tries(Tries::Ask::counted);
    std::string problem;  ///< nothing could be sent
};
boost::asio::awaitable<TriedCase> try_case(Context& ctx, const PermissionCase& one);

}  // namespace gateproof::suites
