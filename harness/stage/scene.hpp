// What a client meets at its place: plain values that compare, so that a scene and its twin can be held to one
// difference.
#pragma once

#include <openssl/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/identity/identity.hpp"
#include "harness/probe/tls/client_hello.hpp"
#include "harness/stage/application.hpp"

namespace gateproof::stage {

/// The chain as it is sent, leaf first, and the key that the server has.
struct Shown {
    std::vector<Certificate> chain;
    std::shared_ptr<EVP_PKEY> key;
    std::string staple = {};  ///< DER of the OCSP response for status_request (RFC 6066 8); empty: none

    /// The same bytes, and keys with the same public part.
    bool operator==(const Shown& other) const;
};

/// Both ends belong to it.
struct VersionRange {
    TlsVersion oldest = TlsVersion::tls_1_2;
    TlsVersion newest = TlsVersion::tls_1_3;
    bool operator==(const VersionRange&) const = default;
};

/// Whether a client certificate is asked for (RFC 8446 4.3.2). Any certificate is taken, since the checks judge what
/// was shown; a certificate that is to be refused says HandshakeAct::refuses_certificate.
struct Asked {
    enum class How {
        not_at_all,
        optional,  ///< an empty certificate list is served
        required,  ///< an empty one ends the handshake: alert 116, under TLS 1.2 40
    };
    How how = How::not_at_all;
    /// DER of each distinguished name of certificate_authorities; none: the list is empty or not sent.
    std::vector<std::string> authorities = {};
    bool operator==(const Asked&) const = default;
};

/// A first flight of TLS 1.2 or older made byte by byte: what no OpenSSL of today does. Messages: ServerHello,
/// Certificate unless the suite is anonymous, ServerKeyExchange where the suite has one (signed with the shown key),
/// ServerHelloDone. The client's next handshake message tells that it went along (Visit::went_on).
struct RawFlight {
    TlsVersion version = TlsVersion::tls_1_2;
    std::uint16_t cipher_suite = 0xc02b;  ///< IANA value
    std::uint8_t compression = 0;
    bool downgrade_sentinel = false;  ///< the last bytes of the random are those of RFC 8446 4.1.3
    std::vector<Extension> extensions = {};
    int dh_bits = 2048;  ///< of a DHE group: 1024 or 2048
    bool operator==(const RawFlight&) const = default;
};

/// What happens in the handshake instead of what a library does.
struct HandshakeAct {
    enum class Kind {
        as_usual,
        refuses_tunnel,       ///< of a place that is a proxy: CONNECT is answered 502; elsewhere as `resets`
        says_nothing,         ///< the ClientHello is read and never answered
        closes,               ///< FIN once the ClientHello has come
        resets,               ///< RST once the ClientHello has come
        alerts,               ///< the fatal alert `alert` in answer to the ClientHello
        answers_in_clear,     ///< `bytes` in answer to the ClientHello, then FIN
        raw_flight,           ///< `flight`
        foreign_signature,    ///< CertificateVerify or ServerKeyExchange by another key than the certificate's
        refuses_certificate,  ///< the client's certificate is refused with the alert `alert`: see can_refuse_with
    };
    Kind kind = Kind::as_usual;
    std::uint8_t alert = 40;
    std::string bytes = {};
    RawFlight flight = {};
    /// Bytes of handshake in each record that goes out in clear; 0: as OpenSSL has them (RFC 8446 5.1).
    std::size_t record_size = 0;
    bool operator==(const HandshakeAct&) const = default;
};
/// A client certificate can be refused with this alert: with 40, 42, 43, 44, 45, 46, 48, 51 and 80 by OpenSSL, with 116
/// (certificate_required, RFC 8446 6.2) under TLS 1.3 alone, which `versions` then has to say.
bool can_refuse_with(std::uint8_t alert, const VersionRange& versions);

/// An extension that nobody knows where TLS 1.3 lets a server put one (RFC 8446 4.2); RFC 8701 has values for that.
struct ExtraExtension {
    std::uint16_t type = 0x1a1a;
    bool in_tickets = false;
    bool in_certificate_request = false;
    bool operator==(const ExtraExtension&) const = default;
};

/// Something that the server sends of its own accord behind the handshake.
struct AfterAct {
    enum class Kind {
        tickets,              ///< `count` more NewSessionTickets (RFC 8446 4.6.1)
        key_update,           ///< KeyUpdate with update_requested, `count` times (RFC 8446 4.6.3)
        certificate_request,  ///< post-handshake authentication (RFC 8446 4.6.2), where the client offered it
    };
    enum class When {
        after_handshake,
        before_answer,   ///< of the first request
        between_answers  ///< before every answer but the first
    };
    Kind kind = Kind::tickets;
    When when = When::after_handshake;
    int count = 1;
    bool operator==(const AfterAct&) const = default;
};

/// How an answer travels.
struct Drip {
    std::size_t bytes = 0;               ///< in each write, and TLS record; 0: all at once
    std::chrono::milliseconds pause{0};  ///< between two
    bool operator==(const Drip&) const = default;
};

/// What becomes of the connection behind an answer.
enum class Farewell {
    as_said,       ///< kept alive or closed, as request and answer say
    keep,          ///< kept open whatever they say
    close_notify,  ///< and FIN, which arrive with the answer unless it drips
    fin,           ///< without close_notify
    reset,         ///< RST
    hang,          ///< kept open, and nothing more is read or said
};

/// To whom something else is said than the application's own.
enum class Callers {
    all,
    rest,
    soap,            ///< requests that carry an XML message (RFC 3902, RFC 7303)
    writers,         ///< requests by which something is carried out (Request::changes)
    fresh_writers,   ///< the same over a connection that has no request before them
    reused_writers,  ///< the same over a connection that has one
};
bool belongs(const Request& request, Callers callers);

/// What requests for paths that begin so are told (whatever the case of their letters).
struct SaidAt {
    std::string path;
    Answer answer;
    bool operator==(const SaidAt&) const = default;
};

/// How one request is answered.
struct AnswerAct {
    bool carried_out = true;             ///< the application sees it (and books it), whatever is said
    std::optional<Answer> said = {};     ///< instead of the application's own
    std::vector<SaidAt> said_at = {};    ///< before `said`: the first that fits
    Callers callers = Callers::all;      ///< who is told that; to all others this act is no act at all
    std::chrono::milliseconds after{0};  ///< before the first byte of the answer
    bool until_next = false;             ///< at most: it goes out once more has come on its connection
    AnswerWriter written_by = nullptr;   ///< null: `encoded`
    Drip drip = {};
    std::size_t cut_at = std::numeric_limits<std::size_t>::max();  ///< bytes of the answer that go out
    std::size_t held_back = 0;                                     ///< bytes of its end that do not
    std::size_t padding = 0;                                       ///< blanks that go out behind it
    Farewell farewell = Farewell::as_said;
    bool operator==(const AnswerAct&) const = default;
};

/// The default is the conforming gateway but for `shown` and `asked`, which a profile decides; a check changes one
/// member.
struct Scene {
    Shown shown;
    VersionRange versions;
    std::vector<std::uint16_t> cipher_suites = {};  ///< IANA values; empty: the published ones, ECDSA and RSA
    std::vector<NamedGroup> groups = {};            ///< for the key exchange; empty: OpenSSL's
    Asked asked;
    bool alpn = true;  ///< http/1.1 is chosen where the client offers it; else the extension is ignored
    int tickets = 2;   ///< behind the handshake; 0: none, under TLS 1.2 neither
    /// Bytes of early data that its tickets allow (RFC 8446 4.2.10), and which it then passes over, as it may. Where it
    /// allows any, each answer ends its connection, so that the next one resumes the session.
    std::uint32_t early_data = 0;
    HandshakeAct handshake;
    std::vector<ExtraExtension> extensions = {};
    std::vector<AfterAct> after = {};
    std::vector<AnswerAct> answers = {};  ///< for the first requests of a place; behind them the application answers
    bool every_answer = false;            ///< the last of `answers` is for all that follow as well
    bool operator==(const Scene&) const = default;
};

/// The members in which the two differ, by name: "shown", "versions" ... Empty: none.
std::vector<std::string> differences(const Scene& one, const Scene& other);

}  // namespace gateproof::stage
