#include "harness/run/client/context.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <utility>

#include "harness/probe/socket/tcp.hpp"
#include "harness/run/client/target.hpp"

namespace gateproof {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

constexpr const char* no_difference = "none: the conforming gateway";

}  // namespace

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

std::string ClientContext::difference(const stage::Scene& scene, const stage::Scene& twin) {
    const std::vector<std::string> apart = stage::differences(scene, twin);
    if (apart.size() > 1) {
        throw std::logic_error(
            fmt::format("the scene differs from its twin in more than one thing: {}", fmt::join(apart, ", ")));
    }
    return apart.empty() ? no_difference : apart.front();
}

asio::awaitable<Attempt> ClientContext::perform(Programme programme, std::string apart) {
    const Place turn = co_await this->turn();
    const ClientAct act = programme.act;
    programme.name = planned_.id();
    Attempt attempt = co_await target_.attempt(std::move(programme), client().end);
    note_attempt(evidence_, apart, act, attempt, target_.redactor());
    co_return attempt;
}

asio::awaitable<Attempt> ClientContext::attempt(stage::Scene scene, ClientAct act, std::vector<stage::Door> doors) {
    std::string apart = difference(scene, twin());
    Programme programme;
    programme.scene = std::move(scene);
    programme.act = act;
    programme.doors = std::move(doors);
    Attempt attempt = co_await perform(std::move(programme), std::move(apart));
    co_return attempt;
}

asio::awaitable<Attempt> ClientContext::attempt_at(std::vector<std::string> addresses) {
    std::string apart = fmt::format("addresses: nobody listens at {}", addresses.front());
    Programme programme;
    programme.scene = twin();
    programme.addresses = std::move(addresses);
    Attempt attempt = co_await perform(std::move(programme), std::move(apart));
    co_return attempt;
}

asio::awaitable<Attempt> ClientContext::attempt_as(std::shared_ptr<const Identity> identity) {
    Programme programme;
    programme.scene = twin();
    programme.identity = std::move(identity);
    std::string apart = "identity: it is told to show another certificate";
    Attempt attempt = co_await perform(std::move(programme), std::move(apart));
    co_return attempt;
}

asio::awaitable<std::vector<std::string>> ClientContext::addresses() const {
    constexpr auto longest_look_up = std::chrono::milliseconds(1500);
    if (client().embedded) {
        co_return std::vector<std::string>(std::begin(embedded_addresses), std::end(embedded_addresses));
    }
    Endpoint host;
    host.host = client().host;
    host.port = profile().endpoint.port;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    Addresses found = co_await tcp_addresses(executor, std::move(host), longest_look_up);
    std::erase_if(found.all, [](const std::string& one) { return one != "::1" && !one.starts_with("127."); });
    co_return std::move(found.all);
}

asio::awaitable<Verdict> ClientContext::beside_service(Verdict verdict) {
    const bool not_served = verdict.outcome() == Outcome::fail || verdict.outcome() == Outcome::warning;
    if (!not_served || target_.has_served() || target_.has_visitors()) {
        co_return verdict;
    }
    const Waiting waiting(*this);
    const TwinControlResult control = co_await target_.controls(Twin::conforming).since(Clock::time_point::min());
    if (target_.has_served()) {
        co_return verdict;
    }
    co_return Verdict::inconclusive("no conforming gateway serves the client: {}", control.summary)
        .remedy(control.advice);
}

asio::awaitable<std::vector<Attempt>> ClientContext::attempts(stage::Scene scene, std::size_t count, ClientAct act) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    std::vector<decltype(asio::co_spawn(executor, attempt(scene, act), asio::deferred))> all;
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(asio::co_spawn(executor, attempt(scene, act), asio::deferred));
    }
    auto [order, thrown, made] = co_await asio::experimental::make_parallel_group(std::move(all))
                                     .async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    for (const std::exception_ptr& one : thrown) {
        if (one) {
            std::rethrow_exception(one);
        }
    }
    co_return std::move(made);
}

stage::Scene ClientContext::authority_twin() const {
    return target_.authority_twin();
}

asio::awaitable<Attempt> ClientContext::log_in(stage::Scene authority) {
    std::string apart = difference(authority, authority_twin());
    if (apart != no_difference) {
        apart.insert(0, "authority: ");
    }
    Programme programme;
    programme.scene = twin();
    programme.authority.emplace();
    programme.authority->scene = std::move(authority);
    programme.authority->for_user = authority_twin();
    programme.act = ClientAct::login;
    Attempt attempt = co_await perform(std::move(programme), std::move(apart));
    co_return attempt;
}

std::unique_ptr<Stay> ClientContext::begin(stage::Scene scene, ClientAct act, Place turn) {
    const std::string apart = difference(scene, twin());
    Programme programme;
    programme.scene = std::move(scene);
    programme.act = act;
    programme.name = planned_.id();
    const std::shared_ptr<Performance> performance = target_.perform(std::move(programme));
    performance->run_aside(client().end);
    StayParts parts;
    parts.apart = [this](const stage::Scene& changed) { return difference(changed, twin()); };
    parts.note = [this, act](const std::string& scenes, const Attempt& attempt) {
        note_attempt(evidence_, scenes, act, attempt, target_.redactor());
    };
    return std::make_unique<Stay>(performance, std::move(turn), std::move(parts), apart);
}

asio::awaitable<std::unique_ptr<Stay>> ClientContext::stay(stage::Scene scene) {
    Place turn = co_await this->turn();
    co_return begin(std::move(scene), ClientAct::stay, std::move(turn));
}

asio::awaitable<std::unique_ptr<Stay>> ClientContext::wait_at(stage::Scene scene, ClientAct act) {
    Place slot;
    Place start;
    {
        const Waiting waiting(*this);
        slot = co_await target_.long_turn();
        if (target_.waits_beside_others()) {
            start = co_await target_.turn(WaitingLine::At::front);  // the longest waits begin first
        }
    }
    std::unique_ptr<Stay> stay = begin(std::move(scene), act, std::move(slot));
    const std::function<bool(const Attempt&)> came = [](const Attempt& seen) { return !seen.visits.empty(); };
    co_await stay->until(came, client().start);
    co_return stay;
}

}  // namespace gateproof
