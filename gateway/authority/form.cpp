#include "gateway/authority/form.hpp"

#include <algorithm>

#include "gateway/text/encoding.hpp"

namespace gateproof::gateway {

std::optional<Form> Form::parse(std::string_view text) {
    constexpr std::size_t most = 50;
    Form form;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.empty()) {
            continue;
        }
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = form_decoded(pair.substr(0, equals));
        auto value = form_decoded(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || form.parameters_.size() == most) {
            return std::nullopt;
        }
        form.parameters_.emplace_back(std::move(*name), std::move(*value));
    }
    return form;
}

const std::string* Form::get(std::string_view name) const {
    const auto found =
        std::ranges::find(parameters_, name, [](const auto& one) { return std::string_view(one.first); });
    return found == parameters_.end() || found->second.empty() ? nullptr : &found->second;
}

std::string Form::text(std::string_view name) const {
    const std::string* const value = get(name);
    return value == nullptr ? std::string() : *value;
}

std::string Form::repeated() const {
    for (auto one = parameters_.begin(); one != parameters_.end(); ++one) {
        const auto same = [&](const auto& other) { return other.first == one->first; };
        if (std::any_of(std::next(one), parameters_.end(), same)) {
            return one->first;
        }
    }
    return {};
}

}  // namespace gateproof::gateway
