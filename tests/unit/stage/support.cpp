#include "tests/unit/stage/support.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "harness/probe/tls/openssl_client.hpp"

extern char** environ;

namespace gateproof::stage::test {

Answer Echo::answer(const Request& request) {
    if (request.method == "POST") {
        const auto found = std::find_if(booked_.begin(), booked_.end(),
                                        [&](const Booking& one) { return one.payload == request.body; });
        if (found != booked_.end()) {
            ++found->count;
        } else {
            booked_.push_back({"post", request.body, 1});
        }
    }
    Answer answer;
    answer.fields.emplace_back("Content-Type", "text/plain");
    answer.body = request.method + " " + request.target + " " + request.body;
    return answer;
}

TestPki& pki() {
    static const std::shared_ptr<TestPki> made = TestPki::in_memory({"localhost"}, "dsp.example");
    return *made;
}

Scene conforming() {
    Scene scene;
    scene.shown = pki().server();
    return scene;
}

Theatre::Theatre(StageLimits limits) : work_(loop_.get_executor()), thread_([this] { loop_.run(); }) {
    std::signal(SIGPIPE, SIG_IGN);
    on_loop([&] { stage_ = std::make_unique<Stage>(loop_.get_executor(), limits); });
}

Theatre::~Theatre() {
    on_loop([&] {
        places_.clear();
        stage_.reset();
    });
    work_.reset();
    thread_.join();
}

Place& Theatre::open(Scene scene, PlaceOptions options) {
    return *on_loop([&] {
        if (!options.application) {
            options.application = std::make_shared<Echo>();
        }
        std::unique_ptr<Place> place = stage_->open(std::move(scene), std::move(options));
        Place& made = *place;
        places_[&made] = std::move(place);
        return &made;
    });
}

void Theatre::close(Place& place) {
    on_loop([&] { places_.erase(&place); });
}

std::uint16_t Theatre::port(Place& place, const std::string& door) {
    return on_loop([&] { return place.port(door); });
}

std::vector<Visit> Theatre::visits(Place& place) {
    return on_loop([&] { return place.visits(); });
}

std::vector<Visit> Theatre::strays(Place& place) {
    return on_loop([&] { return place.strays(); });
}

void Theatre::end(Place& place) {
    on_loop([&] { place.end(); });
}

std::vector<Visit> Theatre::visits_when(Place& place, const std::function<bool(const std::vector<Visit>&)>& holds) {
    const auto last = std::chrono::steady_clock::now() + 10s;
    for (;;) {
        std::vector<Visit> now = visits(place);
        if (holds(now) || std::chrono::steady_clock::now() > last) {
            return now;
        }
        boost::asio::co_spawn(loop_, place.changed(100ms), boost::asio::use_future).get();
    }
}

Visit Theatre::ended_visit(Place& place) {
    const std::vector<Visit> all = visits_when(
        place, [](const std::vector<Visit>& seen) { return !seen.empty() && seen.back().ended.has_value(); });
    if (all.size() != 1 || !all.front().ended) {
        throw std::runtime_error(fmt::format("{} visits instead of one that has ended", all.size()));
    }
    return all.front();
}

int connect_to(std::uint16_t port) {
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{2, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        ::close(descriptor);
        return -1;
    }
    return descriptor;
}

std::string get(const std::string& target) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\n\r\n", target);
}

Client::Client(std::uint16_t port, ClientOptions options)
    : descriptor_(connect_to(port)), ctx_(SSL_CTX_new(TLS_client_method())) {
    open_local_policy(ctx_.get());
    SSL_CTX_set_cert_verify_callback(ctx_.get(), nullptr, nullptr);
    SSL_CTX_set_min_proto_version(ctx_.get(), options.min_version);
    SSL_CTX_set_max_proto_version(ctx_.get(), options.max_version);
    SSL_CTX_set_cipher_list(ctx_.get(), options.ciphers.c_str());
    X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx_.get()), pki().root().get());
    SSL_CTX_set_verify(ctx_.get(), options.verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_post_handshake_auth(ctx_.get(), options.post_handshake ? 1 : 0);
    SSL_CTX_set_session_cache_mode(ctx_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_ex_data(ctx_.get(), 0, this);
    SSL_CTX_sess_set_new_cb(ctx_.get(), [](SSL* ssl, SSL_SESSION* session) {
        auto& self = *static_cast<Client*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0));
        ++self.tickets_;
        self.session_.reset(session);
        return 1;
    });
    ssl_.reset(SSL_new(ctx_.get()));
    if (options.identity) {
        use_identity(ssl_.get(), *options.identity);
    }
    SSL_set_msg_callback(ssl_.get(), [](int sent, int, int type, const void* bytes, std::size_t, SSL*, void* self) {
        const auto* alert = static_cast<const unsigned char*>(bytes);
        if (sent == 0 && type == SSL3_RT_ALERT && alert[1] != 0) {
            static_cast<Client*>(self)->alert_ = alert[1];
        }
    });
    SSL_set_msg_callback_arg(ssl_.get(), this);
    SSL_set_tlsext_host_name(ssl_.get(), options.host.c_str());
    SSL_set1_host(ssl_.get(), options.host.c_str());
    if (options.alpn) {
        static constexpr unsigned char protocols[] = "\x02h2\x08http/1.1";
        SSL_set_alpn_protos(ssl_.get(), protocols, sizeof protocols - 1);
    }
    if (options.resume != nullptr) {
        // A copy: OpenSSL spoils a TLS 1.3 session by using it.
        SSL_SESSION* copy = SSL_SESSION_dup(options.resume);
        SSL_set_session(ssl_.get(), copy);
        SSL_SESSION_free(copy);
    }
    SSL_set_fd(ssl_.get(), descriptor_);
}

Client::~Client() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

bool Client::handshake() {
    ERR_clear_error();
    const bool done = SSL_connect(ssl_.get()) == 1;
    if (!done) {
        const char* reason = ERR_reason_error_string(ERR_peek_error());
        error_ = reason == nullptr ? "cut" : reason;
    }
    return done;
}

bool Client::write(const std::string& bytes) {
    ERR_clear_error();
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
}

std::string Client::ask(const std::string& request) {
    if (!write(request)) {
        return {};
    }
    std::string answer;
    char buffer[4096];
    for (;;) {
        const std::size_t head = answer.find("\r\n\r\n");
        const std::size_t length = answer.find("Content-Length: ");
        if (head != std::string::npos && length != std::string::npos &&
            answer.size() >= head + 4 + std::stoul(answer.substr(length + 16))) {
            return answer;
        }
        const int got = SSL_read(ssl_.get(), buffer, sizeof buffer);
        if (got <= 0) {
            return {};
        }
        answer.append(buffer, static_cast<std::size_t>(got));
    }
}

std::string Client::read_all() {
    std::string all;
    char buffer[4096];
    ERR_clear_error();
    for (int got = SSL_read(ssl_.get(), buffer, sizeof buffer); got > 0;
         got = SSL_read(ssl_.get(), buffer, sizeof buffer)) {
        all.append(buffer, static_cast<std::size_t>(got));
    }
    return all;
}

void Client::fin() {
    ::close(std::exchange(descriptor_, -1));
}

void Client::reset() {
    const linger hard{1, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    fin();
}

Ran run_program(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment) {
    std::vector<std::string> words = arguments;
    std::vector<char*> argv;
    for (std::string& word : words) {
        argv.push_back(word.data());
    }
    argv.push_back(nullptr);
    std::vector<std::string> variables;
    for (char** one = environ; *one != nullptr; ++one) {
        const std::string text(*one);
        if (!environment.contains(text.substr(0, text.find('=')))) {
            variables.push_back(text);
        }
    }
    for (const auto& [name, value] : environment) {
        variables.push_back(name + "=" + value);
    }
    std::vector<char*> envp;
    for (std::string& variable : variables) {
        envp.push_back(variable.data());
    }
    envp.push_back(nullptr);
    int ends[2];
    if (::pipe(ends) != 0) {
        return {};
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", 0, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    pid_t pid = 0;
    Ran ran;
    const int failed = ::posix_spawnp(&pid, argv.front(), &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    char buffer[4096];
    for (ssize_t got = ::read(ends[0], buffer, sizeof buffer); failed == 0 && got > 0;
         got = ::read(ends[0], buffer, sizeof buffer)) {
        ran.output.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    int status = 0;
    if (failed == 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status)) {
        ran.code = WEXITSTATUS(status);
    }
    return ran;
}

void say(int descriptor, const std::string& bytes) {
    EXPECT_EQ(::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
}

std::string hello_bytes() {
    const std::vector<std::uint8_t> bytes = ClientHello::offering(TlsVersion::tls_1_3, "localhost").encode();
    return {bytes.begin(), bytes.end()};
}

}  // namespace gateproof::stage::test
