#include "suites/client/http/suite.hpp"

#include <array>
#include <chrono>
#include <iterator>
#include <utility>
#include <vector>

#include "suites/client/http/forms.hpp"
#include "suites/client/http/judge.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

namespace {

using boost::asio::awaitable;
using stage::Farewell;

constexpr std::string_view read_all_forms =
    "read answers with a library that knows all of HTTP/1.1 (RFC 9112), and not by hand";
constexpr std::string_view count_bytes =
    "take an answer for whole only when its length or its last chunk says so (RFC 9112 8), and read it to its end before the status is believed";
/// More than any answer of the gateway, and than what sockets hold on its way.
constexpr std::size_t without_end = std::size_t{32} * 1024 * 1024;
/// Until software that waits for an answer might open further connections.
constexpr std::chrono::milliseconds slow_answer{1000};

SceneChange written_by(stage::AnswerWriter writer) {
    return every_answer({.written_by = writer});
}

SceneChange cut(stage::AnswerWriter writer, std::size_t held_back, Farewell farewell) {
    return every_answer({.written_by = writer, .held_back = held_back, .farewell = farewell});
}

/// RFC 9112 8: with close_notify and without, since some libraries look at one of them alone.
std::vector<ShownCase> ends(stage::AnswerWriter writer, std::size_t held_back) {
    return {
        {"close-notify", "The connection is closed in order", Twin::conforming,
         cut(writer, held_back, Farewell::close_notify)},
        {"fin", "The connection ends without close_notify", Twin::conforming, cut(writer, held_back, Farewell::fin)}};
}

/// The first answers are redirects to what was asked for; behind them the gateway answers as ever.
SceneChange redirected(stage::AnswerWriter writer, std::size_t times, Farewell farewell = Farewell::keep) {
    return [writer, times, farewell](stage::Scene& scene, const ClientContext&) {
        scene.answers.assign(
            times,
            {.carried_out = false, .said = stage::Answer{.status = 302}, .written_by = writer, .farewell = farewell});
    };
}

/// The first answer has another behind it; all later ones are failures.
void with_surplus(stage::Scene& scene, const ClientContext&) {
    stage::Answer failure{.status = 500,
                          .fields = {{"Content-Type", "application/json; charset=utf-8"}},
                          .body = R"({"errors":[{"code":"EU6001","type":"server","message":"Server error"}]})"};
    scene.answers = {{.written_by = &sent_back_with_surplus, .farewell = Farewell::keep},
                     {.carried_out = false, .said = std::move(failure)}};
    scene.every_answer = true;
}

/// RFC 9110 15.2
std::vector<ShownCase> informational_answers() {
    return {{"status-100", "100 (Continue) goes before the answer", Twin::conforming, written_by(&with_100)},
            {"status-103", "103 (Early Hints) goes before the answer twice", Twin::conforming, written_by(&with_103)}};
}

/// RFC 9112 7.1
std::vector<ShownCase> forms_of_chunks() {
    return {{"plain", "In chunks", Twin::conforming, written_by(&in_chunks)},
            {"extensions", "Chunks have extensions", Twin::conforming, written_by(&in_chunks_with_extensions)},
            {"trailers", "Fields stand behind the last chunk", Twin::conforming, written_by(&in_chunks_with_trailers)},
            {"one-byte", "Every chunk is one byte", Twin::conforming, written_by(&in_chunks_of_one_byte)}};
}

/// RFC 9110 5.1, 5.5; RFC 9112 5.2
std::vector<ShownCase> forms_of_heads() {
    return {{"small-letters", "Field names are in small letters", Twin::conforming, written_by(&with_small_names)},
            {"spaces", "Blanks stand around values", Twin::conforming, written_by(&with_spaces)},
            {"long-field", "A field has 8,000 bytes", Twin::conforming, written_by(&with_long_field)},
            {"folded", "A field goes on in the next line", Twin::conforming, written_by(&with_folded_field)}};
}

/// The folded field is obsolete: whoever refuses it is right as well.
Verdict head_read(const Attempt& attempt, const ClientContext& ctx) {
    constexpr std::size_t folded = 3;
    return ctx.case_index() == folded
               ? judge_coped(attempt, "an answer with a folded field")
               : judge_client_served(attempt, "a gateway that writes its fields in another form", read_all_forms);
}

/// RFC 9112 6.3
std::vector<ShownCase> conflicts() {
    return {
        {"two-lengths", "Two lengths that differ", Twin::conforming, cut(&with_two_lengths, 0, Farewell::close_notify)},
        {"length-and-chunks", "A length beside chunks", Twin::conforming,
         cut(&with_length_and_chunks, 0, Farewell::close_notify)}};
}

/// Libraries in common use skip 100 alone (Python's), or take one that nobody waits for ill (undici).
Verdict informational_read(const Attempt& attempt, const ClientContext&) {
    return advised(judge_client_served(attempt, "a gateway that says something before it answers",
                                       "pass over answers below 200 until the one that counts (RFC 9110 15.2)"));
}

/// RFC 1952
std::vector<ShownCase> broken_gzip() {
    return {{"cut", "Checksum and size are missing", Twin::conforming, written_by(&gzipped_in_part)},
            {"checksum", "The checksum is another", Twin::conforming, written_by(&gzipped_wrongly)}};
}

template <Verdict (*judge)(const Attempt&)>
Verdict of_attempt(const Attempt& attempt, const ClientContext&) {
    return judge(attempt);
}

template <Verdict (*judge)(const Attempt&)>
ClientCheck looks_at(SceneChange change = {}) {
    return looks_at_each(&of_attempt<judge>, {{{}, {}, Twin::conforming, std::move(change)}});
}

Verdict redirect_loop_bounded(const Attempt& attempt, const ClientContext& ctx) {
    return judge_redirect_loop(attempt, static_cast<std::size_t>(ctx.client().retries) + 1);
}

awaitable<Verdict> downgrade_refused(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    scene.answers = {{.carried_out = false, .said = stage::Answer{.status = 301}, .written_by = &sent_to_clear}};
    scene.every_answer = true;
    std::vector<stage::Door> doors;
    doors.push_back({.name = std::string(clear_door)});
    const Attempt attempt = co_await ctx.attempt(std::move(scene), ClientAct::read, std::move(doors));
    co_return judge_downgrade(attempt);
}

awaitable<Attempt> redirected_once(ClientContext& ctx, Farewell farewell) {
    stage::Scene scene = ctx.twin();
    redirected(&sent_back, 1, farewell)(scene, ctx);
    co_return co_await ctx.attempt(std::move(scene));
}

/// A redirect makes a second request of any software that follows it, whatever else it does in one start.
awaitable<Verdict> idle_close_survived(ClientContext& ctx) {
    const Attempt kept = co_await redirected_once(ctx, Farewell::keep);
    std::vector<Attempt> closed;
    bool lost = requests_of(kept) > 1 && !changed_connection(kept);
    while (lost && closed.size() < idle_closes) {
        closed.push_back(co_await redirected_once(ctx, Farewell::close_notify));
        lost = !changed_connection(closed.back());
    }
    co_return judge_idle_close(kept, closed);
}

awaitable<Verdict> bomb_bounded(ClientContext& ctx) {
    stage::Scene scene = ctx.twin();
    const SceneChange compressed = written_by(&gzipped_bomb);
    compressed(scene, ctx);
    const Attempt attempt = co_await ctx.attempt(std::move(scene));
    if (!may_hold_bomb(attempt)) {
        co_return judge_bomb(attempt, nullptr);
    }
    const Attempt plain = co_await ctx.attempt(ctx.twin());
    co_return judge_bomb(attempt, &plain);
}

Verdict body_bounded(const Attempt& attempt) {
    return judge_bounded(attempt, "a body of 32 MiB",
                         "stop reading an answer that is longer than any that the software has use for");
}

Verdict head_bounded(const Attempt& attempt) {
    return judge_bounded(attempt, "a head of 32 MiB", "stop reading a head that is longer than 64 KiB or so");
}

std::vector<CheckRow> request_rows() {
    return {{.id = "client-http.requests-well-formed",
             .title = "Its requests have one Host, one length and an absolute path",
             .requirements = {decides("CLIENT-HTTP")},
             .run = looks_at<&judge_well_formed>()},
            {.id = "client-http.user-agent",
             .title = "Its requests name product and version",
             .requirements = {adds("CLIENT-HTTP")},
             .run = looks_at<&judge_user_agent>()},
            {.id = "client-http.keep-alive",
             .title = "Its requests come over one connection",
             .requirements = {adds("CLIENT-HTTP")},
             .run = looks_at<&judge_keep_alive>(redirected(&sent_back, 2))},
            {.id = "client-http.connections-bounded",
             .title = "It opens no more connections because answers are slow",
             .requirements = {adds("CLIENT-HTTP")},
             .run = looks_at<&judge_connections>(every_answer({.after = slow_answer}))}};
}

std::vector<CheckRow> sound_rows() {
    return {{.id = "client-http.informational",
             .title = "Informational answers before the answer are passed over",
             .requirements = {adds("CLIENT-HTTP")},
             .run = looks_at_each(&informational_read, informational_answers()),
             .cases = cases_of(informational_answers())},
            {.id = "client-http.chunked-forms",
             .title = "Answers in chunks are read, with all that may stand between them",
             .requirements = {decides("CLIENT-HTTP")},
             .run = is_served_in_each("a gateway that answers in chunks", read_all_forms, forms_of_chunks()),
             .cases = cases_of(forms_of_chunks())},
            {.id = "client-http.header-forms",
             .title = "Fields are read in whatever form they may have",
             .requirements = {decides("CLIENT-HTTP")},
             .run = looks_at_each(&head_read, forms_of_heads()),
             .cases = cases_of(forms_of_heads())},
            {.id = "client-http.compressed",
             .title = "Compressed answers are read where it asks for them",
             .requirements = {decides("CLIENT-HTTP")},
             .run = looks_at<&judge_compressed>(written_by(&gzipped))}};
}

std::vector<CheckRow> broken_rows() {
    return {
        {.id = "client-http.truncated-length",
         .title = "An answer shorter than its length is not taken for whole",
         .requirements = {decides("CLIENT-HTTP")},
         .run = is_not_taken({"an answer shorter than its length", count_bytes}, ends(&with_blanks, blanks_behind / 2)),
         .cases = cases_of(ends(&with_blanks, blanks_behind / 2))},
        {.id = "client-http.truncated-chunks",
         .title = "An answer without its last chunk is not taken for whole",
         .requirements = {decides("CLIENT-HTTP")},
         .run = is_not_taken({"an answer without its last chunk", count_bytes}, ends(&in_chunks, last_chunk_size)),
         .cases = cases_of(ends(&in_chunks, last_chunk_size))},
        {.id = "client-http.end-without-notify",
         .title = "An answer that ends with its connection is whole only behind close_notify",
         .requirements = {adds("CLIENT-HTTP")},
         .run = is_not_taken(
             {"an answer without a length whose connection ended without close_notify",
              "take the end of a connection for the end of an answer only where close_notify came (RFC 9112 9.8): anybody may have cut it"},
             {{{}, {}, Twin::conforming, cut(&until_close, 0, Farewell::fin)}}, Outcome::warning)},
        {.id = "client-http.conflicting-lengths-refused",
         .title = "An answer whose length is told in two ways is not taken",
         .requirements = {adds("CLIENT-HTTP")},
         .run = is_not_taken(
             {"an answer whose length is told in two ways",
              "refuse an answer with two lengths, and with a length beside chunks (RFC 9112 6.3): it is how answers are smuggled"},
             conflicts(), Outcome::warning),
         .cases = cases_of(conflicts())},
        {.id = "client-http.broken-gzip-noticed",
         .title = "Broken compressed data are not taken",
         .requirements = {adds("CLIENT-HTTP")},
         .run = looks_at_each(&of_attempt<&judge_broken_gzip>, broken_gzip()),
         .cases = cases_of(broken_gzip())},
        {.id = "client-http.surplus-not-next",
         .title = "What stands behind an answer is not taken for the next one",
         .requirements = {decides("CLIENT-HTTP")},
         .run = looks_at<&judge_surplus>(&with_surplus)},
        {.id = "client-http.close-honoured",
         .title = "Behind Connection: close no request goes over that connection",
         .requirements = {decides("CLIENT-HTTP")},
         .run = looks_at<&judge_close_honoured>(redirected(&sent_back_and_closed, 1))},
        {.id = "client-http.idle-close-survived",
         .title = "Behind the end of an idle connection the next request goes over another",
         .requirements = {decides("CLIENT-HTTP")},
         .run = ClientCheck{&idle_close_survived}}};
}

std::vector<CheckRow> endless_rows() {
    return {
        {.id = "client-http.redirect-loop-bounded",
         .title = "A redirect to itself is not followed for ever",
         .requirements = {decides("CLIENT-HTTP")},
         .run = looks_at_each(
             &redirect_loop_bounded,
             {{{},
               {},
               Twin::conforming,
               every_answer({.carried_out = false, .said = stage::Answer{.status = 302}, .written_by = &sent_back})}})},
        {.id = "client-http.downgrade-redirect-refused",
         .title = "A redirect to http is not followed",
         .requirements = {decides("CLIENT-HTTP"), decides("CLIENT-REACH")},
         .run = ClientCheck{&downgrade_refused}},
        {.id = "client-http.bomb-bounded",
         .title = "Compressed data that become far more are not held whole",
         .requirements = {adds("CLIENT-HTTP")},
         .run = ClientCheck{&bomb_bounded}},
        {.id = "client-http.huge-body-bounded",
         .title = "A body without end is given up",
         .requirements = {adds("CLIENT-HTTP")},
         .run = looks_at<&body_bounded>(
             every_answer({.written_by = &until_close, .padding = without_end, .farewell = Farewell::close_notify}))},
        {.id = "client-http.huge-head-bounded",
         .title = "A head without end is given up",
         .requirements = {adds("CLIENT-HTTP")},
         .run = looks_at<&head_bounded>(every_answer({.carried_out = false,
                                                      .said = stage::Answer{},
                                                      .written_by = &endless_head,
                                                      .padding = without_end,
                                                      .farewell = Farewell::close_notify}))}};
}

}  // namespace

Suite client_http_suite() {
    const CheckFamily looking{.control = Control::none, .needs = {able_to(ClientAct::read)}};
    const CheckFamily showing{.intrusiveness = Intrusiveness::active, .needs = {able_to(ClientAct::read)}};
    Suite suite{"client-http", "How client software speaks HTTP/1.1", checks(looking, request_rows())};
    for (std::vector<Check>& more :
         std::array{checks(showing, sound_rows()), checks(showing, broken_rows()), checks(showing, endless_rows())}) {
        std::ranges::move(more, std::back_inserter(suite.checks));
    }
    return suite;
}

}  // namespace gateproof::suites
