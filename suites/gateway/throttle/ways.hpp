// What a client could do to be counted as somebody else: the ways around a limit that throttle.not-evadable tries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "suites/gateway/throttle/judge.hpp"
#include "suites/gateway/throttle/probe.hpp"

namespace gateproof::suites {

struct Way {
    std::string name;
    std::vector<std::string> requests;  ///< sent in turn
    load::Connections connections = load::Connections::pooled;
    bool any_body = false;  ///< what is served there is not known
    /// The same, one by one: headers go together at first, and apart once the limit does not hold for all of them, or
    /// nobody takes such a request.
    std::vector<Way> parts = {};
    Served got = {};
    std::size_t turned_down = 0;  ///< answers that are neither service nor the declared refusal
    bool exceeded = false;        ///< in a round with it more was served in all than the limit allows
    Evasion evasion = Evasion::undecided;

    /// Its parts have to be tried, for what came of them together does not say enough.
    [[nodiscard]] bool has_to_be_parted() const;
};

/// `refused_as_success`: heavy use is refused with a status that service has as well, so that only a body tells.
std::vector<Way> ways_around(const ThrottleProbe& probe, bool refused_as_success);

/// The request as a proxy would hand it on that vouches for this address, in each header that is in use for it.
HttpRequest claiming_address(HttpRequest request, std::string_view address);

/// An address that nobody has (RFC 2544, RFC 6890), each number in a network of its own.
std::string nobodys_address(unsigned number);

/// The host with some of its letters in upper case, which is the same host (RFC 9110 4.2.3). Numbers from 1 on choose
/// which letters; without letters it stays as it is.
std::string in_other_letters(std::string host, unsigned number);

/// The path with a query parameter more.
std::string with_parameter(std::string path, unsigned number);

}  // namespace gateproof::suites
