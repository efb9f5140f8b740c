#include "doctor/examine.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "doctor/client.hpp"
#include "doctor/files.hpp"
#include "doctor/gateway.hpp"

namespace gateproof::doctor {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// Of all that is looked at on the wire; the clock could go on for longer.
constexpr auto longest = 4500ms;

/// One patient while it is looked at.
struct Examination {
    std::unique_ptr<GatewayLook> gateway;
    std::unique_ptr<ClientLook> client;

    [[nodiscard]] bool finished() const { return (!gateway || gateway->finished()) && (!client || client->finished()); }
    [[nodiscard]] bool looks_up_for_ever() const {
        const auto hangs = [](const std::optional<EndpointSeen>& seen) { return seen && seen->looks_up_for_ever; };
        return (gateway && (hangs(gateway->seen().endpoint) || hangs(gateway->seen().authority))) ||
               (client && client->seen().looks_up_for_ever);
    }
};

void append(Lines& lines, Lines more) {
    lines.insert(lines.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Diagnosis diagnosis_of(const Patient& patient, const Examination& visit) {
    const SystemTime now = std::chrono::system_clock::now();
    const std::optional<Profile>& whole = patient.loaded.profile;
    Diagnosis diagnosis{patient.file, "", whole.has_value(), false};
    append(diagnosis.lines, judge_loading(patient.loaded));
    if (whole) {
        diagnosis.name = whole->name;
        diagnosis.client = whole->client.has_value();
    } else if (patient.bare) {
        diagnosis.name = patient.bare->name;
        diagnosis.client = patient.bare->client.has_value();
    }
    if (whole && !whole->client) {
        append(diagnosis.lines, judge_certificates(*whole, now));
        append(diagnosis.lines, judge_tokens(*whole, patient.file, now));
        append(diagnosis.lines, judge_logins(*whole));
    }
    if (visit.gateway) {
        append(diagnosis.lines, judge_gateway(visit.gateway->profile(), visit.gateway->seen(), now));
    }
    if (visit.client) {
        append(diagnosis.lines, judge_client(visit.client->profile(), visit.client->seen(), now));
    }
    return diagnosis;
}

}  // namespace

std::vector<Diagnosis> examine(std::vector<Patient> patients, std::shared_ptr<const ClientParts> parts) {
    Redactor redactor({});
    for (const Patient& patient : patients) {
        for (const std::string& secret : patient.loaded.secrets) {
            redactor.add(secret);
        }
    }
    auto owned_loop = std::make_unique<asio::io_context>(1);
    asio::io_context& loop = *owned_loop;
    HttpClient http(loop.get_executor());
    std::vector<Examination> visits(patients.size());
    for (std::size_t i = 0; i < patients.size(); ++i) {
        const std::optional<Profile>& whole = patients[i].loaded.profile;
        const std::optional<Profile>& known = whole ? whole : patients[i].bare;
        if (known && !known->client) {
            visits[i].gateway = std::make_unique<GatewayLook>(loop.get_executor(), *known, whole.has_value(), http);
            visits[i].gateway->start();
        } else if (whole) {
            visits[i].client = std::make_unique<ClientLook>(loop.get_executor(), *whole, parts, redactor);
            visits[i].client->start();
        }
    }
    asio::steady_timer late(loop, longest);
    late.async_wait([&visits](const boost::system::error_code& error) {
        for (const Examination& visit : visits) {
            if (!error && visit.gateway) {
                visit.gateway->cancel();
            }
        }
    });
    while (!std::ranges::all_of(visits, &Examination::finished)) {
        loop.run_one();
    }
    std::vector<Diagnosis> found;
    for (std::size_t i = 0; i < patients.size(); ++i) {
        found.push_back(diagnosis_of(patients[i], visits[i]));
        for (Line& line : found.back().lines) {
            redactor.apply(line.text);
            redactor.apply(line.remedy);
        }
    }
    if (std::ranges::any_of(visits, &Examination::looks_up_for_ever)) {
        // Its end would wait for the look-up, which may take half a minute; the process ends before that.
        [[maybe_unused]] const asio::io_context* const left = owned_loop.release();
    }
    return found;
}

}  // namespace gateproof::doctor
