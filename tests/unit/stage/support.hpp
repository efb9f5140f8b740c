// A stage on a loop of its own thread, and blocking clients that come to it.
#pragma once

#include <openssl/ssl.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "harness/stage/stage.hpp"
#include "harness/stage/test_pki.hpp"

namespace gateproof::stage::test {

using namespace std::chrono_literals;

/// Answers "/..." with 200 and what it was asked, and books each POST by its body.
class Echo : public Application {
public:
    Answer answer(const Request& request) override;
    [[nodiscard]] std::vector<Booking> booked() const override { return booked_; }

private:
    std::vector<Booking> booked_;
};

/// One for all tests of the program: its keys cost time.
TestPki& pki();
/// The conforming scene for that PKI.
Scene conforming();

/// Places are made, used and ended on the loop's thread; what is asked of them waits for it.
class Theatre {
public:
    explicit Theatre(StageLimits limits = {});
    ~Theatre();
    Theatre(const Theatre&) = delete;
    Theatre& operator=(const Theatre&) = delete;

    template <class Work>
    auto on_loop(Work work) {
        // Shared: the result is there before the loop has left the task.
        const auto task = std::make_shared<std::packaged_task<std::invoke_result_t<Work>()>>(std::move(work));
        auto result = task->get_future();
        boost::asio::post(loop_, [task] { (*task)(); });
        return result.get();
    }

    /// With an Echo, unless the options have an application.
    Place& open(Scene scene, PlaceOptions options = {});
    void close(Place& place);
    std::uint16_t port(Place& place, const std::string& door = {});
    std::vector<Visit> visits(Place& place);
    std::vector<Visit> strays(Place& place);
    void end(Place& place);
    /// The visits once this holds of them; as they are after 10 s at most.
    std::vector<Visit> visits_when(Place& place, const std::function<bool(const std::vector<Visit>&)>& holds);
    /// The only visit once it has ended.
    Visit ended_visit(Place& place);
    Stage& stage() { return *stage_; }

private:
    boost::asio::io_context loop_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    std::unique_ptr<Stage> stage_;
    std::map<Place*, std::unique_ptr<Place>> places_;
    std::thread thread_;
};

struct ClientOptions {
    bool verifies = true;
    std::string host = "localhost";
    int min_version = TLS1_VERSION;
    int max_version = TLS1_3_VERSION;
    std::string ciphers = "ALL:@SECLEVEL=0";
    std::shared_ptr<const Identity> identity = {};
    SSL_SESSION* resume = nullptr;
    bool alpn = false;
    bool post_handshake = false;  ///< offers post_handshake_auth
};

/// A client on OpenSSL over a blocking socket.
class Client {
public:
    explicit Client(std::uint16_t port, ClientOptions options = {});
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool handshake();
    /// Writes the request and reads one answer with Content-Length; empty when it never came.
    std::string ask(const std::string& request);
    bool write(const std::string& bytes);
    /// What comes until the end, or within two seconds of silence.
    std::string read_all();
    void close_notify() { SSL_shutdown(ssl_.get()); }
    void fin();
    void reset();

    [[nodiscard]] SSL* ssl() const { return ssl_.get(); }
    [[nodiscard]] long verify_error() const { return SSL_get_verify_result(ssl_.get()); }
    [[nodiscard]] int alert() const { return alert_; }  ///< the fatal one that came; -1: none
    [[nodiscard]] int tickets() const { return tickets_; }
    [[nodiscard]] SSL_SESSION* session() const { return session_.get(); }
    [[nodiscard]] int descriptor() const { return descriptor_; }
    [[nodiscard]] std::string error() const { return error_; }

private:
    struct Free {
        void operator()(SSL* ssl) const { SSL_free(ssl); }
        void operator()(SSL_CTX* ctx) const { SSL_CTX_free(ctx); }
        void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    };
    int descriptor_ = -1;
    std::unique_ptr<SSL_CTX, Free> ctx_;
    std::unique_ptr<SSL, Free> ssl_;
    std::unique_ptr<SSL_SESSION, Free> session_;
    int alert_ = -1;
    int tickets_ = 0;
    std::string error_;
};

/// A blocking TCP connection to a port of 127.0.0.1 that gives up reading after two seconds.
int connect_to(std::uint16_t port);
std::string get(const std::string& target = "/status");

/// Runs a program without a shell; what it wrote to both outputs, and its exit code.
struct Ran {
    int code = -1;
    std::string output;
};
Ran run_program(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment = {});

/// All of these bytes are taken by the socket at once.
void say(int descriptor, const std::string& bytes);
/// A ClientHello for localhost, as record bytes.
std::string hello_bytes();

}  // namespace gateproof::stage::test
