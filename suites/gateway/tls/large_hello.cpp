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

std::vector<Shape> shapes(const ClientHello& small) {
    std::vector<Shape> made;
    for (const std::size_t size : {std::size_t{1500}, std::size_t{2000}, std::size_t{4096}, longest_hello}) {
        ClientHello hello = small;
        hello.pad_to(size);
        made.push_back({fmt::format("one of {} bytes", size), std::move(hello), size == longest_hello});
    }
    ClientHello divided = small;
    divided.cut = HelloCut::two_segments;
    made.push_back({"one in two TCP segments", divided});
    divided.cut = HelloCut::two_records;
    made.push_back({"one in two TLS records", divided, true});
    divided.pad_to(2000);
    divided.cut = HelloCut::two_segments;
    made.push_back({"one of 2000 bytes in two TCP segments", std::move(divided)});
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
    bool silent = false;  // twice is enough: more would cost a whole timeout each
    std::vector<Shape> all = shapes(small);
    for (Shape& shape : all) {
        if (silent) {
            unanswered.push_back({shape.what, "not tried", shape.never_sent});
            continue;
        }
        const TriedHello tried = co_await try_shape(ctx, std::move(shape.hello));
        silent = tried.tries.result() == Tries::Result::nothing;
        if (tried.answer.server_hello) {
            continue;
        }
        if (!silent && !tried.tries.is_refusal()) {
            co_return nothing_follows(tried);
        }
        unanswered.push_back({shape.what, tried.tries.summary(), shape.never_sent, tried.tries.rests_on_resets()});
    }
    if (!unanswered.empty()) {
        const TriedHello again = co_await try_hello(ctx, small);
        if (!again.answer.server_hello) {
            co_return nothing_follows(again);
        }
    }
    co_return judge_large_hellos(unanswered);
}

}  // namespace

std::vector<Check> tls_large_hello_checks() {
    return checks({.requirements = {decides("TLS-HYGIENE")}},
                  {{.id = "tls.large-hello",
                    .title = "A large or divided ClientHello must be answered like a small one",
                    .run = large_hello}});
}

}  // namespace gateproof::suites
