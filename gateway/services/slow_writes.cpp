#include "gateway/services/slow_writes.hpp"

#include <algorithm>

#include "gateway/services/answers.hpp"

namespace gateproof::gateway {
namespace {

/// More than any run sends; nobody fills the memory.
constexpr std::size_t most_writes = 1000;

}  // namespace

std::string_view parameter(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return pair.substr(name.size() + 1);
        }
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
    }
    return {};
}

void SlowWrites::begin(std::string_view query, std::chrono::milliseconds takes, bool cut, const FaultSet& faults) {
    if (by_key_.size() >= most_writes) {
        by_key_.clear();
    }
    const Clock::time_point now = Clock::now();
    const bool later = !cut || faults.has("cut-write-carried-out-later");
    const Clock::time_point never = Clock::time_point::max();
    by_key_[std::string(parameter(query, "key"))] = {cut, faults.has("cut-write-carried-out") ? now
                                                          : later                             ? now + takes
                                                                                              : never};
}

Response SlowWrites::status(const Request& request, std::string_view query, const FaultSet& faults) const {
    const auto found = by_key_.find(parameter(query, "key"));
    if (found == by_key_.end()) {
        return json_answer(request, 200, {{"carried_out", false}});
    }
    if (found->second.cut && faults.has("cut-write-status-unknown")) {
        return json_answer(request, 200, {{"carried_out", nullptr}});
    }
    return json_answer(request, 200, {{"carried_out", found->second.done <= Clock::now()}});
}

}  // namespace gateproof::gateway
