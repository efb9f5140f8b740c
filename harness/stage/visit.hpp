// What came of one connection: how far the client went, what it showed and said, when, and how it ended.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/probe/socket/endings.hpp"
#include "harness/probe/tls/client_hello_reader.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/stage/application.hpp"

namespace gateproof::stage {

using Time = std::chrono::steady_clock::time_point;

/// How far a visit came. Each level holds those before it.
enum class Reached {
    nothing,     ///< nobody came (of an attempt: a visit is a connection at least)
    connection,  ///< TCP
    hello,       ///< a whole ClientHello
    finished,    ///< the handshake, from this side. No acceptance: clients verify after it
    request,     ///< the first application byte: the client has accepted what it was shown
    answered,    ///< one request was answered whole
};
/// "hello"
std::string_view to_string(Reached reached);

/// The labels of the secrets that stand in a text: "access token". Whoever mints secrets gives this function.
using FindLabels = std::function<std::vector<std::string>(std::string_view text)>;

/// A secret in a request, by label.
struct CarriedSecret {
    std::string where;  ///< "target", "field authorization", "body"
    std::string label;
    bool operator==(const CarriedSecret&) const = default;
};

/// A request as far as anybody may read it: a credential's value is its label.
struct RequestSeen {
    static constexpr std::size_t most_of_target = 2048;
    static constexpr std::size_t most_of_value = 1024;
    static constexpr std::size_t most_fields = 100;

    std::string method;
    std::string target;  ///< cut at most_of_target; without its query where a secret stands in it
    Fields fields;       ///< the first most_fields, values cut; a credential's value is "(access token)" or "(unknown)"
    std::size_t body_size = 0;
    std::vector<CarriedSecret> secrets;
    Time first_byte;
    std::optional<Time> whole;                ///< when it had come; empty: it never did
    std::optional<Time> answered = {};        ///< the last byte of the answer was handed to TCP
    int status = 0;                           ///< of the answer; 0: none was given
    bool in_clear = false;                    ///< without TLS
    std::shared_ptr<const Request> raw = {};  ///< as it came, to be judged, never to be shown; its
                                              ///< body is empty beyond StageLimits::kept

    [[nodiscard]] std::string path() const;  ///< target without its query
    [[nodiscard]] bool carried(std::string_view label) const;
};
/// What may be read of `raw`.
RequestSeen seen(std::shared_ptr<const Request> raw, const FindLabels& labels);

/// One connection.
struct Visit {
    std::uint64_t number = 0;                        ///< counts the visits of a stage
    std::string place;                               ///< of Place::name
    std::string door;                                ///< of the place; empty: its own
    bool stray = false;                              ///< came to a door for strays, or wanted another host of the proxy
    std::string tunnel;                              ///< of a proxy: what CONNECT named, "services.example:4046"
    std::string from;                                ///< "127.0.0.1:40112"
    std::chrono::system_clock::time_point began_at;  ///< for evidence
    Time began;
    std::optional<Time> ended;  ///< empty: it is still open

    // What the client said
    std::optional<ClientHelloSeen> hello;
    std::optional<Time> hello_at;
    std::size_t first_bytes = 0;                 ///< of what came instead of a ClientHello
    bool in_clear = false;                       ///< what came first looks like HTTP without TLS
    std::vector<Certificate> certificates = {};  ///< the client's, leaf first
    bool certificate_shown = false;              ///< the stage sent its Certificate: what came then came in sight of it
    bool certificate_requested = false;
    bool proved_possession = false;  ///< CertificateVerify was right
    std::optional<Time> finished_at;
    bool went_on = false;                     ///< a handshake message behind a raw flight: it took what it was shown
    std::vector<Time> key_updates;            ///< that the client sent; at most 64 are kept
    std::vector<Time> key_updates_asked;      ///< of it, by KeyUpdates of the stage; at most 64 are kept
    std::optional<Time> late_request_at;      ///< a CertificateRequest behind the handshake went out (RFC 8446 4.6.2)
    std::optional<Time> late_certificate_at;  ///< its Certificate behind the handshake, which may be an empty list
    std::optional<Alert> alert;               ///< the fatal one that the client sent
    std::optional<Time> alert_at;
    std::optional<Time> accepted_at;    ///< the first application byte
    std::vector<RequestSeen> requests;  ///< at most most_requests are kept
    static constexpr std::size_t most_requests = 64;
    std::size_t request_count = 0;      ///< all of them
    std::size_t application_bytes = 0;  ///< that came
    bool not_http = false;              ///< application bytes that are no HTTP/1.1 request

    // What became of the handshake
    std::optional<TlsVersion> version;
    std::uint16_t cipher_suite = 0;
    std::string protocol;  ///< ALPN; empty: none
    bool resumed = false;
    std::optional<Alert> our_alert;  ///< the fatal one that the stage sent

    // How it ended
    Ending end = Ending::ok;    ///< ok: it is still open
    bool close_notify = false;  ///< the client said so before it closed
    bool by_stage = false;      ///< the stage ended it: by its scene, its alert, its patience or the end of the place
    std::string detail;         ///< what the system or OpenSSL said; never a peer's bytes

    [[nodiscard]] Reached reached() const;
    /// The ClientHello came, the client ended it (alert, close_notify, FIN or RST), and no application byte came. Where
    /// a raw flight was shown, it did not go on either.
    [[nodiscard]] bool refused() const;
    /// "alert certificate_expired (45)", "closed with close_notify", "reset": how it refused, without a time. Empty: it
    /// did not.
    [[nodiscard]] std::string refusal() const;
    /// From the ClientHello to the client's alert, or else to the end. Empty: there was none, or it is still open.
    [[nodiscard]] std::optional<std::chrono::milliseconds> took() const;
    /// "refused with alert certificate_expired (45) after 3 ms", "closed with close_notify after its handshake, 4 ms
    /// after its ClientHello", "asked GET /status and was answered 200". Holds no secret.
    [[nodiscard]] std::string summary() const;
};

}  // namespace gateproof::stage
