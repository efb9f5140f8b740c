// What docs/adding-a-check.md calls safe in the expression that co_await awaits, with g++ 12 too: what a constructor
// (of a conversion, of a copy, of empty braces) or a function made.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

int alive = 0;
struct Counted {
    Counted() { ++alive; }
    Counted(const char* /*text*/) { ++alive; }  // NOLINT(google-explicit-constructor)
    Counted(const Counted& /*other*/) { ++alive; }
    ~Counted() { --alive; }
};
struct Aggregate {
    Counted member;
};
Aggregate made() {
    return {};
}
boost::asio::awaitable<void> take(Counted /*by value*/) {
    co_return;
}
boost::asio::awaitable<void> take_aggregate(Aggregate /*by value*/) {
    co_return;
}
boost::asio::awaitable<void> caller() {
    const Counted named;
    co_await take("converted");
    co_await take(named);
    co_await take({});
    co_await take_aggregate(made());
}

int main() {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, caller(), boost::asio::detached);
    loop.run();
    return alive == 0 ? 0 : 1;
}
