// What came of client software, as far as a test of a judgement says.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/run/client/attempt.hpp"

namespace gateproof::test {

/// A connection as far as a test says.
class Came {
public:
    Came() { visit_.began = Clock::now(); }
    explicit Came(stage::Visit visit) : visit_(std::move(visit)) {}
    Came& hello(TlsVersion newest = TlsVersion::tls_1_3) {
        visit_.hello.emplace();
        visit_.hello->hello = ClientHello::offering(newest, "localhost", TlsVersion::tls_1_2);
        visit_.hello_at = Clock::now();
        return *this;
    }
    Came& finished() {
        visit_.finished_at = Clock::now();
        return *this;
    }
    Came& alert(std::uint8_t description) {
        visit_.alert = Alert{2, description};
        visit_.alert_at = Clock::now();
        return ended(Ending::alert);
    }
    Came& ended(Ending end, bool by_stage = false) {
        visit_.end = end;
        visit_.ended = Clock::now();
        visit_.by_stage = by_stage;
        return *this;
    }
    Came& refused_by_us() {
        visit_.our_alert = Alert{2, 46};
        return ended(Ending::closed, true);
    }
    Came& request(int status = 0) {
        visit_.accepted_at = Clock::now();
        stage::RequestSeen& request = visit_.requests.emplace_back();
        request.method = "GET";
        request.target = "/gateway/status?x=1";
        request.status = status;
        request.first_byte = Clock::now();
        visit_.request_count = visit_.requests.size();
        if (status != 0) {
            request.whole = request.answered = Clock::now();
        }
        return *this;
    }
    /// Of the last request.
    Came& field(std::string name, std::string value) {
        visit_.requests.back().fields.emplace_back(std::move(name), std::move(value));
        auto raw = std::make_shared<stage::Request>();
        raw->method = visit_.requests.back().method;
        raw->target = visit_.requests.back().target;
        raw->fields = visit_.requests.back().fields;
        visit_.requests.back().raw = std::move(raw);
        return *this;
    }
    /// It updates its keys.
    Came& key_update() {
        visit_.key_updates.push_back(Clock::now());
        return *this;
    }
    /// It was asked to, before the answer to its last request.
    Came& asked_for_key_update() {
        visit_.key_updates_asked.push_back(Clock::now());
        visit_.requests.back().answered = Clock::now();
        return *this;
    }
    Came& went_on() {
        visit_.went_on = true;
        return *this;
    }
    operator stage::Visit() const { return visit_; }  // NOLINT(google-explicit-constructor): a test reads better so

private:
    using Clock = std::chrono::steady_clock;
    stage::Visit visit_;
};

inline Attempt attempt(std::vector<stage::Visit> visits, Claim::Kind claim = Claim::Kind::failure) {
    Attempt made;
    made.visits = std::move(visits);
    made.claim.kind = claim;
    made.claim.sentence = "it says so";
    return made;
}

}  // namespace gateproof::test
