#include "tests/cli/terminal.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "tests/cli/command.hpp"

namespace gateproof::test {

std::string on_terminal(const std::vector<std::string>& arguments, std::map<std::string, std::string> environment,
                        int& status, const std::string& typed) {
    environment.insert({{"NO_COLOR", ""}, {"CI", ""}, {"TERM", "xterm"}});
    std::vector<std::string> words = command(arguments);
    std::vector<char*> argv;
    for (std::string& word : words) {
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
    // The terminal keeps what is typed ahead until the program asks for it.
    EXPECT_EQ(::write(terminal, typed.data(), typed.size()), static_cast<ssize_t>(typed.size()));
    std::string seen;
    std::array<char, 4096> buffer{};
    for (;;) {
        pollfd ready{terminal, POLLIN, 0};
        if (::poll(&ready, 1, 60'000) <= 0) {
            ::kill(child, SIGKILL);
            ADD_FAILURE() << "nothing for a minute";
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
