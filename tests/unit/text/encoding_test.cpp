#include "harness/text/encoding.hpp"

#include <gtest/gtest.h>

namespace gateproof {
namespace {

TEST(Encoding, Base64IsThatOfRfc4648) {  // RFC 4648 10
    const std::pair<std::string_view, std::string_view> vectors[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64(bytes), text);
        EXPECT_EQ(base64url(bytes), text.substr(0, text.find('=')));
    }
    EXPECT_EQ(base64("\xfb\xff"), "+/8=");
}

TEST(Encoding, Base64UrlIsStrict) {
    for (const std::string& bytes :
         {std::string(), std::string("f"), std::string("fo"), std::string("foo"), std::string("\xfb\xff\xfe\x00", 4)}) {
        EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
    }
    EXPECT_EQ(base64url("\xfb\xff"), "-_8");
    for (const char* bad : {"-_8=", "-_9", "+/8", "A", "AAAAA", "Zg==", "Z g", "Zm9v\n"}) {
        EXPECT_EQ(from_base64url(bad), std::nullopt) << bad;
    }
}

TEST(Encoding, PercentEncodesAllButUnreserved) {  // RFC 3986 2.3
    EXPECT_EQ(percent_encoded("azAZ09-._~"), "azAZ09-._~");
    EXPECT_EQ(percent_encoded("a+b/c=\n d"), "a%2Bb%2Fc%3D%0A%20d");
    EXPECT_EQ(percent_encoded(std::string_view("\0\xc3\xa4", 3)), "%00%C3%A4");
}

}  // namespace
}  // namespace gateproof
