// One start of client software against the conforming gateway, and one against an answer 500: what came of them, line
// by line.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "doctor/line.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof::doctor {

struct Round {
    Attempt attempt;
    std::string said;  ///< the end of what the software wrote, without secrets
};

/// Lines "command", "arrival", "trust", "client-certificate" (cloud), "request" and "exit-code". What rests on a thing
/// that is not well is skipped. `variables`: that Gateproof sets for the software.
Lines judge_round(const Profile& profile, const Round& round, const std::map<std::string, std::string>& variables);

/// The software was served by it: whatever else is looked at rests on that.
bool was_served(const Round& round);

/// Line "exit-code-on-500": whether it says that it failed where every answer was 500.
Line judge_answer_500(const Round& round);

/// A port that the text names behind a host's name or address of this machine, other than `told`; 0: none.
int other_port_in(const std::string& text, const std::string& host, int told);

}  // namespace gateproof::doctor
