#include "client/redirect.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <thread>

#include "client/base/encoding.hpp"

extern char** environ;

namespace gateproof::client {
namespace {

constexpr std::size_t longest_head = 16 * 1024;
constexpr std::chrono::seconds head_limit{5};

/// The request's head as far as its first empty line; what comes in time.
std::string read_head(int socket, Moment until, const Stop& stop) {
    std::string head;
    char piece[2048];
    while (head.size() < longest_head && head.find("\r\n\r\n") == std::string::npos) {
        if (wait_for(socket, POLLIN, until, stop) != Wait::ready) {
            break;
        }
        const ssize_t size = recv(socket, piece, sizeof piece, 0);
        if (size <= 0) {
            break;
        }
        head.append(piece, static_cast<std::size_t>(size));
    }
    return head;
}

void answer(int socket, const char* status, const char* text) {
    const std::string page = fmt::format("<!DOCTYPE html><title>gateproof-client</title><p>{}</p>\n", text);
    const std::string message = fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: text/html; "
        "charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
        "Connection: close\r\n\r\n{}",
        status, page.size(), page);
    [[maybe_unused]] const ssize_t sent = send(socket, message.data(), message.size(), MSG_NOSIGNAL);
}

/// The target of "GET /callback?code=1 HTTP/1.1"; empty: it is no GET.
std::string target_of(const std::string& head) {
    const std::size_t end = head.find(" HTTP/1.");
    return head.starts_with("GET /") && end != std::string::npos && end < head.find("\r\n") ? head.substr(4, end - 4)
                                                                                            : std::string();
}

/// Without telling by its duration where they differ.
bool same_secret(const std::string& one, const std::string& other) {
    return sha256(one) == sha256(other);
}

}  // namespace

RedirectListener::RedirectListener(std::uint16_t port)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    const int on = 1;
    setsockopt(socket_.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        listen(socket_.number(), 16) != 0 ||
        getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        throw Unusable{
            fmt::format("nothing can listen for the redirect on "
                        "127.0.0.1:{}: {}; choose another port that "
                        "is registered",
                        port, std::strerror(errno))};
    }
    port_ = ntohs(address.sin_port);
}

Returned RedirectListener::wait(const std::string& path, const std::string& state, Moment until, const Stop& stop,
                                bool any_state) {
    Returned returned;
    while (true) {
        const Wait wait = wait_for(socket_.number(), POLLIN, until, stop);
        if (wait != Wait::ready) {
            returned.problem = wait == Wait::late ? "the browser did not come back in time" : "the login was stopped";
            return returned;
        }
        const Descriptor browser(accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!browser.valid()) {
            continue;
        }
        const std::string target = target_of(read_head(browser.number(), Clock::now() + head_limit, stop));
        const std::size_t question = target.find('?');
        if (question == std::string::npos || target.substr(0, question) != path) {
            answer(browser.number(), "404 Not Found", "There is nothing here.");
            continue;
        }
        const std::string query = target.substr(question + 1);
        if (!any_state && !same_secret(form_value(query, "state").value_or(""), state)) {
            answer(browser.number(), "400 Bad Request", "This is not the login that was begun here.");
            continue;
        }
        returned.code = form_value(query, "code").value_or("");
        returned.error = form_value(query, "error").value_or("");
        if (returned.error.empty() == returned.code.empty()) {
            answer(browser.number(), "400 Bad Request", "The answer of the login cannot be read.");
            returned = {"", "", "the authority sent neither a code nor an error"};
            return returned;
        }
        answer(browser.number(), "200 OK",
               returned.error.empty() ? "You are logged in. This page can be closed." : "The login was refused.");
        return returned;
    }
}

std::vector<std::string> browser_of_environment() {
    const char* const value = std::getenv("BROWSER");
    std::istringstream words(value == nullptr ? "" : value);
    std::vector<std::string> command;
    for (std::string word; words >> word;) {
        command.push_back(word);
    }
    return command;
}

void open_browser(const std::vector<std::string>& command, const std::string& url) {
    std::vector<std::string> words = command;
    bool placed = false;
    for (std::string& word : words) {
        if (word == "%s") {
            word = url;
            placed = true;
        }
    }
    if (!placed) {
        words.push_back(url);
    }
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t child = 0;
    if (const int problem = posix_spawnp(&child, arguments[0], nullptr, nullptr, arguments.data(), environ);
        problem != 0) {
        throw Unusable{fmt::format("the browser \"{}\" cannot be started: {}", words[0], std::strerror(problem))};
    }
    // A browser may stay for hours; whenever it ends, it leaves no zombie.
    std::thread([child] { waitpid(child, nullptr, 0); }).detach();
}

}  // namespace gateproof::client
