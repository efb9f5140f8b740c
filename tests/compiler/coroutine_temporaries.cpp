// The defect of g++ 12 that docs/adding-a-check.md warns of: in the expression that co_await awaits, a temporary made
// by aggregate initialisation (a struct in braces, a lambda with captures) or by ?: is destroyed twice.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

int alive = 0;
struct Counted {
    Counted() { ++alive; }
    Counted(const Counted& /*other*/) { ++alive; }
    ~Counted() { --alive; }
};
struct Aggregate {
    Counted member;
};
boost::asio::awaitable<void> take(Aggregate /*by value*/) {
    co_return;
}
boost::asio::awaitable<void> caller() {
    co_await take(Aggregate{});
}

int main() {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, caller(), boost::asio::detached);
    loop.run();
    return alive == 0 ? 0 : 1;
}
