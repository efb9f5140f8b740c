#include "harness/text/ascii.hpp"

#include <gtest/gtest.h>

namespace gateproof {
namespace {

TEST(Ascii, CaseIsThatOfAsciiAlone) {
    EXPECT_EQ(lower_case("Content-TYPE @[`{ 09"), "content-type @[`{ 09");
    EXPECT_EQ(lower_case("\xc3\x84\xc9"), "\xc3\x84\xc9") << "bytes above 7F belong to no letter of ASCII";
    EXPECT_TRUE(same_ignoring_case("Set-Cookie", "sET-cOOKIE"));
    EXPECT_TRUE(same_ignoring_case("", ""));
    EXPECT_FALSE(same_ignoring_case("a", "ab"));
    EXPECT_FALSE(same_ignoring_case("@", "`"));
    EXPECT_FALSE(same_ignoring_case("[", "{"));
}

TEST(Ascii, TrimmingTakesBlanksAtTheEndsAlone) {
    EXPECT_EQ(trimmed(" \t a b\t "), "a b");
    EXPECT_EQ(trimmed("ab"), "ab");
    EXPECT_EQ(trimmed(" \t "), "");
    EXPECT_EQ(trimmed(""), "");
    EXPECT_EQ(trimmed("\na\r"), "\na\r");
}

TEST(Ascii, HexadecimalDigits) {
    for (int value = 0; value < 16; ++value) {
        EXPECT_EQ(hex_value("0123456789abcdef"[value]), value);
        EXPECT_EQ(hex_value("0123456789ABCDEF"[value]), value);
    }
    for (const char c : {'/', ':', '@', 'G', '`', 'g', '\0', '\x80'}) {
        EXPECT_EQ(hex_value(c), -1) << c;
    }
}

}  // namespace
}  // namespace gateproof
