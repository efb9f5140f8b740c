// Verdicts about submissions, which must not happen twice.
#include "suites/client/writes/judge.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>

#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites::writes_test {
namespace {

using stage::Callers;
using stage::Visit;
using test::attempt;
using test::Came;
using testing::HasSubstr;
using Kind = Claim::Kind;

struct Sent {
    bool changes = true;
    int status = 0;
    std::string body = "<return/>";
    std::string key = {};  ///< Idempotency-Key
    std::string target = "/gateway/gws/returns/";
    std::string method = "POST";
};
const Sent query{.changes = false, .status = 200, .body = "<question/>"};

/// One connection with these requests, later than those of every one before it.
Visit sent(const std::vector<Sent>& all) {
    static stage::Time now = std::chrono::steady_clock::now();
    Came came;
    came.hello().finished();
    for (const Sent& one : all) {
        came.request(one.status);
    }
    Visit visit = came;
    visit.place = "client-writes.once/7";
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto raw = std::make_shared<stage::Request>();
        raw->method = visit.requests[i].method = all[i].method;
        raw->target = visit.requests[i].target = all[i].target;
        raw->body = all[i].body;
        raw->changes = all[i].changes;
        raw->earlier = i;
        if (!all[i].key.empty()) {
            raw->fields.emplace_back("Idempotency-Key", all[i].key);
        }
        visit.requests[i].raw = std::move(raw);
        visit.requests[i].first_byte = now += std::chrono::milliseconds(1);
    }
    return visit;
}

Attempt carried_out(std::vector<Visit> visits, int count, Kind claim = Kind::failure) {
    Attempt made = attempt(std::move(visits), claim);
    if (count > 0) {
        made.booked.push_back({"return", "digest", count});
    }
    return made;
}

TEST(ClientWritesJudge, WhatWasCarriedOutIsNotSentAgain) {
    const auto judged = [](const Attempt& one, const Mishap& mishap = {"its connection was reset"},
                           std::size_t harmless = 0) { return judge_once(one, mishap, harmless).outcome(); };
    EXPECT_EQ(judged(carried_out({sent({{}})}, 1)), Outcome::pass);
    EXPECT_EQ(judged(carried_out({sent({{}})}, 1, Kind::success)), Outcome::pass) << "doubt-told looks at that";
    EXPECT_EQ(judged(carried_out({sent({{}})}, 1, Kind::none)), Outcome::pass);
    EXPECT_EQ(judged(carried_out({sent({query, {}}), sent({query})}, 1)), Outcome::pass) << "it asks";
    EXPECT_EQ(judged(carried_out({sent({{}}), sent({{.status = 200}})}, 2, Kind::success)), Outcome::fail);
    EXPECT_EQ(judged(carried_out({sent({{}}), sent({{.body = "<return again=\"1\"/>"}})}, 2)), Outcome::fail)
        << "as if it were another";
    EXPECT_EQ(judged(carried_out({sent({{}}), sent({{}})}, 1)), Outcome::warning) << "the gateway refused it";
    EXPECT_EQ(judged(carried_out({sent({{.key = "k"}}), sent({{.key = "k"}})}, 2)), Outcome::warning);
    EXPECT_EQ(judged(carried_out({sent({{.key = "k"}}), sent({{.key = "l"}})}, 2)), Outcome::fail);
    const auto numbered = [](const char* number) {
        return Sent{.body = fmt::format("<a:MessageID>{}</a:MessageID><return/>", number)};
    };
    EXPECT_EQ(judged(carried_out({sent({numbered("urn:1")}), sent({numbered("urn:1")})}, 2)), Outcome::warning);
    EXPECT_EQ(judged(carried_out({sent({numbered("urn:1")}), sent({numbered("urn:2")})}, 2)), Outcome::fail);
    EXPECT_EQ(judged(carried_out({sent({{}}), sent({{}})}, 2), {"an answer of 408", Callers::writers, true}),
              Outcome::warning);
}

TEST(ClientWritesJudge, WhatMayHappenTwiceMayBeSentAsOftenAsTheProfileSays) {
    const auto judged = [](std::size_t times) {
        std::vector<Visit> visits;
        for (std::size_t i = 0; i < times; ++i) {
            visits.push_back(sent({{}}));
        }
        return judge_once(carried_out(std::move(visits), static_cast<int>(times)), {"silence"}, 2).outcome();
    };
    EXPECT_EQ(judged(1), Outcome::pass);
    EXPECT_EQ(judged(3), Outcome::pass);
    EXPECT_EQ(judged(4), Outcome::fail);
}

TEST(ClientWritesJudge, ASubmissionMeetsItsMishapOverItsKindOfConnection) {
    const Mishap fresh{"its connection was reset", Callers::fresh_writers};
    const Mishap reused{"its connection was reset", Callers::reused_writers};
    const Attempt used = carried_out({sent({query, {}})}, 1);
    const Attempt unused = carried_out({sent({query}), sent({{}})}, 1);
    EXPECT_EQ(judge_once(used, reused).outcome(), Outcome::pass);
    EXPECT_EQ(judge_once(unused, fresh).outcome(), Outcome::pass);
    EXPECT_EQ(judge_once(used, fresh).outcome(), Outcome::skipped);
    EXPECT_EQ(judge_once(unused, reused).outcome(), Outcome::skipped);
    EXPECT_THAT(judge_once(unused, reused).sentence(), HasSubstr("never reuses a connection"));
}

TEST(ClientWritesJudge, NothingIsSaidOfWhatDidNotCome) {
    const Mishap reset{"its connection was reset"};
    EXPECT_EQ(judge_once(attempt({}), reset).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_once(attempt({sent({query})}), reset).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_once(attempt({}, Kind::unsupported), reset).outcome(), Outcome::skipped);
    EXPECT_EQ(judge_once(carried_out({sent({{}})}, 1, Kind::crashed), reset).outcome(), Outcome::fail);
    EXPECT_EQ(judge_once(carried_out({sent({{}})}, 1, Kind::ended_by_us), reset).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_once(carried_out({sent({{}})}, 1, Kind::ended_by_us), {"silence", Callers::writers, false, true})
                  .outcome(),
              Outcome::skipped)
        << "client-time judges for how long it waits";
    EXPECT_EQ(judge_once(carried_out({sent({{}}), sent({{}})}, 2, Kind::ended_by_us), reset).outcome(), Outcome::fail);
    EXPECT_EQ(judge_doubt_told(attempt({sent({query})})).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_asks_first(attempt({sent({query})})).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_same_key(attempt({})).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_kept(attempt({}), 307).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_see_other(attempt({sent({query})})).outcome(), Outcome::inconclusive);
}

TEST(ClientWritesJudge, ADoubtIsNoSuccess) {
    const auto judged = [](std::vector<Visit> visits, Kind claim) {
        return judge_doubt_told(carried_out(std::move(visits), 1, claim)).outcome();
    };
    EXPECT_EQ(judged({sent({{}})}, Kind::failure), Outcome::pass);
    EXPECT_EQ(judged({sent({{}})}, Kind::success), Outcome::fail);
    EXPECT_EQ(judged({sent({query, {}})}, Kind::success), Outcome::fail) << "what was asked before tells nothing";
    EXPECT_EQ(judged({sent({{}}), sent({query})}, Kind::success), Outcome::skipped);
    EXPECT_EQ(judged({sent({{}}), sent({query})}, Kind::failure), Outcome::pass);
    EXPECT_EQ(judged({sent({{}}), sent({{.status = 200}})}, Kind::success), Outcome::skipped);
    EXPECT_EQ(judged({sent({{}})}, Kind::none), Outcome::skipped);
    EXPECT_EQ(judged({sent({{}})}, Kind::ended_by_us), Outcome::inconclusive);
    EXPECT_EQ(judged({sent({{}})}, Kind::crashed), Outcome::fail);
}

TEST(ClientWritesJudge, AskingComesBeforeSendingAgain) {
    const auto judged = [](std::vector<Visit> visits) {
        return judge_asks_first(carried_out(std::move(visits), 1)).outcome();
    };
    EXPECT_EQ(judged({sent({query, {}}), sent({query})}), Outcome::pass);
    EXPECT_EQ(judged({sent({{}}), sent({query, {.status = 200}})}), Outcome::pass);
    EXPECT_EQ(judged({sent({query, {}}), sent({{.status = 200}})}), Outcome::warning);
    EXPECT_EQ(judged({sent({{}}), sent({{.status = 200}, query})}), Outcome::warning) << "it asks too late";
    Sent refused = query;
    refused.status = 400;
    EXPECT_EQ(judged({sent({{}}), sent({refused, {.status = 200}})}), Outcome::warning) << "it was told nothing";
    EXPECT_EQ(judged({sent({query, {}})}), Outcome::skipped);
}

TEST(ClientWritesJudge, WhatIsMadeAgainIsTheSame) {
    const auto judged = [](const std::vector<Sent>& all) { return judge_same_key(attempt({sent(all)})).outcome(); };
    EXPECT_EQ(judged({{}, {}}), Outcome::pass);
    EXPECT_EQ(judged({{.body = "<MessageID>1</MessageID><r/>"}, {.body = "<MessageID>2</MessageID><r/>"}}),
              Outcome::pass)
        << "each message has a number of its own";
    EXPECT_EQ(judged({{.body = "<r at=\"1\"/>"}, {.body = "<r at=\"2\"/>"}}), Outcome::warning);
    EXPECT_EQ(judged({{.body = "<r at=\"1\"/>", .key = "k"}, {.body = "<r at=\"2\"/>", .key = "k"}}), Outcome::pass);
    EXPECT_EQ(
        judged({{.body = "<r at=\"1\">client-writes.once/7</r>"}, {.body = "<r at=\"2\">client-writes.once/7</r>"}}),
        Outcome::pass)
        << "{nonce}";
    EXPECT_EQ(judged({{}}), Outcome::skipped);
}

TEST(ClientWritesJudge, ARedirectKeepsMethodAndContent) {
    const std::string there = "/gateway/gws/returns/?moved=here";
    const auto judged = [&](const Sent& next) {
        return judge_kept(carried_out({sent({{.status = 307}, next})}, 1, Kind::success), 307).outcome();
    };
    EXPECT_EQ(judged({.status = 200, .target = there}), Outcome::pass);
    EXPECT_EQ(judged({.changes = false, .status = 405, .body = "", .target = there, .method = "GET"}), Outcome::fail);
    EXPECT_EQ(judged({.changes = false, .status = 400, .body = "", .target = there}), Outcome::fail);
    EXPECT_EQ(judged({.status = 200}), Outcome::skipped) << "it follows no redirect";
    EXPECT_EQ(judge_kept(carried_out({sent({{.status = 307}, {.status = 200, .target = there}}),
                                      sent({{.status = 200, .target = there}})},
                                     2),
                         307)
                  .outcome(),
              Outcome::fail);
    const Sent asked{.changes = false, .status = 307, .body = "<question/>"};
    EXPECT_EQ(
        judge_kept(attempt({sent({asked, {.changes = false, .body = "", .target = there, .method = "GET"}})}), 307)
            .outcome(),
        Outcome::fail)
        << "a query by POST tells as much";
}

TEST(ClientWritesJudge, SeeOtherIsFollowedWithGet) {
    const std::string there = "/gateway/gws/returns/?moved=here";
    const auto judged = [&](const Sent& next) {
        return judge_see_other(carried_out({sent({{.status = 303}, next})}, 1)).outcome();
    };
    EXPECT_EQ(judged({.changes = false, .status = 405, .body = "", .target = there, .method = "GET"}), Outcome::pass);
    EXPECT_EQ(judged({.status = 200, .target = there}), Outcome::fail);
    EXPECT_EQ(judged(query), Outcome::skipped);
}

}  // namespace
}  // namespace gateproof::suites::writes_test
