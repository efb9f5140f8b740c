// Fuzzes the reference client's reader of HTTP/1.1 answers with arbitrary bytes, and holds that it does not matter how
// they were divided, that every bound holds, and that nothing is whole that was cut. Input: n, n split positions of two
// bytes, the bytes from the server.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/http/reader.hpp"
#include "fuzz/input.hpp"
#include "fuzz/require.hpp"

namespace {

using gateproof::client::Answer;
using gateproof::client::End;
using gateproof::client::FaultSet;
using gateproof::client::HttpLimits;
using gateproof::client::HttpReader;
using gateproof::client::Piece;

struct Result {
    std::vector<std::string> answers;
    std::string problem;
    bool operator==(const Result&) const = default;
};

/// Every answer of the stream, until one is wrong or leaves nothing for another.
Result read(std::string_view stream, const std::vector<std::size_t>& splits, End end) {
    static const FaultSet no_faults;
    HttpLimits limits;
    limits.head = 2048;
    limits.body = 4096;
    std::size_t at = 0;
    auto next = splits.begin();
    HttpReader reader(
        [&](char* buffer, std::size_t size) -> Piece {
            while (next != splits.end() && *next <= at) {
                ++next;
            }
            const std::size_t upto = next == splits.end() ? stream.size() : *next;
            const std::size_t count = std::min(size, upto - at);
            if (count == 0) {
                return {0, end};
            }
            stream.copy(buffer, count, at);
            at += count;
            return {count, End::none};
        },
        no_faults, limits);
    Result result;
    do {
        const Answer answer = reader.read();
        result.problem = reader.problem();
        require(answer.body.size() <= limits.body, "kept too long a body");
        require(answer.fields.size() <= limits.fields, "kept too many fields");
        if (result.problem.empty()) {
            require(answer.status >= 200 && answer.status <= 599, "is whole without a final status");
            result.answers.push_back(std::to_string(answer.status) + answer.body);
        }
    } while (result.problem.empty() && at < stream.size() && result.answers.size() < 8);
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto [stream, splits, every_byte] = divided_stream(data, size);
    const Result whole = read(stream, {}, End::closed);
    const Result divided = read(stream, splits, End::closed);
    const Result by_bytes = read(stream, every_byte, End::closed);
    // What stands behind the last answer may have come with it or not, so the first one is what has to be the same.
    const auto first = [](const Result& result) { return result.answers.empty() ? std::string() : result.answers[0]; };
    require(first(whole) == first(divided) && first(whole) == first(by_bytes), "the answer depends on the split");
    const Result cut = read(stream, {}, End::cut);
    require(cut.answers.size() <= whole.answers.size(), "a cut makes more whole");
    return 0;
}
