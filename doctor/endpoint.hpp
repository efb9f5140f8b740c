// A host that a profile names, as far as a handshake goes: its addresses, who listens there, and who it says that it
// is.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "doctor/line.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/session.hpp"
#include "harness/probe/tls/trust.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/politeness.hpp"

namespace gateproof::doctor {

/// One address, and the handshake there. No chain ends it, and nothing is sent over it.
struct AddressSeen {
    std::string address;  ///< IP literal
    TlsStep step;
    TlsVersion version{};      ///< the rest: where the step is ok
    std::string cipher_suite;  ///< IANA name
    std::vector<Certificate> chain;
    bool asked = false;                         ///< for a client certificate
    std::vector<std::string> authorities = {};  ///< that it asks for, RFC 2253; empty: any

    /// Somebody listens there.
    [[nodiscard]] bool connected() const;
};

struct EndpointSeen {
    Endpoint endpoint;
    Addresses addresses;
    bool looks_up_for_ever = false;    ///< the name service did not answer, and cannot be interrupted
    std::vector<AddressSeen> at = {};  ///< in the order of the addresses, most_addresses at most

    /// The first with a whole handshake; null: none.
    [[nodiscard]] const AddressSeen* served() const;
};
/// Of one name; a run looks at all.
inline constexpr std::size_t most_addresses = 8;

struct EndpointOptions {
    Endpoint endpoint;
    IdentityPtr identity;                    ///< offered to whoever asks
    std::function<void()> resolved = [] {};  ///< called when the name has addresses
    std::chrono::milliseconds resolve{1500};
    std::chrono::milliseconds connect{2000};
    std::chrono::milliseconds handshake{2000};
};
/// Its addresses, and one handshake at each, side by side as far as the caps allow.
boost::asio::awaitable<EndpointSeen> look_at(boost::asio::any_io_executor executor, EndpointOptions options,
                                             Politeness& politeness);

/// Lines "dns", "tcp", "tls" and "server-certificate", each behind `prefix`.
Lines judge_endpoint(const EndpointSeen& seen, const Profile& profile, const std::string& prefix, SystemTime now);

}  // namespace gateproof::doctor
