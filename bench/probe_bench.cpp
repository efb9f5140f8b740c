// Cost of the raw TLS probe's own work: encoding a hello, parsing an answer.
#include <benchmark/benchmark.h>

#include "harness/probe/tls/client_hello.hpp"
#include "harness/probe/tls/server_answer.hpp"

namespace gateproof {
namespace {

void encode_client_hello(benchmark::State& state) {
    for (auto _ : state) {
        const ClientHello hello = ClientHello::offering(TlsVersion::tls_1_3, "gateway.example", TlsVersion::tls_1_2);
        benchmark::DoNotOptimize(hello.encode());
    }
}
BENCHMARK(encode_client_hello);

/// A TLS 1.2 ServerHello with an empty session id and no extensions, in one record.
std::vector<std::uint8_t> server_hello() {
    std::vector<std::uint8_t> bytes{0x16, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3};
    bytes.resize(bytes.size() + 32, 0x5a);
    bytes.insert(bytes.end(), {0, 0xc0, 0x2c, 0});
    return bytes;
}

void parse_server_hello(benchmark::State& state) {
    const std::vector<std::uint8_t> bytes = server_hello();
    for (auto _ : state) {
        ServerAnswerParser parser;
        if (parser.feed(bytes) != ServerAnswerParser::State::done || !parser.answer().server_hello) {
            state.SkipWithError("the ServerHello was not parsed");
        }
    }
}
BENCHMARK(parse_server_hello);

}  // namespace
}  // namespace gateproof
