// The faults of both sides, by the check that must notice them.
#pragma once

#include <string_view>
#include <vector>

namespace gateproof::cli {

struct ProvingFault {
    std::string_view name;
    std::string_view title;
    bool of_client = false;  ///< of the reference client; else of the embedded gateway
};

/// In the order of the tables.
std::vector<ProvingFault> faults_caught_by(std::string_view check);

}  // namespace gateproof::cli
