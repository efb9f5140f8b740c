// The list of a pack's files with their SHA-256, as `sha256sum` writes and checks it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/archive.hpp"
#include "harness/text/sha256.hpp"

namespace gateproof::evidence {

/// One line a file: 64 hex digits, two spaces, name.
std::string write_manifest(const std::vector<PackFile>& files);

struct Manifest {
    std::map<std::string, std::string, std::less<>> sums;  ///< SHA-256 by name
    std::string problem;                                   ///< empty: every line was understood
};
/// Strict: any other line than write_manifest() makes, and a name that is there twice, is a problem.
Manifest read_manifest(std::string_view text);

using gateproof::sha256_of;

}  // namespace gateproof::evidence
