// TCP and TLS records: what comes before any message makes sense.
#include "tests/hostile/script.hpp"

namespace gateproof::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr std::uint8_t change_cipher_spec = 20;
constexpr std::uint8_t alert = 21;
constexpr std::uint8_t handshake_record = 22;
constexpr std::uint8_t application_data = 23;
constexpr std::uint8_t heartbeat = 24;

std::string warning_alert() {
    return record(alert, "\x01\x5a"s);  // user_canceled
}

std::vector<Script> tcp_rows() {
    return {
        {.name = "closes-at-once"},
        {.name = "resets-at-once", .ending = Ending::reset},
        {.name = "accepts-and-is-silent", .ending = Ending::silence},
        {.name = "half-closes-at-once", .ending = Ending::half_close},
        {.name = "half-closes-after-hello", .stage = Stage::hello, .ending = Ending::half_close},
        {.name = "closes-after-hello", .stage = Stage::hello},
        {.name = "resets-after-hello", .stage = Stage::hello, .ending = Ending::reset},
        {.name = "is-silent-after-hello", .stage = Stage::hello, .ending = Ending::silence},
        {.name = "sends-noise", .once = noise(64 * 1024)},
        {.name = "sends-noise-after-hello", .stage = Stage::hello, .once = noise(64 * 1024), .ending = Ending::silence},
        {.name = "sends-zeros", .once = std::string(64 * 1024, '\0')},
        {.name = "floods-noise", .again = noise(16 * 1024)},
        {.name = "trickles-noise", .again = "\x16", .pause = 20ms},
        {.name = "greets-as-ssh", .once = "SSH-2.0-OpenSSH_9.2p1\r\n", .ending = Ending::silence},
        {.name = "greets-as-smtp", .once = "220 mail.example ESMTP\r\n", .ending = Ending::silence},
        {.name = "answers-http-in-clear",
         .stage = Stage::hello,
         .once = "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nOK"},
        {.name = "relays-in-single-bytes", .pause = 1ms, .piece = 97, .ending = Ending::relay},
    };
}

std::vector<Script> record_rows() {
    return {
        {.name = "floods-alerts", .stage = Stage::hello, .again = repeated(warning_alert(), 500)},
        {.name = "warns-and-is-silent", .stage = Stage::hello, .once = warning_alert(), .ending = Ending::silence},
        {.name = "warns-unrecognized-name-and-closes", .stage = Stage::hello, .once = record(alert, "\x01\x70"s)},
        {.name = "alerts-without-meaning", .stage = Stage::hello, .once = record(alert, "\x02\xff"s)},
        {.name = "alerts-at-a-level-without-meaning", .stage = Stage::hello, .once = record(alert, "\x09\x28"s)},
        {.name = "sends-half-an-alert", .stage = Stage::hello, .once = record(alert, "\x02"s)},
        {.name = "floods-empty-records", .stage = Stage::hello, .again = repeated(record(handshake_record, ""), 1000)},
        {.name = "floods-change-cipher-spec",
         .stage = Stage::hello,
         .again = repeated(record(change_cipher_spec, "\x01"), 1000)},
        {.name = "floods-heartbeats", .stage = Stage::hello, .again = record(heartbeat, "\x02\x40\x00" + noise(64))},
        {.name = "oversized-record", .stage = Stage::hello, .once = record(handshake_record, noise(65'535))},
        {.name = "truncated-record", .stage = Stage::hello, .once = record(handshake_record, noise(10), 0x0303, 100)},
        {.name = "truncated-record-and-silence",
         .stage = Stage::hello,
         .once = record(handshake_record, noise(10), 0x0303, 100),
         .ending = Ending::silence},
        {.name = "truncated-record-header", .stage = Stage::hello, .once = "\x16\x03"},
        {.name = "record-of-version-9", .stage = Stage::hello, .once = record(handshake_record, noise(50), 0x0909)},
        {.name = "record-of-unknown-type", .stage = Stage::hello, .once = record(99, noise(50))},
        {.name = "application-data-at-once", .stage = Stage::hello, .once = record(application_data, noise(500))},
        {.name = "answers-ssl-2", .stage = Stage::hello, .once = "\x80\x2f\x04\x00\x01\x00\x02"s + noise(42)},
    };
}

}  // namespace

std::vector<Script> transport_scripts() {
    std::vector<Script> rows = tcp_rows();
    for (Script& row : record_rows()) {
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace gateproof::test
