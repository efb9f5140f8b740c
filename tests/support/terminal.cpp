#include "tests/support/terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <stdexcept>

namespace gateproof::test {

std::string on_terminal_of(std::vector<std::string> command, std::map<std::string, std::string> environment,
                           int& status, const std::vector<Answering>& answers) {
    environment.insert({{"NO_COLOR", ""}, {"CI", ""}, {"TERM", "xterm"}});
    std::vector<char*> argv;
    for (std::string& word : command) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    int terminal = -1;
    winsize size{};
    size.ws_col = 60;
    size.ws_row = 24;
    const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
    if (child == 0) {
        for (const auto& [name, value] : environment) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    std::string seen;
    std::size_t read_until = 0;
    auto next = answers.begin();
    std::array<char, 4096> buffer{};
    for (;;) {
        for (; next != answers.end(); ++next) {
            const std::size_t found = seen.find(next->prompt, read_until);
            if (found == std::string::npos) {
                break;
            }
            read_until = found + next->prompt.size();
            next->before();
            if (::write(terminal, next->typed.data(), next->typed.size()) < 0) {
                throw std::runtime_error("the terminal takes nothing");
            }
        }
        pollfd ready{terminal, POLLIN, 0};
        if (::poll(&ready, 1, 60'000) <= 0) {
            ::kill(child, SIGKILL);
            seen += "\n(the test ended it: nothing for a minute)";
            break;
        }
        const ssize_t count = ::read(terminal, buffer.data(), buffer.size());
        if (count <= 0) {
            break;
        }
        seen.append(buffer.data(), static_cast<std::size_t>(count));
    }
    int wait_status = 0;
    ::waitpid(child, &wait_status, 0);
    ::close(terminal);
    status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
    return seen;
}

}  // namespace gateproof::test
