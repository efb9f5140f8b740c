#include "tests/unit/client/browser.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <regex>
#include <string>

#include "client/base/encoding.hpp"
#include "client/http/http.hpp"

namespace gateproof::client::test {
namespace {

std::string hidden_field(const std::string& page, const std::string& name) {
    std::smatch found;
    return std::regex_search(page, found, std::regex("name=\"" + name + "\" value=\"([^\"]*)\"")) ? found[1].str() : "";
}

std::string action_of(const std::string& page) {
    std::smatch found;
    return std::regex_search(page, found, std::regex("<form method=\"post\" action=\"([^\"]*)\"")) ? found[1].str()
                                                                                                   : "";
}

Request filled_in(const std::string& page, const std::string& cookie, const std::string& more) {
    const std::string form = "transaction=" + hidden_field(page, "transaction") + "&csrf=" + hidden_field(page, "csrf");
    return {"POST",
            action_of(page),
            {{"Content-Type", "application/x-www-form-urlencoded"}, {"Cookie", cookie}},
            form + more};
}

}  // namespace

std::string get_in_clear(std::uint16_t port, const std::string& target) {
    const Stop stop;
    const Moment until = Clock::now() + std::chrono::seconds(5);
    const Dialled dialled = dial({"127.0.0.1", port}, {}, false, until, stop);
    const std::string request = "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    std::string answer;
    if (!dialled.socket.valid() || send(dialled.socket.number(), request.data(), request.size(), MSG_NOSIGNAL) < 0) {
        return answer;
    }
    char piece[4096];
    while (wait_for(dialled.socket.number(), POLLIN, until, stop) == Wait::ready) {
        const ssize_t size = recv(dialled.socket.number(), piece, sizeof piece, 0);
        if (size <= 0) {
            break;
        }
        answer.append(piece, static_cast<std::size_t>(size));
    }
    return answer;
}

void browse(const User& user, const std::string& url, std::uint16_t port) {
    const FaultSet no_faults;
    const Stop stop;
    HttpSettings settings;
    settings.base = parse_url(url).value();
    Request first;
    first.path = settings.base.path;
    settings.base.path.clear();
    settings.addresses = {"127.0.0.1"};
    settings.tls.roots = user.ca;
    Http http(settings, no_faults, stop);
    Exchange shown = http.exchange(first);
    const std::string cookie(shown.answer.field("set-cookie").substr(0, shown.answer.field("set-cookie").find(';')));
    if (!action_of(shown.answer.body).empty()) {
        shown = http.exchange(
            filled_in(shown.answer.body, cookie,
                      "&username=" + percent_encoded(user.name) + "&password=" + percent_encoded(user.password)));
        if (shown.answer.status == 200) {
            const std::string decision = user.allows ? "&decision=allow" : "&decision=deny";
            shown = http.exchange(filled_in(shown.answer.body, cookie, decision));
        }
    }
    const std::string home(shown.answer.field("location"));
    ASSERT_NE(home, "") << shown.problem << shown.answer.body;
    const auto target = parse_url(home);
    ASSERT_TRUE(target) << home;
    EXPECT_NE(get_in_clear(port, target->path), "");
}

}  // namespace gateproof::client::test
