// Fuzzes the reader of HTTP/1.1 responses with arbitrary bytes in arbitrary splits, and holds that neither the split
// nor what came before on the connection matters and that every bound holds. Input as in server_answer.cpp: n, n split
// positions of two bytes, the bytes from the peer.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "harness/probe/load/response_reader.hpp"

namespace {

using gateproof::load::ResponseReader;

struct Result {
    ResponseReader::State state;
    unsigned status;
    bool keeps_alive;
    std::size_t taken;
    std::string head;
    std::string body;
    std::uint64_t body_bytes;
    bool operator==(const Result&) const = default;
};

Result read(ResponseReader& reader, std::string_view stream, const std::vector<std::size_t>& splits, bool head_request,
            bool ends) {
    reader.restart(head_request);
    std::size_t taken = 0;
    std::size_t at = 0;
    for (const std::size_t split : splits) {
        const std::string_view part = stream.substr(at, split - at);
        const std::size_t used = reader.feed(part);
        taken += used;
        at = split;
        if (used < part.size()) {
            break;  // the response is whole, or none
        }
    }
    if (ends) {
        reader.end();
    }
    return {reader.state(), reader.status(),    reader.keeps_alive(), taken, std::string(reader.head()),
            reader.body(),  reader.body_bytes()};
}

void check_bounds(const Result& result, std::size_t size, bool ends) {
    require(result.taken <= size, "took more than came");
    require(result.head.size() <= ResponseReader::max_head, "kept too long a head");
    require(result.body.size() <= ResponseReader::max_body, "kept too long a body");
    require(result.body.size() <= result.body_bytes, "kept more than it counted");
    const bool over = result.state == ResponseReader::State::done || result.state == ResponseReader::State::malformed;
    require(over || !ends, "goes on after the end");
    require(!result.keeps_alive || result.state == ResponseReader::State::done, "keeps what is not whole");
    if (result.state == ResponseReader::State::done) {
        require(result.status >= 200 && result.status <= 999, "is whole without a final status");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto [stream, splits, every_byte] = divided_stream(data, size);
    splits.push_back(stream.size());
    ResponseReader used;  // each response after another on one connection
    for (const bool head_request : {false, true}) {
        for (const bool ends : {false, true}) {
            ResponseReader fresh;
            const Result whole = read(fresh, stream, {stream.size()}, head_request, ends);
            check_bounds(whole, stream.size(), ends);
            require(whole == read(used, stream, splits, head_request, ends), "the response depends on the split");
            require(whole == read(used, stream, every_byte, head_request, ends), "byte by byte is different");
        }
    }
    return 0;
}
