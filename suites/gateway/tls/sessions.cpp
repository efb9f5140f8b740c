// TLS-HYGIENE, what only a whole connection tells: renegotiation by the client, early data.
#include <chrono>
#include <optional>

#include "harness/probe/http/http1.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/tls/judge.hpp"
#include "suites/gateway/tls/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::uint8_t alert_protocol_version = 70;

/// A connection, tried again where it was cut.
struct TriedTls {
    Context::TlsConnection connection;  ///< the last one
    Tries tries;

    [[nodiscard]] bool connected() const { return connection.step.ok(); }
};
awaitable<TriedTls> try_tls(Context& ctx, TlsOptions options) {
    TriedTls tried{.connection = {}, .tries = Tries(Tries::Ask::for_service)};
    while (co_await asks_on(ctx, tried.tries)) {
        tried.connection = co_await ctx.tls(options);
        tried.tries.add(answer_of(tried.connection.step));
        if (!tried.connected()) {
            tried.connection.permit.reset();  // before the next one is asked for
        }
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

/// Why there is no connection of that version: skipped when the server does not negotiate it with anybody, which its
/// own words (protocol_version) or a bare ClientHello tell; otherwise inconclusive.
awaitable<Verdict> not_connected(Context& ctx, TlsVersion version, const TriedTls& tried) {
    const std::optional<Alert> alert = tried.connection.step.alert;
    const std::string how = tried.tries.summary();
    if (!tried.tries.is_refusal()) {
        co_return Verdict::inconclusive("no {} connection was made: {}", to_string(version), how);
    }
    if (alert && alert->description == alert_protocol_version && !tried.tries.rests_on_resets()) {
        co_return Verdict::skipped("{} is not served: {}", to_string(version), how);
    }
    const TriedHello hello = co_await try_hello(ctx, ctx.offering(version));
    co_return judge_no_connection(version, how, hello).rests_on_resets(tried.tries.rests_on_resets());
}

/// What came until the peer ended it; the first bytes are enough to judge by.
struct ReadAnswer {
    std::string bytes;
    bool cut = false;
};
awaitable<ReadAnswer> read_until_end(TlsSession& session) {
    constexpr std::size_t enough = std::size_t{64} * 1024;
    ReadAnswer answer;
    while (answer.bytes.size() < enough) {
        const TlsRead part = co_await session.read();
        answer.bytes += part.bytes;
        if (!part.step.ok()) {
            answer.cut = part.step.was_cut();
            break;
        }
    }
    co_return answer;
}

awaitable<std::string> read_answer(TlsSession& session) {
    ReadAnswer answer = co_await read_until_end(session);
    co_return std::move(answer.bytes);
}

/// Takes what the server says before it is asked anything.
awaitable<void> hear_out(Context& ctx, TlsSession& session) {
    constexpr int most = 16;
    session.set_timeout(std::chrono::seconds(1));
    for (int i = 0; i < most; ++i) {
        const TlsRead read = co_await session.read();
        if (!read.step.ok()) {
            break;
        }
    }
    session.set_timeout(ctx.tls_options().timeout);
}

/// RFC 9325 3.5: a handshake on demand costs the server far more than the client, and TLS 1.3 has none.
awaitable<Verdict> client_renegotiation_refused(Context& ctx) {
    TlsOptions options = ctx.tls_options();
    options.max_version = TlsVersion::tls_1_2;
    Tries tries;
    bool hears_first = false;
    while (co_await asks_on(ctx, tries)) {
        const TriedTls tried = co_await try_tls(ctx, options);
        if (!tried.connected()) {
            co_return co_await not_connected(ctx, TlsVersion::tls_1_2, tried);
        }
        if (hears_first) {
            co_await hear_out(ctx, *tried.connection.session);
        }
        const TlsStep step = co_await tried.connection.session->renegotiate();
        ctx.evidence().add("renegotiation").with("result", step.summary());
        if (step.end == Ending::timeout) {
            co_return Verdict::pass("a renegotiation begun by the client was not completed: {}", step.summary());
        }
        if (is_undecipherable(step)) {
            // Our side of a handshake that the server has no part in: its alert under keys that we do not have.
            co_return Verdict::pass(
                "a renegotiation begun by the client was not completed: the answer to it cannot be "
                "decrypted ({})",
                step.summary());
        }
        if (step.end == Ending::tls_protocol && !hears_first) {
            hears_first = true;  // data that the server sent by itself met our handshake
            continue;
        }
        tries.add(answer_of(step));
    }
    note_tries(ctx, tries);
    if (tries.served()) {
        co_return Verdict::fail("a renegotiation begun by the client was completed")
            .remedy(
                "refuse renegotiation by clients. OpenSSL: SSL_OP_NO_RENEGOTIATION; nginx and HAProxy do so "
                "unless patched; Apache: update to 2.2.15 or later");
    }
    if (tries.is_refusal()) {
        co_return Verdict::pass("a renegotiation begun by the client was refused with {}", tries.summary())
            .rests_on_resets(tries.rests_on_resets());
    }
    co_return Verdict::inconclusive("nothing can be said about renegotiation: {}", tries.summary());
}

/// Early data that was accepted: what is answered while our Finished is kept back, and what after it.
awaitable<EarlyAnswers> read_early_answers(Context& ctx, TlsSession& session, std::chrono::milliseconds patience) {
    EarlyAnswers answers;
    session.set_timeout(patience);
    answers.before_finished = co_await read_answer(session);
    session.set_timeout(ctx.tls_options().timeout);
    answers.finished = co_await session.finish();
    if (answers.before_finished.empty() && answers.finished.ok()) {
        answers.after_finished = co_await read_answer(session);
    }
    co_return answers;
}

/// What came of a request sent as early data over a resumed session. `usual`: how long an answer takes.
awaitable<Verdict> judge_early_data(Context& ctx, std::shared_ptr<SSL_SESSION> ticket, std::uint32_t announced,
                                    std::chrono::milliseconds usual) {
    TlsOptions options = ctx.guarded(ctx.tls_options(), ctx.profile().control_operation());
    options.min_version = TlsVersion::tls_1_3;
    options.resume = std::move(ticket);
    options.early_data = wire(ctx.request_of(ctx.profile().control_operation()), Connection::close);
    options.holds_finished = true;
    const TriedTls tried = co_await try_tls(ctx, std::move(options));
    if (!tried.connected() && tried.tries.result() != Tries::Result::refused) {
        co_return Verdict::inconclusive("nothing can be said about early data: {}", tried.tries.summary());
    }
    const bool accepted = tried.connected() && tried.connection.session->early_data_accepted();
    EarlyAnswers answers;
    if (accepted) {
        const std::chrono::milliseconds patience = 3 * usual + std::chrono::seconds(1);
        answers = co_await read_early_answers(ctx, *tried.connection.session, patience);
    }
    ctx.evidence()
        .add("early_data")
        .with("accepted", accepted)
        .with("result", tried.connection.step.summary())
        .with("answer_before_finished", status_line(answers.before_finished))
        .with("answer_after_finished", status_line(answers.after_finished));
    if (!accepted) {
        co_return Verdict::warning("tickets announce {} bytes of early data, though early data was declined", announced)
            .remedy(std::string(early_data_remedy));
    }
    co_return judge_early_answers(answers);
}

/// RFC 8446 8 and appendix E.5: a request in early data can be replayed.
awaitable<Verdict> no_early_data(Context& ctx) {
    TlsOptions options = ctx.guarded(ctx.tls_options(), ctx.profile().control_operation());
    options.min_version = TlsVersion::tls_1_3;
    const std::string request = wire(ctx.request_of(ctx.profile().control_operation()), Connection::close);
    TriedTls tried;
    TlsStep written;
    ReadAnswer answer;
    std::chrono::milliseconds usual{0};
    bool cut = true;
    for (std::size_t tries = 0; cut && tries < Tries::most_for_service; ++tries) {
        tried = TriedTls();  // lets go of the last one before another is asked for
        tried = co_await try_tls(ctx, options);
        if (!tried.connected()) {
            co_return co_await not_connected(ctx, TlsVersion::tls_1_3, tried);
        }
        const auto asked = std::chrono::steady_clock::now();
        written = co_await tried.connection.session->write(request);
        if (written.ok()) {
            answer = co_await read_until_end(*tried.connection.session);
        }
        usual = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - asked);
        cut = written.ok() ? answer.cut && answer.bytes.empty() : written.was_cut();
    }
    Context::TlsConnection& first = tried.connection;
    if (!written.ok()) {
        co_return Verdict::inconclusive("the request before the ticket failed: {}", written.summary());
    }
    if (answer.bytes.empty()) {
        co_return Verdict::inconclusive("no answer came that could bring a ticket with it");
    }
    std::shared_ptr<SSL_SESSION> ticket = first.session->session();
    const std::uint32_t announced = ticket ? max_early_data(*ticket) : 0;
    ctx.evidence().add("session_ticket").with("received", ticket != nullptr).with("max_early_data", announced);
    first.session.reset();
    first.permit.reset();
    if (!ticket) {
        co_return Verdict::pass("no session ticket was issued, so there is no early data");
    }
    if (announced == 0) {
        co_return Verdict::pass("session tickets allow no early data");
    }
    co_return co_await judge_early_data(ctx, ticket, announced, usual);
}

}  // namespace

std::vector<Check> tls_session_checks() {
    return checks(
        {.requirements = {decides("TLS-HYGIENE")}, .intrusiveness = Intrusiveness::active},
        {{.id = "tls.client-renegotiation-refused",
          .title = "Renegotiation by the client must be refused",
          .run = client_renegotiation_refused},
         {.id = "tls.no-early-data", .title = "Early data (0-RTT) must not be served", .run = no_early_data}});
}

}  // namespace gateproof::suites
