#include "harness/stage/lateness.hpp"

#include <algorithm>
#include <iterator>

namespace gateproof::stage {

namespace {

Lateness::Duration length(const Lateness::Spell& spell) {
    return std::chrono::ceil<Lateness::Duration>(spell.came - spell.due);
}

}  // namespace

void Lateness::note(Time due, Time came) {
    const Spell spell{due, came};
    if (length(spell) < beat) {
        return;
    }
    if (spells_.size() >= most_spells) {
        const auto half = spells_.begin() + static_cast<std::ptrdiff_t>(most_spells / 2);
        for (auto old = spells_.begin(); old != half; ++old) {
            worst_of_old_ = std::max(worst_of_old_, length(*old));
            forgotten_ = old->came;
        }
        spells_.erase(spells_.begin(), half);
    }
    spells_.push_back(spell);
}

Lateness::Duration Lateness::at(Time moment) const {
    const auto after = std::ranges::upper_bound(spells_, moment + beat, {}, &Spell::due);
    if (after == spells_.begin()) {
        return moment <= forgotten_ + beat ? worst_of_old_ : Duration(0);
    }
    const auto last = std::prev(after);
    if (last->came + beat < moment) {
        return Duration(0);
    }
    Duration late = length(*last);
    // What piled up in one spell may have got its turn behind others, in the next.
    if (last != spells_.begin() && std::prev(last)->came + 2 * beat >= last->due) {
        late += length(*std::prev(last));
    }
    return late;
}

Lateness::Bounds Lateness::between(Time begin, Time end) const {
    const auto noted = std::chrono::duration_cast<Duration>(end - begin);
    return {std::max(noted - at(end), Duration(0)), noted + at(begin)};
}

Lateness::Duration Lateness::worst() const {
    Duration worst = worst_of_old_;
    for (const Spell& spell : spells_) {
        worst = std::max(worst, length(spell));
    }
    return worst;
}

Lateness Lateness::since(Time begin) const {
    Lateness later;
    const auto first = std::ranges::lower_bound(spells_, begin, {}, &Spell::came);
    later.spells_.assign(first, spells_.end());
    if (forgotten_ >= begin) {
        later.forgotten_ = forgotten_;
        later.worst_of_old_ = worst_of_old_;
    }
    return later;
}

}  // namespace gateproof::stage
