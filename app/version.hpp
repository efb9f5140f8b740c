#pragma once

#include <string>

namespace gateproof::cli {

/// Version of the program, from CMake's project().
std::string version();

}  // namespace gateproof::cli
