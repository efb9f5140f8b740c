#include "harness/run/human/steps.hpp"

#include <fmt/format.h>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <system_error>

#include "harness/probe/oauth/loopback_redirect.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

namespace asio = boost::asio;

namespace {

constexpr std::size_t absent_after = 2;
constexpr auto quietly = asio::as_tuple(asio::use_awaitable);

/// Tells every second how much is left, for as long as it lives.
class Countdown {
public:
    Countdown(const asio::any_io_executor& executor, HumanConsole& console, const HumanStep& step)
        : timer_(executor), console_(console), step_(step), end_(std::chrono::steady_clock::now() + step.patience) {
        tick();
    }

private:
    void tick() {
        const auto left = std::chrono::ceil<std::chrono::seconds>(end_ - std::chrono::steady_clock::now());
        console_.waits(step_, std::max(left, std::chrono::seconds(0)));
        timer_.expires_after(std::chrono::seconds(1));
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                tick();
            }
        });
    }

    asio::steady_timer timer_;
    HumanConsole& console_;
    const HumanStep& step_;
    std::chrono::steady_clock::time_point end_;
};

std::string address_of(const Authority& authority, const oauth::AuthorizationRequest& request) {
    return fmt::format("https://{}{}", authority.endpoint.authority(), oauth::authorize_target(authority, request));
}

}  // namespace

std::string human_unmet(const Profile& profile) {
    if (!profile.authority) {
        return {};  // nothing of it asks for a human
    }
    const auto loopback = oauth::parse_loopback_uri(profile.authority->client.redirect_uri);
    if (!loopback || loopback->port == 0) {
        return "oauth.client.redirect_uri is no loopback address with a port, so the browser cannot come back to this "
               "program; register one such as http://127.0.0.1:8400/callback with the authority, for this client or for "
               "one of its kind, and give it in the profile";
    }
    return {};
}

/// Whose turn it is, for as long as it lives.
class HumanSteps::Turn {
public:
    explicit Turn(HumanSteps& steps) : steps_(steps) { steps_.busy_ = true; }
    ~Turn() {
        steps_.busy_ = false;
        steps_.freed_.cancel();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    HumanSteps& steps_;
};

HumanSteps::HumanSteps(asio::any_io_executor executor, HumanRules rules)
    : executor_(std::move(executor)), rules_(rules), freed_(executor_, asio::steady_timer::time_point::max()) {}

asio::awaitable<oauth::Authorization> HumanSteps::perform(const Profile& profile, oauth::AuthorizationRequest request,
                                                          oauth::Decision decision, std::string check) {
    if (rules_.console == nullptr) {
        throw std::logic_error("a step of a human was asked for where there is none");
    }
    while (busy_) {
        co_await freed_.async_wait(quietly);
        const auto cancelled = co_await asio::this_coro::cancellation_state;
        if (cancelled.cancelled() != asio::cancellation_type::none) {
            throw boost::system::system_error(asio::error::operation_aborted);
        }
    }
    const Turn turn(*this);
    oauth::Authorization came;
    if (missed_ >= absent_after) {
        came.problem = fmt::format("{}: {} steps before it were not done either, so it was not asked for",
                                   missed_problem, missed_);
        co_return came;
    }
    HumanStep step;
    step.target = profile.name;
    step.number = numbers_.try_emplace({profile.name, check}, numbers_.size() + 1).first->second;
    step.of = std::max(rules_.checks, numbers_.size());
    step.check = std::move(check);
    step.decision = decision;
    step.url = address_of(*profile.authority, request);
    step.patience = rules_.patience;
    came = co_await take_step(std::move(request), std::move(step));
    co_return came;
}

asio::awaitable<oauth::Authorization> HumanSteps::take_step(oauth::AuthorizationRequest request, HumanStep step) {
    oauth::Authorization came;
    const auto place = oauth::parse_loopback_uri(request.redirect_uri);
    if (!place || place->port == 0) {
        came.problem = fmt::format(
            "no browser comes back to this program by the redirect URI {}, which is no loopback address "
            "with a port",
            oauth::shown_url(request.redirect_uri));
        co_return came;
    }
    std::optional<oauth::LoopbackRedirect> redirect;
    try {
        redirect.emplace(executor_, *place);
    } catch (const boost::system::system_error& error) {
        came.problem = fmt::format("the port of the redirect URI cannot be had ({}); end what listens there",
                                   error.code().message());
        co_return came;
    }
    rules_.console->asked(step);
    std::string state = request.state;
    std::optional<oauth::Parameters> parameters;
    {
        const Countdown countdown(executor_, *rules_.console, step);
        parameters = co_await redirect->wait(std::move(state), rules_.patience);
    }
    rules_.console->ended(step, parameters.has_value());
    if (!parameters) {
        ++missed_;
        came.problem = fmt::format("{} within {} s", missed_problem, rules_.patience.count());
        co_return came;
    }
    missed_ = 0;
    came.returned = true;
    came.parameters = std::move(*parameters);
    // A refusal shows that there was something to refuse on; a code does not show that there was not.
    came.consent_page = step.decision == oauth::Decision::refuse && came.code().empty();
    co_await redirect->answer(true);
    co_return came;
}

}  // namespace gateproof
