#include "suites/shared/tries.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/run/context.hpp"

namespace gateproof::suites {

using boost::asio::awaitable;

TryEnd try_end_of(const ServerAnswer& answer) {
    if (answer.end == Ending::ok || answer.key_exchange_group) {
        return TryEnd::answered;
    }
    if (answer.end == Ending::alert) {
        return TryEnd::refused;
    }
    return answer.was_cut() ? TryEnd::cut : TryEnd::nothing;
}

TryEnd try_end_of(const HttpOutcome& outcome) {
    if (outcome.was_cut()) {
        return TryEnd::cut;
    }
    if (outcome.is_refusal()) {
        return TryEnd::refused;
    }
    return outcome.response ? TryEnd::answered : TryEnd::nothing;
}

TryEnd try_end_of(const TlsStep& step) {
    if (step.was_cut()) {
        return TryEnd::cut;
    }
    if (step.ok()) {
        return TryEnd::answered;
    }
    return step.end == Ending::alert ? TryEnd::refused : TryEnd::nothing;
}

TryEnd try_end_of(const TcpExchange& exchange) {
    if (!exchange.bytes.empty()) {
        return TryEnd::answered;
    }
    const bool cut = was_cut(exchange.end);
    return exchange.connected && cut ? TryEnd::cut : TryEnd::nothing;
}

void Tries::add(TryEnd end, std::string_view how) {
    last_ = end;
    ++count_;
    refused_ += end == TryEnd::refused ? 1 : 0;
    cut_ += end == TryEnd::cut ? 1 : 0;
    const auto known = std::ranges::find(ways_, how, [](const auto& way) { return std::string_view(way.first); });
    if (known == ways_.end()) {
        ways_.emplace_back(how, 1);
    } else {
        ++known->second;
    }
}

bool Tries::decided() const {
    const std::size_t needed = confirm_ == Confirm::yes || cut_ > 0 ? 2 : 1;
    return count_ >= most ||
           (count_ > 0 && (last_ == TryEnd::answered || last_ == TryEnd::nothing || refused_ >= needed));
}

Tries::Result Tries::result() const {
    if (count_ > 0 && last_ == TryEnd::answered) {
        return Result::answered;
    }
    if (count_ == 0 || last_ == TryEnd::nothing) {
        return Result::nothing;
    }
    const std::size_t needed = confirm_ == Confirm::yes || cut_ > 0 ? 2 : 1;
    if (refused_ >= needed) {
        return Result::refused;
    }
    return cut_ == count_ && count_ >= most ? Result::cut_every_time : Result::undecided;
}

std::string Tries::summary() const {
    if (count_ <= 1) {
        return ways_.empty() ? "nothing was tried" : ways_.front().first;
    }
    std::vector<std::string> parts;
    for (const auto& [how, times] : ways_) {
        parts.push_back(fmt::format("{} in {} of {} tries", how, times, count_));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

void TriedHello::add(ServerAnswer next) {
    tries.add(try_end_of(next), next.summary());
    answer = std::move(next);
}

void note_tries(Context& ctx, const Tries& tries) {
    if (tries.count() > 1) {
        ctx.evidence().add("tries").with("count", tries.count()).with("answers", tries.summary());
    }
}

awaitable<void> control_after_cut(Context& ctx, const Tries& tries) {
    if (tries.last_was_cut()) {
        const bool served = co_await ctx.control();
        static_cast<void>(served);  // where it is not, the control behind the check says so as well
    }
}

awaitable<TriedHello> try_hello(Context& ctx, ClientHello hello, ServerAnswerParser::Until until, Tries tries) {
    TriedHello tried{{}, std::move(tries)};
    while (!tried.tries.decided()) {
        co_await control_after_cut(ctx, tried.tries);
        ServerAnswer answer = co_await ctx.client_hello(hello, until);
        tried.add(std::move(answer));
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<TriedHello> try_hello(Context& ctx, Ssl2ClientHello hello) {
    TriedHello tried;
    while (!tried.tries.decided()) {
        co_await control_after_cut(ctx, tried.tries);
        ServerAnswer answer = co_await ctx.client_hello(hello);
        tried.add(std::move(answer));
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

awaitable<TriedRequest> try_request(Context& ctx, HttpRequest request) {
    TriedRequest tried;
    while (!tried.tries.decided()) {
        co_await control_after_cut(ctx, tried.tries);
        tried.outcome = co_await ctx.http(request);
        tried.tries.add(try_end_of(tried.outcome), tried.outcome.summary());
    }
    note_tries(ctx, tried.tries);
    co_return tried;
}

}  // namespace gateproof::suites
