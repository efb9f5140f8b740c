// What a proxy says to CONNECT and SOCKS5, cut anywhere: the same comes of it, and nothing behind it is taken.
#include "harness/probe/socket/proxy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"

namespace {

using gateproof::ProxyHandshake;

struct Came {
    ProxyHandshake::State state = ProxyHandshake::State::asking;
    std::size_t taken = 0;
    std::string problem;
};

Came feed(const gateproof::Endpoint& target, std::string_view bytes, std::size_t piece) {
    ProxyHandshake handshake(target);
    Came came;
    while (handshake.state() == ProxyHandshake::State::asking && came.taken < bytes.size()) {
        require(handshake.wants() > 0, "wants nothing and is not over");
        const std::size_t count = std::min({handshake.wants(), piece, bytes.size() - came.taken});
        static_cast<void>(handshake.take_output());
        handshake.feed(bytes.substr(came.taken, count));
        came.taken += count;
    }
    came.state = handshake.state();
    came.problem = handshake.problem();
    require((came.state == ProxyHandshake::State::failed) == !came.problem.empty(),
            "failed without a word, or else with one");
    require(std::ranges::all_of(came.problem, [](char c) { return c >= 0x20 && c < 0x7f; }), "shows what it was told");
    return came;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    auto proxy = std::make_shared<gateproof::VantagePoint>();
    proxy->kind =
        (data[0] & 1) != 0 ? gateproof::VantagePoint::Kind::socks5h : gateproof::VantagePoint::Kind::http_connect;
    proxy->address = "proxy.example";
    proxy->port = 3128;
    proxy->user = (data[0] & 2) != 0 ? "user" : "";
    gateproof::Endpoint target;
    target.host = "gw.example";
    target.port = 4046;
    target.proxy = proxy;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Came at_once = feed(target, bytes, bytes.size() + 1);
    const Came by_bytes = feed(target, bytes, 1);
    require(at_once.state == by_bytes.state, "byte by byte is different");
    require(at_once.state != ProxyHandshake::State::open || at_once.taken == by_bytes.taken,
            "takes what is the endpoint's");
    return 0;
}
