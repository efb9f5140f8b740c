#include "harness/trigger/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <cerrno>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/files.hpp"

namespace gateproof {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto long_enough = 30s;

ProgramStart shell(const std::string& script) {
    ProgramStart start;
    start.command = {"/bin/sh", "-c", script};
    return start;
}

asio::awaitable<void> wait(Process& process, std::chrono::milliseconds patience, std::chrono::milliseconds grace,
                           ProgramEnd& end) {
    end = co_await process.wait(Clock::now() + patience, grace);
}

ProgramEnd run(const ProgramStart& start, std::chrono::milliseconds patience = long_enough,
               std::chrono::milliseconds grace = long_enough) {
    asio::io_context io;
    Process process(io.get_executor(), start);
    ProgramEnd end;
    asio::co_spawn(io, wait(process, patience, grace, end), [](const std::exception_ptr& thrown) {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    });
    io.run();
    return end;
}

/// Whether a process of that id is there and no zombie. Orphans of a test are reaped by whoever adopts them.
bool lives(pid_t pid) {
    if (kill(pid, 0) != 0) {
        return false;
    }
    const std::string file = "/proc/" + std::to_string(pid) + "/stat";
    std::array<char, 512> text{};
    FILE* const stat = fopen(file.c_str(), "r");
    if (stat == nullptr) {
        return false;
    }
    const std::size_t size = fread(text.data(), 1, text.size() - 1, stat);
    fclose(stat);
    return std::string_view(text.data(), size).find(") Z") == std::string_view::npos;
}

/// Waits until it is gone; false: it never goes.
bool goes(pid_t pid) {
    const Clock::time_point latest = Clock::now() + long_enough;
    while (lives(pid) && Clock::now() < latest) {
        usleep(2000);
    }
    return !lives(pid);
}

TEST(Process, ExitCodeAndBothStreamsAreTakenDown) {
    const ProgramEnd end = run(shell("echo told; echo wrong >&2; exit 7"));
    EXPECT_EQ(end.exit_code, 7);
    EXPECT_EQ(end.signal, 0);
    EXPECT_EQ(end.output.tail, "told\n");
    EXPECT_EQ(end.errors.tail, "wrong\n");
    EXPECT_EQ(end.left_behind, 0);
    EXPECT_FALSE(end.told_to_end.has_value());
    EXPECT_TRUE(end.not_started.empty());
}

TEST(Process, WhatItHadOfMemoryIsTold) {
    constexpr std::size_t held = 64'000'000;
    const ProgramEnd little = run(shell("exit 0"));
    const ProgramEnd much = run(shell("held=$(head -c 64000000 /dev/zero | tr '\\0' x); exit ${#held}"));
    ASSERT_TRUE(little.resident && much.resident);
    EXPECT_GE(much.resident->most, held);
    EXPECT_LT(little.resident->most, little.resident->told_from + held);
    EXPECT_GT(little.resident->told_from, 0U);
    ProgramStart nothing;
    nothing.command = {"/nowhere"};
    EXPECT_FALSE(run(nothing).resident.has_value());
}

TEST(Process, WhatAProgramOfItsOwnHadOfMemoryIsTold) {
    const ProgramEnd end = run(shell("sh -c \"held=\\$(head -c 64000000 /dev/zero | tr '\\\\0' x)\"; echo done"));
    ASSERT_TRUE(end.resident.has_value());
    EXPECT_GE(end.resident->most, 64'000'000U);
}

TEST(Process, WhatCannotBeStartedSaysWhy) {
    ProgramStart start;
    start.command = {"no-such-program-anywhere"};
    EXPECT_EQ(run(start).not_started, "No such file or directory");
    start.command = {"./no-such-program"};
    EXPECT_EQ(run(start).not_started, "No such file or directory");
    start.command = {"/etc/passwd"};
    EXPECT_EQ(run(start).not_started, "Permission denied");
    start.command = {"/bin/true"};
    start.directory = "/no/such/folder";
    EXPECT_EQ(run(start).not_started, "No such file or directory");
}

TEST(Process, NamesAreLookedUpInThePathOfItsOwnVariables) {
    ProgramStart start;
    start.command = {"true"};
    EXPECT_EQ(run(start).exit_code, 0);
    start.variables["PATH"] = "/nowhere";
    EXPECT_EQ(run(start).not_started, "No such file or directory");
}

TEST(Process, ArgumentsAndVariablesArriveAsTheyAre) {
    ProgramStart start = shell("printf '%s|%s|%s' \"$1\" \"$VALUE\" \"$PWD\"");
    start.command.insert(start.command.end(), {"sh", "a b; $(echo c) \"'"});
    start.variables["VALUE"] = "x\ny";
    start.directory = "/";
    EXPECT_EQ(run(start).output.tail, "a b; $(echo c) \"'|x\ny|/");
}

TEST(Process, AProgramSeesNoDescriptorOfTheHarness) {
    std::array<int, 2> open{};
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, open.data()), 0);  // inheritable on purpose
    const int high = fcntl(open[0], F_DUPFD, 50);
    ASSERT_GE(high, 50);
    EXPECT_EQ(run(shell("[ -e /proc/$$/fd/" + std::to_string(high) + " ]")).exit_code, 1);
    close(high);
    close(open[0]);
    // The supervisor has no copy either: the other end would be kept from seeing the end of the connection.
    char byte = 0;
    EXPECT_EQ(recv(open[1], &byte, 1, MSG_DONTWAIT), 0);
    close(open[1]);
}

TEST(Process, ACrashNamesItsSignal) {
    const ProgramEnd end = run(shell("kill -SEGV $$"));
    EXPECT_EQ(end.signal, SIGSEGV);
    EXPECT_FALSE(end.exit_code.has_value());
    EXPECT_FALSE(end.told_to_end.has_value());
}

TEST(Process, WhoTakesTooLongIsToldToEnd) {
    const ProgramEnd end = run(shell("trap 'echo going; exit 3' TERM; while :; do sleep 0.01; done"), 50ms);
    EXPECT_TRUE(end.told_to_end.has_value());
    EXPECT_FALSE(end.killed);
    EXPECT_EQ(end.exit_code, 3);
    EXPECT_EQ(end.output.tail, "going\n");
}

TEST(Process, WhoDoesNotHeedThatIsKilled) {
    const ProgramEnd end = run(shell("trap '' TERM; while :; do sleep 0.01; done"), 50ms, 50ms);
    EXPECT_TRUE(end.killed);
    EXPECT_EQ(end.signal, SIGKILL);
}

asio::awaitable<void> terminate_once(Process& process, asio::io_context& io, std::filesystem::path ready) {
    asio::steady_timer timer(io);
    while (!std::filesystem::exists(ready)) {
        timer.expires_after(5ms);
        co_await timer.async_wait(asio::use_awaitable);
    }
    process.terminate();
}

TEST(Process, WhoWasToldToEndBeforeHasNoMoreThanTheGrace) {
    const test::TemporaryFolder folder;
    const std::filesystem::path ready = folder.path() / "ready";
    asio::io_context io;
    Process process(io.get_executor(),
                    shell("trap '' TERM; : > '" + ready.string() + "'; while :; do sleep 0.01; done"));
    ProgramEnd end;
    const Clock::time_point began = Clock::now();
    asio::co_spawn(io, wait(process, 1h, 100ms, end), asio::detached);
    asio::co_spawn(io, terminate_once(process, io, ready), asio::detached);
    io.run();
    EXPECT_TRUE(end.killed);
    EXPECT_TRUE(end.told_to_end.has_value());
    EXPECT_LT(Clock::now() - began, long_enough);
}

TEST(Process, AFloodOfOutputIsReadAndItsEndIsKept) {
    const ProgramEnd end = run(shell("head -c 20000000 /dev/zero; printf end"));
    EXPECT_EQ(end.output.bytes, 20000003U);
    EXPECT_EQ(end.output.tail.size(), ProgramOutput::most);
    EXPECT_TRUE(end.output.tail.ends_with("end"));
}

TEST(Process, WhatDetachesItselfIsFoundAndKilled) {
    const ProgramEnd end =
        run(shell("setsid sh -c 'sleep 1000 & echo $!; wait' & read line < /proc/self/stat; sleep 0.1"));
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.left_behind, 2) << "the shell in a session of its own, and its sleep";
    EXPECT_TRUE(end.swept.has_value());
    const pid_t pid = std::stoi(end.output.tail);
    EXPECT_FALSE(lives(pid));
}

TEST(Process, HundredsOfThemAreKilledEach) {
    constexpr int many = 450;
    const ProgramEnd end =
        run(shell("i=0; while [ $i -lt " + std::to_string(many) + " ]; do sleep 1000 & echo $!; i=$((i+1)); done"));
    EXPECT_EQ(end.left_behind, many);
    std::istringstream lines(end.output.tail);
    int listed = 0;
    for (pid_t pid = 0; lines >> pid; ++listed) {
        EXPECT_FALSE(lives(pid));
    }
    EXPECT_EQ(listed, many);
}

TEST(Process, WhoKillsItsSupervisorGoesWithIt) {
    const ProgramEnd end = run(shell("echo $$; kill -9 $PPID; exec sleep 1000"));
    EXPECT_TRUE(end.lost);
    EXPECT_FALSE(end.killed);
    EXPECT_TRUE(goes(std::stoi(end.output.tail)));
}

TEST(Process, NothingIsLeftWhenItsObjectGoes) {
    asio::io_context io;
    pid_t pid = -1;
    {
        std::array<int, 2> told{};
        ASSERT_EQ(pipe(told.data()), 0);
        const Process process(io.get_executor(), shell("echo $$ > /proc/" + std::to_string(getpid()) + "/fd/" +
                                                       std::to_string(told[1]) + "; trap '' TERM; sleep 1000"));
        std::array<char, 32> text{};
        ASSERT_GT(read(told[0], text.data(), text.size() - 1), 0);
        pid = std::stoi(text.data());
        EXPECT_TRUE(lives(pid));
        close(told[0]);
        close(told[1]);
    }
    EXPECT_FALSE(lives(pid));
    io.run();
}

TEST(Process, NothingIsLeftWhenTheHarnessIsKilled) {
    std::array<int, 2> told{};
    ASSERT_EQ(pipe(told.data()), 0);
    const pid_t harness = fork();
    if (harness == 0) {
        asio::io_context io;
        const Process process(io.get_executor(),
                              shell("setsid sh -c 'echo $$ > /proc/" + std::to_string(getpid()) + "/fd/" +
                                    std::to_string(told[1]) + "; trap \"\" TERM HUP; sleep 1000' & wait"));
        io.run();
        _exit(0);
    }
    std::array<char, 32> text{};
    ASSERT_GT(read(told[0], text.data(), text.size() - 1), 0);
    const pid_t detached = std::stoi(text.data());
    EXPECT_TRUE(lives(detached));
    kill(harness, SIGKILL);
    waitpid(harness, nullptr, 0);
    EXPECT_TRUE(goes(detached));
    close(told[0]);
    close(told[1]);
}

TEST(Process, TheFolderOfAnAttemptGoesWithAKilledHarness) {
    const std::filesystem::path scratch =
        std::filesystem::temp_directory_path() / ("gateproof-scratch-" + std::to_string(getpid()));
    std::filesystem::create_directories(scratch / "closed" / "deep");
    for (int i = 0; i < 200; ++i) {
        std::ofstream(scratch / "closed" / ("file" + std::to_string(i))) << "x";
    }
    const std::filesystem::path elsewhere = scratch.string() + "-elsewhere";
    std::filesystem::create_directories(elsewhere);
    std::ofstream(elsewhere / "kept") << "x";
    std::filesystem::create_directory_symlink(elsewhere, scratch / "link");
    std::filesystem::permissions(scratch / "closed", std::filesystem::perms::owner_read);
    std::array<int, 2> told{};
    ASSERT_EQ(pipe(told.data()), 0);
    const pid_t harness = fork();
    if (harness == 0) {
        asio::io_context io;
        ProgramStart start = shell("echo $$ > /proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(told[1]) +
                                   "; trap '' TERM HUP; sleep 1000");
        start.scratch = scratch;
        const Process process(io.get_executor(), start);
        io.run();
        _exit(0);
    }
    std::array<char, 32> text{};
    ASSERT_GT(read(told[0], text.data(), text.size() - 1), 0);
    kill(harness, SIGKILL);
    waitpid(harness, nullptr, 0);
    EXPECT_TRUE(goes(std::stoi(text.data())));
    const Clock::time_point latest = Clock::now() + long_enough;
    while (std::filesystem::exists(scratch) && Clock::now() < latest) {
        usleep(2000);
    }
    EXPECT_FALSE(std::filesystem::exists(scratch));
    EXPECT_TRUE(std::filesystem::exists(elsewhere / "kept")) << "what a link leads to is not its own";
    std::filesystem::remove_all(elsewhere);
    close(told[0]);
    close(told[1]);
}

TEST(Process, WaitingCanBeGivenUp) {
    asio::io_context io;
    asio::cancellation_signal cancel;
    bool aborted = false;
    Process process(io.get_executor(), shell("sleep 1000"));
    ProgramEnd end;
    asio::co_spawn(io, wait(process, 1h, 1h, end),
                   asio::bind_cancellation_slot(cancel.slot(), [&](const std::exception_ptr& thrown) {
                       aborted = thrown != nullptr;
                       io.stop();
                   }));
    asio::steady_timer timer(io, 20ms);
    timer.async_wait([&](const boost::system::error_code&) { cancel.emit(asio::cancellation_type::terminal); });
    io.run();
    EXPECT_TRUE(aborted);
}

}  // namespace
}  // namespace gateproof
