#include "harness/probe/tls/client_hello.hpp"

#include <gmock/gmock.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "harness/probe/tls/cipher_suites.hpp"
#include "tests/unit/probe/tls/bytes.hpp"

namespace gateproof {
namespace {

using test::hex;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

TEST(ClientHello, EncodesByteExactly) {
    ClientHello hello;
    hello.record_version = TlsVersion::ssl_3;
    hello.legacy_version = TlsVersion::ssl_3;
    hello.random.fill(0xab);
    hello.cipher_suites = {0x000a, 0x0005};
    EXPECT_EQ(hello.encode(), hex("16 03 00 00 2f 01 00 00 2b 03 00"
                                  "abababababababababababababababababababababababababababababababab"
                                  "00 00 04 00 0a 00 05 01 00"));

    hello.set(ExtensionType::renegotiation_info, {0}).set_groups(std::array{NamedGroup::x25519});
    hello.session_id = {1, 2};
    EXPECT_EQ(hello.encode(), hex("16 03 00 00 40 01 00 00 3c 03 00"
                                  "abababababababababababababababababababababababababababababababab"
                                  "02 01 02 00 04 00 0a 00 05 01 00"
                                  "00 0d ff 01 00 01 00 00 0a 00 04 00 02 00 1d"));
}

TEST(ClientHello, EncodesTheSsl2HelloByteExactly) {
    Ssl2ClientHello hello;
    hello.cipher_specs = {0x010080, 0x0700c0};
    hello.challenge.fill(0x11);
    EXPECT_EQ(hello.encode(), hex("80 1f 01 00 02 00 06 00 00 00 10 01 00 80 07 00 c0"
                                  "11111111111111111111111111111111"));
    EXPECT_EQ(Ssl2ClientHello::offering_all().cipher_specs.size(), 8U);
}

TEST(ClientHello, ListsVersionsAndShares) {
    ClientHello hello;
    hello.set_supported_versions(std::array{TlsVersion::tls_1_3, TlsVersion{0x7f1c}});
    hello.set_key_shares(std::array{NamedGroup{0x1a1a}});
    hello.set_alpn(std::array<std::string_view, 2>{"h2", "http/1.1"});
    EXPECT_EQ(hello.extensions[0].body, hex("04 03 04 7f 1c"));
    EXPECT_EQ(hello.extensions[1].body, hex("00 05 1a 1a 00 01 00"));
    EXPECT_EQ(hello.extensions[2].body, hex("00 0c 02 68 32 08 68 74 74 70 2f 31 2e 31"));
    EXPECT_EQ(hello.remove(ExtensionType::key_share).extensions.size(), 2U);
}

TEST(ClientHello, SplitsALongMessageOverRecords) {
    ClientHello hello;
    hello.set(ExtensionType{21}, std::vector<std::uint8_t>(40000, 0));
    const auto bytes = hello.encode();
    std::size_t at = 0;
    std::vector<std::size_t> lengths;
    while (at < bytes.size()) {
        ASSERT_EQ(bytes[at], 22);
        lengths.push_back(static_cast<std::size_t>(bytes[at + 3] << 8 | bytes[at + 4]));
        at += 5 + lengths.back();
    }
    EXPECT_EQ(at, bytes.size());
    EXPECT_THAT(lengths, ElementsAre(16384U, 16384U, 40000U + 4 + 39 + 2 + 4 - 2 * 16384U));
}

TEST(ClientHello, IsPaddedToASize) {
    ClientHello hello = ClientHello::offering(TlsVersion::tls_1_3, "gateway");
    const std::size_t small = hello.encode().size();
    EXPECT_EQ(hello.pad_to(1500).encode().size(), record_header + 1500);
    EXPECT_EQ(hello.pad_to(16000).encode().size(), record_header + 16000);
    EXPECT_EQ(hello.pad_to(1).encode().size(), small + 4) << "the extension alone, which is empty";
}

TEST(ClientHello, RefusesWhatNoLengthPrefixCanSay) {
    ClientHello hello;
    hello.session_id.assign(256, 0);
    EXPECT_THROW((void)hello.encode(), std::length_error);
}

TEST(ClientHello, OfferingHasTheVersionsOfItsTime) {
    const ClientHello ssl3 = ClientHello::offering(TlsVersion::ssl_3, "example.nz");
    EXPECT_EQ(ssl3.record_version, TlsVersion::ssl_3);
    EXPECT_EQ(ssl3.legacy_version, TlsVersion::ssl_3);
    EXPECT_TRUE(ssl3.extensions.empty());
    EXPECT_THAT(ssl3.cipher_suites, Contains(0x000a));
    EXPECT_THAT(ssl3.cipher_suites, Contains(tls_empty_renegotiation_scsv));

    const ClientHello old = ClientHello::offering(TlsVersion::tls_1_0, "example.nz");
    EXPECT_EQ(old.legacy_version, TlsVersion::tls_1_0);
    EXPECT_THAT(old.cipher_suites, Contains(0x0005));
    EXPECT_THAT(old.cipher_suites, Contains(0xc009));
    EXPECT_THAT(old.cipher_suites, Not(Contains(0xc02b)));

    const ClientHello both = ClientHello::offering(TlsVersion::tls_1_3, "example.nz", TlsVersion::tls_1_2);
    EXPECT_EQ(both.legacy_version, TlsVersion::tls_1_2);
    EXPECT_EQ(both.cipher_suites.front(), 0x1301);
    EXPECT_THAT(both.cipher_suites, Contains(0xc02b));
    const auto versions = std::find_if(both.extensions.begin(), both.extensions.end(), [](const Extension& extension) {
        return extension.type == static_cast<std::uint16_t>(ExtensionType::supported_versions);
    });
    ASSERT_NE(versions, both.extensions.end());
    EXPECT_EQ(versions->body, hex("04 03 04 03 03"));
}

TEST(ClientHello, OffersAtMost128SuitesOfAVersion) {
    for (const TlsVersion version :
         {TlsVersion::ssl_3, TlsVersion::tls_1_0, TlsVersion::tls_1_1, TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
        const auto suites = offerable_suites(version);
        EXPECT_LE(suites.size(), 128U) << to_string(version);
        EXPECT_GE(suites.size(), 5U) << to_string(version);
    }
}

std::vector<std::uint16_t> list_in(const ClientHello& hello, ExtensionType type, std::size_t prefix) {
    for (const Extension& extension : hello.extensions) {
        if (extension.type != static_cast<std::uint16_t>(type)) {
            continue;
        }
        std::vector<std::uint16_t> values;
        for (std::size_t at = prefix; at + 1 < extension.body.size(); at += 2) {
            values.push_back(static_cast<std::uint16_t>(extension.body[at] << 8 | extension.body[at + 1]));
        }
        return values;
    }
    return {};
}

TEST(ClientHello, OffersEveryGroupAndSchemeThatAServerMayHaveAlone) {
    const ClientHello newest = ClientHello::offering(TlsVersion::tls_1_3, "example.nz");
    const auto groups = list_in(newest, ExtensionType::supported_groups, 2);
    EXPECT_EQ(groups.front(), 29) << "the usual ones come first";
    for (const int group : {23, 24, 25, 30, 0x11ec, 0x11eb, 0x0100, 0x0104, 31, 33, 0x0201}) {
        EXPECT_THAT(groups, Contains(group));
    }
    const ClientHello older = ClientHello::offering(TlsVersion::tls_1_2, "example.nz");
    const auto curves = list_in(older, ExtensionType::supported_groups, 2);
    EXPECT_THAT(curves, Contains(26));
    EXPECT_THAT(curves, Not(Contains(0x0100))) << "would change the parameters that a server chooses for DHE";
    EXPECT_LT(older.encode().size(), 512U);
    for (const int scheme : {0x0403, 0x0804, 0x0807, 0x0904, 0x0906, 0x081a}) {
        EXPECT_THAT(list_in(older, ExtensionType::signature_algorithms, 2), Contains(scheme));
    }
}

TEST(ClientHello, ServerNameIsOnlyForNames) {
    EXPECT_EQ(server_name_body("a.nz"), hex("00 07 00 00 04 61 2e 6e 7a"));
    EXPECT_TRUE(server_name_body("").empty());
    EXPECT_TRUE(server_name_body("127.0.0.1").empty());
    EXPECT_TRUE(server_name_body("2001:db8::1").empty());
}

TEST(ClientHello, VersionsHaveNames) {
    EXPECT_EQ(to_string(TlsVersion::ssl_2), "SSL 2");
    EXPECT_EQ(to_string(TlsVersion::tls_1_3), "TLS 1.3");
    EXPECT_EQ(to_string(TlsVersion{0x7f1c}), "0x7f1c");
}

/// The shares must be valid public keys, or a server rightly refuses them.
TEST(ClientHello, SharesAreTheGeneratorsOfTheirCurves) {
    const std::pair<NamedGroup, int> curves[] = {{NamedGroup::secp256r1, NID_X9_62_prime256v1},
                                                 {NamedGroup::secp384r1, NID_secp384r1},
                                                 {NamedGroup::secp521r1, NID_secp521r1}};
    for (const auto& [group, nid] : curves) {
        ClientHello hello;
        hello.set_key_shares(std::array{group});
        const auto& body = hello.extensions.front().body;
        const std::unique_ptr<EC_GROUP, decltype(&EC_GROUP_free)> curve(EC_GROUP_new_by_curve_name(nid),
                                                                        &EC_GROUP_free);
        std::vector<std::uint8_t> generator(200);
        generator.resize(EC_POINT_point2oct(curve.get(), EC_GROUP_get0_generator(curve.get()),
                                            POINT_CONVERSION_UNCOMPRESSED, generator.data(), generator.size(),
                                            nullptr));
        EXPECT_EQ(std::vector(body.begin() + 6, body.end()), generator) << nid;
    }
}

}  // namespace
}  // namespace gateproof
