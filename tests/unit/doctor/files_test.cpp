// Tokens and loading problems, as lines.
#include "doctor/files.hpp"

#include <gmock/gmock.h>

#include "harness/text/encoding.hpp"

namespace gateproof::doctor {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

const SystemTime now = SystemTime(1'800'000'000s);

std::string token_until(const std::string& exp) {
    return base64url(R"({"alg":"ES256"})") + "." + base64url(R"({"sub":"canary","exp":)" + exp + "}") + ".AAAA";
}

Profile with_token(const std::string& role, std::string token) {
    Profile profile;
    profile.authority.emplace();
    profile.authority->tokens[role] = std::move(token);
    return profile;
}

Line only(const Lines& lines) {
    EXPECT_THAT(lines, SizeIs(1));
    return lines.empty() ? Line{} : lines.front();
}

TEST(DoctorTokens, SayUntilWhenTheyAreGood) {
    const Line good = only(judge_tokens(with_token("user", token_until("1800003600")), "p.json", now));
    EXPECT_EQ(good.mark, Mark::ok);
    EXPECT_THAT(good.text, HasSubstr("(in 60 min)"));
    const Line late = only(judge_tokens(with_token("user", token_until("1799999999")), "p.json", now));
    EXPECT_EQ(late.mark, Mark::fail);
    EXPECT_THAT(late.text, HasSubstr("(1 s ago)"));
    EXPECT_THAT(late.text + late.remedy, Not(HasSubstr("canary")));
    EXPECT_THAT(late.remedy, HasSubstr("oauth.tokens.user"));
}

TEST(DoctorTokens, ThatAreToBeRefusedMayHaveExpired) {
    EXPECT_EQ(only(judge_tokens(with_token("expired", token_until("1")), "p.json", now)).mark, Mark::ok);
    EXPECT_EQ(only(judge_tokens(with_token("revoked", token_until("1")), "p.json", now)).mark, Mark::ok);
    EXPECT_EQ(only(judge_tokens(with_token("expired", token_until("1900000000")), "p.json", now)).mark, Mark::warn);
}

TEST(DoctorTokens, ThatAreOpaqueOrOddSayNothing) {
    for (const char* exp : {"\"soon\"", "-1", "1e300", "{}", "null"}) {
        const Line line = only(judge_tokens(with_token("user", token_until(exp)), "p.json", now));
        EXPECT_EQ(line.mark, Mark::ok) << exp;
        EXPECT_THAT(line.text, HasSubstr("does not say until when")) << exp;
    }
    EXPECT_EQ(only(judge_tokens(with_token("user", "opaque"), "p.json", now)).mark, Mark::ok);
}

TEST(DoctorTokens, InHeadersOfOperationsAreLookedAtOnce) {
    Profile profile;
    for (const char* name : {"one", "two"}) {
        profile.operations[name].headers = {{"Authorization", "Bearer " + token_until("1")}, {"Accept", "x"}};
    }
    const Line line = only(judge_tokens(profile, "p.json", now));
    EXPECT_EQ(line.mark, Mark::fail);
    EXPECT_THAT(line.remedy, HasSubstr("operations.one.headers.Authorization"));
}

TEST(DoctorFiles, EachProblemAndEachWarningIsALine) {
    LoadedProfile loaded;
    EXPECT_EQ(only(judge_loading(loaded)).mark, Mark::ok);
    loaded.problems.push_back({"p.json", 1, 2, "/identities", "it is not there"});
    loaded.warnings.push_back({"p.json", 3, 4, "/trust", "others can read it"});
    const Lines lines = judge_loading(loaded);
    ASSERT_THAT(lines, SizeIs(2));
    EXPECT_EQ(lines[0].mark, Mark::fail);
    EXPECT_THAT(lines[0].text, HasSubstr("p.json:1:2: /identities: it is not there"));
    EXPECT_EQ(lines[1].mark, Mark::warn);
}

}  // namespace
}  // namespace gateproof::doctor
