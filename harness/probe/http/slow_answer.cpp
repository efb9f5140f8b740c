#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <cctype>

#include "harness/probe/http/http.hpp"
#include "harness/probe/http/patience.hpp"
#include "harness/probe/socket/deadline.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using Parser = http::response_parser<http::string_body>;

namespace {

/// Feeds the parser; what it leaves stays in `input`. False: this is no HTTP.
bool feed(Parser& parser, std::string& input) {
    while (!input.empty() && !parser.is_done()) {
        boost::system::error_code error;
        const std::size_t used = parser.put(asio::buffer(input), error);
        input.erase(0, used);
        if (error == http::error::need_more) {
            return true;
        }
        if (error) {
            return false;
        }
    }
    return true;
}

void take(const Parser& parser, SlowAnswer& answer) {
    const auto& message = parser.get();
    answer.status = static_cast<int>(message.result_int());
    answer.body = message.body();
    answer.keep_alive = message.keep_alive();
    for (const auto& field : message) {
        answer.headers.emplace_back(lower_case({field.name_string().data(), field.name_string().size()}),
                                    std::string(field.value().data(), field.value().size()));
    }
}

/// What the body is when the connection gives no more.
SlowAnswer::Body body_at_end(Parser& parser, const TlsStep& end) {
    if (!parser.is_header_done()) {
        return SlowAnswer::Body::none;
    }
    const bool closes = end.end == Ending::closed;
    return closes && parser.need_eof() ? SlowAnswer::Body::until_close : SlowAnswer::Body::broken_off;
}

}  // namespace

asio::awaitable<SlowAnswer> read_slow_answer(TlsSession& session, milliseconds patience) {
    SlowAnswer answer;
    const Clock::time_point begin = Clock::now();
    Parser parser;
    parser.eager(true);
    parser.body_limit(HttpClient::max_body);
    // Beast throws for a field of more than 64 KiB; a head that long in all is refused before.
    parser.header_limit(60 * 1024);
    std::string input;
    bool readable = true;
    while (readable && !parser.is_done()) {
        const milliseconds left = patience - std::min(patience, since(begin));
        session.set_timeout(std::max(milliseconds(1), left));
        const TlsRead read = co_await session.read(2048);
        if (!read.step.ok()) {
            answer.end = read.step;
            break;
        }
        input += read.bytes;
        const bool had_head = parser.is_header_done();
        readable = feed(parser, input);
        if (!had_head && parser.is_header_done()) {
            answer.head_at = since(begin);
        }
    }
    answer.end_at = since(begin);
    if (parser.is_header_done()) {
        take(parser, answer);
    }
    answer.body_state = !readable          ? SlowAnswer::Body::unreadable
                        : parser.is_done() ? SlowAnswer::Body::complete
                                           : body_at_end(parser, answer.end);
    answer.surplus = std::move(input);
    co_return answer;
}

std::string SlowAnswer::summary() const {
    std::string status_at = fmt::format("HTTP {} after {}", status, seconds_text(head_at));
    switch (body_state) {
        case Body::complete: return status_at;
        case Body::until_close: return fmt::format("{}, its {} bytes ended by the close alone", status_at, body.size());
        case Body::broken_off:
            return end.end == Ending::timeout
                       ? fmt::format("{}, then silence after {} bytes of the body", status_at, body.size())
                       : fmt::format("{}, broken off after {} bytes of the body", status_at, body.size());
        case Body::unreadable: return "an answer that is not HTTP";
        case Body::none: break;
    }
    return end.end == Ending::timeout
               ? fmt::format("no answer within {}", seconds_text(end_at))
               : fmt::format("{} after {}, without an answer", end.summary(), seconds_text(end_at));
}

}  // namespace gateproof
