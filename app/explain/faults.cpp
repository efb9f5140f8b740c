#include "app/explain/faults.hpp"

#include <algorithm>

#include "client/faults/table.hpp"
#include "gateway/faults/table.hpp"

namespace gateproof::cli {

std::vector<ProvingFault> faults_caught_by(std::string_view check) {
    std::vector<ProvingFault> found;
    for (const gateway::Fault& fault : gateway::faults()) {
        if (std::find(fault.caught_by.begin(), fault.caught_by.end(), check) != fault.caught_by.end()) {
            found.push_back({fault.name, fault.title});
        }
    }
    for (const client::Fault& fault : client::faults()) {
        const gateway::Ids ids(fault.caught_by.data());  // a list of the same form
        if (std::find(ids.begin(), ids.end(), check) != ids.end()) {
            found.push_back({fault.name, fault.title, true});
        }
    }
    return found;
}

}  // namespace gateproof::cli
