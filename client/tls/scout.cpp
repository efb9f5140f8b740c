#include "client/tls/scout.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <cstdint>
#include <memory>

#include "client/tls/socket.hpp"

namespace gateproof::client {
namespace {

constexpr std::size_t record_header = 5;
constexpr std::size_t handshake_header = 4;

void add_to_number(std::string& bytes, std::size_t at, std::size_t size, std::size_t more) {
    std::size_t value = more;
    for (std::size_t i = 0; i < size; ++i) {
        value += static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * (size - 1 - i));
    }
    for (std::size_t i = 0; i < size; ++i) {
        bytes[at + i] = static_cast<char>(value >> (8 * (size - 1 - i)) & 0xff);
    }
}

/// Inserts behind a vector's length, which has `length_size` bytes, and
/// corrects every length around it.
void insert(std::string& hello, std::size_t length_at, std::size_t length_size, const std::string& bytes) {
    hello.insert(length_at + length_size, bytes);
    add_to_number(hello, length_at, length_size, bytes.size());
    add_to_number(hello, record_header + 1, 3, bytes.size());
    add_to_number(hello, 3, 2, bytes.size());
}

}  // namespace

bool needs_scout(const FaultSet& faults) {
    return faults.has("offers-rc4") || faults.has("offers-3des") || faults.has("offers-compression");
}

std::string scout_hello(SSL_CTX* context, const std::string& host, const FaultSet& faults) {
    const std::unique_ptr<SSL, decltype(&SSL_free)> connection(SSL_new(context), SSL_free);
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(connection.get(), BIO_new(BIO_s_mem()), out);
    if (!is_address(host)) {
        SSL_set_tlsext_host_name(connection.get(), host.c_str());
    }
    SSL_connect(connection.get());
    ERR_clear_error();
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    std::string hello(data, static_cast<std::size_t>(size));
    std::size_t at = record_header + handshake_header + 2 + 32;
    if (hello.size() <= at) {
        return {};
    }
    at += 1U + static_cast<std::uint8_t>(hello[at]);  // the session id
    if (faults.has("offers-rc4")) {
        insert(hello, at, 2, std::string("\xc0\x07", 2));  // TLS_ECDHE_ECDSA_WITH_RC4_128_SHA
    }
    if (faults.has("offers-3des")) {
        insert(hello, at, 2, std::string("\xc0\x08", 2));  // TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA
    }
    const std::size_t suites =
        static_cast<std::size_t>(static_cast<std::uint8_t>(hello[at]) << 8 | static_cast<std::uint8_t>(hello[at + 1]));
    at += 2 + suites;
    if (faults.has("offers-compression")) {
        insert(hello, at, 1, "\x01");  // DEFLATE (RFC 3749)
    }
    return hello;
}

}  // namespace gateproof::client
