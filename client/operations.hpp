// What the client asks the gateway for, and what it makes of the answers.
#pragma once

#include <string>

#include "client/faults/fault_set.hpp"
#include "client/http/http.hpp"

namespace gateproof::client {

enum class Channel { cloud, desktop };

/// What every SOAP request says of the software (Common.v2
/// softwareProviderData).
struct Software {
    std::string provider = "Gateproof";
    std::string platform = "Embedded";
    std::string release = "1.0";
};

enum class Expected {
    anything,   ///< a status of 200 and a body
    customer,   ///< JSON about the customer that was asked for
    soap_zero,  ///< SOAP with the status code 0
};

struct Operation {
    Request request;
    Expected expected = Expected::anything;
    std::string ird;  ///< whom it is about
};

/// Asks whether the service is there: takes no token.
Operation status_operation(Channel channel);
/// A query that needs a token or a JWT: customer details on the cloud, the
/// state of a return on the desktop.
Operation read_operation(Channel channel, const std::string& ird, const Software& software);
/// What became of a return, over SOAP on both channels.
Operation state_operation(Channel channel, const std::string& ird, const Software& software);
/// A submission that holds the nonce: a return, over SOAP on both channels.
Operation write_operation(Channel channel, const std::string& ird, const std::string& nonce, const Software& software);

struct Reading {
    std::string problem;         ///< empty: it is what was asked for
    bool token_refused = false;  ///< the access token is missing, unknown or expired
    bool forbidden = false;      ///< asking again is of no use
    std::string name = {};       ///< of the customer that the answer is about; empty: it names none
};

/// Whether the answer is what the operation is for, whatever its status says.
Reading read_answer(const Operation& operation, const Answer& answer, const FaultSet& faults);

}  // namespace gateproof::client
