// What the runner needs beside the harness to judge client software: who answers behind the stage, and the client
// inside this program. Whoever fills these in shares no code with the checks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/profile/profile.hpp"
#include "harness/stage/application.hpp"
#include "harness/trigger/trigger.hpp"

namespace gateproof {

/// Values that nobody else may come to see, with what they are: {"access token", "..."}.
using Secrets = std::vector<std::pair<std::string, std::string>>;

/// What answers one attempt.
struct Play {
    std::shared_ptr<stage::Application> application;
    std::shared_ptr<stage::Application> authority = {};  ///< of a login; null: there is none
    /// What the client has to know of it, by the names of client_placeholders: "ird", "token", "client_id" ... Who logs
    /// in is "login_user" with "login_password".
    std::map<std::string, std::string> values;
    Secrets secrets;
};

/// What the host's name leads the client inside this program to, which asks no name service.
inline constexpr std::string_view embedded_addresses[] = {"127.0.0.1", "127.0.0.2"};

class Visitors;

struct ClientParts {
    /// A new one for each attempt, so that whatever turns up anywhere tells where it came from.
    std::function<Play(const Profile&, ClientAct)> play;
    /// The client inside this program, for profiles that ask for it; empty: there is none.
    std::function<std::unique_ptr<Trigger>(const Profile&)> embedded;
    /// Who comes instead of software that is started; null: nobody does.
    std::shared_ptr<Visitors> visitors = {};
};

}  // namespace gateproof
