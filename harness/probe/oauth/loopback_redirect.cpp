#include "harness/probe/oauth/loopback_redirect.hpp"

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <charconv>
#include <memory>
#include <system_error>

namespace gateproof::oauth {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t max_head = std::size_t{16} * 1024;
constexpr std::size_t max_connections = 64;

/// What the connections of one wait share; each of them keeps it alive.
struct Waiting {
    Waiting(const asio::any_io_executor& executor, std::string wanted_path, std::string wanted_state)
        : done(executor), path(std::move(wanted_path)), state(std::move(wanted_state)) {}

    asio::steady_timer done;
    std::string path;
    std::string state;
    std::optional<Parameters> parameters;
    std::optional<tcp::socket> browser;  ///< of those parameters; its answer waits until the code is exchanged
    std::size_t open = 0;
};

std::string page(std::string_view status, std::string_view title, std::string_view sentence) {
    const std::string html = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title></head>"
        "<body><main><h1>{0}</h1><p>{1}</p></main></body></html>\n",
        title, sentence);
    return fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nReferrer-Policy: no-referrer\r\n"
        "Connection: close\r\n\r\n{}",
        status, html.size(), html);
}

/// Empty: it is what is waited for, and its parameters are taken.
std::string answer_to(std::string_view head, Waiting& waiting) {
    const std::optional<std::string> target = target_of_request(head);
    const std::size_t query = target ? std::min(target->find('?'), target->size()) : 0;
    if (!target || target->substr(0, query) != waiting.path) {
        return page("404 Not Found", "Nothing here", "This address only ends a login.");
    }
    Parameters parameters = parse_query(std::string_view(*target).substr(std::min(query + 1, target->size())));
    const bool ours = std::ranges::any_of(
        parameters, [&waiting](const auto& one) { return one.first == "state" && one.second == waiting.state; });
    if (!ours || waiting.parameters) {
        return page("400 Bad Request", "Not this login", "This does not belong to the login that is waited for.");
    }
    waiting.parameters = std::move(parameters);
    return {};
}

asio::awaitable<void> write_page(tcp::socket& socket, std::string text) {
    const auto bytes = asio::buffer(text);
    co_await asio::async_write(socket, bytes, quietly);
    boost::system::error_code ignored;
    socket.shutdown(tcp::socket::shutdown_both, ignored);
}

asio::awaitable<void> serve(tcp::socket socket, std::shared_ptr<Waiting> waiting) {
    ++waiting->open;
    std::string head;
    std::array<char, 2048> buffer{};
    while (head.find("\r\n\r\n") == std::string::npos && head.size() < max_head) {
        const auto space = asio::buffer(buffer);
        const auto [error, size] = co_await socket.async_read_some(space, quietly);
        if (error) {
            --waiting->open;
            co_return;
        }
        head.append(buffer.data(), size);
    }
    std::string text = answer_to(head, *waiting);
    if (text.empty()) {
        waiting->browser.emplace(std::move(socket));
        waiting->done.cancel();
    } else {
        co_await write_page(socket, std::move(text));
    }
    --waiting->open;
}

asio::awaitable<void> accept_all(tcp::acceptor& acceptor, std::shared_ptr<Waiting> waiting) {
    while (!waiting->parameters) {
        auto [error, socket] = co_await acceptor.async_accept(quietly);
        if (error) {
            co_return;
        }
        if (waiting->open < max_connections) {
            asio::co_spawn(acceptor.get_executor(), serve(std::move(socket), waiting), asio::detached);
        }
    }
}

tcp::acceptor listening(const asio::any_io_executor& executor, const asio::ip::address& address, std::uint16_t port) {
    const tcp::endpoint endpoint(address, port);
    tcp::acceptor acceptor(executor);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (address.is_v6()) {
        acceptor.set_option(asio::ip::v6_only(true));
    }
    acceptor.bind(endpoint);
    acceptor.listen();
    return acceptor;
}

/// On every address that a browser may take for the host.
std::vector<tcp::acceptor> all_listening(const asio::any_io_executor& executor, const LoopbackUri& uri) {
    std::vector<tcp::acceptor> acceptors;
    if (uri.host != "localhost") {
        acceptors.push_back(listening(executor, asio::ip::make_address(uri.host), uri.port));
        return acceptors;
    }
    constexpr int most_tries = 16;  // a free port of one family may be taken in the other
    for (int tries = 1;; ++tries) {
        acceptors.push_back(listening(executor, asio::ip::address_v4::loopback(), uri.port));
        try {
            acceptors.push_back(
                listening(executor, asio::ip::address_v6::loopback(), acceptors.front().local_endpoint().port()));
            return acceptors;
        } catch (const boost::system::system_error& error) {
            if (error.code() != asio::error::address_in_use) {
                return acceptors;  // this machine has no ::1, so nobody listens there
            }
            if (uri.port != 0 || tries == most_tries) {
                throw;
            }
            acceptors.clear();
        }
    }
}

}  // namespace

std::string LoopbackUri::with_port(std::uint16_t actual) const {
    return fmt::format("http://{}:{}{}", host == "::1" ? "[::1]" : host, actual, path);
}

std::optional<LoopbackUri> parse_loopback_uri(std::string_view uri) {
    for (const auto& [start, host] : {std::pair{std::string_view("http://127.0.0.1"), "127.0.0.1"},
                                      std::pair{std::string_view("http://[::1]"), "::1"},
                                      std::pair{std::string_view("http://localhost"), "localhost"}}) {
        if (!uri.starts_with(start)) {
            continue;
        }
        std::string_view rest = uri.substr(start.size());
        LoopbackUri parsed{host, 0, "/"};
        if (rest.starts_with(':')) {
            const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), parsed.port);
            if (error != std::errc()) {
                return std::nullopt;
            }
            rest = std::string_view(end, static_cast<std::size_t>(rest.data() + rest.size() - end));
        }
        if (rest.empty()) {
            return parsed;
        }
        if (rest.front() != '/' || rest.find_first_of("?#") != std::string_view::npos) {
            return std::nullopt;
        }
        parsed.path = rest;
        return parsed;
    }
    return std::nullopt;
}

std::optional<std::string> target_of_request(std::string_view head) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t end = line.rfind(" HTTP/1.");
    if (!line.starts_with("GET /") || end == std::string_view::npos || end < 4) {
        return std::nullopt;
    }
    const std::string_view target = line.substr(4, end - 4);
    return target.find(' ') == std::string_view::npos ? std::optional(std::string(target)) : std::nullopt;
}

LoopbackRedirect::LoopbackRedirect(const asio::any_io_executor& executor, LoopbackUri uri) : uri_(std::move(uri)) {
    try {
        acceptors_ = all_listening(executor, uri_);
    } catch (const boost::system::system_error& error) {  // not a std::system_error
        throw std::system_error(static_cast<std::error_code>(error.code()), "cannot wait for the browser on loopback");
    }
}

std::uint16_t LoopbackRedirect::port() const {
    return acceptors_.front().local_endpoint().port();
}

asio::awaitable<std::optional<Parameters>> LoopbackRedirect::wait(std::string state, std::chrono::milliseconds time) {
    const asio::any_io_executor executor = acceptors_.front().get_executor();
    auto waiting = std::make_shared<Waiting>(executor, uri_.path, std::move(state));
    waiting->done.expires_after(time);
    for (tcp::acceptor& acceptor : acceptors_) {
        asio::co_spawn(executor, accept_all(acceptor, waiting), asio::detached);
    }
    co_await waiting->done.async_wait(quietly);
    boost::system::error_code ignored;
    for (tcp::acceptor& acceptor : acceptors_) {
        acceptor.cancel(ignored);
    }
    browser_ = std::move(waiting->browser);
    co_return waiting->parameters;
}

asio::awaitable<void> LoopbackRedirect::answer(bool logged_in) {
    if (browser_) {
        std::string text = logged_in
                               ? page("200 OK", "Logged in", "You can close this window and go back to the terminal.")
                               : page("200 OK", "Not logged in", "No access was given. The terminal says why.");
        co_await write_page(*browser_, std::move(text));
        browser_.reset();
    }
}

}  // namespace gateproof::oauth
