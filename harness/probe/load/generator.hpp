// Open-loop load: every request has its time before the first is sent, and is sent then, whatever became of the others.
// A slow answer thus delays nothing but itself, and what it does delay (no connection is free) counts as its latency:
// no coordinated omission.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/probe/http/http.hpp"
#include "harness/probe/load/budget.hpp"
#include "harness/probe/load/client.hpp"
#include "harness/probe/load/samples.hpp"
#include "harness/probe/load/schedule.hpp"

namespace gateproof::load {

enum class Connections {
    pooled,   ///< kept alive and used again
    fresh,    ///< a new one with a full handshake for each request
    resumed,  ///< a new one for each request that resumes the newest session
};

/// The requests of one identity.
struct Stream {
    std::string name;  ///< "A"
    Client* client = nullptr;
    std::vector<std::string> requests;  ///< wire form, sent in turn; at least one
    Schedule schedule;
    Connections connections = Connections::pooled;
    std::size_t max_connections = 16;
    std::vector<int> served_status{200};
    std::string served_body;   ///< that the body of a served answer contains; empty: any
    std::string refused_body;  ///< an answer that contains this is refused whatever its status; empty: none is
    /// Statuses by which the endpoint declares to refuse heavy use: no errors of it.
    std::vector<int> refused_status{429};
    /// The run ends once so many were refused; 0: it does not.
    std::size_t enough_refusals = 0;
    /// The proof that the endpoint still serves: two in turn that are neither served nor refused as declared end the
    /// run at once. It ends with the other streams.
    bool is_control = false;
};

struct StreamResult {
    std::string name;
    std::vector<Sample> samples;  ///< of the requests that were sent, in their order
    /// The first answer of each status (eight at most), whole but for a bounded body.
    std::map<int, HttpResponse> first_of_status;
    std::string first_failure;  ///< why the first request without an answer had none
    std::size_t connections = 0;
    std::size_t resumed = 0;  ///< of them, those whose session was resumed
};

enum class LoadEnd { complete, enough_refusals, cap, control_failed, unresolved };
std::string_view to_string(LoadEnd end);

struct LoadResult {
    LoadEnd end = LoadEnd::complete;
    std::string detail;  ///< which cap, or how the control failed
    std::chrono::steady_clock::time_point begun;
    std::chrono::nanoseconds duration{0};
    std::vector<StreamResult> streams;  ///< in the order given

    /// How late requests were sent, at this share of all of them (0.99): the error of the schedule.
    [[nodiscard]] std::chrono::nanoseconds schedule_error(double share) const;
};

struct LoadOptions {
    std::chrono::milliseconds request_timeout{10000};
};

/// Runs all streams at once, within the budget, until each is through. Cancellable: then it stops sending and throws
/// boost::system::system_error(operation_aborted). Clients and budget outlive it.
boost::asio::awaitable<LoadResult> run_load(boost::asio::any_io_executor executor, std::vector<Stream> streams,
                                            Budget& budget, LoadOptions options);

/// "GET /path HTTP/1.1" with Host, the headers, a User-Agent where they have none, and the body; `close`: it ends the
/// connection. `host`: the Host header; empty: the endpoint's own.
std::string request_bytes(const HttpRequest& request, bool close, std::string_view host = {});

}  // namespace gateproof::load
