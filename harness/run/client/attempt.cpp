#include "harness/run/client/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gateproof {

namespace {

using stage::Reached;
using stage::Visit;

}  // namespace

const Visit* Attempt::furthest() const {
    const auto most = std::ranges::max_element(
        visits, [](const Visit& one, const Visit& other) { return one.reached() < other.reached(); });
    return most == visits.end() ? nullptr : &*most;
}

Reached Attempt::reached() const {
    const Visit* const visit = furthest();
    return visit == nullptr ? Reached::nothing : visit->reached();
}

bool Attempt::accepted() const {
    return std::ranges::any_of(visits, [](const Visit& visit) { return visit.accepted_at.has_value(); });
}

bool Attempt::refused() const {
    bool any = false;
    for (const Visit& visit : visits) {
        if (visit.reached() < Reached::hello) {
            continue;  // a connection that said nothing neither refuses nor accepts
        }
        if (visit.our_alert && !visit.certificate_shown) {
            continue;  // nothing in it could be chosen: it came to see nothing
        }
        // What ends because the program was told to end is our doing, and no answer of its own.
        const bool by_us = claim.told_to_end && !visit.alert && visit.ended && *visit.ended >= *claim.told_to_end;
        if (!visit.refused() || by_us) {
            return false;
        }
        any = true;
    }
    return any;
}

const stage::RequestSeen* Attempt::first_request() const {
    for (const Visit& visit : visits) {
        if (!visit.requests.empty()) {
            return &visit.requests.front();
        }
    }
    return nullptr;
}

bool Attempt::served() const {
    const bool well = claim.kind == Claim::Kind::success || claim.kind == Claim::Kind::none;
    return well && answered_well();
}

bool Attempt::answered_well() const {
    return std::ranges::any_of(visits, [](const Visit& visit) {
        return std::ranges::any_of(visit.requests, [](const stage::RequestSeen& request) {
            return request.answered && request.status >= 200 && request.status < 400;
        });
    });
}

bool Attempt::lacks(const stage::VersionRange& versions) const {
    bool came = false;
    for (const Visit& visit : visits) {
        if (visit.hello && (visit.hello->offers(versions.oldest) || visit.hello->offers(versions.newest))) {
            return false;
        }
        came = came || visit.hello;
    }
    return came;
}

const Visit* Attempt::in_clear() const {
    for (const std::vector<Visit>* const all : {&visits, &strays}) {
        const auto found = std::ranges::find_if(*all, [](const Visit& visit) { return visit.in_clear; });
        if (found != all->end()) {
            return &*found;
        }
    }
    return nullptr;
}

std::string Attempt::summary() const {
    const Visit* const visit = furthest();
    const std::string came = visit == nullptr ? std::string("nothing came")
                             : visits.size() == 1
                                 ? visit->summary()
                                 : fmt::format("{} (of {} connections)", visit->summary(), visits.size());
    return claim.sentence.empty() ? came : fmt::format("{}; {}", came, claim.sentence);
}

}  // namespace gateproof
