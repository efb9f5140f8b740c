#include "harness/trigger/process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <utility>

#include "harness/trigger/supervisor.hpp"

extern char** environ;

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

/// How long the output of a program that has ended may still be on its way, where a process that it left holds it open.
constexpr auto output_patience = 200ms;
/// How long a supervisor may take to kill what is left; one that cannot (a program of another user) says so earlier.
constexpr auto kill_patience = 5s;

/// The file that a command's first word names; empty: there is none, and errno says why.
std::string executable_of(const ProgramStart& start) {
    const std::string& name = start.command.front();
    if (name.find('/') != std::string::npos) {
        return name;  // relative to the folder that the program starts in, where execve looks as well
    }
    const auto own = start.variables.find("PATH");
    const char* const inherited = std::getenv("PATH");
    const std::string path = own != start.variables.end() ? own->second
                             : inherited != nullptr       ? inherited
                                                          : "/usr/local/bin:/usr/bin:/bin";
    std::string_view rest = path;
    int error = ENOENT;
    while (true) {
        const std::size_t end = rest.find(':');
        const std::string_view folder = rest.substr(0, end);
        const std::filesystem::path file = std::filesystem::path(folder.empty() ? "." : folder) / name;
        std::error_code ignored;
        if (access(file.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(file, ignored)) {
            return std::filesystem::absolute(file, ignored).string();
        }
        error = errno == EACCES ? EACCES : error;
        if (end == std::string_view::npos) {
            errno = error;
            return {};
        }
        rest.remove_prefix(end + 1);
    }
}

std::vector<std::string> environment_of(const std::map<std::string, std::string>& variables) {
    std::vector<std::string> all;
    for (char** one = environ; *one != nullptr; ++one) {
        const std::string_view text(*one);
        if (!variables.contains(std::string(text.substr(0, text.find('='))))) {
            all.emplace_back(text);
        }
    }
    for (const auto& [name, value] : variables) {
        all.push_back(name + '=' + value);
    }
    return all;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

/// Two descriptors that are closed unless they are taken.
struct Pair {
    std::array<int, 2> ends{-1, -1};

    Pair() = default;
    ~Pair() {
        for (const int end : ends) {
            if (end >= 0) {
                close(end);
            }
        }
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;
    int take(std::size_t which) { return std::exchange(ends[which], -1); }
};

}  // namespace

void ProgramOutput::add(const char* data, std::size_t size) {
    bytes += size;
    tail.append(data, size);
    if (tail.size() > most) {
        tail.erase(0, tail.size() - most);
    }
}

struct Process::State : std::enable_shared_from_this<State> {
    explicit State(const asio::any_io_executor& executor)
        : output(executor), errors(executor), control(executor), changed(executor, Clock::time_point::max()) {}

    /// Reads a stream to its end.
    static asio::awaitable<void> drain(std::shared_ptr<State> self, asio::posix::stream_descriptor& stream,
                                       ProgramOutput& into) {
        std::array<char, 8192> bytes{};
        boost::system::error_code error;
        while (!error) {
            const std::size_t size =
                co_await stream.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
            into.add(bytes.data(), size);
        }
        boost::system::error_code ignored;
        stream.close(ignored);
        self->changed.cancel();
    }

    /// Takes in what the supervisor says, to its end.
    static asio::awaitable<void> listen(std::shared_ptr<State> self) {
        boost::system::error_code error;
        while (true) {
            SupervisorMessage message;
            co_await asio::async_read(self->control, asio::buffer(&message, sizeof(message)),
                                      asio::redirect_error(asio::use_awaitable, error));
            if (error) {
                break;
            }
            self->take(message);
            self->changed.cancel();
        }
        self->gone = true;
        self->changed.cancel();
    }

    void take(const SupervisorMessage& message) {
        using Kind = SupervisorMessage::Kind;
        constexpr std::size_t kib = 1024;
        switch (message.kind) {
            case Kind::not_started: end.not_started = std::generic_category().message(message.value); break;
            case Kind::exited: end.exit_code = message.value; break;
            case Kind::signalled: end.signal = message.value; break;
            case Kind::empty: end.left_behind = message.value; return;
            case Kind::forked_with:
                end.resident = ResidentSize{.told_from = static_cast<std::size_t>(message.value) * kib};
                return;
            case Kind::resident: end.resident->most = static_cast<std::size_t>(message.value) * kib; return;
        }
        ended = true;
        end.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started);
    }

    void order(SupervisorOrder what) {
        boost::system::error_code ignored;
        asio::write(control, asio::buffer(&what, 1), ignored);
    }

    /// Returns when something has changed, or at `latest`.
    asio::awaitable<void> wait(Clock::time_point latest) {
        changed.expires_at(latest);
        boost::system::error_code ignored;
        co_await changed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    [[nodiscard]] bool drained() const { return !output.is_open() && !errors.is_open(); }

    asio::posix::stream_descriptor output;
    asio::posix::stream_descriptor errors;
    asio::local::stream_protocol::socket control;
    asio::steady_timer changed;
    Clock::time_point started = Clock::now();
    ProgramEnd end;
    bool ended = false;  ///< the program itself
    bool gone = false;   ///< its supervisor, and so everything of it
};

Process::Process(const asio::any_io_executor& executor, const ProgramStart& start)
    : state_(std::make_shared<State>(executor)) {
    const auto fail = [this](int error) {
        state_->end.not_started = std::generic_category().message(error);
        state_->ended = state_->gone = true;
    };
    const std::string executable = executable_of(start);
    if (executable.empty()) {
        fail(errno);
        return;
    }
    std::vector<std::string> command = start.command;
    std::vector<std::string> environment = environment_of(start.variables);
    const std::vector<char*> arguments = pointers_to(command);
    const std::vector<char*> variables = pointers_to(environment);
    Pair output;
    Pair errors;
    Pair control;
    if (pipe2(output.ends.data(), O_CLOEXEC) != 0 || pipe2(errors.ends.data(), O_CLOEXEC) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control.ends.data()) != 0) {
        fail(errno);
        return;
    }
    const SupervisedProgram program{executable.c_str(),
                                    arguments.data(),
                                    variables.data(),
                                    start.directory.c_str(),
                                    start.scratch.empty() ? nullptr : start.scratch.c_str(),
                                    output.ends[1],
                                    errors.ends[1],
                                    control.ends[1]};
    supervisor_ = fork();
    if (supervisor_ == 0) {
        supervise(program);
    }
    if (supervisor_ < 0) {
        fail(errno);
        return;
    }
    state_->output.assign(output.take(0));
    state_->errors.assign(errors.take(0));
    state_->control.assign(asio::local::stream_protocol(), control.take(0));
    asio::co_spawn(executor, State::drain(state_, state_->output, state_->end.output), asio::detached);
    asio::co_spawn(executor, State::drain(state_, state_->errors, state_->end.errors), asio::detached);
    asio::co_spawn(executor, State::listen(state_), asio::detached);
}

Process::~Process() {
    boost::system::error_code ignored;
    state_->output.close(ignored);
    state_->errors.close(ignored);
    state_->control.close(ignored);  // which the supervisor takes for the order to kill
    while (supervisor_ > 0 && waitpid(supervisor_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void Process::terminate() {
    if (state_->ended || state_->gone) {
        return;  // its own end stands
    }
    state_->end.told_to_end = state_->end.told_to_end.value_or(Clock::now());
    state_->order(SupervisorOrder::terminate);
    state_->changed.cancel();  // whoever waits has less patience from now on
}

asio::awaitable<ProgramEnd> Process::wait(Clock::time_point latest, std::chrono::milliseconds grace) {
    const std::shared_ptr<State> state = state_;
    const auto until = [&] { return state->end.told_to_end ? *state->end.told_to_end + grace : latest; };
    while (!state->ended && !state->gone) {
        if (Clock::now() < until()) {
            co_await state->wait(until());
        } else if (!state->end.told_to_end) {
            terminate();
        } else {
            state->end.killed = true;
            break;
        }
    }
    const Clock::time_point silent = Clock::now() + (state->ended || state->gone ? output_patience : 0ms);
    while (!state->drained() && Clock::now() < silent) {
        co_await state->wait(silent);
    }
    state->order(SupervisorOrder::kill);
    const Clock::time_point swept = Clock::now();
    const Clock::time_point given_up = Clock::now() + kill_patience;
    while (!state->gone && Clock::now() < given_up) {
        co_await state->wait(given_up);
    }
    if (!state->ended) {
        state->end.lost = true;
    }
    if (state->end.left_behind > 0) {
        state->end.swept = swept;
    }
    co_return state->end;
}

}  // namespace gateproof
