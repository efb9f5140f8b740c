// One profile's client software in one run: the stage that it is led to, and what its checks share.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/journal/redact.hpp"
#include "harness/model/check.hpp"
#include "harness/model/evidence.hpp"
#include "harness/profile/profile.hpp"
#include "harness/run/client/attempt.hpp"
#include "harness/run/client/parts.hpp"
#include "harness/run/client/performance.hpp"
#include "harness/run/client/twin_control.hpp"
#include "harness/run/openings.hpp"
#include "harness/run/run_target.hpp"
#include "harness/stage/stage.hpp"
#include "harness/stage/test_pki.hpp"

namespace gateproof {

class ClientTarget : public RunTarget {
public:
    /// Throws std::runtime_error where the profile's test PKI can be neither read nor made, and std::logic_error where
    /// `parts` lack what the profile asks for.
    ClientTarget(boost::asio::any_io_executor executor, const Profile& profile,
                 std::shared_ptr<const ClientParts> parts, Redactor& redactor);
    ~ClientTarget() override;

    std::unique_ptr<CheckRun> begin(const PlannedCheck& planned, std::uint64_t seed) override;
    void cancel() override;

    [[nodiscard]] const Profile& profile() const { return profile_; }
    [[nodiscard]] stage::TestPki& pki() { return *pki_; }
    /// The same certificate each time, so that what a check changes is the only difference.
    [[nodiscard]] const stage::Scene& twin(Twin twin);
    /// What the OAuth authority shows: the conforming scene, without a request for a certificate.
    [[nodiscard]] stage::Scene authority_twin();
    [[nodiscard]] TwinControl& controls(Twin twin) { return *controls_.at(static_cast<std::size_t>(twin)); }

    /// A turn to start the software, given back when it dies. Cancellable.
    boost::asio::awaitable<Place> turn(WaitingLine::At at = WaitingLine::At::back);
    /// A turn for software that is started to wait: beside the others' there are four times as many, unless the profile
    /// lets nothing run beside anything. Cancellable.
    boost::asio::awaitable<Place> long_turn();
    /// The profile lets software be started while other software of it waits.
    [[nodiscard]] bool waits_beside_others() const { return profile_.client->concurrent > 1; }
    /// One start of the software. Throws where the run is over.
    std::shared_ptr<Performance> perform(Programme programme);
    /// The same to its end. `patience`: until it has to be done.
    boost::asio::awaitable<Attempt> attempt(Programme programme, std::chrono::milliseconds patience);
    [[nodiscard]] Redactor& redactor() { return redactor_; }
    /// Some attempt of this run was.
    [[nodiscard]] bool has_served() const { return has_served_; }
    /// Who comes by himself is asked for no control.
    [[nodiscard]] bool has_visitors() const { return parts_->visitors != nullptr; }

private:
    boost::asio::awaitable<TwinControlResult> control(Twin twin);
    /// One start of the software beside a conforming scene.
    boost::asio::awaitable<Attempt> control_attempt(stage::Scene scene, std::string name, TwinControlResult& result);
    /// Names (DER) of the authorities that the client's certificate comes from.
    [[nodiscard]] std::vector<std::string> authorities() const;

    boost::asio::any_io_executor executor_;
    const Profile& profile_;
    std::shared_ptr<const ClientParts> parts_;
    Redactor& redactor_;
    std::shared_ptr<stage::TestPki> pki_;
    std::unique_ptr<Trigger> trigger_;
    std::optional<stage::Stage> stage_;  ///< empty: the run is over
    Openings turns_;
    Openings long_turns_;
    std::array<std::optional<stage::Scene>, 4> twins_;
    std::array<std::unique_ptr<TwinControl>, 4> controls_;
    std::size_t attempts_ = 0;
    bool has_served_ = false;  ///< some attempt of this run
    bool hopeless_ = false;
};

/// Targets that all are played with these parts.
ClientTargetFactory client_targets(std::shared_ptr<const ClientParts> parts);

/// What the evidence of a check says of an attempt: the one difference of its scene, the software's own words, and each
/// connection.
void note_attempt(Evidence& evidence, const std::string& scene, ClientAct act, const Attempt& attempt,
                  const Redactor& redactor);

/// The end of what the software wrote (Claim::text), `most` bytes at most and without secrets.
std::string said_at_end(std::string text, const Redactor& redactor, std::size_t most = 600);
/// The last line that the software wrote, redacted and short, as the end of a sentence: "; it wrote \"no route\"".
/// Empty: it wrote nothing.
std::string last_line_of(const Attempt& attempt, const Redactor& redactor);

/// The test PKI that the profile names, made where there is none. Throws std::runtime_error with what is wrong and what
/// to do.
std::shared_ptr<stage::TestPki> open_test_pki(const Profile& profile);

}  // namespace gateproof
