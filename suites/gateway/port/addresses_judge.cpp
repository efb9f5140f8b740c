#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "suites/gateway/port/addresses.hpp"

namespace gateproof::suites {
namespace {

/// Times limits.repeat: by default each question is asked twelve times in all, and of three nodes chosen by chance a
/// bad one is met in 99 of 100 runs.
constexpr std::size_t series_in_all = 4;

/// How often a question was granted, of how many tries that somebody answered.
struct Share {
    std::string_view what;
    std::size_t granted = 0;
    std::size_t of = 0;

    [[nodiscard]] bool mixed() const { return granted > 0 && granted < of; }
};

/// Of each question, over all addresses.
std::vector<Share> shares_of(std::span<const AddressLook> looks) {
    std::vector<Share> shares;
    for (const AddressLook& look : looks) {
        for (const AddressLook::Asked& asked : look.asked) {
            auto share = std::ranges::find(shares, asked.what, &Share::what);
            share = share == shares.end() ? shares.insert(share, {asked.what}) : share;
            share->granted += asked.tries.served_count();
            share->of += asked.tries.telling_count();
        }
    }
    return shares;
}

bool is_silent(const AddressLook& look) {
    return look.served.tries.result() == Tries::Result::nothing;
}

/// "127.0.0.2: TLS 1.1 or older in 3 of 3 tries"
std::vector<std::string> differences(std::span<const AddressLook> looks) {
    std::vector<std::string> found;
    for (const Share& share : shares_of(looks)) {
        for (const AddressLook& look : looks) {
            const auto asked = std::ranges::find(look.asked, share.what, &AddressLook::Asked::what);
            if (share.mixed() && asked != look.asked.end() && asked->tries.served()) {
                found.push_back(
                    fmt::format("{}: {} in {} tries", look.address, share.what, asked->tries.share_served()));
            }
        }
    }
    return found;
}

/// Answers, and none of them the service that others give.
std::vector<std::string> out_of_service(std::span<const AddressLook> looks) {
    std::vector<std::string> found;
    const bool any_served =
        std::ranges::any_of(looks, [](const AddressLook& look) { return look.served.tries.served(); });
    for (const AddressLook& look : looks) {
        if (any_served && !look.served.tries.served() && !is_silent(look)) {
            found.push_back(
                fmt::format("{}: the control operation is not served ({})", look.address, look.served.tries.summary()));
        }
    }
    return found;
}

/// Why nothing follows from what an address answered; empty: something does. What is neither service nor a refusal is
/// no service, and open in the check that is about it.
std::string doubt(std::span<const AddressLook> looks) {
    for (const AddressLook& look : looks) {
        for (const AddressLook::Asked& asked : look.asked) {
            const Tries::Result result = asked.tries.result();
            if (result == Tries::Result::nothing || result == Tries::Result::undecided) {
                return fmt::format("{}, {}: {}", look.address, asked.what, asked.tries.doubt());
            }
        }
    }
    return {};
}

/// With the bound of the one that was asked least often.
std::string granted_nowhere(std::span<const AddressLook> looks) {
    std::vector<std::string_view> refused;
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const Share& share : shares_of(looks)) {
        if (share.granted == 0) {
            refused.push_back(share.what);
            least = std::min(least, share.of);
        }
    }
    return refused.empty() ? "" : fmt::format("; granted nowhere: {}{}", fmt::join(refused, ", "), none_served(least));
}

std::string granted_by_all(std::span<const AddressLook> looks) {
    std::vector<std::string_view> granted;
    for (const Share& share : shares_of(looks)) {
        if (share.granted > 0) {
            granted.push_back(share.what);
        }
    }
    return granted.empty()
               ? ""
               : fmt::format("; granted by all, which is another check's matter: {}", fmt::join(granted, ", "));
}

}  // namespace

std::size_t tries_at(std::size_t addresses, std::size_t repeat) {
    // One try of one address cannot differ from anything.
    const std::size_t fewest = addresses > 1 ? std::min<std::size_t>(repeat, 2) : 2;
    return repeat == 1 ? fewest : std::max(fewest, series_in_all * repeat / std::max<std::size_t>(addresses, 1));
}

Verdict judge_addresses(std::span<const AddressLook> looks, std::size_t left_out) {
    std::vector<std::string> bad = differences(looks);
    std::ranges::move(out_of_service(looks), std::back_inserter(bad));
    if (!bad.empty()) {
        return Verdict::fail("not every address and node is alike: {}", fmt::join(bad, "; "))
            .remedy(
                "give every node behind this name the same configuration, and take one that is not meant to serve "
                "out of the name's addresses or of the balancer's pool")
            .found(bad);
    }
    std::vector<std::string> looked_at;
    std::vector<std::string> silent;
    std::vector<std::string> silent_addresses;
    bool leads_nowhere = false;
    for (const AddressLook& look : looks) {
        if (is_silent(look)) {
            silent_addresses.push_back(look.address);
            silent.push_back(fmt::format("{} ({})", look.address, look.served.tries.summary()));
            const bool no_route = look.served.outcome.end == Ending::unreachable;
            leads_nowhere = leads_nowhere || !(no_route || look.on_this_machine);
        } else {
            looked_at.push_back(look.address);
        }
    }
    if (looked_at.empty()) {
        return Verdict::inconclusive("no address answers: {}", fmt::join(silent, ", "));
    }
    if (const std::string why = doubt(looks); !why.empty()) {
        return Verdict::inconclusive("nothing can be said about {}", why);
    }
    const bool served = std::ranges::any_of(looks, [](const AddressLook& look) { return look.served.tries.served(); });
    if (!served) {
        return Verdict::inconclusive("the control operation is served at none of {}", fmt::join(looked_at, ", "));
    }
    if (leads_nowhere) {
        return Verdict::warning("the name has addresses that nothing answers at: {}", fmt::join(silent, ", "))
            .remedy("take addresses that do not serve out of the name: clients that try them first wait, or fail")
            .found(std::move(silent_addresses));
    }
    const AddressLook* const first = &*std::ranges::find_if_not(looks, is_silent);
    std::size_t tries = 0;
    for (const AddressLook::Asked& asked : first->asked) {
        tries = std::max(tries, asked.tries.count());
    }
    const bool rests = std::ranges::any_of(looks, [](const AddressLook& look) {
        return std::ranges::any_of(look.asked, [](const auto& asked) { return asked.tries.rests_on_resets(); });
    });
    return Verdict::pass("{} served and answered alike, in {} tries each{}{}{}{}", fmt::join(looked_at, ", "), tries,
                         granted_nowhere(looks), granted_by_all(looks),
                         silent.empty() ? "" : fmt::format("; not reached: {}", fmt::join(silent, ", ")),
                         left_out == 0 ? "" : fmt::format("; {} further addresses were not looked at", left_out))
        .rests_on_resets(rests);
}

}  // namespace gateproof::suites
