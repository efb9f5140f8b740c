#include "harness/text/log_commands.hpp"

#include <gtest/gtest.h>

namespace gateproof {
namespace {

TEST(LogCommands, AreBrokenVisiblyAnywhereInALine) {
    const auto broken = [](std::string_view text) { return without_log_commands(text, false); };
    EXPECT_EQ(broken("a ##vso[task.complete]"), "a #\\x23vso[task.complete]");
    EXPECT_EQ(broken("##VSO[task.complete]"), "#\\x23VSO[task.complete]");
    EXPECT_EQ(broken("##teamcity[buildStop]"), "#\\x23teamcity[buildStop]");
    EXPECT_EQ(broken("###[group]"), "##\\x23[group]");
    EXPECT_EQ(broken("section_start:1:a section_end:2:a"), "section\\x5fstart:1:a section\\x5fend:2:a");
    EXPECT_EQ(broken(broken("##[a] ##vso[b]")), broken("##[a] ##vso[b]")) << "and stay broken";
}

TEST(LogCommands, OfGithubBeginALine) {
    const auto broken = [](std::string_view text) { return without_log_commands(text, true); };
    EXPECT_EQ(broken("::error::x"), ":\\x3aerror::x");
    EXPECT_EQ(broken("a\n  ::add-mask::x\n"), "a\n  :\\x3aadd-mask::x\n");
    EXPECT_EQ(broken("\xc2\xa0::error::x"),
              "\xc2\xa0:\\x3a"
              "error::x")
        << "a space that is no ASCII";
    EXPECT_EQ(broken("a ::error::x"), "a ::error::x") << "nobody obeys it there";
    EXPECT_EQ(without_log_commands("::error::x", false), "::error::x");
}

TEST(LogCommands, WhatIsNoneIsLeftAlone) {
    for (const char* text : {"## Heading", "#[a]", "# #vso[", "::1", "::1 and ::2", "a::b", "::", "##",
                             "section_name:", "_start:", "2001:db8::a7", ""}) {
        EXPECT_EQ(without_log_commands(text, true), text);
    }
}

TEST(LogCommands, JsonMeansWhatItDid) {
    EXPECT_EQ(json_without_log_commands(R"({"a":"##vso[b]"})"), R"({"a":"#\u0023vso[b]"})");
    EXPECT_EQ(json_without_log_commands(R"(["section_end:1:a"])"), R"(["section\u005fend:1:a"])");
}

}  // namespace
}  // namespace gateproof
