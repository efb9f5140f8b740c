// The parser of a server's first flight: takes anything, stays within its bounds, and does not depend on how the bytes
// were split. An input is one byte k (its low five bits count), k big-endian 16-bit positions to split at, and the
// bytes from the peer.
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/require.hpp"
#include "harness/probe/tls/server_answer.hpp"

namespace {

using gateproof::Ending;
using gateproof::ServerAnswer;
using gateproof::ServerAnswerParser;
using View = std::span<const std::uint8_t>;

struct Input {
    std::vector<std::size_t> splits;
    View stream;
};

Input decode(View data) {
    Input input;
    if (data.empty()) {
        return input;
    }
    const std::size_t count = std::min<std::size_t>(data[0] & 0x1f, (data.size() - 1) / 2);
    input.stream = data.subspan(1 + 2 * count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto position = static_cast<std::size_t>(data[1 + 2 * i] << 8 | data[2 + 2 * i]);
        input.splits.push_back(std::min(position, input.stream.size()));
    }
    std::sort(input.splits.begin(), input.splits.end());
    input.splits.push_back(input.stream.size());
    return input;
}

ServerAnswer parse(View stream, const std::vector<std::size_t>& splits, ServerAnswerParser::Until until, Ending how) {
    ServerAnswerParser parser(until);
    std::size_t at = 0;
    for (const std::size_t split : splits) {
        parser.feed(stream.subspan(at, split - at));
        at = split;
    }
    parser.end(how);
    return parser.answer();
}

void check_bounds(const ServerAnswer& answer) {
    std::size_t kept = 0;
    for (const std::string& certificate : answer.certificates) {
        kept += certificate.size();
    }
    for (const std::string& name : answer.acceptable_cas) {
        kept += name.size();
    }
    require(kept <= ServerAnswerParser::max_flight, "kept more than came");
    require(answer.warnings.size() <= ServerAnswerParser::max_warnings, "kept too many warnings");
    require(answer.first_bytes.size() <= 64, "kept too many first bytes");
    require(!(answer.is_refusal() && answer.server_hello), "a ServerHello is no refusal");
    for (const char c : answer.summary()) {
        require(c >= 0x20 && c < 0x7f, "summary is not printable");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Input input = decode({data, size});
    std::vector<std::size_t> every_byte(input.stream.size());
    for (std::size_t i = 0; i < every_byte.size(); ++i) {
        every_byte[i] = i + 1;
    }
    for (const auto until : {ServerAnswerParser::Until::server_hello, ServerAnswerParser::Until::server_hello_done}) {
        for (const Ending how : {Ending::closed, Ending::timeout}) {
            const ServerAnswer whole = parse(input.stream, {input.stream.size()}, until, how);
            check_bounds(whole);
            require(whole == parse(input.stream, input.splits, until, how), "the answer depends on the split");
            require(whole == parse(input.stream, every_byte, until, how), "byte by byte is different");
        }
    }
    return 0;
}
