// The reference client: what a DSP's software does at the gateway. Conforming
// by default, broken on request.
//
// It shares no line with the harness or the embedded gateway, so that what
// judges it and what it is proved on cannot have one mistake in common. It
// waits in the calling thread; give it one of its own.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/base/io.hpp"
#include "client/machine.hpp"
#include "client/oauth.hpp"
#include "client/operations.hpp"
#include "client/retry.hpp"
#include "client/tls/identity.hpp"

namespace gateproof::client {

enum class Outcome { success, failure, unsupported };

struct Result {
    Outcome outcome = Outcome::failure;
    std::string text;  ///< one sentence, without secrets
    /// Bytes of the longest content of an answer that it held, unpacked.
    std::size_t longest_content = 0;
};

struct Options {
    std::string base_url;  ///< https://host:port, and a prefix of all paths where
                           ///< there is one
    Channel channel = Channel::cloud;
    std::vector<std::string> addresses;  ///< IP literals to call instead of what
                                         ///< the gateway's host resolves to
    std::string proxy;                   ///< http://host:port that takes CONNECT; empty: none
    std::string ca_file;                 ///< PEM text or file; with no folder either, what the
                                         ///< system trusts
    std::string ca_folder;               ///< hashed, as `openssl rehash` makes it
    IdentitySource identity;             ///< shown to the gateway on the cloud channel, to nobody else
    /// What some faults show instead, by role: another, expired, other-case,
    /// other-environment.
    std::map<std::string, IdentitySource> other_identities;

    std::string authority_url;  ///< https://host:port of the OAuth authority;
                                ///< empty: there is none
    OAuthSettings oauth;
    std::uint16_t redirect_port = 0;   ///< to listen on for the redirect, where
                                       ///< redirect_uri is no loopback address
    std::vector<std::string> browser;  ///< command that gets the URL as its last
                                       ///< argument; empty: BROWSER
    /// Instead of a browser: gets the URL and the port of the redirect listener.
    /// Runs in a thread of its own.
    std::function<void(const std::string& url, std::uint16_t port)> browse;

    std::string token;          ///< access token to begin with
    std::string refresh_token;  ///< to begin with
    std::string token_file;     ///< where tokens are kept (0600); empty: in memory alone
    MachineSettings machine;

    std::string ird;  ///< IRD number that reads and writes are about; empty: reads
                      ///< ask for the service's status
    Software software;
    std::chrono::milliseconds connect_limit{10'000};
    std::chrono::milliseconds answer_limit{75'000};  ///< above the 60 s that the gateway may take
    std::chrono::milliseconds login_limit{120'000};  ///< for the user
    RetryPolicy retries;
    std::chrono::milliseconds every{500};  ///< between the calls of `stay`
    /// Told of each of them, in the thread that acts; empty: nobody is.
    std::function<void(const Result&)> called;
    /// A read goes before the write, so that the write finds a connection that
    /// has been used.
    bool warm_up = false;
    std::vector<std::string> faults;  ///< names of faults/table.hpp; an unknown
                                      ///< one throws std::invalid_argument
};

enum class Act {
    read,     ///< one query
    write,    ///< one submission, which must not happen twice
    stay,     ///< reads again and again until it is asked to stop
    login,    ///< code flow, and one read with the token
    machine,  ///< one query with a JWT
    logout,   ///< revokes the refresh token and forgets everything
};

class Client {
public:
    /// Reads every file that the options name. Throws Unusable, or
    /// std::invalid_argument for an unknown fault.
    explicit Client(Options options);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// `nonce` is written with the submission. Throws Unusable where a file or an
    /// option turns out to be of no use.
    Result act(Act act, const std::string& nonce = {});
    /// Ends what is under way; from any thread, or from a signal handler.
    void stop() noexcept;
    /// Names of the faults that it asked itself for (FaultSet::asked). Not while it acts.
    [[nodiscard]] std::vector<std::string_view> asked_faults() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gateproof::client
