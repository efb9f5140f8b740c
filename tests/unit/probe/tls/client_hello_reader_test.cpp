#include "harness/probe/tls/client_hello_reader.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <random>
#include <string>

#include "harness/probe/tls/cipher_suites.hpp"
#include "tests/unit/probe/tls/bytes.hpp"

namespace gateproof {
namespace {

using test::Bytes;
using test::hex;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using State = ClientHelloReader::State;

ClientHelloReader read_whole(const Bytes& bytes) {
    ClientHelloReader reader;
    reader.feed(bytes);
    return reader;
}

/// Whatever the generator makes of it, within what the length prefixes can say.
ClientHello any_hello(std::mt19937& random) {
    const auto below = [&](std::size_t most) { return std::uniform_int_distribution<std::size_t>(0, most)(random); };
    const auto byte = [&] { return static_cast<std::uint8_t>(below(255)); };
    ClientHello hello;
    hello.record_version = static_cast<TlsVersion>(0x0300 | below(255));
    hello.legacy_version = static_cast<TlsVersion>(below(65535));
    std::generate(hello.random.begin(), hello.random.end(), byte);
    hello.session_id.resize(below(32));
    std::generate(hello.session_id.begin(), hello.session_id.end(), byte);
    hello.cipher_suites.resize(1 + below(200));
    std::generate(hello.cipher_suites.begin(), hello.cipher_suites.end(),
                  [&] { return static_cast<std::uint16_t>(below(65535)); });
    hello.compression_methods.resize(1 + below(3));
    std::generate(hello.compression_methods.begin(), hello.compression_methods.end(), byte);
    const std::size_t count = below(12);
    for (std::size_t i = 0; i < count; ++i) {
        Bytes body(below(i == 3 ? 20'000 : 60));
        std::generate(body.begin(), body.end(), byte);
        hello.set(static_cast<ExtensionType>(i * 4096 + below(4095)), std::move(body));
    }
    return hello;
}

/// The same handshake message in records of at most `size` bytes.
Bytes in_records_of(const Bytes& bytes, std::size_t size) {
    Bytes message;
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = static_cast<std::size_t>(bytes[at + 3] << 8 | bytes[at + 4]);
        const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at + record_header);
        message.insert(message.end(), begin, begin + static_cast<std::ptrdiff_t>(length));
        at += record_header + length;
    }
    Bytes out;
    for (std::size_t at = 0; at < message.size(); at += size) {
        const std::size_t length = std::min(size, message.size() - at);
        out.insert(out.end(), {22, bytes[1], bytes[2], static_cast<std::uint8_t>(length >> 8),
                               static_cast<std::uint8_t>(length & 0xff)});
        const auto begin = message.begin() + static_cast<std::ptrdiff_t>(at);
        out.insert(out.end(), begin, begin + static_cast<std::ptrdiff_t>(length));
    }
    return out;
}

TEST(ClientHelloReader, ReadsBackWhatWeBuild) {
    std::mt19937 random(20261126);
    for (int i = 0; i < 300; ++i) {
        const ClientHello hello = any_hello(random);
        const Bytes bytes = hello.encode();
        const ClientHelloReader reader = read_whole(bytes);
        ASSERT_EQ(reader.state(), State::done) << i;
        EXPECT_EQ(reader.hello().hello, hello) << i;
        EXPECT_EQ(reader.taken(), bytes) << i;
    }
    for (const TlsVersion version :
         {TlsVersion::ssl_3, TlsVersion::tls_1_0, TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
        const ClientHello hello = ClientHello::offering(version, "gateway.example");
        EXPECT_EQ(read_whole(hello.encode()).hello().hello, hello) << to_string(version);
    }
}

TEST(ClientHelloReader, PutsRecordsTogetherHoweverTheyCome) {
    const ClientHello hello = ClientHello::offering(TlsVersion::tls_1_3, "gateway.example");
    const Bytes whole = hello.encode();
    for (const std::size_t size : {1UL, 3UL, 4UL, 100UL}) {
        const Bytes cut = in_records_of(whole, size);
        ClientHelloReader byte_by_byte;
        for (const std::uint8_t byte : cut) {
            EXPECT_EQ(byte_by_byte.feed(std::span(&byte, 1)), 1U);
        }
        ASSERT_EQ(byte_by_byte.state(), State::done) << size;
        EXPECT_EQ(byte_by_byte.hello().hello, hello) << size;
        EXPECT_EQ(byte_by_byte.hello(), read_whole(cut).hello()) << size;
        EXPECT_EQ(byte_by_byte.hello().records, (whole.size() - record_header + size - 1) / size);
    }
}

TEST(ClientHelloReader, LeavesWhatStandsBehindIt) {
    Bytes bytes = ClientHello::offering(TlsVersion::tls_1_2, "gateway.example").encode();
    const std::size_t size = bytes.size();
    bytes.insert(bytes.end(), {23, 3, 3, 0, 1, 0});
    ClientHelloReader reader;
    EXPECT_EQ(reader.feed(bytes), size);
    EXPECT_EQ(reader.state(), State::done);
    EXPECT_EQ(reader.feed(bytes), 0U);
}

TEST(ClientHelloReader, TellsWhatIsNone) {
    EXPECT_EQ(read_whole(hex("47 45 54")).state(), State::not_tls) << "GET";
    EXPECT_EQ(read_whole(hex("16 02")).state(), State::not_tls);
    EXPECT_EQ(read_whole(Ssl2ClientHello::offering_all().encode()).state(), State::ssl2);
    EXPECT_EQ(read_whole(hex("80 03 04")).state(), State::not_tls);
    EXPECT_EQ(read_whole(hex("16 03 01 00 00")).state(), State::malformed) << "an empty fragment";
    EXPECT_EQ(read_whole(hex("16 03 01 40 01")).state(), State::malformed) << "a record that is too long";
    EXPECT_EQ(read_whole(hex("16 03 01 00 04 02 00 00 00")).state(), State::malformed) << "a ServerHello";
    EXPECT_EQ(read_whole(hex("16 03 01 00 04 01 00 00 00")).state(), State::malformed) << "an empty one";
    EXPECT_EQ(read_whole(hex("16 03 01 00 04 01 ff ff ff")).state(), State::malformed) << "beyond the bound";
    EXPECT_EQ(read_whole(hex("16 03 01 00 05 01 00 00 00 00")).state(), State::malformed) << "something behind it";
    EXPECT_EQ(read_whole(hex("16 03 01 00")).state(), State::need_more);
    EXPECT_EQ(read_whole({}).state(), State::need_more);
    const ClientHelloReader alert = read_whole(hex("15 03 01 00 02 02 46"));
    EXPECT_EQ(alert.state(), State::alert);
    EXPECT_EQ(alert.alert(), (Alert{2, 70}));
    ClientHello twice = ClientHello::offering(TlsVersion::tls_1_2, "gateway.example");
    twice.extensions.push_back(twice.extensions.front());
    EXPECT_EQ(read_whole(twice.encode()).state(), State::malformed) << "an extension twice";
}

TEST(ClientHelloReader, ReadsWhatTheExtensionsSay) {
    ClientHello hello = ClientHello::offering(TlsVersion::tls_1_3, "gateway.example", TlsVersion::tls_1_1);
    hello.cipher_suites.insert(hello.cipher_suites.begin(), {0x1a1a, tls_fallback_scsv});
    hello.set_supported_versions(std::array{TlsVersion{0x3a3a}, TlsVersion::tls_1_3, TlsVersion::tls_1_2});
    hello.set_groups(std::array{NamedGroup{0x4a4a}, NamedGroup::x25519});
    hello.set_alpn(std::array<std::string_view, 3>{"\x0a\x0a", "h2", "http/1.1"});
    const ClientHelloSeen seen = read_whole(hello.encode()).hello();
    EXPECT_EQ(seen.server_name(), "gateway.example");
    EXPECT_THAT(seen.versions(), ElementsAre(TlsVersion::tls_1_3, TlsVersion::tls_1_2));
    EXPECT_FALSE(seen.offers(TlsVersion::tls_1_1));
    EXPECT_THAT(seen.cipher_suites(), Not(Contains(0x1a1a)));
    EXPECT_THAT(seen.cipher_suites(), Not(Contains(tls_fallback_scsv)));
    EXPECT_TRUE(seen.offers_suite(tls_fallback_scsv));
    EXPECT_THAT(seen.groups(), ElementsAre(NamedGroup::x25519));
    EXPECT_THAT(seen.signature_schemes(), Contains(0x0403));
    EXPECT_THAT(seen.protocols(), ElementsAre("h2", "http/1.1"));
    EXPECT_FALSE(seen.offers_session());
    hello.set(ExtensionType::session_ticket, {1});
    EXPECT_TRUE(read_whole(hello.encode()).hello().offers_session());

    const ClientHello old = ClientHello::offering(TlsVersion::tls_1_1, "127.0.0.1");
    const ClientHelloSeen older = read_whole(old.encode()).hello();
    EXPECT_THAT(older.versions(), ElementsAre(TlsVersion::tls_1_1, TlsVersion::tls_1_0, TlsVersion::ssl_3));
    EXPECT_THAT(older.server_name(), IsEmpty());
}

TEST(ClientHelloReader, FingerprintsABuildAndNotAConnection) {
    ClientHello hello = ClientHello::offering(TlsVersion::tls_1_3, "one.example");
    const std::string one = read_whole(hello.encode()).hello().fingerprint();
    EXPECT_EQ(one.size(), 32U);
    hello.random.fill(7);
    std::reverse(hello.extensions.begin(), hello.extensions.end());
    hello.cipher_suites.insert(hello.cipher_suites.begin(), 0x2a2a);
    EXPECT_EQ(read_whole(hello.encode()).hello().fingerprint(), one);
    hello.cipher_suites.pop_back();
    EXPECT_NE(read_whole(hello.encode()).hello().fingerprint(), one);
}

}  // namespace
}  // namespace gateproof
