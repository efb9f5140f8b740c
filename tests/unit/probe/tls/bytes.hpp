// Hex texts in, answers out: shared by the raw TLS tests.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/probe/tls/server_answer.hpp"

namespace gateproof::test {

using Bytes = std::vector<std::uint8_t>;

/// Bytes of a hex text; blanks between them do not matter.
inline Bytes hex(std::string_view text) {
    Bytes out;
    int high = -1;
    for (const char c : text) {
        if (c == ' ' || c == '\n') {
            continue;
        }
        const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
        if (high < 0) {
            high = digit;
        } else {
            out.push_back(static_cast<std::uint8_t>(high << 4 | digit));
            high = -1;
        }
    }
    return out;
}

inline Bytes join(std::initializer_list<Bytes> parts) {
    Bytes out;
    for (const Bytes& part : parts) {
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

/// A TLS record of version TLS 1.2.
inline Bytes record(std::uint8_t type, const Bytes& fragment) {
    return join(
        {{type, 3, 3, static_cast<std::uint8_t>(fragment.size() >> 8), static_cast<std::uint8_t>(fragment.size())},
         fragment});
}

inline Bytes message(std::uint8_t type, const Bytes& body) {
    return join({{type, static_cast<std::uint8_t>(body.size() >> 16), static_cast<std::uint8_t>(body.size() >> 8),
                  static_cast<std::uint8_t>(body.size())},
                 body});
}

/// The answer to all of `bytes`, given in pieces of `piece`, and then the end.
inline ServerAnswer parse(const Bytes& bytes, ServerAnswerParser::Until until = ServerAnswerParser::Until::server_hello,
                          std::size_t piece = SIZE_MAX, Ending how = Ending::closed) {
    ServerAnswerParser parser(until);
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t count = std::min(piece, bytes.size() - at);
        parser.feed(std::span(bytes).subspan(at, count));
        at += count;
    }
    parser.end(how);
    return parser.answer();
}

}  // namespace gateproof::test
