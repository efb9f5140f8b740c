// Everything that came of one start of client software: what the wire shows, and what the software says of itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/stage/application.hpp"
#include "harness/stage/lateness.hpp"
#include "harness/stage/scene.hpp"
#include "harness/stage/visit.hpp"
#include "harness/trigger/claim.hpp"

namespace gateproof {

struct Attempt {
    std::vector<stage::Visit> visits;     ///< to its place, in the order in which they came
    std::vector<stage::Visit> authority;  ///< to the OAuth authority, without those of the user who logs in
    std::vector<stage::Visit> strays;     ///< to doors where it has no business
    std::vector<stage::Booking> booked;   ///< what was carried out for it
    Claim claim;
    std::string url = {};           ///< that the software was told to call
    stage::Lateness lateness = {};  ///< of the stage, from its beginning: no time here is better known than that

    /// The visit that says most: the one that came furthest, and of several the first. Null: none came.
    [[nodiscard]] const stage::Visit* furthest() const;
    /// How far that one came.
    [[nodiscard]] stage::Reached reached() const;
    /// Somebody came with a ClientHello, and every visit that did so was ended by the software before an application
    /// byte, but for those that came to see no certificate since nothing could be chosen. Silence is no refusal, and
    /// neither is what ended when the software was told to end.
    [[nodiscard]] bool refused() const;
    /// The first application byte came on some visit: the software took what it was shown for its gateway.
    [[nodiscard]] bool accepted() const;
    /// Over all visits; null: none came.
    [[nodiscard]] const stage::RequestSeen* first_request() const;
    /// A request was answered with a status that says so (2xx, 3xx), and no failure is reported.
    [[nodiscard]] bool served() const;
    /// The same on the wire alone.
    [[nodiscard]] bool answered_well() const;
    /// Somebody came with a ClientHello, and none of these versions was offered.
    [[nodiscard]] bool lacks(const stage::VersionRange& versions) const;
    /// A visit that came without TLS; null: none did.
    [[nodiscard]] const stage::Visit* in_clear() const;
    /// For a sentence: "refused with alert certificate_expired (45) after 3 ms", "nothing came within 10 s; it ended
    /// with exit code 1 after 0.1 s".
    [[nodiscard]] std::string summary() const;
};

}  // namespace gateproof
