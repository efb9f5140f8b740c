#include "gateway/tls/hello_view.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/gateway/client.hpp"

namespace gateproof::gateway {
namespace {

HelloView view(const std::string& bytes) {
    return view_first_bytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(HelloView, ReadsAClientHelloOnlyWhenItIsComplete) {
    const std::string bytes = test::RawHello{.tls13 = true, .more_versions = {0x3a3a, 0x0305}}.encode();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_EQ(view(bytes.substr(0, size)).kind, FirstBytes::need_more) << size;
    }
    const HelloView hello = view(bytes);
    ASSERT_EQ(hello.kind, FirstBytes::client_hello);
    EXPECT_EQ(hello.legacy_version, 0x0303);
    EXPECT_TRUE(hello.offers_suite(0xc02b));
    EXPECT_FALSE(hello.offers_suite(0x5600));
    EXPECT_TRUE(hello.offers_version(0x0304));
    EXPECT_FALSE(hello.offers_version(0x0302));
    EXPECT_EQ(hello.newest_version(), 0x0305);
    EXPECT_EQ(hello.groups, (std::vector<std::uint16_t>{29, 23, 24}));
}

TEST(HelloView, TellsOtherProtocolsApart) {
    EXPECT_EQ(view("GET / HTTP/1.1\r\n").kind, FirstBytes::plaintext);
    EXPECT_EQ(view("G").kind, FirstBytes::plaintext);
    EXPECT_EQ(view(std::string(8, '\0')).kind, FirstBytes::other);
    const std::string ssl2(
        "\x80\x1c\x01\x00\x02\x00\x03\x00\x00\x00\x10\x01\x00\x80"
        "0123456789abcdef",
        30);
    const HelloView hello = view(ssl2);
    ASSERT_EQ(hello.kind, FirstBytes::ssl2_hello);
    EXPECT_EQ(hello.legacy_version, 2);
    EXPECT_EQ(hello.ssl2_cipher_specs, std::vector<std::uint32_t>{0x010080});
}

TEST(HelloView, TakesNothingFromBeyondADamagedHello) {
    const std::string good = test::RawHello{.tls13 = true}.encode();
    std::mt19937 random(7);
    for (int round = 0; round < 5000; ++round) {
        std::string bad = good;
        for (int hits = 0; hits < 3; ++hits) {
            bad[random() % bad.size()] = static_cast<char>(random());
        }
        const HelloView hello = view(bad);
        EXPECT_LE(hello.session_id.size() + hello.compression_methods.size() + 2 * hello.cipher_suites.size() +
                      2 * hello.extensions.size() + 2 * hello.supported_versions.size() + 2 * hello.groups.size(),
                  bad.size());
    }
}

}  // namespace
}  // namespace gateproof::gateway
