#include "selfproof/stage_judged.hpp"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <exception>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <utility>

#include "gateway/tls/rotation.hpp"
#include "harness/identity/load_identity.hpp"
#include "harness/probe/http/http1.hpp"
#include "harness/run/runner.hpp"
#include "harness/stage/stage.hpp"
#include "harness/stage/test_pki.hpp"
#include "selfproof/embedded.hpp"
#include "selfproof/embedded_application.hpp"
#include "suites/catalogue.hpp"

namespace gateproof::selfproof {
namespace asio = boost::asio;
namespace {

constexpr const char* host = "localhost";

constexpr std::array<LeftOut, 5> left_out{{
    {"oauth.code-expires", "codes of the stage are good for ten minutes, for which nobody waits here"},
    {"server.ocsp-staple", "certificates of a test PKI name no responder: a scene staples what a check wants"},
    {"firewall.other-source-blocked", "a stage has no firewall before it, and stands on the loopback addresses"},
    {"timeout", "how long the gateway waits is what a scene says, and what clients are judged by"},
    {"throttle", "the stage counts nobody's requests: a scene refuses them"},
}};

/// What its clients kept of their connections before the certificate was cut over: a session under each version, PEM.
asio::awaitable<std::string> sessions_of(std::uint16_t port, std::shared_ptr<const Identity> identity) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    HttpRequest request;
    request.endpoint.host = host;
    request.endpoint.port = port;
    request.endpoint.connect_address = "127.0.0.1";
    for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
        TlsOptions options;
        options.endpoint = request.endpoint;
        options.server_name = host;
        options.min_version = version;
        options.max_version = version;
        options.identity = identity;
        TlsSession session(executor, std::move(options));
        const TlsStep connected = co_await session.connect();
        const TlsStep asked = co_await session.write(wire(request, Connection::keep));
        const TlsRead answer = co_await session.read();  // and the tickets of TLS 1.3
        if (!connected.ok() || !asked.ok() || !answer.step.ok() || !session.session()) {
            throw std::logic_error("the stage gives no session: " + connected.summary());
        }
        PEM_write_bio_SSL_SESSION(text.get(), session.session().get());
        co_await session.shutdown();
    }
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    co_return std::string(data, static_cast<std::size_t>(size));
}

/// The conforming scene at three places that last, on a thread of its own, for the checks wait while it plays.
class StagedGateway {
public:
    explicit StagedGateway(const std::function<void(stage::Scene&)>& change) : change_(change) {
        cloud_ = open("cloud", gateway::ListenerRole::cloud);
        desktop_ = open("desktop", gateway::ListenerRole::desktop);
        mock_ = open("mock", gateway::ListenerRole::mock);
        keep_sessions();
        sigset_t all;
        sigset_t before;
        sigfillset(&all);  // signals are the run's business
        pthread_sigmask(SIG_SETMASK, &all, &before);
        thread_ = std::thread([this] { loop_.run(); });
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    ~StagedGateway() {
        loop_.stop();
        thread_.join();
    }
    StagedGateway(const StagedGateway&) = delete;
    StagedGateway& operator=(const StagedGateway&) = delete;

    [[nodiscard]] std::optional<std::string> reference(std::string_view name) const {
        for (const auto& [channel, place] :
             {std::pair("cloud", cloud_.get()), std::pair("desktop", desktop_.get()), std::pair("mock", mock_.get())}) {
            if (name == fmt::format("{}-url", channel)) {
                return place->url();
            }
            if (name == fmt::format("{}-port", channel)) {
                return std::to_string(place->port());
            }
            if (name == fmt::format("{}-second-address", channel)) {
                return ipv6_ ? "::1" : "127.0.0.1";
            }
        }
        if (name == "http-url") {
            return fmt::format("http://{}:{}", host, desktop_->port(clear));
        }
        if (name == "ca.pem") {
            return pki_->text("ca.pem");
        }
        if (name == "server-pin") {
            return gateway::key_pin(pki_->root().get());
        }
        if (name == "retired.sessions.pem") {
            return old_sessions_;
        }
        return applications_.reference(name);
    }

private:
    static constexpr const char* clear = "clear";

    std::unique_ptr<stage::Place> open(std::string name, gateway::ListenerRole role) {
        stage::Scene scene;
        scene.shown = pki_->server();
        if (role == gateway::ListenerRole::cloud) {
            scene.asked = {stage::Asked::How::required, applications_.client_authorities()};
        }
        if (change_) {
            change_(scene);
        }
        stage::PlaceOptions options;
        options.name = std::move(name);
        options.host = host;
        options.application = applications_.listener(role);
        options.doors = {{.name = clear}};  // where HTTP without TLS would be
        options.lasting = true;
        options.ipv6 = ipv6_;
        try {
            return stage_.open(scene, options);
        } catch (const boost::system::system_error&) {
            if (!std::exchange(options.ipv6, false)) {
                throw;
            }
            ipv6_ = false;  // this machine has none
            return stage_.open(scene, options);
        }
    }

    void keep_sessions() {
        const auto text = [this](const char* name) { return applications_.reference(name).value_or(""); };
        PemIdentity pem;
        pem.role = "retired";
        pem.certificate = text("retired.crt.pem");
        pem.key = text("retired.key.pem");
        const IdentityLoad retired = identity_from_pem(pem);
        std::exception_ptr thrown;
        bool done = false;
        asio::co_spawn(loop_, sessions_of(cloud_->port(), retired.identity),
                       [&](const std::exception_ptr& problem, std::string sessions) {
                           thrown = problem;
                           old_sessions_ = std::move(sessions);
                           done = true;
                       });
        while (!done) {
            loop_.run_one();
        }
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    }

    std::shared_ptr<stage::TestPki> pki_ = stage::TestPki::in_memory({host, std::string(gateway::other_server_name)});
    const std::function<void(stage::Scene&)>& change_;
    EmbeddedApplications applications_;
    bool ipv6_ = true;
    std::string old_sessions_;
    // The loop goes before what its coroutines refer to.
    asio::io_context loop_{1};
    stage::Stage stage_{loop_.get_executor()};
    std::unique_ptr<stage::Place> cloud_;
    std::unique_ptr<stage::Place> desktop_;
    std::unique_ptr<stage::Place> mock_;
    std::thread thread_;
};

const LeftOut* find_left_out(std::string_view name) {
    const auto found = std::ranges::find(left_out, name, &LeftOut::name);
    return found == left_out.end() ? nullptr : &*found;
}

RunRecord judged(const std::function<void(stage::Scene&)>& change) {
    const StagedGateway staged(change);
    EmbeddedTargets targets = embedded_targets([&staged](std::string_view name) { return staged.reference(name); });
    for (Profile& profile : targets.profiles) {
        std::vector<std::string>& addresses = profile.endpoint.addresses;
        addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
    }
    Plan plan = embedded_plan(suites::catalogue(), std::move(targets.profiles));
    std::erase_if(plan.checks, [](const PlannedCheck& planned) { return find_left_out(planned.check->suite()); });
    JournalWriter journal;
    RunObserver observer;
    RunOptions options;
    options.seed = 1;
    options.secrets = std::move(targets.secrets);
    return run(plan, suites::catalogue(), journal, options, observer);
}

}  // namespace

std::span<const LeftOut> left_out_of_stage() {
    return left_out;
}

StageProof judge_stage(const std::function<void(stage::Scene&)>& change) {
    const RunRecord record = judged(change);
    StageProof proof;
    proof.interrupted = record.end_reason == EndReason::interrupted;
    proof.cells = cells_of(record);
    const auto fails = [&proof](std::string_view id) {
        return std::ranges::any_of(proof.cells, [id](const Cell& cell) { return cell.check == id && !is_clean(cell); });
    };
    for (const Cell& cell : proof.cells) {
        if (!is_clean(cell) && find_left_out(cell.check) == nullptr) {
            proof.misplayed.push_back(described(cell));
        }
    }
    const std::vector<std::string> nowhere = passing_nowhere(proof.cells, Side::gateway);
    for (const std::string& id : nowhere) {
        if (find_left_out(id) == nullptr && find_left_out(suites::catalogue().check(id)->suite()) == nullptr &&
            !fails(id)) {
            proof.misplayed.push_back(fmt::format("{}: passes on no profile", id));
        }
    }
    for (const LeftOut& one : left_out) {
        const bool is_check = suites::catalogue().check(one.name) != nullptr;
        if (!is_check &&
            std::ranges::find(suites::catalogue().suites, one.name, &Suite::id) == suites::catalogue().suites.end()) {
            proof.outgrown.push_back(fmt::format("{}: is left out, and does not exist", one.name));
        } else if (is_check && !fails(one.name) && std::ranges::find(nowhere, one.name) == nowhere.end()) {
            proof.outgrown.push_back(fmt::format("{}: is left out, and passes", one.name));
        }
    }
    return proof;
}

std::size_t StageProof::passed() const {
    std::set<std::string_view> ids;
    for (const Cell& cell : cells) {
        if (cell.outcome == Outcome::pass) {
            ids.insert(cell.check);
        }
    }
    for (const Cell& cell : cells) {
        if (!is_clean(cell)) {
            ids.erase(cell.check);
        }
    }
    return ids.size();
}

}  // namespace gateproof::selfproof
