// HTTP/1.1: status lines, headers and bodies whose framing lies or does not end.
#include <fmt/format.h>

#include "tests/hostile/script.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr std::string_view ok = "HTTP/1.1 200 OK\r\n";

std::string with(std::string_view headers, std::string_view body = {}) {
    return fmt::format("{}{}\r\n{}", ok, headers, body);
}

/// A gzip member of 64 MiB of zeros in 425 KB (RFC 1951 3.2.6: fixed codes; RFC 1952 2.3).
std::string gzip_bomb() {
    std::string out = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"s;
    unsigned bits = 0;
    int held = 0;
    const auto put = [&](unsigned value, int count, bool code) {
        for (int i = 0; i < count; ++i) {
            const unsigned bit = code ? value >> (count - 1 - i) & 1U : value >> i & 1U;
            bits |= bit << held;
            if (++held == 8) {
                out += static_cast<char>(bits);
                bits = 0;
                held = 0;
            }
        }
    };
    put(1, 1, false);
    put(1, 2, false);
    put(0x30, 8, true);  // a zero
    for (int run = 0; run < 64 * 1024 * 1024 / 258; ++run) {
        put(0xc5, 8, true);  // 258 bytes
        put(0, 5, true);     // from one byte back
    }
    put(0, 7, true);  // the end
    put(0, 7, false);
    return out + number(0, 8);
}

std::vector<Script> head_rows() {
    return {
        {.name = "http-0.9", .stage = Stage::request, .once = "OK dsp and nothing else\n"},
        {.name = "status-line-without-sense",
         .stage = Stage::request,
         .once = "HTTP/9.99 -4294967296 \x1b[2J\xff\xfe\r\n\r\nOK"},
        {.name = "status-999999", .stage = Stage::request, .once = "HTTP/1.1 999999 OK\r\nContent-Length: 2\r\n\r\nOK"},
        {.name = "status-line-without-end", .stage = Stage::request, .once = "HTTP/1.1 200 ", .again = noise(4096)},
        {.name = "status-line-in-single-bytes",
         .stage = Stage::request,
         .once = with("Content-Length: 2\r\n", "OK"),
         .pause = 30ms,
         .piece = 1},
        {.name = "headers-without-end",
         .stage = Stage::request,
         .once = std::string(ok),
         .again = repeated("X-Endless: 0123456789012345678901234567890123456789\r\n", 100)},
        {.name = "headers-that-trickle",
         .stage = Stage::request,
         .once = std::string(ok),
         .again = "X-Slow: 1\r\n",
         .pause = 30ms},
        {.name = "header-of-a-mebibyte",
         .stage = Stage::request,
         .once = with("X-Long: " + std::string(1024 * 1024, 'x') + "\r\nContent-Length: 2\r\n", "OK")},
        {.name = "headers-with-nul-bidi-and-escapes",
         .stage = Stage::request,
         .once = with(
             "Server: a\0b\x1b]0;owned\x07\xe2\x80\xae" + "evil\r\nLocation: \x1b[2J\r\nContent-Length: 2\r\n"s, "OK")},
        {.name = "header-without-colon",
         .stage = Stage::request,
         .once = with("nonsense\r\n:\r\n \r\nContent-Length: 2\r\n", "OK")},
        {.name = "five-thousand-cookies",
         .stage = Stage::request,
         .once =
             with(repeated("Set-Cookie: session=0123456789abcdef; Path=/\r\n", 5000) + "Content-Length: 2\r\n", "OK")},
        {.name = "floods-100-continue",
         .stage = Stage::request,
         .again = repeated("HTTP/1.1 100 Continue\r\n\r\n", 50)},
        {.name = "floods-103-early-hints",
         .stage = Stage::request,
         .again = repeated("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n", 50)},
        {.name = "switches-protocols",
         .stage = Stage::request,
         .once = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n" + noise(4096)},
        {.name = "speaks-http-2",
         .stage = Stage::request,
         .once = "\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x04\x00\xff\xff\xff"s},
        {.name = "redirects-to-itself",
         .stage = Stage::request,
         .once = "HTTP/1.1 302 Found\r\nLocation: /gateway/customer-service/status\r\nContent-Length: 0\r\n\r\n"},
        {.name = "redirects-to-a-file",
         .stage = Stage::request,
         .once = "HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"},
        {.name = "redirects-to-a-mebibyte",
         .stage = Stage::request,
         .once =
             "HTTP/1.1 307 Moved\r\nLocation: https://" + std::string(100'000, 'a') + "/\r\nContent-Length: 0\r\n\r\n"},
        {.name = "asks-to-retry-in-30000-years",
         .stage = Stage::request,
         .once = "HTTP/1.1 429 Too Many\r\nRetry-After: 999999999999999999999\r\nContent-Length: 0\r\n\r\n"},
    };
}

std::vector<Script> body_rows() {
    return {
        {.name = "chunks-without-end",
         .stage = Stage::request,
         .once = with("Transfer-Encoding: chunked\r\n"),
         .again = "1000\r\n" + std::string(4096, 'x') + "\r\n"},
        {.name = "chunks-that-trickle",
         .stage = Stage::request,
         .once = with("Transfer-Encoding: chunked\r\n"),
         .again = "1\r\nx\r\n",
         .pause = 30ms},
        {.name = "chunk-size-overflows",
         .stage = Stage::request,
         .once = with("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\nOK\r\n0\r\n\r\n")},
        {.name = "chunk-extensions-without-end",
         .stage = Stage::request,
         .once = with("Transfer-Encoding: chunked\r\n", "2;"),
         .again = std::string(4096, 'x')},
        {.name = "trailers-without-end",
         .stage = Stage::request,
         .once = with("Transfer-Encoding: chunked\r\n", "2\r\nOK\r\n0\r\n"),
         .again = repeated("X-Trailer: y\r\n", 100)},
        {.name = "content-length-too-long",
         .stage = Stage::request,
         .once = with("Content-Length: 4096\r\n", "OK dsp")},
        {.name = "content-length-too-long-and-silence",
         .stage = Stage::request,
         .once = with("Content-Length: 4096\r\n", "OK dsp"),
         .ending = Ending::silence},
        {.name = "content-length-too-short",
         .stage = Stage::request,
         .once = with("Content-Length: 2\r\n", "OK" + noise(8000))},
        {.name = "content-length-negative", .stage = Stage::request, .once = with("Content-Length: -1\r\n", "OK")},
        {.name = "content-length-of-an-exabyte",
         .stage = Stage::request,
         .once = with("Content-Length: 1152921504606846976\r\n"),
         .again = std::string(16'384, 'x')},
        {.name = "content-length-twice",
         .stage = Stage::request,
         .once = with("Content-Length: 2\r\nContent-Length: 200\r\n", "OK")},
        {.name = "content-length-and-chunked",
         .stage = Stage::request,
         .once = with("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "2\r\nOK\r\n0\r\n\r\n")},
        {.name = "body-without-end", .stage = Stage::request, .once = with(""), .again = std::string(16'384, 'x')},
        {.name = "body-reset-midway",
         .stage = Stage::request,
         .once = with("Content-Length: 4096\r\n", "OK dsp"),
         .ending = Ending::reset},
        {.name = "body-half-closed-midway",
         .stage = Stage::request,
         .once = with("Content-Length: 4096\r\n", "OK dsp"),
         .ending = Ending::half_close},
        {.name = "gzip-bomb",
         .stage = Stage::request,
         .once = answer("application/json", gzip_bomb(), "200 OK", "Content-Encoding: gzip\r\n")},
        {.name = "answers-twice",
         .stage = Stage::request,
         .once = repeated(with("Content-Length: 2\r\n", "OK"), 2),
         .ending = Ending::silence},
    };
}

}  // namespace

std::vector<Script> http_scripts() {
    std::vector<Script> rows = head_rows();
    for (Script& row : body_rows()) {
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace gateproof::test
