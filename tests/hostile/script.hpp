// What a hostile peer does with a connection, as data: at which stage it turns, what it sends, how it ends.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof::test {

struct HostileConnection;

/// Until then it behaves.
enum class Stage {
    connect,  ///< hostile as soon as the connection is accepted
    hello,    ///< after the client's first bytes have come
    tls,      ///< after a sound handshake
    request,  ///< after a whole request head has come over TLS
};

enum class Ending {
    close,       ///< an orderly close, of TLS too where there is TLS
    reset,       ///< TCP RST
    silence,     ///< nothing more, the connection stays open
    half_close,  ///< our side is shut, the client's bytes are still read
    relay,       ///< what follows is the honest gateway's
};

/// Which certificate and which CertificateRequest the peer's TLS shows.
enum class Shown { plain, huge_chain, foul_names, many_names, many_authorities, garbage_staple };

using SpecialFunction = boost::asio::awaitable<void> (*)(std::shared_ptr<HostileConnection>);

struct Script {
    std::string_view name;
    Stage stage = Stage::connect;
    std::string once = {};               ///< sent first
    std::string again = {};              ///< then this, over and over, until the client has had enough
    std::chrono::milliseconds pause{0};  ///< between two of those, and between pieces
    std::size_t piece = 0;               ///< `once`, or what is relayed, goes out in pieces of so many bytes; 0: whole
    Ending ending = Ending::close;
    SpecialFunction special = nullptr;  ///< does what bytes alone cannot
    Shown shown = Shown::plain;
};

std::vector<Script> transport_scripts();  ///< TCP, and TLS records
std::vector<Script> tls_scripts();        ///< inside and after a handshake
std::vector<Script> http_scripts();       ///< HTTP/1.1 framing
std::vector<Script> document_scripts();   ///< JSON, XML and HTML in a well-framed answer

/// Big-endian number of that many bytes.
std::string number(std::uint64_t value, std::size_t bytes);
/// A TLS record; its length field says what `claimed` says, where that is not 0.
std::string record(std::uint8_t type, std::string_view body, std::uint16_t version = 0x0303, std::uint16_t claimed = 0);
/// A handshake message inside a record.
std::string handshake(std::uint8_t type, std::string_view body, std::uint32_t claimed = 0);
/// An HTTP/1.1 answer with Content-Length.
std::string answer(std::string_view type, std::string_view body, std::string_view status = "200 OK",
                   std::string_view headers = {});
std::string repeated(std::string_view text, std::size_t times);
/// Reproducible bytes without meaning.
std::string noise(std::size_t bytes);

}  // namespace gateproof::test
