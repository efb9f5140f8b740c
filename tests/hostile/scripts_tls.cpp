// TLS messages: ServerHellos that lie, certificates that are not, handshakes that do not end.
#include <openssl/ssl.h>

#include "tests/hostile/connection.hpp"
#include "tests/hostile/script.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
namespace asio = boost::asio;

constexpr std::uint8_t server_hello = 2;
constexpr std::uint8_t certificate = 11;
constexpr std::uint16_t ecdhe_ecdsa_aes_256_gcm = 0xc02c;

/// Body of a ServerHello; extensions as they are, behind their length.
std::string hello_body(std::uint16_t version, std::uint16_t suite, std::string_view extensions,
                       std::string_view random = {}) {
    return number(version, 2) + (random.empty() ? noise(32) : std::string(random)) + "\0"s + number(suite, 2) + "\0"s +
           number(extensions.size(), 2) + std::string(extensions);
}

/// RFC 8446 4.1.3: SHA-256 of "HelloRetryRequest" as random; asks for a key share of secp384r1.
std::string hello_retry_request() {
    const std::string random =
        "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09"
        "\xe2"
        "\xc8\xa8\x33\x9c";
    return handshake(server_hello,
                     hello_body(0x0303, 0x1302, "\x00\x2b\x00\x02\x03\x04\x00\x33\x00\x02\x00\x18"s, random));
}

std::string sound_hello() {
    return handshake(server_hello, hello_body(0x0303, ecdhe_ecdsa_aes_256_gcm, "\xff\x01\x00\x01\x00"s));
}

std::string certificates(std::string_view der, std::size_t times) {
    const std::string one = number(der.size(), 3) + std::string(der);
    const std::string list = repeated(one, times);
    return number(list.size(), 3) + list;
}

/// A handshake message across as many records as it takes.
std::string long_handshake(std::uint8_t type, std::string_view body) {
    const std::string message = number(type, 1) + number(body.size(), 3) + std::string(body);
    std::string out;
    for (std::size_t at = 0; at < message.size(); at += 16'384) {
        out += record(22, std::string_view(message).substr(at, 16'384));
    }
    return out;
}

/// HelloRequest after HelloRequest (TLS 1.2), whatever the client says to them.
asio::awaitable<void> storm_of_renegotiation(std::shared_ptr<HostileConnection> connection) {
    SSL* const ssl = connection->tls->ssl();
    for (int i = 0; i < 2000 && SSL_version(ssl) == TLS1_2_VERSION; ++i) {
        SSL_renegotiate(ssl);
        SSL_do_handshake(ssl);
        // Nothing is written of its own accord: a write carries what waits.
        const bool sent = co_await connection->send("x");
        if (!sent) {
            co_return;
        }
    }
    co_await connection->wait_for_close();
}

asio::awaitable<void> flood_of_key_updates(std::shared_ptr<HostileConnection> connection) {
    SSL* const ssl = connection->tls->ssl();
    for (int i = 0; i < 2000 && SSL_version(ssl) == TLS1_3_VERSION; ++i) {
        SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED);
        const bool sent = co_await connection->send("x");
        if (!sent) {
            co_return;
        }
    }
    co_await connection->wait_for_close();
}

asio::awaitable<void> flood_of_tickets(std::shared_ptr<HostileConnection> connection) {
    SSL* const ssl = connection->tls->ssl();
    for (int i = 0; i < 2000 && SSL_version(ssl) == TLS1_3_VERSION; ++i) {
        SSL_new_session_ticket(ssl);
        const bool sent = co_await connection->send("x");
        if (!sent) {
            co_return;
        }
    }
    co_await connection->wait_for_close();
}

/// The honest gateway's bytes up to a place that walks over the whole handshake from one connection to the next.
asio::awaitable<void> cut_the_relay(std::shared_ptr<HostileConnection> connection) {
    constexpr std::uint32_t stride = 37;
    constexpr std::uint32_t longest = 2400;
    co_await relay(connection, 1 + connection->number * stride % longest);
    connection->reset();
}

std::vector<Script> message_rows() {
    return {
        {.name = "server-hello-cut-in-half", .stage = Stage::hello, .once = sound_hello().substr(0, 30)},
        {.name = "server-hello-without-end",
         .stage = Stage::hello,
         .once = handshake(server_hello, noise(100), 0xffffff),
         .again = record(22, noise(16'000))},
        {.name = "server-hello-with-a-suite-not-offered",
         .stage = Stage::hello,
         .once = handshake(server_hello, hello_body(0x0303, 0x0004, "")),
         .ending = Ending::silence},
        {.name = "server-hello-with-a-version-not-offered",
         .stage = Stage::hello,
         .once = handshake(server_hello, hello_body(0x7f1c, ecdhe_ecdsa_aes_256_gcm, "")),
         .ending = Ending::silence},
        {.name = "server-hello-whose-extensions-lie",
         .stage = Stage::hello,
         .once = handshake(server_hello, hello_body(0x0303, ecdhe_ecdsa_aes_256_gcm, "\x00\x2b\xff\xff\x03"s)),
         .ending = Ending::silence},
        {.name = "server-hello-again-and-again", .stage = Stage::hello, .again = sound_hello()},
        {.name = "hello-retry-without-end", .stage = Stage::hello, .again = hello_retry_request()},
        {.name = "certificate-list-empty",
         .stage = Stage::hello,
         .once = sound_hello() + handshake(certificate, certificates("", 0)) + handshake(14, ""),
         .ending = Ending::silence},
        {.name = "certificate-without-sense",
         .stage = Stage::hello,
         .once = sound_hello() + handshake(certificate, certificates(noise(700), 2)) + handshake(14, ""),
         .ending = Ending::silence},
        {.name = "certificates-of-a-mebibyte",
         .stage = Stage::hello,
         .once = sound_hello() + long_handshake(certificate, certificates(noise(1000), 1040)) + handshake(14, "")},
        {.name = "certificate-whose-length-lies",
         .stage = Stage::hello,
         .once = sound_hello() + handshake(certificate, "\x00\x00\x10\xff\xff\xff" + noise(10)) + handshake(14, ""),
         .ending = Ending::silence},
        {.name = "resets-at-every-byte-in-turn", .special = cut_the_relay},
    };
}

std::vector<Script> session_rows() {
    return {
        {.name = "closes-after-handshake", .stage = Stage::tls},
        {.name = "resets-after-handshake", .stage = Stage::tls, .ending = Ending::reset},
        {.name = "is-silent-after-handshake", .stage = Stage::tls, .ending = Ending::silence},
        {.name = "storms-with-renegotiation", .stage = Stage::tls, .special = storm_of_renegotiation},
        {.name = "floods-key-updates", .stage = Stage::tls, .special = flood_of_key_updates},
        {.name = "floods-session-tickets", .stage = Stage::tls, .special = flood_of_tickets},
        {.name = "shows-a-chain-of-60", .stage = Stage::tls, .ending = Ending::relay, .shown = Shown::huge_chain},
        {.name = "shows-names-with-nul-and-bidi",
         .stage = Stage::tls,
         .ending = Ending::relay,
         .shown = Shown::foul_names},
        {.name = "shows-two-thousand-names", .stage = Stage::tls, .ending = Ending::relay, .shown = Shown::many_names},
        {.name = "asks-for-a-thousand-authorities",
         .stage = Stage::tls,
         .ending = Ending::relay,
         .shown = Shown::many_authorities},
        {.name = "staples-noise", .stage = Stage::tls, .ending = Ending::relay, .shown = Shown::garbage_staple},
        {.name = "noise-in-the-place-of-http", .stage = Stage::tls, .once = noise(64 * 1024)},
    };
}

}  // namespace

std::vector<Script> tls_scripts() {
    std::vector<Script> rows = message_rows();
    for (Script& row : session_rows()) {
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace gateproof::test
