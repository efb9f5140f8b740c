// TLS-HYGIENE: what a client of today sends in its first flight, which a key share of a post-quantum group alone makes
// larger than a TCP segment.
#include <fmt/format.h>

#include "harness/run/context.hpp"
#include "suites/gateway/tls/judge.hpp"
#include "suites/gateway/tls/suite.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

struct Shape {
    std::string what;
    ClientHello hello;
    bool never_sent = false;  ///< by no client of today
};

/// What clients send comes first.
std::vector<Shape> shapes(const ClientHello& small) {
    std::vector<Shape> made;
    const auto add = [&made, &small](std::string what, std::size_t size, HelloCut cut, bool never_sent = false) {
        Shape shape{std::move(what), small, never_sent};
        if (size > 0) {
            shape.hello.pad_to(size);
        }
        shape.hello.cut = cut;
        made.push_back(std::move(shape));
    };
    for (const std::size_t size : {std::size_t{1500}, std::size_t{2000}, std::size_t{4096}}) {
        add(fmt::format("one of {} bytes", size), size, HelloCut::none);
    }
    add("one in two TCP segments", 0, HelloCut::two_segments);
    add("one in two TLS records", 0, HelloCut::two_records, true);
    add(fmt::format("one of {} bytes", longest_hello), longest_hello, HelloCut::none, true);
    return made;
}

/// Silence is asked about once more, as one that was lost would look the same.
awaitable<TriedHello> try_shape(Context& ctx, ClientHello hello) {
    TriedHello tried = co_await try_hello(ctx, hello);
    if (tried.tries.result() == Tries::Result::nothing) {
        tried = co_await try_hello(ctx, std::move(hello));
    }
    co_return tried;
}

/// RFC 8446 5.1 lets a message be cut anywhere, and RFC 7685 has one be as long as it likes.
awaitable<Verdict> large_hello(Context& ctx) {
    const ClientHello small = ctx.offering(TlsVersion::tls_1_3, TlsVersion::tls_1_2);
    const TriedHello plain = co_await try_hello(ctx, small);
    if (!plain.answer.server_hello) {
        co_return nothing_follows(plain);
    }
    std::vector<UnansweredHello> unanswered;
    std::size_t not_tried = 0;
    std::vector<Shape> all = shapes(small);
    for (std::size_t i = 0; i < all.size(); ++i) {
        Shape& shape = all[i];
        const TriedHello tried = co_await try_shape(ctx, std::move(shape.hello));
        if (tried.answer.server_hello) {
            continue;
        }
        const bool silent = tried.tries.result() == Tries::Result::nothing;
        // Where there was no connection at all, no hello has been refused.
        const bool unheard = silent && tried.answer.end != Ending::timeout;
        if (unheard || (!silent && !tried.tries.is_refusal())) {
            co_return nothing_follows(tried);
        }
        unanswered.push_back({shape.what, tried.tries.summary(), shape.never_sent, tried.tries.rests_on_resets()});
        if (silent) {  // each more would cost its whole timeout, twice
            not_tried = all.size() - i - 1;
            break;
        }
    }
    if (!unanswered.empty()) {
        const TriedHello again = co_await try_hello(ctx, small);
        if (!again.answer.server_hello) {
            co_return nothing_follows(again);
        }
    }
    co_return judge_large_hellos(unanswered, not_tried);
}

}  // namespace

std::vector<Check> tls_large_hello_checks() {
    return checks({.requirements = {decides("TLS-HYGIENE")}},
                  {{.id = "tls.large-hello",
                    .title = "A large or divided ClientHello must be answered like a small one",
                    .run = large_hello}});
}

}  // namespace gateproof::suites
