#include "reports/view/text.hpp"

#include <gmock/gmock.h>

namespace gateproof::reports {
namespace {

TEST(Printable, LeavesPlainAndForeignLettersAlone) {
    EXPECT_EQ(printable("TLS 1.1 is refused <&>\"'"), "TLS 1.1 is refused <&>\"'");
    EXPECT_EQ(printable("M\xc4\x81ori \xe2\x82\xac \xf0\x9f\x94\x92"), "M\xc4\x81ori \xe2\x82\xac \xf0\x9f\x94\x92");
}

TEST(Printable, SpellsOutControls) {
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(printable("\x1b[2J\x07"), "\\x1b[2J\\x07");
    EXPECT_EQ(printable("\x7f"), "\\u007f");
    EXPECT_EQ(printable("\xc2\x9b"
                        "31m"),
              "\\u009b31m")
        << "C1 CSI";
    EXPECT_EQ(printable("a\tb"), "a b");
}

TEST(Printable, SpellsOutWhatReordersOrHides) {
    EXPECT_EQ(printable("\xe2\x80\xae"
                        "x"),
              "\\u202ex");
    EXPECT_EQ(printable("\xe2\x81\xa6"), "\\u2066");
    EXPECT_EQ(printable("\xd8\x9c"), "\\u061c");
    EXPECT_EQ(printable("\xe2\x80\x8b\xef\xbb\xbf"), "\\u200b\\ufeff");
    EXPECT_EQ(printable("\xe2\x80\xa8"), "\\u2028");
    EXPECT_EQ(printable("\xf3\xa0\x81\x81"), "\\ue0041") << "tag character";
}

TEST(Printable, ReplacesWhatIsNoUtf8) {
    const std::string bad = "\xef\xbf\xbd";
    EXPECT_EQ(printable("\xff\xfe"), bad + bad);
    EXPECT_EQ(printable("\xc0\xaf"), bad + bad) << "overlong";
    EXPECT_EQ(printable("\xe0\x80\xaf"), bad + bad + bad) << "overlong";
    EXPECT_EQ(printable("\xed\xa0\x80"), bad + bad + bad) << "surrogate";
    EXPECT_EQ(printable("\xf4\x90\x80\x80"), bad + bad + bad + bad) << "above U+10FFFF";
    EXPECT_EQ(printable("a\xe2\x82"), "a" + bad + bad) << "cut short";
    EXPECT_EQ(printable("\xef\xbf\xbe\xef\xb7\x90"), bad + bad) << "non-characters, illegal in XML";
}

TEST(Printable, LineBreaks) {
    EXPECT_EQ(printable("a\r\nb\rc\nd"), "a b c d");
    EXPECT_EQ(printable("a\r\nb\rc\nd", Lines::many), "a\nb\nc\nd");
}

TEST(Printable, BreaksWhatCiSystemsObey) {
    EXPECT_EQ(printable("##vso[task.setvariable variable=PATH]evil"), "#\\x23vso[task.setvariable variable=PATH]evil");
    EXPECT_EQ(printable("a ##[command]b"), "a #\\x23[command]b");
    EXPECT_EQ(printable(" \n::error::x"), "  :\\x3aerror::x");
    EXPECT_EQ(printable("a\r::set-output name=b::c", Lines::many), "a\n:\\x3aset-output name=b::c");
    EXPECT_EQ(printable("## Heading, ::1 and a::b"), "## Heading, ::1 and a::b");
}

TEST(Printable, BoundsWithoutCuttingACharacter) {
    EXPECT_EQ(printable("12345", Lines::one, 5), "12345");
    EXPECT_EQ(printable("123456", Lines::one, 5), "12345 ... (1 bytes more)");
    EXPECT_EQ(printable("1234\xe2\x82\xac", Lines::one, 5), "1234 ... (3 bytes more)");
    EXPECT_EQ(printable("1234\x1b", Lines::one, 5), "1234 ... (1 bytes more)");
    std::string huge;
    huge.resize(10'000'000, '\x1b');
    EXPECT_LT(printable(huge).size(), 5000U);
}

TEST(Printable, IsStableUnderASecondPass) {
    std::string every;
    for (int c = 0; c < 256; ++c) {
        every.push_back(static_cast<char>(c));
    }
    const std::string once = printable(every, Lines::many);
    EXPECT_EQ(printable(once, Lines::many), once);
}

TEST(Columns, CountsAndCutsCodePoints) {
    EXPECT_EQ(columns("a\xe2\x82\xac"), 2U);
    EXPECT_EQ(cut_to_columns("abc", 3), "abc");
    EXPECT_EQ(cut_to_columns("abcd", 3), "ab\u2026");
    EXPECT_EQ(cut_to_columns("\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", 2), "\xe2\x82\xac\u2026");
    EXPECT_EQ(cut_to_columns("abc", 0), "");
}

}  // namespace
}  // namespace gateproof::reports
