// Refusals, in one place: what an answer is, how often it is asked for, and when that nobody was served is a pass.
//
// One reset or close says nothing, because an overloaded endpoint and a device in between do that too, so whatever is
// judged by a refusal is asked until the answers decide it. And a refusal counts only beside a success.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/probe/tls/session.hpp"
#include "harness/profile/permission_case.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// How a refusal is read.
enum class Reading {
    no_service,  ///< TLS, identity, doors: a refusal in words, or every try cut
    documented,  ///< permissions: a code or status of the error model alone, for a cut is none of them
};

/// What came of asking once.
struct Answer {
    enum class Kind {
        served,      ///< what was asked for: the operation's answer, a ServerHello, a token
        refused,     ///< in words: a TLS alert, an HTTP status, an error code
        cut,         ///< reset or closed without a word
        broken_off,  ///< the same in the middle of an answer: no refusal, however often, but asked again like one
        silent,      ///< no connection, or no answer in time: asking on would not help
        unclear,     ///< anything else: overload, a broken server, bytes that cannot be read
    };
    Kind kind = Kind::silent;
    std::string summary;    ///< "HTTP 403 EV1022", "connection reset"
    int status = 0;         ///< of HTTP; 0: no whole answer
    std::string code = {};  ///< the error code that an error model leads to; empty: none, or one that means success

    [[nodiscard]] bool served() const { return kind == Kind::served; }
    [[nodiscard]] bool refused() const { return kind == Kind::refused; }
};

/// Any 2xx.
bool is_success(int status);
/// Any 4xx: the request was not carried out, though maybe for a fault of its own.
bool is_client_error(int status);
/// Redirects and HTTP 404, 405, 410: whoever answers there has no such service.
bool is_unknown_there(int status);
/// HTTP 400, 404, 405 and 501: what else refuses may mean a token, a limit or a login page.
inline bool refuses_method(int status) {
    return status == 400 || status == 404 || status == 405 || status == 501;
}
/// Below 400, or of overload, the way there or the caller: no word about what the request brings.
inline bool is_silent_about_content(int status) {
    return status < 400 || status == 401 || status == 407 || status == 408 || status == 429 ||
           (status >= 502 && status <= 504);
}

Answer answer_of(const ServerAnswer& answer);
Answer answer_of(const TlsStep& step);
/// Bytes are an answer, whatever they say.
Answer answer_of(const TcpExchange& exchange);
Answer answer_of(const oauth::TokenAnswer& answer);
/// HTTP 400, 401, 403, 421 and 495 to 497 are refusals; other client errors may be the request's own fault. Any 2xx is
/// service, unless the operation says what its answer holds and this one does not: with a documented error code it is a
/// refusal, else neither.
Answer answer_of(const HttpOutcome& outcome, const Operation& operation);
/// Beside the identical request of the served identity, which rules that fault out: HTTP 302, 404 and 407 are refusals
/// as well. Service is the operation's own answer alone, an answer with its body is no refusal, and another 2xx is one
/// with a documented error code alone.
Answer answer_of(const HttpOutcome& outcome, const Operation& operation, const HttpOutcome& ourselves);
/// Any 2xx is service, and HTTP 302, 404 and 407 are refusals as well: for whoever must not be served, where the
/// identical request of the served identity gets service, whose answer is `ourselves`; null: the controls around the
/// check show it.
Answer answer_beside_service(const HttpOutcome& outcome, const Operation& operation, const HttpOutcome* ourselves);
/// By the error model of the operation (Reading::documented). A 2xx answer without an error code is service. A refusal
/// has a code that the model gives for one of its reasons, or is a 401 or 403 that it gives; with another code or
/// status it is neither: no data in that range (416), input that is not valid, too many calls at once (429), a
/// technical fault.
Answer answer_of(const HttpOutcome& outcome, const Operation& operation, const ErrorModel& model);

/// The error is one that the model gives for this reason: HTTP status and code.
bool matches(const Answer& answer, const ErrorModel::Reason& reason);
/// "HTTP 403 with EV1022"
std::string describe(const ErrorModel::Reason& reason);

/// The tries of one question, in turn:
///
///     Tries tries;
///     while (co_await asks_on(ctx, tries)) {
///         answer = co_await ctx.client_hello(hello);
///         tries.add(answer_of(answer));
///     }
class Tries {
public:
    static constexpr std::size_t most = 3;
    /// Where cuts come between the answers: so many, until the answers in words outweigh them.
    static constexpr std::size_t most_beside_cuts = 9;
    /// Of what is to be served, where each of them was cut.
    static constexpr std::size_t most_for_service = 5;

    enum class Ask {
        until_told,   ///< until somebody says so in words: twice beside one cut, three times beside more
        for_service,  ///< the same of what is to be served: a cut says nothing of it, and is asked again more often
        twice,        ///< a refusal in words has to be heard twice, where an enumeration would end with it
        counted,  ///< as often as asked whatever comes (`most` where any was cut, as often again where only some were)
    };
    explicit Tries(Ask ask = Ask::until_told) : ask_(ask) {}
    /// Asked once, and not again whatever came.
    static Tries once(const Answer& answer);

    void add(const Answer& answer);
    [[nodiscard]] std::size_t count() const;
    /// Another try would change nothing, or enough were made. `repeat`: how many are to be counted (limits.repeat).
    /// `resets_happen`: to those who are to be served too, so that nothing follows from cuts alone.
    [[nodiscard]] bool decided(std::size_t repeat = most, bool resets_happen = false) const;
    [[nodiscard]] bool last_was_cut() const { return !ways_.empty() && is_cut(last_); }
    [[nodiscard]] bool last_was_served() const { return !ways_.empty() && last_ == Answer::Kind::served; }

    enum class Result {
        served,          ///< once is enough, however the other tries ended
        refused,         ///< in words; a cut beside it is outweighed by two such refusals, more of them by three
        cut_every_time,  ///< a refusal only beside controls that were not cut: Verdict::rests_on_resets
        undecided,       ///< cuts and refusals in turn
        unclear,         ///< an answer that is neither, or that was broken off
        nothing,         ///< silence, or nothing was tried
    };
    [[nodiscard]] Result result() const;
    [[nodiscard]] bool served() const { return result() == Result::served; }
    [[nodiscard]] bool is_refusal(Reading reading = Reading::no_service) const;
    [[nodiscard]] bool rests_on_resets() const { return result() == Result::cut_every_time; }
    /// Why nobody was served and it is no refusal all the same; empty: it is one.
    [[nodiscard]] std::string doubt(Reading reading = Reading::no_service) const;

    /// "alert protocol_version (70)"; after several tries "connection reset in 2 of 3 tries, alert ... in 1 of 3 tries"
    [[nodiscard]] std::string summary() const;
    /// The ways in which it was refused or cut: "HTTP 403, connection reset".
    [[nodiscard]] std::string refusals() const;
    /// Every way in which it was answered, and "cut" where no try was: without shares, which differ from run to run,
    /// and without the cuts beside answers.
    [[nodiscard]] std::string told() const;
    /// How the first that was served was answered: "HTTP 200"; empty: none was.
    [[nodiscard]] std::string service() const;
    /// The first answer that was neither; empty: there was none.
    [[nodiscard]] std::string other() const;
    [[nodiscard]] std::size_t served_count() const { return times(Answer::Kind::served); }
    [[nodiscard]] std::size_t success_count() const { return successes_; }
    /// "2 of 3" were served.
    [[nodiscard]] std::string share_served() const;
    /// Without a word, or in the middle of an answer.
    [[nodiscard]] bool any_cut() const { return cut_count() > 0; }
    /// How many were answered, in whatever way: those that were not cut.
    [[nodiscard]] std::size_t answered_count() const { return count() - cut_count(); }
    /// How many a refusal rests on: those that were answered, or all of them where each was cut.
    [[nodiscard]] std::size_t telling_count() const { return rests_on_resets() ? count() : answered_count(); }
    /// TLS accepted the connection, and HTTP refused the request.
    [[nodiscard]] bool refused_by_http() const { return refused_by_http_; }

private:
    struct Way {
        std::string summary;
        Answer::Kind kind;
        std::size_t times;
    };
    [[nodiscard]] std::size_t times(Answer::Kind kind) const;
    static bool is_cut(Answer::Kind kind) { return kind == Answer::Kind::cut || kind == Answer::Kind::broken_off; }
    [[nodiscard]] std::size_t cut_count() const { return times(Answer::Kind::cut) + times(Answer::Kind::broken_off); }
    [[nodiscard]] std::size_t refusals_needed() const;
    [[nodiscard]] std::size_t most_of_cuts(bool resets_happen) const;
    [[nodiscard]] const Way* first_of(Answer::Kind kind) const;

    Ask ask_;
    std::size_t successes_ = 0;  ///< answered with any 2xx that is no refusal in words
    bool refused_by_http_ = false;
    Answer::Kind last_ = Answer::Kind::silent;
    std::vector<Way> ways_;  ///< in the order they were seen
};

/// Whether to ask once more. After a cut a control comes first, which whatever cuts connections at this moment would
/// cut too; the runner looks at it, see Verdict::rests_on_resets.
boost::asio::awaitable<bool> asks_on(Context& ctx, const Tries& tries);

/// Ended by a cut, so that it has to be asked for again before anything is compared with it.
bool ended_by_cut(const HttpOutcome& outcome);

/// What others are compared with, or what is to be served, asked again while it was cut: one cut connection neither
/// makes a refusal of a service, nor a finding of a comparison. Asked as often as beside known cuts, because nobody
/// here knows whether cuts happen, and without it nothing can be said. `ask` returns an awaitable, and is no coroutine
/// itself.
template <class Ask, class WasCut>
std::invoke_result_t<Ask> until_answered(Ask ask, WasCut was_cut) {
    auto answer = co_await ask();
    for (std::size_t tries = 1; tries < Tries::most_beside_cuts && was_cut(answer); ++tries) {
        answer = co_await ask();
    }
    co_return answer;
}

/// A ClientHello and its answers.
struct TriedHello {
    ServerAnswer answer;  ///< the last one, by which the tries were decided; once one was served, the oldest version
    Tries tries;

    void add(ServerAnswer next);
};
boost::asio::awaitable<TriedHello> try_hello(Context& ctx, ClientHello hello,
                                             ServerAnswerParser::Until until = ServerAnswerParser::Until::server_hello,
                                             Tries tries = Tries());
boost::asio::awaitable<TriedHello> try_hello(Context& ctx, Ssl2ClientHello hello, Tries tries = Tries());

/// A request and its answers. Only for one that may be sent again.
struct TriedRequest {
    HttpOutcome outcome;  ///< the last one, by which the tries were decided; once one was served, the last such
    Tries tries;

    void add(HttpOutcome next, const Operation& operation);
    /// For whoever must not be served: see answer_beside_service.
    void add_beside_service(HttpOutcome next, const Operation& operation, const HttpOutcome* ourselves = nullptr);

private:
    void keep(HttpOutcome next, const Answer& answer);
};
boost::asio::awaitable<TriedRequest> try_request(Context& ctx, HttpRequest request, const Operation& operation,
                                                 Tries tries = Tries());
/// The same, for whoever must not be served.
boost::asio::awaitable<TriedRequest> try_beside_service(Context& ctx, HttpRequest request, const Operation& operation,
                                                        const HttpOutcome* ourselves = nullptr, Tries tries = Tries());

/// Notes in the evidence that more than one try was needed.
void note_tries(Context& ctx, const Tries& tries);

/// What so many refusals and no service say of the share that is served: "; 0 of 6 tries were served (95 % confidence:
/// below 39 %)". Empty for one.
std::string none_served(std::size_t tries);

/// Something that must not be served, and what came of it.
struct Trial {
    std::string what;  ///< behind Words::tried: "with the kid OAUTH", "under TLS 1.2"; may be empty
    Tries tries;
    std::string_view remedy;  ///< of its own; empty: what is said to judge_refused

    Trial(std::string what_, Tries tries_, std::string_view remedy_ = {})
        : what(std::move(what_)), tries(std::move(tries_)), remedy(remedy_) {}
    Trial(std::string what_, const Answer& answer, std::string_view remedy_ = {})
        : Trial(std::move(what_), Tries::once(answer), remedy_) {}
};
struct Words {
    std::string_view tried;   ///< what all trials have in common: "a JWT"; may be empty
    std::string_view beside;  ///< what must be served beside them: "a good JWT"
};

/// The verdict when one trial decides: it was served, or nothing can be said. Nothing: it was refused.
std::optional<Verdict> not_refused(const Trial& trial, std::string_view tried, std::string_view remedy,
                                   Reading reading);
/// The product's first rule: everything that was tried must be refused, and that counts only beside a success.
Verdict judge_refused(const Answer& beside, std::span<const Trial> tried, const Words& words, std::string_view remedy,
                      Reading reading);
/// The same where the success was asked for once more behind the refusals, which prove nothing where it is refused by
/// then: whoever sends too much that is bad may be locked out.
Verdict judge_refused_between(const Answer& before, const Answer& after, std::span<const Trial> tried,
                              const Words& words, std::string_view remedy, Reading reading);

}  // namespace gateproof::suites
