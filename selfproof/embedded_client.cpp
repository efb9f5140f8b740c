#include "selfproof/embedded_client.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include "client/client.hpp"
#include "harness/profile/endpoint_url.hpp"
#include "harness/run/client/parts.hpp"
#include "harness/run/client/played_user.hpp"
#include "harness/stage/test_pki.hpp"

namespace gateproof::selfproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

client::Act act_of(ClientAct act) {
    switch (act) {
        case ClientAct::read: return client::Act::read;
        case ClientAct::write: return client::Act::write;
        case ClientAct::stay: return client::Act::stay;
        case ClientAct::login: return client::Act::login;
        case ClientAct::machine: return client::Act::machine;
        case ClientAct::logout: return client::Act::logout;
    }
    return client::Act::read;
}

Claim::Kind kind_of(client::Outcome outcome) {
    switch (outcome) {
        case client::Outcome::success: return Claim::Kind::success;
        case client::Outcome::unsupported: return Claim::Kind::unsupported;
        case client::Outcome::failure: break;
    }
    return Claim::Kind::failure;
}

client::IdentitySource source_of(const Identity& identity) {
    client::IdentitySource source;
    source.certificate = stage::pem_of(identity);
    source.key = stage::pem_of(identity.key);
    return source;
}

/// What some faults show instead of the enrolled certificate; made once, since an RSA key takes its time.
const std::map<std::string, client::IdentitySource>& other_identities() {
    static const std::map<std::string, client::IdentitySource> made = [] {
        const auto strangers = stage::TestPki::in_memory({"localhost"}, "another.example");
        const auto shouting = stage::TestPki::in_memory({"localhost"}, "GATEWAY.GATEPROOF.TEST");
        return std::map<std::string, client::IdentitySource>{
            {"another", source_of(*strangers->client())},
            {"other-environment", source_of(*strangers->client_again())},
            {"expired", source_of(*shouting->client_again(0))},
            {"other-case", source_of(*shouting->client())}};
    }();
    return made;
}

client::Options options_of(const Profile& profile, const std::map<std::string, std::string>& values,
                           std::vector<std::string> faults) {
    const auto value = [&](const char* name) {
        const auto found = values.find(name);
        return found == values.end() ? std::string() : found->second;
    };
    client::Options options;
    options.base_url = value("url");
    options.addresses.assign(std::begin(embedded_addresses), std::end(embedded_addresses));
    options.proxy = value("proxy");
    options.channel = profile.channel == Channel::cloud ? client::Channel::cloud : client::Channel::desktop;
    options.ca_file = value("ca");
    // Where it is timed, its patience is above what this profile's gateway may take as that of its program is above
    // 60 s; elsewhere no crowded machine exhausts it.
    const std::string check = value("check");
    if (check.starts_with("client-time.") || check.starts_with("client-writes.once[silence")) {
        options.answer_limit = profile.timing.limit * 5 / 4;
        options.connect_limit = std::min(options.connect_limit, options.answer_limit);
    }
    options.identity.certificate = value("certificate");
    options.identity.key = value("key");
    options.token = value("token");
    options.ird = value("ird");
    // One profile submits over a connection that has been used, the other over a fresh one.
    options.warm_up = profile.channel == Channel::cloud;
    options.oauth.client_id = value("client_id");
    options.oauth.client_secret = value("client_secret");
    options.authority_url = value("authority");
    // Short, since whole runs wait for it, and still above the half second that nobody may come back within.
    options.retries.first = milliseconds(700);
    if (const UrlResult door = parse_endpoint_url(value("browse_at"), "https", false); door.fault.empty()) {
        PlayedUser user{door.endpoint, value("login_user"), value("login_password")};
        user.door.connect_address = "127.0.0.1";
        options.login_limit = profile.client->end;
        options.browse = [user, patience = profile.client->end](const std::string& url, std::uint16_t) {
            log_in(user, url, patience);
        };
    }
    if (!faults.empty()) {
        options.other_identities = other_identities();
    }
    options.faults = std::move(faults);
    return options;
}

/// Where it is noted what one client had to do with.
struct Note {
    std::shared_ptr<FaultsAsked> asked;  ///< null: nowhere
    std::string check;
};

/// Ends with its object: the thread is told to stop and joined.
class StartedThread : public StartedClient {
public:
    StartedThread(const asio::any_io_executor& executor, ClientAct act, client::Options options, std::string nonce,
                  Note note)
        : shared_(std::make_shared<Shared>(executor, std::move(options))), note_(std::move(note)) {
        if (note_.asked) {
            ++note_.asked->running;
        }
        shared_->keeps_running.emplace(executor);
        thread_ = std::thread([shared = shared_, act, nonce = std::move(nonce)] {
            client::Result result;
            try {
                result = shared->client.act(act_of(act), nonce);
            } catch (const client::Unusable& problem) {
                result.text = problem.text;
            } catch (const std::exception& problem) {
                result.text = problem.what();
            }
            asio::post(shared->executor, [shared, result = std::move(result)] {
                shared->result = result;
                shared->took = std::chrono::duration_cast<milliseconds>(Clock::now() - shared->started);
                shared->changed.cancel();
                shared->keeps_running.reset();
            });
        });
    }
    ~StartedThread() override {
        shared_->client.stop();
        thread_.join();
        if (note_.asked) {
            --note_.asked->running;
            for (const std::string_view fault : shared_->client.asked_faults()) {
                note_.asked->by_check[note_.check].insert(fault);
            }
        }
    }
    StartedThread(const StartedThread&) = delete;
    StartedThread& operator=(const StartedThread&) = delete;

    asio::awaitable<Claim> done(Clock::time_point latest) override {
        const std::shared_ptr<Shared> shared = shared_;
        while (!shared->result) {
            const bool late = Clock::now() >= latest;
            if (late) {
                end();
            }
            shared->changed.expires_at(late ? Clock::time_point::max() : latest);
            boost::system::error_code ignored;
            co_await shared->changed.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
        }
        Claim claim;
        claim.kind = shared->told_to_end ? Claim::Kind::ended_by_us : kind_of(shared->result->outcome);
        claim.sentence = "it says: " + shared->result->text;
        claim.took = shared->took;
        claim.told_to_end = shared->told_to_end;
        // A thread has no size of its own: what it held of an answer stands for it.
        claim.resident = ResidentSize{.most = shared->result->longest_content};
        co_return claim;
    }
    void end() override {
        if (shared_->result) {
            return;  // its own end stands
        }
        shared_->told_to_end = Clock::now();
        shared_->client.stop();
    }

private:
    struct Shared {
        Shared(const asio::any_io_executor& loop, client::Options options)
            : executor(loop), client(std::move(options)), changed(loop, Clock::time_point::max()) {}

        asio::any_io_executor executor;
        client::Client client;
        asio::steady_timer changed;
        std::optional<asio::executor_work_guard<asio::any_io_executor>> keeps_running;
        std::optional<client::Result> result;
        Clock::time_point started = Clock::now();
        milliseconds took{0};
        std::optional<Clock::time_point> told_to_end;
    };
    std::shared_ptr<Shared> shared_;
    Note note_;
    std::thread thread_;
};

class EmbeddedTrigger : public Trigger {
public:
    EmbeddedTrigger(const Profile& profile, std::vector<std::string> faults, std::shared_ptr<FaultsAsked> asked)
        : profile_(profile), faults_(std::move(faults)), asked_(std::move(asked)) {
        if (!faults_.empty()) {
            other_identities();  // not first on the loop, which would be late for seconds
        }
    }

    std::unique_ptr<StartedClient> start(const asio::any_io_executor& executor, ClientAct act,
                                         StartValues values) override {
        try {
            return std::make_unique<StartedThread>(executor, act, options_of(profile_, values.placeholders, faults_),
                                                   values.placeholders["nonce"],
                                                   Note{asked_, profile_.name + ' ' + values.placeholders["check"]});
        } catch (const client::Unusable& problem) {  // no std::exception, which is what a check may end with
            throw std::runtime_error(problem.text);
        }
    }

private:
    const Profile& profile_;
    std::vector<std::string> faults_;
    std::shared_ptr<FaultsAsked> asked_;
};

}  // namespace

std::unique_ptr<Trigger> embedded_client(const Profile& profile, std::vector<std::string> faults,
                                         std::shared_ptr<FaultsAsked> asked) {
    return std::make_unique<EmbeddedTrigger>(profile, std::move(faults), std::move(asked));
}

}  // namespace gateproof::selfproof
