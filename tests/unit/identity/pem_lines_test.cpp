#include "harness/identity/pem_lines.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gateproof::testing {
namespace {

const std::string whole =
    "-----BEGIN CERTIFICATE-----\n"
    "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKKKLLLLMMMMNNNNOOOOPPPP\n"
    "QQQQ/+==\n"
    "-----END CERTIFICATE-----\n";

std::string with_breaks_as(std::string_view instead) {
    std::string text;
    for (const char one : whole) {
        text += one == '\n' ? std::string(instead) : std::string(1, one);
    }
    return text;
}

TEST(PemLines, ComeBackWhateverStandsForThem) {
    for (const char* const instead : {"", " ", "\\n", "\\r\\n", "\t"}) {
        EXPECT_EQ(with_pem_lines(with_breaks_as(instead)).substr(0, whole.size()), whole) << '"' << instead << '"';
    }
}

TEST(PemLines, EachBlockOfSeveralGetsItsOwn) {
    const std::string one = with_breaks_as("");
    EXPECT_EQ(with_pem_lines(one + one), whole + whole);
}

TEST(PemLines, WhatHasThemStaysAsItIs) {
    EXPECT_EQ(with_pem_lines(whole), whole);
    EXPECT_EQ(with_pem_lines("subject=x\n" + whole + "end"), "subject=x\n" + whole + "end");
}

TEST(PemLines, WhatIsNoBlockStaysAsItIs) {
    for (const std::string text : {"", "word", "-----BEGIN", "-----BEGIN X-----", "-----BEGIN X-----AAAA-----END X",
                                   "-----BEGIN X-----a:b-----END X-----", "-----BEGIN X----------END X-----"}) {
        EXPECT_EQ(with_pem_lines(text), text);
    }
}

}  // namespace
}  // namespace gateproof::testing
