// Makes client software do something at a place of the stage.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "harness/profile/client.hpp"
#include "harness/trigger/claim.hpp"

namespace gateproof {

/// What is known at one start: values of client_placeholders by name, and variables for the software's environment that
/// the profile's own override.
struct StartValues {
    std::map<std::string, std::string> placeholders;
    std::map<std::string, std::string> variables;
};

/// Client software that was made to do something, until this object goes.
class StartedClient {
public:
    virtual ~StartedClient() = default;
    /// Returns when nothing more is to be expected of it; at `latest` it is told to end.
    virtual boost::asio::awaitable<Claim> done(std::chrono::steady_clock::time_point latest) = 0;
    /// Tells it to end; done() returns soon after.
    virtual void end() = 0;
};

class Trigger {
public:
    virtual ~Trigger() = default;
    /// The software has to be able to do that (ClientSoftware::can).
    virtual std::unique_ptr<StartedClient> start(const boost::asio::any_io_executor& executor, ClientAct act,
                                                 StartValues values) = 0;
};

/// Starts a program for each act, as the profile says, in the profile's folder. Placeholders are in its environment as
/// well: {url} as GATEPROOF_URL.
std::unique_ptr<Trigger> command_trigger(const ClientSoftware& client, std::filesystem::path folder);

}  // namespace gateproof
