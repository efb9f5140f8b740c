// The end of a login in the user's own browser: a listener on loopback that the authority redirects it to (RFC
// 8252 7.3).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/probe/oauth/oauth.hpp"

namespace gateproof::oauth {

/// A loopback redirect URI in its parts.
struct LoopbackUri {
    std::string host;        ///< "127.0.0.1", "::1" or "localhost"
    std::uint16_t port = 0;  ///< 0: any free one
    std::string path;        ///< begins with '/'

    /// The whole URI, with this port.
    [[nodiscard]] std::string with_port(std::uint16_t actual) const;
};

/// Empty: the URI is none on loopback in clear.
std::optional<LoopbackUri> parse_loopback_uri(std::string_view uri);

/// Target of a request's first line when it is a GET ("/callback?code=..."); empty: it is not.
std::optional<std::string> target_of_request(std::string_view head);

class LoopbackRedirect {
public:
    /// Listens at once; throws std::system_error when it cannot. "localhost" is both 127.0.0.1 and ::1 where the
    /// machine has it: a browser may try either, and whoever else listened on the other one would get the code.
    LoopbackRedirect(const boost::asio::any_io_executor& executor, LoopbackUri uri);

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::string redirect_uri() const { return uri_.with_port(port()); }
    /// Parameters of the first redirect that carries this state; nothing when the time is up. What else comes is
    /// answered with an error, and a silent connection does not keep others from being heard. The browser of that
    /// redirect waits for answer().
    boost::asio::awaitable<std::optional<Parameters>> wait(std::string state, std::chrono::milliseconds time);
    /// Tells the browser how the login ended, once that is known; nothing where no redirect came.
    boost::asio::awaitable<void> answer(bool logged_in);

private:
    LoopbackUri uri_;
    std::vector<boost::asio::ip::tcp::acceptor> acceptors_;
    std::optional<boost::asio::ip::tcp::socket> browser_;
};

}  // namespace gateproof::oauth
