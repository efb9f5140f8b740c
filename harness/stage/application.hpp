// What answers a request that reached the stage. The harness knows this interface alone: whoever fills it in shares no
// code with the checks.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/identity/identity.hpp"

namespace gateproof::stage {

using Fields = std::vector<std::pair<std::string, std::string>>;  ///< names as they were spelt, in order

/// The first value of that name in any case; null: there is none.
const std::string* find_field(const Fields& fields, std::string_view name);

/// A request as it came, secrets and all.
struct Request {
    std::string method;
    std::string target;  ///< as in the request line
    Fields fields;
    std::string body;
    std::vector<Certificate> certificates;  ///< of the client, leaf first; empty: it showed none
    std::string server_name = {};           ///< SNI as it was sent; empty: none, or no TLS
    bool resumed = false;                   ///< the TLS session was: `certificates` holds the leaf of then alone
    std::string from;                       ///< "127.0.0.1:40112"
    std::string door;                       ///< of the place (Door::name); empty: the place's own
    std::size_t earlier = 0;                ///< requests that came over the same connection before it
    bool changes = false;                   ///< Application::changes
};

/// An answer as it goes out.
struct Answer {
    int status = 200;
    std::string reason = {};  ///< empty: the usual one of the status
    Fields fields = {};
    std::string body = {};
    /// Content-Length and Date are added. False: only `fields`, right or wrong.
    bool framed = true;
    /// Instead of all of the above: the bytes of the answer, head included.
    std::string raw = {};
    bool operator==(const Answer&) const = default;
};
/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7), the second that the moment lies in, whatever the locale.
std::string http_date(std::chrono::system_clock::time_point at);
/// The bytes of an answer to a request of that method (HEAD has no body).
std::string encoded(const Answer& answer, std::string_view method);

/// The further ports of a place, by the names of its doors.
using Doors = std::map<std::string, std::uint16_t, std::less<>>;
/// Writes an answer to that request down in another form than `encoded` has it. A plain function, so that scenes
/// compare.
using AnswerWriter = std::string (*)(const Answer& answer, const Request& request, const Doors& doors);

/// Something that was carried out: what must not happen twice.
struct Booking {
    std::string what;     ///< "return", "payment" ...
    std::string payload;  ///< digest of what tells two apart, never the content
    int count = 1;        ///< how often it was carried out
    bool operator==(const Booking&) const = default;
};

/// Answers at once, on the loop of the stage; it must not wait.
class Application {
public:
    Application() = default;
    virtual ~Application() = default;
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    virtual Answer answer(const Request& request) = 0;
    /// Something would be carried out by it, and booked. Changes nothing.
    [[nodiscard]] virtual bool changes(const Request&) const { return false; }
    /// What it has carried out since it was made, by payload, in the order of the first time.
    [[nodiscard]] virtual std::vector<Booking> booked() const = 0;
};

}  // namespace gateproof::stage
