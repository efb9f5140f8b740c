#include "harness/run/client/target.hpp"

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>
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
constexpr int control_attempts = 2;
/// What waits costs next to nothing, and what overlaps costs a run no time.
constexpr std::size_t waiting_for_each = 4;

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
      turns_(executor_, static_cast<std::size_t>(profile.client->concurrent), no_overdue),
      long_turns_(executor_, waiting_for_each * static_cast<std::size_t>(profile.client->concurrent), no_overdue) {
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

stage::Scene ClientTarget::authority_twin() {
    stage::Scene scene = twin(Twin::conforming);
    scene.asked = {};
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

asio::awaitable<Place> ClientTarget::long_turn() {
    return waits_beside_others() ? long_turns_.enter() : turns_.enter(WaitingLine::At::front);
}

std::shared_ptr<Performance> ClientTarget::perform(Programme programme) {
    if (!stage_) {
        throw boost::system::system_error(asio::error::operation_aborted);
    }
    Play play = parts_->play(profile_, programme.act);
    for (const auto& [label, value] : play.secrets) {
        redactor_.add(value);
    }
    programme.name = fmt::format("{}/{}", programme.name, ++attempts_);
    return std::make_shared<Performance>(executor_, profile_, *stage_, *pki_, *trigger_, parts_->visitors.get(),
                                         std::move(play), std::move(programme));
}

asio::awaitable<Attempt> ClientTarget::attempt(Programme programme, milliseconds patience) {
    const std::shared_ptr<Performance> performance = perform(std::move(programme));
    Attempt attempt = co_await performance->to_the_end(patience);
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
    // Who lacks one of the two versions may be served by the other; who lacks both is served by nobody.
    const bool one_version = twin == Twin::tls_1_2 || twin == Twin::tls_1_3;
    if (result.lacks_version && one_version) {
        co_await controls(Twin::conforming).since(Clock::time_point::min());
        co_return result;
    }
    if (has_served_ || hopeless_) {
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
    Programme programme;
    programme.scene = std::move(scene);
    programme.name = std::move(name);
    Attempt attempt = co_await this->attempt(std::move(programme), profile_.client->end);
    result.served = attempt.served();
    result.summary = attempt.summary() + (result.served ? std::string() : last_line_of(attempt, redactor_));
    result.advice = result.served ? std::string() : advice_for(attempt, versions, profile_);
    result.lacks_version = attempt.lacks(versions);
    co_return attempt;
}

}  // namespace gateproof
