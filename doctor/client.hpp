// Client software before a run: its test PKI, the name that it is told to call, and what comes of starting it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "doctor/line.hpp"
#include "doctor/round.hpp"
#include "harness/journal/redact.hpp"
#include "harness/probe/tls/trust.hpp"
#include "harness/run/client/target.hpp"

namespace gateproof::doctor {

struct ClientSeen {
    std::string no_target;             ///< why nothing could be looked at: the test PKI; empty: it could
    std::optional<Certificate> root;   ///< of the test PKI
    std::optional<Certificate> shown;  ///< that the software is to show; empty: none
    std::string ca_file;               ///< of that root; empty: in memory
    bool resolves = false;             ///< its host name had to be looked up
    Addresses host;
    bool looks_up_for_ever = false;                ///< the name service did not answer, and cannot be interrupted
    std::map<std::string, std::string> variables;  ///< that are set for it, but for those of the profile
    std::optional<Round> conforming;
    std::optional<Round> on_500;
};

/// Lines "test-pki", "host", those of a round, "exit-code-on-500" and "environment".
Lines judge_client(const Profile& profile, const ClientSeen& seen, SystemTime now);

class ClientLook {
public:
    /// Makes the test PKI where there is none, as a run does. Profile and redactor outlive it.
    ClientLook(boost::asio::any_io_executor executor, const Profile& profile, std::shared_ptr<const ClientParts> parts,
               Redactor& redactor);

    /// Begins to look.
    void start();
    [[nodiscard]] bool finished() const { return running_ == 0; }
    [[nodiscard]] const Profile& profile() const { return profile_; }
    [[nodiscard]] const ClientSeen& seen() const { return seen_; }

private:
    boost::asio::awaitable<void> play();
    boost::asio::awaitable<Round> round(stage::Scene scene, std::chrono::milliseconds patience);

    boost::asio::any_io_executor executor_;
    const Profile& profile_;
    Redactor& redactor_;
    std::unique_ptr<ClientTarget> target_;  ///< null: see ClientSeen::no_target
    ClientSeen seen_;
    int running_ = 0;
};

}  // namespace gateproof::doctor
