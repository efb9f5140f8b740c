// What faults do to a handshake while its messages pass by.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "client/faults/fault_set.hpp"
#include "client/tls/wire.hpp"

namespace gateproof::client {

/// Belongs to one connection. OpenSSL shows each message after it has entered
/// the transcript and before it is acted on, so that a connection can be ended,
/// or told what to expect, just in time.
class Hooks {
public:
    explicit Hooks(const FaultSet& faults) : faults_(faults) {}

    void watch(SSL* connection, Wire& wire);

private:
    static void message(int sent, int version, int type, const void* bytes, std::size_t size, SSL* connection,
                        void* hooks);
    void server_hello(std::span<const std::uint8_t> hello, SSL* connection);
    void key_update(std::span<const std::uint8_t> message);
    void record_header(std::span<const std::uint8_t> header);
    /// Goes on by hand as a client does that has believed the ServerHello: with a
    /// ClientKeyExchange.
    void go_on_by_hand(std::uint8_t minor_version);

    const FaultSet& faults_;
    Wire* wire_ = nullptr;
    std::vector<std::uint16_t> offered_;
    bool finished_ = false;  ///< our Finished went out
    int tickets_ = 0;
    int small_records_ = 0;
};

}  // namespace gateproof::client
