// Documents that no limit allows, and how their refusal is judged.
#include "suites/gateway/permission/documents.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace gateproof::suites {
namespace {

constexpr std::string_view filed =
    R"({"Description":"d","FileName":"a.b.pdf","Document":"R2F0ZXByb29m","ExtID":123456789012345,"ExtIDType":"RTNSUB"})";

TEST(DocumentRequests, ChangeOneThingAlone) {
    EXPECT_EQ(
        with_extension(filed, "exe"),
        R"({"Description":"d","FileName":"a.b.exe","Document":"R2F0ZXByb29m","ExtID":123456789012345,"ExtIDType":"RTNSUB"})");
    for (const std::int64_t bytes : {1, 2, 3, 4, 90001, 9000001}) {
        const auto json = nlohmann::json::parse(with_document_of(filed, bytes).value_or("{}"));
        const std::string document = json.at("Document");
        EXPECT_EQ(json.at("FileName"), "a.b.pdf");
        const auto padding = static_cast<std::int64_t>(std::ranges::count(document, '='));
        EXPECT_EQ(static_cast<std::int64_t>(document.size()) / 4 * 3 - padding, bytes);
        EXPECT_EQ(document.size() % 4, 0U);
    }
    for (const char* const none : {"", "[]", R"({"FileName":"a.pdf"})", R"({"FileName":1,"Document":"x"})", "<a/>"}) {
        EXPECT_FALSE(with_extension(none, "exe")) << none;
        EXPECT_FALSE(with_document_of(none, 1)) << none;
    }
}

TEST(DocumentJudgement, ASizeIsRefusedInWhateverWords) {
    const Answer good{.kind = Answer::Kind::served, .summary = "HTTP 200", .status = 200};
    const auto judged = [&good](Answer::Kind kind, int status) {
        return judge_document_size(good, {.kind = kind, .summary = "it", .status = status}, 9'000'001).outcome();
    };
    EXPECT_EQ(judged(Answer::Kind::refused, 400), Outcome::pass);
    EXPECT_EQ(judged(Answer::Kind::unclear, 413), Outcome::pass);
    EXPECT_EQ(judged(Answer::Kind::served, 200), Outcome::fail);
    EXPECT_EQ(judged(Answer::Kind::unclear, 503), Outcome::inconclusive);
    EXPECT_EQ(judged(Answer::Kind::cut, 0), Outcome::inconclusive);
    EXPECT_EQ(judge_document_size({}, {.kind = Answer::Kind::refused, .summary = "it", .status = 400}, 1).outcome(),
              Outcome::inconclusive);
}

}  // namespace
}  // namespace gateproof::suites
