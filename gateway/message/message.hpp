// What a request, an answer and a caller are to every room of the gateway.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "gateway/tls/server.hpp"

namespace gateproof::gateway {

using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;

/// How a request reached the gateway.
struct Caller {
    ListenerRole listener = ListenerRole::cloud;
    bool authorised = false;  ///< the listener's own demand is met: on cloud, an enrolled certificate
    std::string dsp = {};     ///< enrolled common name of this connection's certificate; empty: nobody in particular
    bool may_use_tds = false;
    bool over_tls = false;
    std::string server_name = {};  ///< SNI in lower case; empty: none
    boost::asio::ip::address source = {};
    bool resumed = false;          ///< the TLS session of the connection was
    std::uint64_t connection = 0;  ///< unlike that of every other connection; 0: nobody asked
    bool absolute_form = false;    ///< this request's target was a whole URI (RFC 9112 3.2.2)
};

/// Not to be stored by anybody.
Response json_response(const Request& request, unsigned status, const nlohmann::json& body);

/// A REST error as the gateway documents it: `{"errors":[{"code","type","message"}]}`.
Response error_response(const Request& request, unsigned status, std::string_view code, std::string_view type,
                        std::string_view message);

}  // namespace gateproof::gateway
