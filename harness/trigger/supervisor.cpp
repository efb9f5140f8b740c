#include "harness/trigger/supervisor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <ctime>

namespace gateproof {

namespace {

using Message = SupervisorMessage;
using Order = SupervisorOrder;

constexpr int first_own = 3;  ///< descriptors from here are put in order for this process alone

void say(int control, Message::Kind kind, int value) {
    const Message message{kind, value};
    // Nobody listens any more when the harness is gone, and that is noticed elsewhere.
    static_cast<void>(send(control, &message, sizeof(message), MSG_NOSIGNAL));
}

void say_end(int control, int status) {
    if (WIFSIGNALED(status)) {
        say(control, Message::Kind::signalled, WTERMSIG(status));
    } else {
        say(control, Message::Kind::exited, WEXITSTATUS(status));
    }
}

/// Calls `visit` with each child of this process, as the kernel lists them. False: this kernel lists none.
template <class Visit>
bool each_child(Visit visit) {
    const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (list < 0) {
        return false;
    }
    std::array<char, 4096> bytes{};
    pid_t pid = 0;
    for (ssize_t size = read(list, bytes.data(), bytes.size()); size > 0;
         size = read(list, bytes.data(), bytes.size())) {
        for (ssize_t i = 0; i < size; ++i) {
            const char c = bytes[static_cast<std::size_t>(i)];
            if (c >= '0' && c <= '9') {
                pid = pid * 10 + (c - '0');
            } else if (pid > 0) {
                visit(pid);
                pid = 0;
            }
        }
    }
    close(list);
    return true;
}

/// The program's group, and whoever left it. False: nobody is known to be left.
bool signal_all(pid_t program, int signal) {
    const bool grouped = kill(-program, signal) == 0;
    const pid_t own = getpgrp();
    const bool listed = each_child([&](pid_t child) {
        const pid_t group = getpgid(child);
        if (group == program) {  // no signal comes twice
            return;
        }
        // A group as a whole: who forks faster than it is looked at would get away one by one.
        kill(signal == SIGKILL && group > 1 && group != own ? -group : child, signal);
    });
    return listed || grouped;
}

/// Removes what is there, a folder with all that is in it. No library call for that is safe behind a fork.
void remove_all(int parent, const char* name, int depth) {
    constexpr int deepest = 64;
    if (unlinkat(parent, name, 0) == 0 || depth > deepest) {
        return;
    }
    const int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0) {
        return;
    }
    fchmod(folder, S_IRWXU);
    alignas(8) std::array<char, 2048> entries{};
    // What is removed makes the list shorter while it is read, so that it is read again until nothing goes any more.
    bool removed = true;
    while (removed) {
        removed = false;
        lseek(folder, 0, SEEK_SET);
        for (long size = syscall(SYS_getdents64, folder, entries.data(), entries.size()); size > 0;
             size = syscall(SYS_getdents64, folder, entries.data(), entries.size())) {
            for (long at = 0; at < size;) {
                // linux_dirent64: inode, offset (8 bytes each), length of the entry (2), kind (1), name.
                constexpr std::size_t length_at = 16;
                constexpr std::size_t name_at = 19;
                const char* const entry = entries.data() + at;
                unsigned short length = 0;
                std::memcpy(&length, entry + length_at, sizeof(length));
                const char* const one = entry + name_at;
                if (std::strcmp(one, ".") != 0 && std::strcmp(one, "..") != 0) {
                    remove_all(folder, one, depth + 1);
                    struct stat left {};
                    removed = fstatat(folder, one, &left, AT_SYMLINK_NOFOLLOW) != 0 || removed;
                }
                at += length;
            }
        }
    }
    close(folder);
    unlinkat(parent, name, AT_REMOVEDIR);
}

/// Standard streams, folder and signals as a program expects them, and then the program.
[[noreturn]] void become(const SupervisedProgram& program, int failed) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a program may kill its supervisor
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGQUIT, SIGHUP}) {
        ::signal(signal, SIG_DFL);
    }
    const int nothing = open("/dev/null", O_RDONLY);
    const bool ready = nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(program.output, STDOUT_FILENO) >= 0 &&
                       dup2(program.errors, STDERR_FILENO) >= 0 && chdir(program.directory) == 0;
    if (ready) {
        for (const int one : {program.output, program.errors, program.control}) {
            fcntl(one, F_SETFD, FD_CLOEXEC);
        }
        execve(program.executable, program.arguments, program.environment);
    }
    const int error = errno;
    [[maybe_unused]] const ssize_t told = write(failed, &error, sizeof(error));
    _exit(127);
}

/// Linux counts what a process had before it became the program (getrusage(2)), which is this process's size.
void say_size(int control, const rusage& used) {
    rusage own{};
    getrusage(RUSAGE_SELF, &own);
    say(control, Message::Kind::forked_with, static_cast<int>(own.ru_maxrss));
    say(control, Message::Kind::resident, static_cast<int>(used.ru_maxrss));
}

/// Reports the program's end. True: it is among the children that have ended.
bool reap(pid_t program, int control) {
    bool ended = false;
    int status = 0;
    rusage used{};
    for (pid_t pid = wait4(-1, &status, WNOHANG, &used); pid > 0; pid = wait4(-1, &status, WNOHANG, &used)) {
        if (pid == program) {
            say_size(control, used);
            say_end(control, status);
            ended = true;
        }
    }
    return ended;
}

/// Kills what is left until nothing is: whoever is orphaned meanwhile becomes a child of this process. `scratch`: a
/// folder that goes as well, or null.
[[noreturn]] void finish(pid_t program, int control, bool ended, const char* scratch) {
    int outlived = 0;
    bool left = true;
    // A program of another user cannot be killed; waiting for it for ever would hold up whoever waits for this process.
    constexpr int most_rounds = 400;
    for (int round = 0; round < most_rounds && left && signal_all(program, SIGKILL); ++round) {
        int status = 0;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        for (; pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
            if (pid == program) {
                say_end(control, status);
                ended = true;
            } else if (ended) {
                ++outlived;
            }
        }
        left = pid == 0 || errno == EINTR;
        constexpr timespec pause{0, 5'000'000};
        if (left) {
            nanosleep(&pause, nullptr);
        }
    }
    if (scratch != nullptr) {
        remove_all(AT_FDCWD, scratch, 0);
    }
    say(control, Message::Kind::empty, outlived);
    _exit(0);
}

/// Closes every descriptor from `first` up, also where the kernel has no call for it (Linux before 5.9).
bool close_from(int first) {
    if (close_range(static_cast<unsigned>(first), ~0U, 0) == 0) {
        return true;
    }
    const long most = sysconf(_SC_OPEN_MAX);
    for (int one = first; one < most; ++one) {
        close(one);
    }
    return most > 0;
}

/// The three descriptors that this process needs as 3, 4 and 5, and no other: copies of the harness's sockets would
/// keep its peers' connections open behind its back.
bool keep_only(SupervisedProgram& program) {
    constexpr int out_of_the_way = 16;
    int next = first_own;
    for (int* const one : {&program.output, &program.errors, &program.control}) {
        *one = fcntl(*one, F_DUPFD, out_of_the_way);
        if (*one < 0) {
            return false;
        }
    }
    for (int* const one : {&program.output, &program.errors, &program.control}) {
        *one = dup2(*one, next++);
        if (*one < 0) {
            return false;
        }
    }
    return close_from(next);
}

/// The program as a child, once it runs; negative: it could not be started, which has been said.
pid_t start(const SupervisedProgram& program) {
    std::array<int, 2> failed{-1, -1};
    if (pipe2(failed.data(), O_CLOEXEC) != 0) {
        say(program.control, Message::Kind::not_started, errno);
        return -1;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        become(program, failed[1]);
    }
    int error = errno;
    close(failed[1]);
    const bool lost = pid > 0 && read(failed[0], &error, sizeof(error)) == sizeof(error);
    close(failed[0]);
    close(program.output);
    close(program.errors);
    if (pid < 0 || lost) {
        say(program.control, Message::Kind::not_started, error);
        return -1;
    }
    setpgid(pid, pid);  // in case it has not come to it: an order may arrive at once
    return pid;
}

}  // namespace

void supervise(const SupervisedProgram& program) {
    SupervisedProgram own = program;
    if (!keep_only(own)) {
        say(program.control, Message::Kind::not_started, errno);
        _exit(126);
    }
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setsid();  // what a terminal sends to the harness's group is the harness's to pass on
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE}) {
        sigaddset(&blocked, signal);
    }
    sigprocmask(SIG_SETMASK, &blocked, nullptr);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    const int signals = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    const pid_t pid = signals < 0 ? -1 : start(own);
    if (pid < 0) {
        _exit(126);
    }
    bool ended = false;
    while (true) {
        std::array<pollfd, 2> waits{{{own.control, POLLIN, 0}, {signals, POLLIN, 0}}};
        if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) {
            finish(pid, own.control, ended, nullptr);
        }
        if (waits[1].revents != 0) {
            std::array<signalfd_siginfo, 8> told{};
            [[maybe_unused]] const ssize_t size = read(signals, told.data(), sizeof(told));
            ended = reap(pid, own.control) || ended;
        }
        if (waits[0].revents != 0) {
            char order = 0;
            const bool given = recv(own.control, &order, 1, 0) == 1;
            if (!given || order != static_cast<char>(Order::terminate)) {
                finish(pid, own.control, ended, given ? nullptr : own.scratch);
            }
            signal_all(pid, SIGTERM);
        }
    }
}

}  // namespace gateproof
