// Asking again. One reset or close says nothing, because an overloaded endpoint and a device in between do that too, so
// whatever is judged by a refusal is asked until the answers decide it, at most three times.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/probe/http/http.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/probe/tls/session.hpp"

namespace gateproof {
class Context;
}

namespace gateproof::suites {

/// What came of one try.
enum class TryEnd {
    answered,  ///< an answer that decides, whatever was said before: service, or something that is no refusal
    refused,   ///< refused in words: a TLS alert, an HTTP status
    cut,       ///< reset or closed without a word
    nothing,   ///< silence, no connection, bytes that cannot be read: asking on would not help
};
TryEnd try_end_of(const ServerAnswer& answer);
TryEnd try_end_of(const HttpOutcome& outcome);
TryEnd try_end_of(const TlsStep& step);
/// Bytes are an answer, whatever they say.
TryEnd try_end_of(const TcpExchange& exchange);

/// The tries of one question, in turn:
///
///     Tries tries;
///     while (!tries.decided()) {
///         co_await control_after_cut(ctx, tries);
///         answer = co_await ctx.client_hello(hello);
///         tries.add(try_end_of(answer), answer.summary());
///     }
class Tries {
public:
    static constexpr std::size_t most = 3;

    /// How often a refusal in words has to be heard: once, or again where an enumeration would end with it.
    enum class Confirm { no, yes };
    explicit Tries(Confirm confirm = Confirm::no) : confirm_(confirm) {}

    /// `how`: the try in a few words, "connection reset".
    void add(TryEnd end, std::string_view how);
    [[nodiscard]] std::size_t count() const { return count_; }
    /// Another try would change nothing, or enough were made.
    [[nodiscard]] bool decided() const;
    [[nodiscard]] bool last_was_cut() const { return count_ > 0 && last_ == TryEnd::cut; }

    enum class Result {
        answered,
        refused,         ///< in words; a cut before it is outweighed by two such refusals
        cut_every_time,  ///< a refusal only beside controls that were not cut: Verdict::rests_on_resets
        undecided,       ///< cuts and refusals in turn
        nothing,
    };
    [[nodiscard]] Result result() const;
    [[nodiscard]] bool answered() const { return result() == Result::answered; }
    [[nodiscard]] bool is_refusal() const { return result() == Result::refused || rests_on_resets(); }
    [[nodiscard]] bool rests_on_resets() const { return result() == Result::cut_every_time; }
    /// "alert protocol_version (70)"; after several tries "connection reset in 2 of 3 tries, alert ... in 1 of 3 tries"
    [[nodiscard]] std::string summary() const;

private:
    Confirm confirm_;
    std::size_t count_ = 0;
    std::size_t refused_ = 0;
    std::size_t cut_ = 0;
    TryEnd last_ = TryEnd::nothing;
    std::vector<std::pair<std::string, std::size_t>> ways_;  ///< how often each, in the order they were seen
};

/// Before the same is asked again: a control, which whatever cuts connections at this moment would cut too. The runner
/// looks at it, see Verdict::rests_on_resets.
boost::asio::awaitable<void> control_after_cut(Context& ctx, const Tries& tries);

/// A ClientHello and its answers.
struct TriedHello {
    ServerAnswer answer;  ///< the last one, by which the tries were decided
    Tries tries;

    void add(ServerAnswer next);
};
boost::asio::awaitable<TriedHello> try_hello(Context& ctx, ClientHello hello,
                                             ServerAnswerParser::Until until = ServerAnswerParser::Until::server_hello,
                                             Tries tries = Tries());
boost::asio::awaitable<TriedHello> try_hello(Context& ctx, Ssl2ClientHello hello);

/// A request and its answers. Only for one that may be sent again.
struct TriedRequest {
    HttpOutcome outcome;  ///< the last one, by which the tries were decided
    Tries tries;
};
boost::asio::awaitable<TriedRequest> try_request(Context& ctx, HttpRequest request);

/// Notes in the evidence that more than one try was needed.
void note_tries(Context& ctx, const Tries& tries);

}  // namespace gateproof::suites
