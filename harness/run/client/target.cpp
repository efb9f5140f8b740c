#include "harness/run/client/target.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "harness/run/client/advice.hpp"
#include "harness/run/client/check_run.hpp"
#include "harness/run/client/visitors.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

/// A client has as many turns as the profile says, however long one of them takes.
constexpr auto no_overdue = std::chrono::hours(24);
/// How long connections of a client that has ended may take to be seen to end.
constexpr auto last_words = 1000ms;
constexpr int control_attempts = 2;

/// A new folder for one attempt, gone with this object.
class WorkFolder {
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

/// What stands for a secret where it turns up, however it is spelt there.
stage::FindLabels labels_of(const Play& play) {
    auto secrets = std::make_shared<std::vector<std::pair<std::string, Redactor>>>();
    for (const auto& [label, value] : play.secrets) {
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
                      const WorkFolder& work, std::string name) {
    StartValues values;
    std::map<std::string, std::string>& known = values.placeholders;
    known = play.values;
    known["url"] = place.url();
    known["host"] = place.host();
    known["port"] = std::to_string(place.port());
    known["work"] = work.path().string();
    known["attempt"] = name;
    known["check"] = name.substr(0, name.find('/'));
    known["nonce"] = name;           // unique in the run
    if (profile.client->embedded) {  // its PKI is in memory: texts instead of files
        known["ca"] = pki.text("ca.pem");
        known["certificate"] = pki.text("client.pem");  // on either channel: it knows where to show it
        known["key"] = pki.text("client.key");
        return values;
    }
    values.variables = pki.environment();
    for (const char* const variable : {"NO_PROXY", "no_proxy"}) {
        values.variables.emplace(variable, place.host());  // a proxy of this machine leads nowhere near the stage
    }
    known["ca"] = pki.file("ca.pem").string();
    known["ca_bundle"] = pki.file("ca_bundle.pem").string();
    known["ca_p12"] = pki.file("ca.p12").string();
    known["ca_password"] = stage::TestPki::password;
    known["certificate"] = pki.file("client.pem").string();
    known["key"] = pki.file("client.key").string();
    known["identity_p12"] = pki.file("client.p12").string();
    known["identity_password"] = stage::TestPki::password;
    return values;
}

std::unique_ptr<Trigger> trigger_of(const Profile& profile, const ClientParts& parts) {
    if (!profile.client->embedded) {
        return command_trigger(*profile.client, profile.file.parent_path());
    }
    if (!parts.embedded) {
        throw std::logic_error("the profile asks for the embedded client, and the caller gave none");
    }
    return parts.embedded(profile);
}

}  // namespace

std::shared_ptr<stage::TestPki> open_test_pki(const Profile& profile) {
    const ClientSoftware& client = *profile.client;
    if (client.embedded) {
        return stage::TestPki::in_memory({client.host});
    }
    stage::TestPkiOptions options;
    options.folder = client.pki;
    options.hosts = {client.host};
    stage::TestPki::Opened opened = stage::TestPki::open(options);
    if (!opened.pki) {
        throw std::runtime_error(fmt::format("{}: {}", client.pki.string(), opened.fault));
    }
    return std::move(opened.pki);
}

ClientTargetFactory client_targets(std::shared_ptr<const ClientParts> parts) {
    return [parts = std::move(parts)](const asio::any_io_executor& executor, const Profile& profile,
                                      Redactor& redactor) -> std::unique_ptr<RunTarget> {
        return std::make_unique<ClientTarget>(executor, profile, parts, redactor);
    };
}

ClientTarget::ClientTarget(asio::any_io_executor executor, const Profile& profile,
                           std::shared_ptr<const ClientParts> parts, Redactor& redactor)
    : executor_(std::move(executor)),
      profile_(profile),
      parts_(std::move(parts)),
      redactor_(redactor),
      pki_(open_test_pki(profile)),
      trigger_(trigger_of(profile, *parts_)),
      stage_(executor_),
      turns_(executor_, static_cast<std::size_t>(profile.client->concurrent), no_overdue) {
    for (std::size_t i = 0; i < controls_.size(); ++i) {
        controls_[i] =
            std::make_unique<TwinControl>(executor_, [this, twin = static_cast<Twin>(i)] { return control(twin); });
    }
}

ClientTarget::~ClientTarget() = default;

std::unique_ptr<CheckRun> ClientTarget::begin(const PlannedCheck& planned, std::uint64_t) {
    return std::make_unique<ClientCheckRun>(*this, planned);
}

void ClientTarget::cancel() {
    for (const std::unique_ptr<TwinControl>& controls : controls_) {
        controls->cancel();
    }
    stage_.reset();  // its graves would keep the run's loop going for a minute
}

const stage::Scene& ClientTarget::twin(Twin twin) {
    std::optional<stage::Scene>& made = twins_.at(static_cast<std::size_t>(twin));
    if (made) {
        return *made;
    }
    stage::Scene& scene = made.emplace();
    scene.shown = pki_->server({.key = twin == Twin::rsa ? stage::KeyKind::rsa_2048 : stage::KeyKind::p256});
    if (twin == Twin::tls_1_2) {
        scene.versions.newest = TlsVersion::tls_1_2;
    } else if (twin == Twin::tls_1_3) {
        scene.versions.oldest = TlsVersion::tls_1_3;
    }
    if (profile_.channel == Channel::cloud) {
        scene.asked = {stage::Asked::How::required, authorities()};
    }
    return scene;
}

std::vector<std::string> ClientTarget::authorities() const {
    const std::vector<Certificate>& own = profile_.client->identity;
    if (own.empty()) {
        return pki_->client_authorities();
    }
    std::vector<std::string> names;  // of those that issued its certificate: some clients choose by that list
    for (const Certificate& one : own) {
        names.push_back(stage::name_of_issuer(one));
    }
    return names;
}

asio::awaitable<Place> ClientTarget::turn(WaitingLine::At at) {
    return turns_.enter(at);
}

asio::awaitable<Attempt> ClientTarget::attempt(stage::Scene scene, ClientAct act, std::string name,
                                               milliseconds patience, std::vector<stage::Door> doors) {
    if (!stage_) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    const Play play = parts_->play(profile_);
    for (const auto& [label, value] : play.secrets) {
        redactor_.add(value);
    }
    stage::PlaceOptions options;
    options.name = fmt::format("{}/{}", name, ++attempts_);
    options.host = profile_.client->host;
    options.application = play.application;
    options.labels = labels_of(play);
    options.ipv6 = true;  // whose name a system may resolve to first
    if (parts_->visitors) {
        options.port = parts_->visitors->port();
        options.leaves_grave = false;
    }
    options.doors = std::move(doors);
    const std::unique_ptr<stage::Place> place = stage_->open(std::move(scene), std::move(options));
    const WorkFolder work;
    StartValues values = values_of(profile_, *pki_, *place, play, work, place->name());
    std::unique_ptr<StartedClient> started = parts_->visitors ? parts_->visitors->expect(std::move(values), *place)
                                                              : trigger_->start(executor_, act, std::move(values));

    // A program that hangs before it calls anybody need not be waited for as long as one that waits for an answer. The
    // handler may be on its way already when this coroutine ends.
    auto here = std::make_shared<bool>(true);
    asio::steady_timer never_came(executor_, profile_.client->start);
    never_came.async_wait([&place = *place, &started = *started,
                           still = std::weak_ptr<bool>(here)](const boost::system::error_code& error) {
        if (!error && !still.expired() && place.visits().empty()) {
            started.end();
        }
    });
    Attempt attempt;
    attempt.url = place->url();
    attempt.claim = co_await started->done(Clock::now() + patience);
    never_came.cancel();
    here.reset();
    started.reset();  // with whatever connection it kept
    const Clock::time_point latest = Clock::now() + last_words;
    while (place->busy() && Clock::now() < latest) {
        co_await place->changed(std::chrono::duration_cast<milliseconds>(latest - Clock::now()));
    }
    place->end();
    attempt.visits = place->visits();
    attempt.strays = place->strays();
    attempt.booked = play.application->booked();
    has_served_ = has_served_ || attempt.served();
    co_return attempt;
}

asio::awaitable<TwinControlResult> ClientTarget::control(Twin twin) {
    TwinControlResult result;
    const std::string name = fmt::format("control-{}", to_string(twin));
    stage::Reached reached = stage::Reached::nothing;
    for (result.attempts = 1;; ++result.attempts) {
        const Attempt attempt = co_await control_attempt(this->twin(twin), name, result);
        reached = std::max(reached, attempt.reached());
        if (result.served || result.attempts >= control_attempts) {
            break;
        }
    }
    if (has_served_ || hopeless_ || result.lacks_version) {
        co_return result;
    }
    // Software that knows no elliptic curves, or stumbles over TLS 1.3, is served by the scene that asks least.
    TwinControlResult least;
    stage::Scene scene = this->twin(Twin::rsa);
    scene.versions.newest = TlsVersion::tls_1_2;
    const Attempt attempt = co_await control_attempt(std::move(scene), "control-least", least);
    if (!has_served_ && !std::exchange(hopeless_, true)) {
        const CutOff why{std::chrono::system_clock::now(), {}, result.summary, result.advice};
        give_up(why, std::max(reached, attempt.reached()) < stage::Reached::hello);
    }
    co_return result;
}

asio::awaitable<Attempt> ClientTarget::control_attempt(stage::Scene scene, std::string name,
                                                       TwinControlResult& result) {
    const stage::VersionRange versions = scene.versions;
    const Place turn = co_await this->turn(WaitingLine::At::front);  // many checks may wait for it
    result.begun = Clock::now();
    Attempt attempt = co_await this->attempt(std::move(scene), ClientAct::read, std::move(name), profile_.client->end);
    result.served = attempt.served();
    result.summary = attempt.summary() + (result.served ? std::string() : last_line_of(attempt, redactor_));
    result.advice = result.served ? std::string() : advice_for(attempt, versions, profile_);
    result.lacks_version = attempt.lacks(versions);
    co_return attempt;
}

}  // namespace gateproof
