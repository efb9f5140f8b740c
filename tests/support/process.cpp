#include "tests/support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace gateproof::test {

using Clock = std::chrono::steady_clock;

namespace {

struct Pipe {
    int read = -1;
    int write = -1;
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::system_error(errno, std::generic_category(), "pipe2");
        }
        // A server may write some lines for each connection while the test waits for another program, and would wait
        // for somebody to read them. Where the system grants no more, what it has is enough for most.
        constexpr int enough = 1 << 20;
        static_cast<void>(::fcntl(ends[1], F_SETPIPE_SZ, enough));
        read = ends[0];
        write = ends[1];
    }
};

[[noreturn]] void become(const std::vector<std::string>& command, const ProcessOptions& options, int in, int out,
                         int err) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) {
        arguments.push_back(const_cast<char*>(argument.c_str()));
    }
    arguments.push_back(nullptr);
    ::dup2(in, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    for (const int descriptor : options.inherit) {
        ::fcntl(descriptor, F_SETFD, 0);
    }
    for (const auto& [name, value] : options.environment) {
        ::setenv(name.c_str(), value.c_str(), 1);
    }
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

}  // namespace

Process::Process(std::vector<std::string> command, ProcessOptions options) {
    Pipe in;
    Pipe out;
    Pipe err;
    pid_ = ::fork();
    if (pid_ < 0) {
        throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (pid_ == 0) {
        become(command, options, in.read, out.write, err.write);
    }
    ::close(in.read);
    ::close(out.write);
    ::close(err.write);
    // Test inputs are smaller than a pipe's buffer, so this does not block.
    if (!options.standard_input.empty() &&
        ::write(in.write, options.standard_input.data(), options.standard_input.size()) < 0) {
        throw std::system_error(errno, std::generic_category(), "write");
    }
    ::close(in.write);
    out_pipe_ = out.read;
    err_pipe_ = err.read;
}

void Process::end() {
    if (!status_) {
        // First the polite way: a server with workers ends them too.
        ::kill(pid_, SIGTERM);
        if (!wait(std::chrono::seconds(2))) {
            ::kill(pid_, SIGKILL);
            reap(true);
        }
    }
}

Process::~Process() {
    end();
    for (const int descriptor : {out_pipe_, err_pipe_}) {
        if (descriptor >= 0) {
            ::close(descriptor);
        }
    }
}

bool Process::collect(std::chrono::milliseconds limit) {
    std::array<pollfd, 2> polled{pollfd{out_pipe_, POLLIN, 0}, pollfd{err_pipe_, POLLIN, 0}};
    if (out_pipe_ < 0 && err_pipe_ < 0) {
        return false;
    }
    if (::poll(polled.data(), polled.size(), static_cast<int>(limit.count())) <= 0) {
        return true;
    }
    const auto drain = [](pollfd& entry, int& descriptor, std::string& into) {
        if (descriptor < 0 || entry.revents == 0) {
            return;
        }
        std::array<char, 65536> buffer{};
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got > 0) {
            into.append(buffer.data(), static_cast<std::size_t>(got));
        } else if (got == 0) {
            ::close(descriptor);
            descriptor = -1;
        }
    };
    drain(polled[0], out_pipe_, out_);
    drain(polled[1], err_pipe_, err_);
    return true;
}

bool Process::wait_for_output(const std::string& text, std::chrono::milliseconds limit) {
    const auto end = Clock::now() + limit;
    const auto seen = [&] { return out_.find(text) != std::string::npos || err_.find(text) != std::string::npos; };
    while (!seen()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0 || !collect(left)) {
            return seen();
        }
    }
    return true;
}

bool Process::output_ended(std::chrono::milliseconds limit) {
    const auto end = Clock::now() + limit;
    while (out_pipe_ >= 0 || err_pipe_ >= 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0 || !collect(left)) {
            break;
        }
    }
    return out_pipe_ < 0 && err_pipe_ < 0;
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
    const auto end = Clock::now() + limit;
    while (!status_) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0) {
            return std::nullopt;
        }
        if (!collect(std::min(left, std::chrono::milliseconds(50)))) {
            reap(true);
        } else {
            reap(false);
        }
    }
    // What it wrote just before its end is still in the pipes; a grandchild may hold them open, so no waiting.
    for (int quiet = 0; quiet < 2 && collect(std::chrono::milliseconds(0)); ++quiet) {
        for (std::size_t before = out_.size() + err_.size(); collect(std::chrono::milliseconds(0));) {
            const std::size_t now = out_.size() + err_.size();
            if (now == before) {
                break;
            }
            before = now;
        }
    }
    return status_;
}

void Process::reap(bool block) {
    int raw = 0;
    rusage usage{};
    if (!status_ && ::wait4(pid_, &raw, block ? 0 : WNOHANG, &usage) == pid_) {
        max_resident_kib_ = usage.ru_maxrss;
        for (const timeval& time : {usage.ru_utime, usage.ru_stime}) {
            processor_time_ += std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
        }
        constexpr int signalled = 128;
        status_ = WIFSIGNALED(raw) ? signalled + WTERMSIG(raw) : WEXITSTATUS(raw);
    }
}

void Process::signal(int number) const {
    if (!status_) {
        ::kill(pid_, number);
    }
}

bool Process::alive() {
    reap(false);
    return !status_;
}

Finished run(std::vector<std::string> command, ProcessOptions options, std::chrono::milliseconds limit) {
    Process process(std::move(command), std::move(options));
    const std::optional<int> status = process.wait(limit);
    return {status.value_or(-1), process.standard_output(), process.standard_error(), process.max_resident_kib(),
            process.processor_time()};
}

std::string find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(std::string(path != nullptr ? path : "") + ":/usr/sbin:/sbin");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::filesystem::path candidate = std::filesystem::path(folder) / name;
        if (::access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
    }
    return {};
}

}  // namespace gateproof::test
