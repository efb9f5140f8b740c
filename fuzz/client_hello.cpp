// The reader of a client's first message: takes anything, stays within its bounds, and does not depend on how the bytes
// were split. What it reads it also writes back: encode() of a ClientHello reads as the same one. Input as in
// server_answer.cpp: n, n split positions of two bytes, the bytes from the peer.
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "harness/probe/tls/client_hello_reader.hpp"

namespace {

using gateproof::ClientHelloReader;
using View = std::span<const std::uint8_t>;
using State = ClientHelloReader::State;

ClientHelloReader read(View stream, const std::vector<std::size_t>& splits) {
    ClientHelloReader reader;
    std::size_t at = 0;
    for (const std::size_t split : splits) {
        const View part = stream.subspan(at, split - at);
        const std::size_t taken = reader.feed(part);
        require(taken <= part.size(), "took more than came");
        require(taken == part.size() || reader.state() != State::need_more, "left bytes that it needs");
        at = split;
        if (taken < part.size()) {
            break;
        }
    }
    return reader;
}

void check_bounds(const ClientHelloReader& reader, View stream) {
    const std::vector<std::uint8_t>& taken = reader.taken();
    require(taken.size() <= ClientHelloReader::max_size, "kept more than its bound");
    require(taken.size() <= stream.size() && std::equal(taken.begin(), taken.end(), stream.begin()),
            "kept something else than what came");
    require(reader.alert().has_value() == (reader.state() == State::alert), "an alert without its state");
    if (reader.state() != State::done) {
        return;
    }
    const gateproof::ClientHelloSeen& seen = reader.hello();
    require(seen.server_name().size() <= stream.size(), "a longer name than came");
    require(seen.cipher_suites().size() <= seen.hello.cipher_suites.size(), "more suites than came");
    require(seen.versions().size() + seen.groups().size() + seen.signature_schemes().size() + seen.protocols().size() <=
                stream.size() + 4,
            "more values than came");
    require(seen.fingerprint().size() == 32, "a fingerprint of another length");
    const std::vector<std::uint8_t> again = seen.hello.encode();
    ClientHelloReader second;
    second.feed(again);
    require(second.state() == State::done && second.hello().hello == seen.hello, "does not read back what it wrote");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto [bytes, splits, every_byte] = divided_stream(data, size);
    const View stream = View(data, size).last(bytes.size());
    splits.push_back(stream.size());
    const ClientHelloReader whole = read(stream, {stream.size()});
    check_bounds(whole, stream);
    for (const std::vector<std::size_t>& cuts : {splits, every_byte}) {
        const ClientHelloReader cut = read(stream, cuts);
        require(cut.state() == whole.state() && cut.taken() == whole.taken(), "the end depends on the split");
        require(cut.alert() == whole.alert(), "the alert depends on the split");
        require(whole.state() != State::done || cut.hello() == whole.hello(), "the hello depends on the split");
    }
    return 0;
}
