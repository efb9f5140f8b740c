// What client software says of itself after one start: a witness, never the judge.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "harness/profile/client.hpp"
#include "harness/trigger/process.hpp"

namespace gateproof {

struct Claim {
    enum class Kind {
        none,         ///< nothing that can be told
        success,      ///< it says that it did what it was asked to
        failure,      ///< it says that it failed
        unsupported,  ///< it says that it cannot do that
        crashed,      ///< a signal ended it that was none of ours
        ended_by_us,  ///< it went on until it was told to end
        not_started,  ///< there is no such program, or it cannot be started
        lost,         ///< nobody can tell how it ended
    };
    Kind kind = Kind::none;
    std::string sentence;  ///< "it ended with exit code 7 after 0.2 s"
    std::string text;      ///< the end of what it wrote, as it came: to be redacted, and only then to be cut
    std::chrono::milliseconds took{0};
    /// When we told it, or what was left of it, to end: what its connections came to from then on is our doing. Empty:
    /// we did not.
    std::optional<std::chrono::steady_clock::time_point> told_to_end;
    int left_behind = 0;                   ///< processes of it that outlived it, and were killed
    std::optional<ResidentSize> resident;  ///< empty: nobody can tell, since it is no program of ours
};
/// "success", "not-started"
std::string_view to_string(Claim::Kind kind);

/// What the end of a program says, by the exit codes that the profile declares.
Claim claim_of(const ProgramEnd& end, const ClientSoftware& client);

}  // namespace gateproof
