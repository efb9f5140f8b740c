#include "harness/run/client/context.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "harness/run/client/target.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

ClientContext::ClientContext(ClientTarget& target, const PlannedCheck& planned) : target_(target), planned_(planned) {}

const Profile& ClientContext::profile() const {
    return target_.profile();
}

std::chrono::milliseconds ClientContext::deadline() const {
    const DeadlineFunction& own = check().deadline;
    return own ? own(profile()) : profile().limits.check_deadline + profile().limits.repeat * client().end;
}

Twin ClientContext::twin_kind() const {
    const std::vector<Twin>& twins = std::get<ClientCheck>(check().run).twins;
    return twins.at(std::min(case_index(), twins.size() - 1));
}

stage::Scene ClientContext::twin() const {
    return target_.twin(twin_kind());
}

stage::Shown ClientContext::server(const stage::ServerSpec& spec) const {
    return target_.pki().server(spec);
}

stage::TestPki& ClientContext::pki() const {
    return target_.pki();
}

asio::awaitable<Place> ClientContext::turn() {
    const Waiting waiting(*this);
    Place turn = co_await target_.turn();
    co_return turn;
}

asio::awaitable<Attempt> ClientContext::attempt(stage::Scene scene, ClientAct act, std::vector<stage::Door> doors) {
    const std::vector<std::string> apart = stage::differences(scene, twin());
    if (apart.size() > 1) {
        throw std::logic_error(
            fmt::format("the scene differs from its twin in more than one thing: {}", fmt::join(apart, ", ")));
    }
    const std::string difference = apart.empty() ? "none: the conforming gateway" : apart.front();
    const Place turn = co_await this->turn();
    Attempt attempt = co_await target_.attempt(std::move(scene), act, planned_.id(), client().end, std::move(doors));
    note_attempt(evidence_, difference, act, attempt, target_.redactor());
    co_return attempt;
}

}  // namespace gateproof
