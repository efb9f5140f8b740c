// What the gateway serves: the status and IRD number validation operations of the customer service.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstdint>
#include <string_view>

#include "gateway/fault_set.hpp"
#include "gateway/tls_server.hpp"

namespace gateproof::gateway {

using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;

/// How a request reached the gateway.
struct Caller {
    ListenerRole listener = ListenerRole::cloud;
    bool authorised = false;  ///< the listener's own demand is met: on cloud, an enrolled certificate
};

Response serve(const Request& request, const Caller& caller, const FaultSet& faults);

/// A REST error as the gateway documents it: `{"errors":[{"code","type","message"}]}`.
Response error_response(const Request& request, unsigned status, std::string_view code, std::string_view type,
                        std::string_view message);

enum class IrdNumber { valid, malformed, bad_check_digit };
/// Modulus 11 over the first digits, two sets of weights; 8 or 9 digits, 10-000-000 to 150-000-000.
IrdNumber validate_ird_number(std::string_view digits);

}  // namespace gateproof::gateway
