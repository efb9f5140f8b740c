#include "harness/probe/tls/server_answer.hpp"

#include <gmock/gmock.h>

#include "tests/unit/probe/tls/bytes.hpp"

namespace gateproof {
namespace {

using test::Bytes;
using test::hex;
using test::join;
using test::message;
using test::parse;
using test::record;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Until = ServerAnswerParser::Until;

// RFC 8448 section 3
const Bytes rfc8448_server_hello =
    hex("02 00 00 56 03 03 a6 af 06 a4 12 18 60 dc 5e 6e 60 24 9c d3 4c 95 93 0c 8a c5 cb 14 34 da c1 55 77 2e d3 e2 69"
        "28 00 13 01 00 00 2e 00 33 00 24 00 1d 00 20 c9 82 88 76 11 20 95 fe 66 76 2b db f7 c6 72 e1 56 d6 cc 25 3b 83"
        "3d f1 dd 69 b1 b0 4e 75 1f 0f 00 2b 00 02 03 04");
// RFC 8448 section 5
const Bytes rfc8448_retry =
    hex("02 00 00 ac 03 03 cf 21 ad 74 e5 9a 61 11 be 1d 8c 02 1e 65 b8 91 c2 a2 11 16 7a bb 8c 5e 07 9e 09 e2 c8 a8 33"
        "9c 00 13 01 00 00 84 00 33 00 02 00 17 00 2c 00 74 00 72 71 dc d0 4b b8 8b c3 18 91 19 39 8a 00 00 00 00 ee fa"
        "fc 76 c1 46 b8 23 b0 96 f8 aa ca d3 65 dd 00 30 95 3f 4e df 62 56 36 e5 f2 1b b2 e2 3f cc 65 4b 1b 5b 40 31 8d"
        "10 d1 37 ab cb b8 75 74 e3 6e 8a 1f 02 5f 7d fa 5d 6e 50 78 1b 5e da 4a a1 5b 0c 8b e7 78 25 7d 16 aa 30 30 e9"
        "e7 84 1d d9 e4 c0 34 22 67 e8 ca 0c af 57 1f b2 b7 cf f0 f9 34 b0 00 2b 00 02 03 04");
const Bytes random32(32, 0x77);

Bytes server_hello(std::uint16_t version, std::uint16_t suite, const Bytes& tail = {}) {
    return message(2, join({{static_cast<std::uint8_t>(version >> 8), static_cast<std::uint8_t>(version)},
                            random32,
                            {0, static_cast<std::uint8_t>(suite >> 8), static_cast<std::uint8_t>(suite), 0},
                            tail}));
}

/// TLS 1.2 first flight: two certificates, a staple, ECDHE P-256 signed with ecdsa_secp256r1_sha256, a request.
std::vector<Bytes> first_flight() {
    return {
        server_hello(0x0303, 0xc02b, hex("00 09 ff 01 00 01 00 00 17 00 00")),
        message(11, hex("00 00 0a 00 00 03 aa bb cc 00 00 01 dd")),
        message(22, hex("01 00 00 02 30 00")),
        message(12, hex("03 00 17 04 04 01 02 03 04 03 00 02 ff ee")),
        message(13, hex("01 40 00 02 04 03 00 09 00 02 30 00 00 03 30 01 05")),
        message(14, {}),
    };
}

void expect_first_flight(const ServerAnswer& answer) {
    EXPECT_EQ(answer.end, Ending::ok) << answer.detail;
    ASSERT_TRUE(answer.server_hello);
    EXPECT_EQ(answer.server_hello->version, TlsVersion::tls_1_2);
    EXPECT_EQ(answer.server_hello->cipher_suite, 0xc02b);
    EXPECT_NE(answer.server_hello->extension(ExtensionType::renegotiation_info), nullptr);
    EXPECT_NE(answer.server_hello->extension(ExtensionType::extended_master_secret), nullptr);
    EXPECT_EQ(answer.server_hello->extension(ExtensionType::alpn), nullptr);
    ASSERT_THAT(answer.certificates, SizeIs(2));
    EXPECT_EQ(answer.certificates[0], "\xaa\xbb\xcc");
    EXPECT_TRUE(answer.ocsp_stapled);
    EXPECT_EQ(answer.key_exchange_group, NamedGroup::secp256r1);
    EXPECT_EQ(answer.key_exchange_signature, 0x0403);
    EXPECT_TRUE(answer.certificate_requested);
    ASSERT_THAT(answer.acceptable_cas, SizeIs(2));
    EXPECT_EQ(answer.acceptable_cas[1], "\x30\x01\x05");
}

Bytes joined(const std::vector<Bytes>& parts) {
    Bytes all;
    for (const Bytes& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

TEST(ServerAnswer, ReadsTheServerHelloOfRfc8448) {
    const ServerAnswer answer = parse(record(22, rfc8448_server_hello));
    EXPECT_EQ(answer.end, Ending::ok);
    ASSERT_TRUE(answer.server_hello);
    const ServerHello& hello = *answer.server_hello;
    EXPECT_EQ(hello.version, TlsVersion::tls_1_3);
    EXPECT_EQ(hello.legacy_version, TlsVersion::tls_1_2);
    EXPECT_EQ(hello.cipher_suite, 0x1301);
    EXPECT_EQ(hello.key_share_group(), NamedGroup::x25519);
    EXPECT_FALSE(hello.hello_retry_request);
    EXPECT_EQ(hello.random[0], 0xa6);
    EXPECT_EQ(answer.summary(), "ServerHello TLS 1.3, TLS_AES_128_GCM_SHA256");
    EXPECT_FALSE(answer.is_refusal());
}

TEST(ServerAnswer, ReadsTheHelloRetryRequestOfRfc8448) {
    const ServerAnswer answer = parse(record(22, rfc8448_retry));
    ASSERT_TRUE(answer.server_hello);
    EXPECT_TRUE(answer.server_hello->hello_retry_request);
    EXPECT_EQ(answer.server_hello->version, TlsVersion::tls_1_3);
    EXPECT_EQ(answer.server_hello->key_share_group(), NamedGroup::secp256r1);
    EXPECT_THAT(answer.summary(), HasSubstr("HelloRetryRequest"));
}

TEST(ServerAnswer, Tls13EndsAtTheServerHelloInBothModes) {
    const Bytes encrypted = record(23, Bytes(40, 1));
    const ServerAnswer answer = parse(join({record(22, rfc8448_server_hello), encrypted}), Until::server_hello_done);
    EXPECT_EQ(answer.end, Ending::ok);
    EXPECT_TRUE(answer.server_hello);
}

TEST(ServerAnswer, ReadsTheFirstFlightHoweverItIsFramed) {
    const std::vector<Bytes> flight = first_flight();
    Bytes one_each;
    for (const Bytes& part : flight) {
        const Bytes framed = record(22, part);
        one_each.insert(one_each.end(), framed.begin(), framed.end());
    }
    const Bytes all = joined(flight);
    Bytes in_shreds;
    for (std::size_t at = 0; at < all.size(); at += 3) {
        const Bytes framed = record(22, Bytes(all.begin() + static_cast<std::ptrdiff_t>(at),
                                              all.begin() + static_cast<std::ptrdiff_t>(std::min(at + 3, all.size()))));
        in_shreds.insert(in_shreds.end(), framed.begin(), framed.end());
    }
    for (const Bytes& bytes : {one_each, record(22, all), in_shreds}) {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
            expect_first_flight(parse(bytes, Until::server_hello_done, piece));
        }
    }
}

TEST(ServerAnswer, EveryTruncationEndsCleanly) {
    const Bytes bytes = record(22, joined(first_flight()));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
        const ServerAnswer closed = parse(cut, Until::server_hello_done, 1);
        EXPECT_EQ(closed.end, length == 0 ? Ending::closed : Ending::malformed) << length;
        EXPECT_EQ(closed.is_refusal(), length == 0);
        EXPECT_EQ(parse(cut, Until::server_hello_done, 1, Ending::timeout).end, Ending::timeout) << length;
    }
}

/// The message is cut, its record and handshake lengths are right: every such body must be found out.
TEST(ServerAnswer, EveryShortenedMessageIsMalformed) {
    for (const Bytes& part : first_flight()) {
        const Bytes body(part.begin() + 4, part.end());
        for (std::size_t length = 0; length < body.size(); ++length) {
            Bytes bytes = part[0] == 2 ? Bytes{} : record(22, first_flight().front());
            const Bytes cut(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(length));
            bytes = join({bytes, record(22, message(part[0], cut))});
            const ServerAnswer answer = parse(bytes, Until::server_hello_done);
            if (part[0] == 2 && length == 38) {
                continue;  // a ServerHello without extensions is whole
            }
            EXPECT_EQ(answer.end, Ending::malformed) << "message " << int(part[0]) << " cut to " << length;
        }
    }
}

TEST(ServerAnswer, ReadsSsl3AndDheSizes) {
    const Bytes hello = server_hello(0x0300, 0x0033);
    EXPECT_EQ(parse(record(22, hello)).server_hello->version, TlsVersion::ssl_3);

    Bytes prime(128, 0xff);
    const Bytes params = join({{0, 128}, prime, hex("00 01 02 00 01 05")});
    const Bytes tls11 =
        join({record(22, server_hello(0x0302, 0x0033)), record(22, message(12, join({params, hex("00 02 aa bb")}))),
              record(22, message(14, {}))});
    const ServerAnswer answer = parse(tls11, Until::server_hello_done);
    EXPECT_EQ(answer.end, Ending::ok) << answer.detail;
    EXPECT_EQ(answer.dh_bits, 1024U);
    EXPECT_FALSE(answer.key_exchange_group);
    EXPECT_FALSE(answer.key_exchange_signature);
}

TEST(ServerAnswer, ReadsAlerts) {
    const ServerAnswer answer = parse(hex("15 03 01 00 02 02 46"));
    EXPECT_EQ(answer.end, Ending::alert);
    EXPECT_EQ(answer.summary(), "alert protocol_version (70)");
    EXPECT_TRUE(answer.is_refusal());
    EXPECT_EQ((Alert{2, 200}).name(), "alert 200");
}

TEST(ServerAnswer, AWarningDoesNotEndIt) {
    const Bytes warning = hex("15 03 03 00 02 01 70");
    const ServerAnswer answer = parse(join({warning, record(22, rfc8448_server_hello)}));
    EXPECT_EQ(answer.end, Ending::ok);
    ASSERT_THAT(answer.warnings, SizeIs(1));
    EXPECT_EQ(answer.warnings[0].name(), "unrecognized_name (112)");
    EXPECT_FALSE(answer.alert);

    Bytes flood;
    for (int i = 0; i < 1000; ++i) {
        flood.insert(flood.end(), warning.begin(), warning.end());
    }
    const ServerAnswer flooded = parse(flood);
    EXPECT_EQ(flooded.end, Ending::closed);
    EXPECT_TRUE(flooded.is_refusal());
    EXPECT_THAT(flooded.warnings, SizeIs(ServerAnswerParser::max_warnings));
}

TEST(ServerAnswer, AWarningAndAFatalAlertInOneRecord) {
    const ServerAnswer answer = parse(hex("15 03 03 00 04 01 70 02 28"));
    EXPECT_EQ(answer.summary(), "alert handshake_failure (40)");
    EXPECT_EQ(parse(hex("15 03 03 00 02 01 00")).end, Ending::closed);
}

TEST(ServerAnswer, AnAlertAfterTheServerHelloIsNoRefusal) {
    const ServerAnswer answer =
        parse(join({record(22, server_hello(0x0303, 0xc02b)), hex("15 03 03 00 02 02 50")}), Until::server_hello_done);
    EXPECT_EQ(answer.end, Ending::alert);
    EXPECT_TRUE(answer.server_hello);
    EXPECT_FALSE(answer.is_refusal());
}

TEST(ServerAnswer, ReadsSsl2) {
    const ServerAnswer hello = parse(
        hex("80 1f 04 00 01 00 02 00 04 00 06 00 0a 30 00 05 05 01 00 80 07 00 c0 01 02 03 04 05 06 07 08 09 0a"));
    EXPECT_EQ(hello.end, Ending::ok) << hello.detail;
    ASSERT_TRUE(hello.server_hello);
    EXPECT_EQ(hello.server_hello->version, TlsVersion::ssl_2);
    EXPECT_THAT(hello.server_hello->ssl2_cipher_specs, testing::ElementsAre(0x010080U, 0x0700c0U));
    EXPECT_THAT(hello.certificates, SizeIs(1));

    const ServerAnswer error = parse(hex("80 03 00 00 01"));
    EXPECT_EQ(error.end, Ending::alert);
    EXPECT_TRUE(error.is_refusal());
    EXPECT_EQ(error.summary(), "SSL 2 error 1");
    EXPECT_EQ(parse(hex("80 04 04 00 01 00")).end, Ending::malformed);
}

TEST(ServerAnswer, RecognisesWhatIsNoTls) {
    const std::string http = "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n";
    for (const std::size_t piece : {std::size_t{1}, http.size()}) {
        const ServerAnswer answer = parse(Bytes(http.begin(), http.end()), Until::server_hello, piece);
        EXPECT_EQ(answer.end, Ending::not_tls);
        EXPECT_EQ(answer.summary(), "no TLS: an HTTP answer in clear: HTTP/1.1 400 Bad Request");
        EXPECT_EQ(answer.first_bytes, "HTTP/1.1 400 Bad Request\r\n");
        EXPECT_FALSE(answer.is_refusal());
    }
    EXPECT_EQ(parse(hex("00 1b 5b 32 4a")).detail, "\\x00\\x1b[2J");
    EXPECT_THAT(parse(Bytes(500, 'x')).first_bytes, SizeIs(64));
}

TEST(ServerAnswer, FindsMalformedRecordsAndMessages) {
    const std::pair<const char*, Bytes> cases[] = {
        {"record over 2^14", hex("16 03 03 40 01")},
        {"empty handshake record", hex("16 03 03 00 00")},
        {"empty alert", hex("15 03 03 00 00")},
        {"odd alert", hex("15 03 03 00 03 02 28 00")},
        {"alert level", hex("15 03 03 00 02 07 28")},
        {"ChangeCipherSpec first", hex("14 03 03 00 01 01")},
        {"application data first", hex("17 03 03 00 01 01")},
        {"heartbeat first", hex("18 03 03 00 01 01")},
        {"Certificate first", record(22, message(11, hex("00 00 00")))},
        {"huge message", record(22, hex("02 ff ff ff"))},
        {"session id of 33", record(22, message(2, join({{3, 3}, random32, {33}, Bytes(33, 0), {0, 5, 0}})))},
        {"extension twice", record(22, server_hello(0x0303, 5, hex("00 08 00 17 00 00 00 17 00 00")))},
        {"bytes behind extensions", record(22, server_hello(0x0303, 5, hex("00 00 00")))},
        {"supported_versions of 1 byte", record(22, server_hello(0x0303, 5, hex("00 05 00 2b 00 01 03")))},
        {"no record after a record", join({hex("15 03 03 00 02 01 70"), hex("48 54 54 50")})},
    };
    for (const auto& [what, bytes] : cases) {
        for (const std::size_t piece : {std::size_t{1}, bytes.size()}) {
            const ServerAnswer answer = parse(bytes, Until::server_hello, piece);
            EXPECT_EQ(answer.end, Ending::malformed) << what;
            EXPECT_FALSE(answer.is_refusal()) << what;
            EXPECT_FALSE(answer.detail.empty()) << what;
        }
    }
}

TEST(ServerAnswer, ASecondServerHelloIsMalformed) {
    const Bytes hello = record(22, server_hello(0x0303, 0xc02b));
    EXPECT_EQ(parse(join({hello, hello}), Until::server_hello_done).end, Ending::malformed);
}

TEST(ServerAnswer, AFlightThatNeverEndsIsCut) {
    const Bytes supplemental = record(22, message(23, Bytes(16000, 0)));
    Bytes bytes = record(22, server_hello(0x0303, 0xc02b));
    while (bytes.size() <= ServerAnswerParser::max_flight) {
        bytes.insert(bytes.end(), supplemental.begin(), supplemental.end());
    }
    for (const std::size_t piece : {std::size_t{1000}, bytes.size()}) {
        const ServerAnswer answer = parse(bytes, Until::server_hello_done, piece);
        EXPECT_EQ(answer.end, Ending::malformed);
        EXPECT_THAT(answer.detail, HasSubstr("262144"));
    }
}

TEST(ServerAnswer, SilenceAndNoConnectionAreNoRefusals) {
    EXPECT_TRUE(parse({}, Until::server_hello, 1, Ending::reset).is_refusal());
    EXPECT_FALSE(parse({}, Until::server_hello, 1, Ending::timeout).is_refusal());
    ServerAnswerParser parser;
    parser.end(Ending::connect_failed, "Connection refused");
    EXPECT_EQ(parser.answer().summary(), "no connection: Connection refused");
    EXPECT_FALSE(parser.answer().is_refusal());
}

TEST(ServerAnswer, BytesAfterTheEndAreIgnored) {
    ServerAnswerParser parser;
    EXPECT_EQ(parser.feed(record(22, rfc8448_server_hello)), ServerAnswerParser::State::done);
    EXPECT_EQ(parser.feed(hex("15 03 03 00 02 02 28")), ServerAnswerParser::State::done);
    parser.end(Ending::reset);
    EXPECT_EQ(parser.answer().end, Ending::ok);
    EXPECT_FALSE(parser.answer().alert);
    EXPECT_THAT(parser.answer().certificates, IsEmpty());
}

}  // namespace
}  // namespace gateproof
