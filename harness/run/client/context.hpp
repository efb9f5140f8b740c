// What a check of client software may touch: the software, by way of scenes of the stage, and nothing else.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/model/evidence.hpp"
#include "harness/profile/client.hpp"
#include "harness/run/client/attempt.hpp"
#include "harness/run/client/stay.hpp"
#include "harness/run/plan.hpp"
#include "harness/run/waiting_line.hpp"
#include "harness/stage/place.hpp"
#include "harness/stage/scene.hpp"
#include "harness/stage/test_pki.hpp"

namespace gateproof {

class ClientTarget;
struct Programme;

/// Nothing here throws for what the software does. A check may also end early: when its deadline passes the runner
/// cancels the pending await and judges the check inconclusive.
class ClientContext {
public:
    ClientContext(ClientTarget& target, const PlannedCheck& planned);

    [[nodiscard]] const Profile& profile() const;
    [[nodiscard]] const ClientSoftware& client() const { return *profile().client; }
    [[nodiscard]] const Check& check() const { return *planned_.check; }
    [[nodiscard]] const PlannedCheck& planned() const { return planned_; }
    [[nodiscard]] std::size_t case_index() const { return planned_.case_index; }
    [[nodiscard]] Evidence& evidence() { return evidence_; }
    /// One start may take as long as the profile says, beside that check's own deadline.
    [[nodiscard]] std::chrono::milliseconds deadline() const;

    /// The conforming scene that this check, or the case of it that is run, is compared with (ClientCheck::twins).
    [[nodiscard]] stage::Scene twin() const;
    [[nodiscard]] Twin twin_kind() const;
    /// A chain for the profile's host from the test PKI, with what the spec changes.
    [[nodiscard]] stage::Shown server(const stage::ServerSpec& spec = {}) const;
    [[nodiscard]] stage::TestPki& pki() const;

    /// One start of the software against a scene that is the twin, or differs from it in one member: throws
    /// std::logic_error for more, since nothing would follow from a refusal then. Waits for a turn, and leaves what
    /// came of it in the evidence.
    /// `doors`: further ports of the place where it is led to.
    boost::asio::awaitable<Attempt> attempt(stage::Scene scene, ClientAct act = ClientAct::read,
                                            std::vector<stage::Door> doors = {});
    /// One start against the twin at a place that has these addresses, of which the first is closed.
    boost::asio::awaitable<Attempt> attempt_at(std::vector<std::string> addresses);
    /// One start against the twin, told to show another certificate than the one that was issued to it.
    boost::asio::awaitable<Attempt> attempt_as(std::shared_ptr<const Identity> identity);
    /// The addresses of this machine that the software's host leads to, in the order of the name service.
    boost::asio::awaitable<std::vector<std::string>> addresses() const;
    /// What was not served says something of its scene only where some scene serves the software: where none does, that
    /// is the one finding of its run, and such a verdict becomes inconclusive.
    boost::asio::awaitable<Verdict> beside_service(Verdict verdict);
    /// As many starts at once, each at a place of its own; no more than client.concurrent of them run together.
    boost::asio::awaitable<std::vector<Attempt>> attempts(stage::Scene scene, std::size_t count,
                                                          ClientAct act = ClientAct::read);
    /// The conforming scene of the OAuth authority, which asks for no certificate.
    [[nodiscard]] stage::Scene authority_twin() const;
    /// One login of the software at an authority that is its twin, or differs from it in one member.
    boost::asio::awaitable<Attempt> log_in(stage::Scene authority);
    /// One start of software that goes on calling (ClientAct::stay) at such a scene; another one can follow.
    boost::asio::awaitable<std::unique_ptr<Stay>> stay(stage::Scene scene);
    /// One start at a scene that lets the software wait: returned once that has come, or will not. It is in the way of
    /// other starts until then alone, so that waits overlap.
    boost::asio::awaitable<std::unique_ptr<Stay>> wait_at(stage::Scene scene, ClientAct act);

private:
    friend class ClientCheckRun;

    /// A wait that is not the check's own time, to the end of this object.
    class Waiting {
    public:
        explicit Waiting(ClientContext& context) : context_(context) {
            if (context_.waiting_++ == 0) {
                context_.waiting_since_ = std::chrono::steady_clock::now();
            }
        }
        ~Waiting() {
            if (--context_.waiting_ == 0) {
                context_.waited_ += std::chrono::steady_clock::now() - context_.waiting_since_;
            }
        }
        Waiting(const Waiting&) = delete;
        Waiting& operator=(const Waiting&) = delete;

    private:
        ClientContext& context_;
    };

    boost::asio::awaitable<Place> turn();
    /// `turn` is given back when the software has gone.
    std::unique_ptr<Stay> begin(stage::Scene scene, ClientAct act, Place turn);
    boost::asio::awaitable<Attempt> perform(Programme programme, std::string apart);
    /// What a scene differs in from its twin, for evidence; throws where that is more than one thing.
    [[nodiscard]] static std::string difference(const stage::Scene& scene, const stage::Scene& twin);

    ClientTarget& target_;
    const PlannedCheck& planned_;
    Evidence evidence_;
    int waiting_ = 0;
    std::chrono::steady_clock::time_point waiting_since_;
    std::chrono::steady_clock::duration waited_{0};
};

}  // namespace gateproof
