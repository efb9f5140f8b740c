#include "harness/model/evidence.hpp"

#include <fmt/format.h>

namespace gateproof {

Observation& Evidence::add(std::string_view kind) {
    if (observations_.size() >= max_observations) {
        ++dropped_;
        overflow_ = Observation{};
        return overflow_;
    }
    observations_.push_back(Observation{std::string(kind), std::chrono::system_clock::now(), {}});
    return observations_.back();
}

void bound_texts(std::vector<Observation>& observations) {
    for (Observation& observation : observations) {
        for (auto& [name, value] : observation.fields) {
            auto* text = std::get_if<std::string>(&value);
            if (text != nullptr && text->size() > Evidence::max_text) {
                const std::size_t cut = text->size() - Evidence::max_text;
                text->resize(Evidence::max_text);
                text->append(fmt::format(" ... ({} bytes more)", cut));
            }
        }
    }
}

}  // namespace gateproof
