#include "harness/journal/needles.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace gateproof {

namespace {

/// The first four bytes, which every needle has.
std::uint32_t beginning(std::string_view text) {
    std::uint32_t key = 0;
    for (std::size_t i = 0; i < Needles::shortest; ++i) {
        key = key << 8 | static_cast<unsigned char>(text[i]);
    }
    return key;
}

constexpr auto text_of = [](const Needle& needle) -> std::string_view { return needle.text; };

std::size_t common_beginning(std::string_view one, std::string_view other) {
    const std::size_t size = std::min(one.size(), other.size());
    const auto* const end = one.data() + size;
    return static_cast<std::size_t>(std::mismatch(one.data(), end, other.data()).first - one.data());
}

/// How often they can be halved, which bounds a binary search. std::bit_width is an int from libstdc++ 14 on.
std::size_t halvings(const std::vector<Needle>& sorted) {
    return static_cast<std::size_t>(std::bit_width(sorted.size()));
}

}  // namespace

bool Needles::add(Needle needle) {
    std::vector<Needle>& bucket = by_beginning_[beginning(needle.text)];
    const auto place = std::ranges::lower_bound(bucket, std::string_view(needle.text), {}, text_of);
    if (place != bucket.end() && place->text == needle.text) {
        place->shares_before = place->shares_before || needle.shares_before;
        place->shares_behind = place->shares_behind || needle.shares_behind;
        place->left_out_before = std::max(place->left_out_before, needle.left_out_before);
        place->left_out_behind = std::max(place->left_out_behind, needle.left_out_behind);
        return false;
    }
    filter_.set(slot(beginning(needle.text)));
    longest_ = std::max(longest_, needle.text.size());
    bucket.insert(place, std::move(needle));
    return true;
}

const std::vector<Needle>* Needles::bucket(std::string_view text) const {
    if (text.size() < shortest || !may_begin_with(beginning(text))) {
        return nullptr;
    }
    const auto found = by_beginning_.find(beginning(text));
    return found == by_beginning_.end() ? nullptr : &found->second;
}

const Needle* Needles::longest_match(std::string_view text, SearchBudget& budget) const {
    const std::vector<Needle>* const found = bucket(text);
    if (found == nullptr || budget.spent) {
        return nullptr;
    }
    // In sorted order the longest one comes right before the text, or shares with the one that does all that it has.
    auto end = found->end();
    for (std::string_view shared = text;;) {
        end = std::ranges::upper_bound(found->begin(), end, shared, {}, text_of);
        if (end == found->begin()) {
            return nullptr;
        }
        const Needle& before = *(end - 1);
        const std::size_t common = common_beginning(before.text, shared);
        if (!budget.spend(common * halvings(*found))) {
            return nullptr;
        }
        if (common == before.text.size()) {
            return &before;
        }
        shared = shared.substr(0, common);
    }
}

bool Needles::begins_one(std::string_view text, SearchBudget& budget) const {
    const std::vector<Needle>* const found = bucket(text);
    if (found == nullptr || !budget.spend(text.size() * halvings(*found))) {
        return false;
    }
    const auto place = std::ranges::upper_bound(*found, text, {}, text_of);
    return place != found->end() && place->text.starts_with(text);
}

}  // namespace gateproof
