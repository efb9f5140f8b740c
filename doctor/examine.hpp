// Every profile side by side, within seconds: what stops a run, before one is begun.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doctor/line.hpp"
#include "harness/profile/read/load.hpp"
#include "harness/run/client/parts.hpp"

namespace gateproof::doctor {

struct Patient {
    std::string file;      ///< as the command line has it
    LoadedProfile loaded;  ///< with everything that it refers to
    /// Where that has problems: the same without what is behind references, so that the wire can be looked at.
    std::optional<Profile> bare = {};
};

/// Nothing here throws for what is found. Starts the software of each client's profile, at most twice. Lines hold no
/// secret of a profile, and none that was made for a start of the software.
std::vector<Diagnosis> examine(std::vector<Patient> patients, std::shared_ptr<const ClientParts> parts);

}  // namespace gateproof::doctor
