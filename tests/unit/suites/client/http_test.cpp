// Verdicts about HTTP/1.1, and the forms of answers that they are about.
#include "suites/client/http/judge.hpp"

#include <gmock/gmock.h>

#include "client/http/gzip.hpp"
#include "suites/client/http/forms.hpp"
#include "suites/client/judge.hpp"
#include "tests/unit/suites/client/came.hpp"

namespace gateproof::suites::http_test {
namespace {

using Kind = Claim::Kind;
using stage::Visit;
using test::attempt;
using test::Came;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Came asked(int status = 200) {
    return Came().hello().finished().request(status);
}

/// One connection with a request for each of these answers.
Visit asked_for(const std::vector<int>& statuses) {
    Came came = Came().hello().finished();
    for (const int status : statuses) {
        came.request(status);
    }
    return came;
}

Outcome not_taken(const Attempt& one, Outcome taken = Outcome::fail) {
    return judge_not_taken(one, {"a broken answer", "read it"}, taken).outcome();
}

TEST(ClientHttpJudge, WhatIsTakenIsTheClientsToSay) {
    EXPECT_EQ(not_taken(attempt({asked()}, Kind::failure)), Outcome::pass);
    EXPECT_EQ(not_taken(attempt({asked()}, Kind::success)), Outcome::fail);
    EXPECT_EQ(not_taken(attempt({asked()}, Kind::success), Outcome::warning), Outcome::warning);
    EXPECT_EQ(not_taken(attempt({asked()}, Kind::crashed), Outcome::warning), Outcome::fail);
    EXPECT_EQ(not_taken(attempt({asked()}, Kind::ended_by_us)), Outcome::inconclusive);
    EXPECT_EQ(not_taken(attempt({asked()}, Kind::lost)), Outcome::inconclusive);
    const Verdict silent = judge_not_taken(attempt({asked()}, Kind::none), {"a broken answer", "read it"});
    EXPECT_EQ(silent.outcome(), Outcome::skipped);
    EXPECT_EQ(silent.skip(), Skip::not_tried);
}

TEST(ClientHttpJudge, WhoWasNotAnsweredTookNothing) {
    for (const Kind kind : {Kind::failure, Kind::success}) {
        EXPECT_EQ(not_taken(attempt({}, kind)), Outcome::inconclusive);
        EXPECT_EQ(not_taken(attempt({Came().hello().alert(42)}, kind)), Outcome::inconclusive);
        EXPECT_EQ(not_taken(attempt({Came().hello().finished().request()}, kind)), Outcome::inconclusive);
    }
    EXPECT_EQ(not_taken(attempt({}, Kind::unsupported)), Outcome::skipped);
}

TEST(ClientHttpJudge, RequestsAreWellFormed) {
    const auto judged = [](const Visit& visit) { return judge_well_formed(attempt({visit})).outcome(); };
    EXPECT_EQ(judged(asked().field("Host", "a").field("Content-Length", "2")), Outcome::pass);
    EXPECT_EQ(judged(asked()), Outcome::fail) << "no Host";
    EXPECT_EQ(judged(asked().field("Host", "a").field("host", "a")), Outcome::fail);
    EXPECT_EQ(judged(asked().field("Host", "a").field("Content-Length", "2").field("content-length", "2")),
              Outcome::fail);
    Visit absolute = asked().field("Host", "a");
    absolute.requests.front().target = "https://a/";
    EXPECT_EQ(judged(absolute), Outcome::fail);
    Visit none = Came().hello().finished();
    none.not_http = true;
    EXPECT_EQ(judged(none), Outcome::fail);
    EXPECT_EQ(judged(Came().hello().finished()), Outcome::inconclusive);
}

TEST(ClientHttpJudge, UserAgent) {
    const auto judged = [](const Visit& visit) { return judge_user_agent(attempt({visit})).outcome(); };
    EXPECT_EQ(judged(asked().field("User-Agent", "LedgerLink/4.2 (Linux)")), Outcome::pass);
    EXPECT_EQ(judged(asked().field("User-Agent", "LedgerLink")), Outcome::warning);
    EXPECT_EQ(judged(asked().field("User-Agent", "LedgerLink/")), Outcome::warning);
    EXPECT_EQ(judged(asked()), Outcome::warning);
    EXPECT_EQ(judge_user_agent(attempt({})).outcome(), Outcome::inconclusive);
}

TEST(ClientHttpJudge, ConnectionsOfMoreThanOneRequest) {
    const Attempt one = attempt({asked_for({302})});
    const Attempt apart = attempt({asked_for({302}), asked_for({200})});
    const Attempt together = attempt({asked_for({302, 302, 200})});
    EXPECT_EQ(judge_close_honoured(one).skip(), Skip::not_tried);
    EXPECT_EQ(judge_close_honoured(apart).outcome(), Outcome::pass);
    EXPECT_EQ(judge_close_honoured(together).outcome(), Outcome::fail);
    EXPECT_EQ(judge_close_honoured(attempt({})).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_keep_alive(one).skip(), Skip::not_tried);
    EXPECT_EQ(judge_keep_alive(apart).outcome(), Outcome::warning);
    EXPECT_EQ(judge_keep_alive(together).outcome(), Outcome::pass);
}

TEST(ClientHttpJudge, IdleConnectionsThatEnd) {
    const Attempt kept = attempt({asked_for({302, 200})}, Kind::success);
    const Attempt lost = attempt({asked_for({302})}, Kind::failure);
    const Attempt survived = attempt({asked_for({302}), asked()}, Kind::success);
    EXPECT_EQ(judge_idle_close(kept, {survived}).outcome(), Outcome::pass);
    EXPECT_EQ(judge_idle_close(kept, {lost, lost, survived}).outcome(), Outcome::pass) << "once may be the race";
    EXPECT_EQ(judge_idle_close(kept, {lost, lost, lost}).outcome(), Outcome::fail);
    EXPECT_EQ(judge_idle_close(kept, {lost, attempt({asked_for({302})}, Kind::ended_by_us)}).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(judge_idle_close(kept, {lost, attempt({}, Kind::failure)}).outcome(), Outcome::inconclusive);
    EXPECT_EQ(judge_idle_close(survived, {}).skip(), Skip::not_applicable) << "it keeps none";
    EXPECT_EQ(judge_idle_close(lost, {}).skip(), Skip::not_tried) << "it follows no redirect";
    EXPECT_EQ(judge_idle_close(attempt({}, Kind::failure), {}).outcome(), Outcome::inconclusive);
}

TEST(ClientHttpJudge, ConnectionsAtOnce) {
    const auto judged = [](std::size_t count, bool one_after_the_other) {
        std::vector<Visit> visits;
        const stage::Time begin = std::chrono::steady_clock::now();
        for (std::size_t at = 0; at < count; ++at) {
            Visit& visit = visits.emplace_back(asked());
            visit.began = begin + std::chrono::seconds(one_after_the_other ? at : 0);
            visit.ended = begin + std::chrono::seconds(one_after_the_other ? at + 1 : count);
        }
        return judge_connections(attempt(std::move(visits), Kind::success)).outcome();
    };
    EXPECT_EQ(judged(most_connections, false), Outcome::pass);
    EXPECT_EQ(judged(most_connections + 1, false), Outcome::warning);
    EXPECT_EQ(judged(3 * most_connections, true), Outcome::pass) << "one after the other";
    EXPECT_EQ(judged(0, false), Outcome::inconclusive);
    EXPECT_EQ(judge_connections(attempt(std::vector<Visit>(most_connections + 1, asked()))).outcome(), Outcome::warning)
        << "all are still open";
}

TEST(ClientHttpJudge, Redirects) {
    const auto times = [](std::size_t count) { return attempt({asked_for(std::vector<int>(count, 302))}); };
    EXPECT_EQ(judge_redirect_loop(times(1), 1).outcome(), Outcome::pass);
    EXPECT_EQ(judge_redirect_loop(times(most_redirects + 1), 1).outcome(), Outcome::pass) << "curl -L";
    EXPECT_EQ(judge_redirect_loop(times(most_redirects + 2), 1).outcome(), Outcome::fail);
    EXPECT_EQ(judge_redirect_loop(times(66), 6).outcome(), Outcome::pass) << "22 times, three times (axios-retry)";
    EXPECT_EQ(judge_redirect_loop(attempt({asked_for({302, 302})}, Kind::ended_by_us), 1).outcome(),
              Outcome::inconclusive);
    EXPECT_EQ(judge_downgrade(times(1)).outcome(), Outcome::pass);
    Attempt strayed = times(1);
    strayed.strays.push_back(Came());
    EXPECT_EQ(judge_downgrade(strayed).outcome(), Outcome::warning) << "a connection is enough";
    Visit clear = asked();
    strayed.strays.push_back(clear);
    EXPECT_EQ(judge_downgrade(strayed).outcome(), Outcome::warning);
    clear.requests.front().body_size = 2;
    strayed.strays.back() = clear;
    EXPECT_EQ(judge_downgrade(strayed).outcome(), Outcome::fail);
    clear.requests.front().body_size = 0;
    clear.requests.front().secrets = {{"Authorization", "access token"}};
    strayed.strays.back() = clear;
    EXPECT_THAT(judge_downgrade(strayed).sentence(), testing::HasSubstr("with its access token"));
    EXPECT_EQ(judge_downgrade(strayed).outcome(), Outcome::fail);
    EXPECT_EQ(judge_downgrade(attempt({})).outcome(), Outcome::inconclusive);
}

TEST(ClientHttpJudge, WhatNobodyAskedFor) {
    EXPECT_EQ(judge_surplus(attempt({asked_for({302, 500})}, Kind::success)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_surplus(attempt({asked_for({302}), asked_for({500})}, Kind::failure)).outcome(), Outcome::pass);
    EXPECT_EQ(judge_surplus(attempt({asked_for({302})}, Kind::success)).skip(), Skip::not_tried)
        << "it follows no redirect";
}

TEST(ClientHttpJudge, CompressionIsForThoseWhoAskForIt) {
    const Visit asks = asked().field("Accept-Encoding", "gzip, br");
    EXPECT_EQ(judge_compressed(attempt({asks}, Kind::success)).outcome(), Outcome::pass);
    EXPECT_EQ(judge_compressed(attempt({asks}, Kind::failure)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_broken_gzip(attempt({asks}, Kind::success)).outcome(), Outcome::warning);
    EXPECT_EQ(judge_broken_gzip(attempt({asks}, Kind::crashed)).outcome(), Outcome::fail);
    EXPECT_EQ(judge_broken_gzip(attempt({asks}, Kind::failure)).outcome(), Outcome::pass);
    const Attempt does_not = attempt({asked().field("Accept-Encoding", "identity")}, Kind::success);
    EXPECT_EQ(judge_compressed(does_not).skip(), Skip::not_applicable);
    EXPECT_EQ(judge_compressed(does_not).outcome(), Outcome::skipped);
    EXPECT_EQ(judge_broken_gzip(does_not).outcome(), Outcome::skipped);
    EXPECT_EQ(judge_compressed(attempt({})).outcome(), Outcome::inconclusive);
}

TEST(ClientHttpJudge, WhoHoldsABombWholeIsToldByItsMemory) {
    constexpr std::size_t mib = std::size_t{1024} * 1024;
    const auto with = [](std::optional<ResidentSize> size, Kind kind = Kind::success, const char* coding = "gzip") {
        Attempt made = attempt({asked().field("Accept-Encoding", coding)}, kind);
        made.claim.resident = size;
        return made;
    };
    EXPECT_EQ(judge_bomb(with({}), nullptr).outcome(), Outcome::skipped);
    EXPECT_EQ(judge_bomb(with(ResidentSize{60 * mib}, Kind::success, "br"), nullptr).skip(), Skip::not_applicable);
    EXPECT_EQ(judge_bomb(attempt({}), nullptr).outcome(), Outcome::inconclusive);
    EXPECT_FALSE(may_hold_bomb(with({})));
    EXPECT_FALSE(may_hold_bomb(with(ResidentSize{bomb_size - 1})));
    EXPECT_EQ(judge_bomb(with(ResidentSize{bomb_size - 1}), nullptr).outcome(), Outcome::pass);
    EXPECT_EQ(judge_bomb(with(ResidentSize{60 * mib}, Kind::failure), nullptr).outcome(), Outcome::pass);
    EXPECT_EQ(judge_bomb(with(ResidentSize{60 * mib}, Kind::crashed), nullptr).outcome(), Outcome::fail);
    EXPECT_EQ(judge_bomb(with(ResidentSize{60 * mib}, Kind::ended_by_us), nullptr).outcome(), Outcome::inconclusive);
    const Attempt much = with(ResidentSize{320 * mib, 40 * mib}, Kind::failure);
    EXPECT_TRUE(may_hold_bomb(much));
    EXPECT_EQ(judge_bomb(much, nullptr).outcome(), Outcome::inconclusive);
    const auto beside = [&](ResidentSize plain) {
        const Attempt other = with(plain);
        return judge_bomb(much, &other).outcome();
    };
    EXPECT_EQ(beside({60 * mib, 40 * mib}), Outcome::warning);
    EXPECT_EQ(beside({300 * mib, 40 * mib}), Outcome::pass) << "it is a program that takes as much for anything";
    EXPECT_EQ(beside({300 * mib, 300 * mib}), Outcome::inconclusive) << "what started it took that much";
}

TEST(ClientHttpJudge, WhatIsTooLongIsGivenUp) {
    const auto judged = [](const Attempt& one) { return judge_bounded(one, "a body", "stop").outcome(); };
    Visit part = asked();
    part.requests.front().answered.reset();
    EXPECT_EQ(judged(attempt({part}, Kind::failure)), Outcome::pass);
    EXPECT_EQ(judged(attempt({part}, Kind::success)), Outcome::warning);
    EXPECT_EQ(judged(attempt({part}, Kind::ended_by_us)), Outcome::inconclusive);
    EXPECT_EQ(judged(attempt({part}, Kind::crashed)), Outcome::fail);
    EXPECT_EQ(judged(attempt({asked()}, Kind::failure)), Outcome::warning) << "read to its end";
    EXPECT_EQ(judged(attempt({})), Outcome::inconclusive);
}

TEST(ClientHttpJudge, AnObsoleteFormMayBeRefused) {
    const auto judged = [](const Attempt& one) { return judge_coped(one, "an answer").outcome(); };
    EXPECT_EQ(judged(attempt({asked()}, Kind::success)), Outcome::pass);
    EXPECT_EQ(judged(attempt({asked()}, Kind::failure)), Outcome::pass);
    EXPECT_EQ(judged(attempt({asked()}, Kind::crashed)), Outcome::fail);
    EXPECT_EQ(judged(attempt({asked()}, Kind::ended_by_us)), Outcome::inconclusive);
}

stage::Request request_with(stage::Fields fields) {
    stage::Request made;
    made.method = "POST";
    made.target = "/gateway/a?b=1";
    made.fields = std::move(fields);
    return made;
}

const stage::Request request = request_with({{"Host", "gateway.test:4046"}, {"Accept-Encoding", "deflate, gzip"}});
const stage::Answer answer{.fields = {{"Content-Type", "application/json"}}, .body = R"({"a": 1})"};

std::string body_of(const std::string& bytes) {
    return bytes.substr(bytes.find("\r\n\r\n") + 4);
}

TEST(ClientHttpForms, EachDiffersInOneThing) {
    const std::string plain = stage::encoded(answer, "POST");
    EXPECT_EQ(with_100(answer, request, {}), "HTTP/1.1 100 Continue\r\n\r\n" + plain);
    EXPECT_THAT(with_103(answer, request, {}), EndsWith("\r\n\r\n" + plain));
    EXPECT_THAT(in_chunks(answer, request, {}), HasSubstr("Transfer-Encoding: chunked"));
    EXPECT_THAT(in_chunks(answer, request, {}), Not(HasSubstr("Content-Length")));
    EXPECT_EQ(body_of(in_chunks(answer, request, {})), "8\r\n{\"a\": 1}\r\n0\r\n\r\n");
    EXPECT_THAT(body_of(in_chunks_with_extensions(answer, request, {})), StartsWith("8;name=value\r\n"));
    EXPECT_THAT(in_chunks_with_trailers(answer, request, {}), EndsWith("0\r\nX-Checked: yes\r\nX-Sum: 12\r\n\r\n"));
    EXPECT_THAT(body_of(in_chunks_of_one_byte(answer, request, {})), StartsWith("1\r\n{\r\n1\r\n\"\r\n"));
    EXPECT_THAT(with_small_names(answer, request, {}), HasSubstr("\r\ncontent-length: 8\r\n"));
    EXPECT_THAT(with_spaces(answer, request, {}), HasSubstr("Content-Length:   8 \r\n"));
    EXPECT_THAT(with_folded_field(answer, request, {}), HasSubstr("\r\nX-Folded: one\r\n  two\r\n"));
    EXPECT_THAT(body_of(with_blanks(answer, request, {})), EndsWith(std::string(blanks_behind, ' ')));
    EXPECT_THAT(with_blanks(answer, request, {}), HasSubstr("Content-Length: 72\r\n"));
    EXPECT_THAT(until_close(answer, request, {}), Not(HasSubstr("Content-Length")));
    EXPECT_THAT(with_two_lengths(answer, request, {}), HasSubstr("Content-Length: 8\r\nContent-Length: 72\r\n"));
    EXPECT_THAT(with_length_and_chunks(answer, request, {}),
                HasSubstr("Content-Length: 8\r\nTransfer-Encoding: chunked\r\n"));
}

TEST(ClientHttpForms, RedirectsLeadBack) {
    EXPECT_THAT(sent_back(answer, request, {}), HasSubstr("Location: /gateway/a?b=1\r\n"));
    EXPECT_THAT(sent_back_and_closed(answer, request, {}), HasSubstr("Connection: close\r\n"));
    EXPECT_THAT(sent_back_with_surplus(answer, request, {}), EndsWith(stage::encoded(answer, "POST")));
    EXPECT_THAT(sent_to_clear(answer, request, {{std::string(clear_door), 8080}}),
                HasSubstr("Location: http://gateway.test:8080/gateway/a?b=1\r\n"));
}

TEST(ClientHttpForms, GzipIsReadByAnotherProgram) {
    const std::string text = "text " + std::string(1000, 'x');
    EXPECT_EQ(client::gunzip(gzip(text), 10'000, false), text);
    constexpr int power = 21;
    const std::string bomb = gzip_with_blanks(text, power);
    EXPECT_EQ(client::gunzip(bomb, std::size_t{1} << 22, false), text + std::string(std::size_t{1} << power, ' '));
    EXPECT_EQ(client::gunzip(bomb, std::size_t{1} << 20, false), std::nullopt) << "the reference client is bounded";
    EXPECT_LT(bomb.size() * 500, std::size_t{1} << power);
    const std::string whole = gzipped_bomb(answer, request, {});
    EXPECT_LT(whole.size(), bomb_size / 900);
    EXPECT_THAT(whole, HasSubstr("Content-Encoding: gzip"));
    EXPECT_EQ(gzipped_bomb(answer, request_with({}), {}), stage::encoded(answer, "POST")) << "nobody asked";
    const auto content = [](const std::string& bytes) { return client::gunzip(body_of(bytes), 10'000, false); };
    EXPECT_EQ(content(gzipped(answer, request, {})), answer.body);
    EXPECT_EQ(content(gzipped_in_part(answer, request, {})), std::nullopt);
    EXPECT_EQ(content(gzipped_wrongly(answer, request, {})), std::nullopt);
    EXPECT_EQ(client::gunzip(body_of(gzipped_wrongly(answer, request, {})), 10'000, true), answer.body)
        << "nothing but the checksum is wrong";
    EXPECT_THAT(gzipped(answer, request, {}), HasSubstr("Content-Encoding: gzip\r\n"));
    EXPECT_EQ(client::gunzip(gzip(text), 100, false), std::nullopt) << "longer than it may be";
    EXPECT_EQ(client::gunzip("no gzip", 100, false), std::nullopt);
}

TEST(ClientHttpForms, WhoAsksForGzip) {
    const auto asks = [](std::string value) {
        return asks_for_gzip(request_with({{"accept-encoding", std::move(value)}}));
    };
    EXPECT_TRUE(asks("gzip"));
    EXPECT_TRUE(asks("br, GZIP; q=0.5"));
    EXPECT_FALSE(asks("gzip; q=0, br"));
    EXPECT_FALSE(asks("identity"));
    EXPECT_FALSE(asks_for_gzip(request_with({})));
    EXPECT_EQ(gzipped(answer, request_with({}), {}), stage::encoded(answer, "POST"));
}

}  // namespace
}  // namespace gateproof::suites::http_test
