#include "harness/run/client/visitors.hpp"

#include <utility>
#include <variant>

#include "harness/run/client/context.hpp"
#include "harness/run/client/target.hpp"

namespace gateproof {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// Between two connections of one visitor, who may try again.
constexpr auto lull = 500ms;
constexpr auto for_long = 1h;

}  // namespace

class ExpectedVisitor : public StartedClient {
public:
    ExpectedVisitor(Visitors& visitors, stage::Place& place) : visitors_(visitors), place_(place) {}

    /// Nobody is told to end: a visitor takes the time that he needs.
    asio::awaitable<Claim> done(std::chrono::steady_clock::time_point) override {
        for (bool came = false; true;) {
            const bool gone = !place_.busy() && (came || place_.has_visits());
            const std::chrono::milliseconds patience = gone ? std::chrono::milliseconds(lull) : for_long;
            const bool changed = co_await place_.changed(patience);
            visitors_.tell(place_);
            came = came || place_.has_visits();
            if (gone && !changed) {
                break;
            }
        }
        co_return Claim{};
    }
    void end() override {}

private:
    Visitors& visitors_;
    stage::Place& place_;
};

const Secrets& Visitors::told(const Secrets& minted) {
    secrets_.insert(secrets_.end(), minted.begin(), minted.end());
    return secrets_;
}

std::unique_ptr<StartedClient> Visitors::expect(StartValues values, stage::Place& place) {
    port_ = place.port();
    ++attempts_;
    told_.clear();
    values.placeholders["work"] = work_.string();
    on_stage(place, values);
    return std::make_unique<ExpectedVisitor>(*this, place);
}

void Visitors::tell(const stage::Place& place) {
    for (const std::vector<stage::Visit>& visits : {place.visits(), place.strays()}) {
        for (const stage::Visit& visit : visits) {
            if (visit.ended && told_.insert(visit.number).second) {
                on_visit(visit);
            }
        }
    }
}

asio::awaitable<void> serve_visitors(ClientTarget& target, const PlannedCheck& planned, const Visitors& visitors,
                                     std::function<void(const Verdict& verdict)> judged) {
    std::size_t before = 0;
    do {
        before = visitors.attempts();
        ClientContext context(target, planned);
        const Verdict verdict = co_await std::get<ClientCheck>(planned.check->run).run(context);
        judged(verdict);
    } while (visitors.attempts() > before);
}

}  // namespace gateproof
