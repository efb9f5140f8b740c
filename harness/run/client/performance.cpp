#include "harness/run/client/performance.hpp"

#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/journal/redact.hpp"
#include "harness/run/client/played_user.hpp"
#include "harness/run/client/visitors.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

/// How long connections of a client that has ended may take to be seen to end.
constexpr auto last_word = 1000ms;
/// How often a client that was told to end is looked at, beside what it says of itself.
constexpr auto told_to_end_within = 1000ms;

/// What stands for a secret where it turns up, however it is spelt there.
stage::FindLabels labels_of(const Secrets& minted) {
    auto secrets = std::make_shared<std::vector<std::pair<std::string, Redactor>>>();
    for (const auto& [label, value] : minted) {
        secrets->emplace_back(label, Redactor({value}));
    }
    return [secrets](std::string_view text) {
        std::vector<std::string> found;
        for (const auto& [label, redactor] : *secrets) {
            std::string without(text);
            redactor.apply(without);
            if (without != text) {
                found.push_back(label);
            }
        }
        return found;
    };
}

StartValues values_of(const Profile& profile, const stage::TestPki& pki, const stage::Place& place, const Play& play,
                      const std::filesystem::path& work, const std::string& name, const Identity* identity) {
    StartValues values;
    std::map<std::string, std::string>& known = values.placeholders;
    known = play.values;
    const bool by_proxy = profile.client->reach == ClientReach::proxy;
    known["url"] = by_proxy ? profile.endpoint.url() : place.url();
    known["host"] = place.host();
    known["port"] = std::to_string(by_proxy ? profile.endpoint.port : place.port());
    if (by_proxy) {
        known["proxy"] = place.proxy_url();
    }
    known["work"] = work.string();
    known["attempt"] = name;
    known["check"] = name.substr(0, name.find('/'));
    known["nonce"] = name;  // unique in the run
    if (play.authority) {
        known["authority"] = place.url("authority");
        known["browse_at"] = place.url("user");
    }
    if (profile.client->embedded) {  // its PKI is in memory: texts instead of files
        known["ca"] = pki.text("ca.pem");
        // On either channel: it knows where to show it.
        known["certificate"] = identity != nullptr ? stage::pem_of(*identity) : pki.text("client.pem");
        known["key"] = identity != nullptr ? stage::pem_of(identity->key) : pki.text("client.key");
        return values;
    }
    values.variables = pki.environment();
    for (const char* const variable : {"NO_PROXY", "no_proxy"}) {
        // A proxy of this machine leads nowhere near the stage.
        values.variables.emplace(variable, by_proxy ? std::string() : place.host());
    }
    if (by_proxy) {
        for (const char* const variable : {"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"}) {
            values.variables.emplace(variable, place.proxy_url());
        }
    }
    if (play.authority) {
        const std::filesystem::path browser = work / browser_name;
        std::error_code error;
        std::filesystem::create_symlink(std::filesystem::read_symlink("/proc/self/exe", error), browser, error);
        known["browser"] = browser.string();
        values.variables.emplace("BROWSER", browser.string());
    }
    known["ca"] = pki.file("ca.pem").string();
    known["ca_bundle"] = pki.file("ca_bundle.pem").string();
    known["ca_p12"] = pki.file("ca.p12").string();
    known["ca_password"] = stage::TestPki::password;
    std::filesystem::path own = pki.folder();
    if (identity != nullptr) {
        own = work / "identity";
        std::filesystem::create_directory(own);
        stage::TestPki::write_client(*identity, own);
    }
    known["certificate"] = (own / "client.pem").string();
    known["key"] = (own / "client.key").string();
    known["identity_p12"] = (own / "client.p12").string();
    known["identity_password"] = stage::TestPki::password;
    return values;
}

}  // namespace

/// A new folder for one attempt, gone with this object.
class Performance::WorkFolder {
public:
    WorkFolder() {
        std::error_code error;
        std::string name =
            (std::filesystem::absolute(std::filesystem::temp_directory_path(error)) / "gateproof-client-XXXXXX")
                .string();
        if (!error && mkdtemp(name.data()) != nullptr) {
            path_ = name;
        }
    }
    ~WorkFolder() {
        std::error_code ignored;
        if (!path_.empty()) {
            std::filesystem::remove_all(path_, ignored);
        }
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

Performance::Performance(const asio::any_io_executor& executor, const Profile& profile, stage::Stage& stage,
                         const stage::TestPki& pki, Trigger& trigger, Visitors* visitors, Play play,
                         Programme programme)
    : executor_(executor),
      profile_(profile),
      play_(std::move(play)),
      work_(profile.client->embedded ? nullptr : std::make_unique<WorkFolder>()),  // it writes nothing
      never_came_(executor) {
    stage::PlaceOptions options;
    options.name = std::move(programme.name);
    options.host = profile_.client->host;
    options.application = play_.application;
    options.labels = labels_of(visitors != nullptr ? visitors->told(play_.secrets) : play_.secrets);
    options.proxy = profile_.client->reach == ClientReach::proxy;
    options.ipv6 = true;  // whose name a system may resolve to first
    if (visitors != nullptr) {
        options.port = visitors->port();
        options.leaves_grave = false;
    }
    options.doors = std::move(programme.doors);
    options.first_closed = !programme.addresses.empty();
    options.addresses = std::move(programme.addresses);
    if (programme.authority && play_.authority) {
        for (auto& [name, scene] :
             {std::pair("authority", &programme.authority->scene), std::pair("user", &programme.authority->for_user)}) {
            stage::Door& door = options.doors.emplace_back();
            door.name = name;
            door.scene = *scene;
            door.application = play_.authority;
            door.stray = false;
        }
    }
    place_ = stage.open(std::move(programme.scene), std::move(options));
    StartValues values = values_of(profile_, pki, *place_, play_, work_ ? work_->path() : std::filesystem::path(),
                                   place_->name(), programme.identity.get());
    url_ = values.placeholders["url"];
    started_ = visitors != nullptr ? visitors->expect(std::move(values), *place_)
                                   : trigger.start(executor_, programme.act, std::move(values));
}

Performance::~Performance() = default;

/// A program that hangs before it calls anybody need not be waited for as long as one that waits for an answer.
void Performance::forget_when_nobody_comes() {
    waiting_ = std::make_shared<bool>(true);
    never_came_.expires_after(profile_.client->start);
    // The handler may be on its way already when the wait is over.
    never_came_.async_wait([this, still = std::weak_ptr<bool>(waiting_)](const boost::system::error_code& error) {
        if (!error && !still.expired() && place_->visits().empty()) {
            started_->end();
        }
    });
}

asio::awaitable<void> Performance::last_words() {
    waiting_.reset();
    never_came_.cancel();
    started_.reset();  // with whatever connection it kept
    const Clock::time_point latest = Clock::now() + last_word;
    while (place_->busy() && Clock::now() < latest) {
        co_await place_->changed(std::chrono::duration_cast<milliseconds>(latest - Clock::now()));
    }
    place_->end();
}

asio::awaitable<Attempt> Performance::to_the_end(milliseconds patience) {
    forget_when_nobody_comes();
    Claim claim = co_await started_->done(Clock::now() + patience);
    claim_ = std::move(claim);
    co_await last_words();
    co_return so_far();
}

asio::awaitable<void> Performance::watch(milliseconds patience) {
    Claim claim = co_await started_->done(Clock::now() + patience);
    claim_ = std::move(claim);
    place_->wake();
}

void Performance::run_aside(milliseconds patience) {
    forget_when_nobody_comes();
    const auto ended = [self = shared_from_this()](const std::exception_ptr& thrown) {
        if (thrown && !self->claim_) {
            Claim& claim = self->claim_.emplace();
            claim.kind = Claim::Kind::lost;
            claim.sentence = "nobody could say how it ended";
            self->place_->wake();
        }
    };
    asio::co_spawn(executor_, watch(patience), asio::bind_cancellation_slot(stop_.slot(), ended));
}

void Performance::abandon() {
    waiting_.reset();
    never_came_.cancel();
    stop_.emit(asio::cancellation_type::terminal);
}

asio::awaitable<Attempt> Performance::end() {
    if (!claim_) {
        started_->end();
    }
    while (!claim_) {
        co_await place_->changed(told_to_end_within);
    }
    co_await last_words();
    co_return so_far();
}

Attempt Performance::so_far() const {
    Attempt attempt;
    attempt.url = url_;
    attempt.claim = claim_.value_or(Claim());
    for (stage::Visit& visit : place_->visits()) {
        if (visit.door.empty()) {
            attempt.visits.push_back(std::move(visit));
        } else if (visit.door == "authority") {
            attempt.authority.push_back(std::move(visit));
        }
    }
    attempt.strays = place_->strays();
    attempt.booked = play_.application->booked();
    attempt.lateness = place_->lateness();
    return attempt;
}

}  // namespace gateproof
