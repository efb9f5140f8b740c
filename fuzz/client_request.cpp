// The reader of a client's HTTP/1.1 requests: takes anything, stays within its bounds, and the requests do not depend
// on how the bytes were split. Input as in server_answer.cpp: n, n split positions of two bytes, the bytes from the
// peer.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "harness/stage/request_reader.hpp"

namespace {

using gateproof::stage::Request;
using gateproof::stage::RequestReader;
using State = RequestReader::State;

constexpr std::size_t most_of_head = std::size_t{64} * 1024;
constexpr std::size_t most_of_body = std::size_t{1024} * 1024;

struct Result {
    State state = State::need_more;
    std::string requests;  ///< each with all that it says
    bool operator==(const Result&) const = default;
};

void take_all(RequestReader& reader, Result& result, std::size_t size) {
    while (reader.state() == State::done) {
        const bool keeps_alive = reader.keeps_alive();
        const Request request = reader.take();
        require(request.body.size() <= size, "a longer body than came");
        result.requests += request.method + '\n' + request.target + '\n' + request.body + '\n';
        for (const auto& [name, value] : request.fields) {
            result.requests += name + '\n' + value + '\n';
        }
        result.requests += keeps_alive ? "keep\n" : "close\n";
    }
}

Result read(std::string_view stream, const std::vector<std::size_t>& splits) {
    RequestReader reader(most_of_head, most_of_body);
    Result result;
    std::size_t at = 0;
    for (const std::size_t split : splits) {
        reader.feed(stream.substr(at, split - at));
        take_all(reader, result, stream.size());
        reader.waits_for_continue();
        at = split;
    }
    result.state = reader.state();
    require((result.state == State::malformed) == !reader.fault().empty(), "malformed without a reason");
    require(!reader.begun() || result.state == State::need_more, "begun and over");
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto [stream, splits, every_byte] = divided_stream(data, size);
    splits.push_back(stream.size());
    const Result whole = read(stream, {stream.size()});
    require(whole == read(stream, splits), "the requests depend on the split");
    require(whole == read(stream, every_byte), "byte by byte is different");
    return 0;
}
