#include "harness/run/notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "harness/probe/http/correlation.hpp"
#include "harness/probe/oauth/oauth.hpp"
#include "harness/probe/socket/deadline.hpp"
#include "harness/run/repeat/curl_line.hpp"
#include "harness/text/encoding.hpp"

namespace gateproof {

namespace {

/// Names of the members of a JSON answer, with how long their texts are: never a text.
std::string members(const oauth::TokenAnswer& answer) {
    constexpr std::size_t most = 12;
    std::string out;
    for (const std::string& name : answer.names) {
        if (answer.names.size() > most && &name == &answer.names[most]) {
            return out + ", ...";
        }
        out += (out.empty() ? "" : ", ") + oauth::shown(name);
        const bool secret = name.ends_with("token");
        if (secret) {
            out += fmt::format(" ({} bytes)", answer.text(name).size());
        }
    }
    return out;
}

/// "https://client.example/callback with code, state": a query's names without its values.
std::string bare_location(std::string_view location) {
    const std::size_t query = std::min(location.find_first_of("?#"), location.size());
    std::string out = oauth::shown_url(location);
    std::string_view joint = " with ";
    for (const auto& [name, value] : oauth::parse_query(location.substr(std::min(query + 1, location.size())))) {
        out.append(joint).append(oauth::shown(name));
        if (name == "error") {
            out += '=' + oauth::shown(value);
        }
        joint = ", ";
    }
    return out;
}

/// How much of a first flight the evidence of a finding holds.
constexpr std::size_t most_flight = 512;

void note_answer(Evidence& evidence, std::string_view offer, const std::vector<std::uint8_t>& flight,
                 const ServerAnswer& answer, const ConnectionEnds& ends) {
    Observation& observation = evidence.add("client_hello").with("offered", offer).with("answer", answer.summary());
    for (const auto& [name, address] :
         {std::pair("remote_address", &ends.remote), std::pair("local_address", &ends.local)}) {
        if (!address->empty()) {
            observation.with(name, *address);
        }
    }
    std::string hex;
    for (std::size_t i = 0; i < std::min(flight.size(), most_flight); ++i) {
        hex += fmt::format("{:02x}", flight[i]);
    }
    observation.with(first_flight_field, hex + (flight.size() > most_flight ? "..." : ""));
    if (answer.alert) {
        observation.with("alert", answer.alert->name());
    }
    if (!answer.detail.empty()) {
        observation.with("detail", answer.detail);
    }
}

}  // namespace

std::string excerpt(std::string_view bytes, const Redactor& redactor) {
    constexpr std::size_t looked_at = std::size_t{16} * 1024;
    constexpr std::size_t shown = 300;
    std::string text(bytes.substr(0, looked_at));
    redactor.apply(text);
    text.resize(std::min(text.size(), shown));
    return text;
}

void note_http(Evidence& evidence, const HttpRequest& request, const HttpOutcome& outcome, const Redactor& redactor) {
    Observation& observation = evidence.add("http_exchange");
    observation.with("request", fmt::format("{} {}", request.method, request.path))
        .with("authority", request.endpoint.authority())
        .with("tls", request.tls)
        .with("identity", request.identity ? std::string_view(request.identity->role) : std::string_view("none"))
        .with("result", outcome.summary())
        .with("duration_us", outcome.total.count());
    if (outcome.over_kept_connection) {
        observation.with("kept_connection", true);
    }
    if (request.via) {
        observation.with("via", request.via->describe());
    }
    if (outcome.tls_version) {
        observation.with("tls_version", to_string(*outcome.tls_version)).with("cipher_suite", outcome.cipher_suite);
    }
    if (outcome.alert) {
        observation.with("alert", outcome.alert->name());
    }
    if (!outcome.detail.empty()) {
        observation.with("detail", outcome.detail);
    }
    if (outcome.os_error != 0) {
        observation.with("os_error", std::generic_category().message(outcome.os_error));
    }
    if (!outcome.remote_address.empty()) {
        observation.with("remote_address", outcome.remote_address);
    }
    if (!outcome.local_address.empty()) {
        observation.with("local_address", outcome.local_address);
    }
    if (std::string line = curl_line(request, outcome); !line.empty()) {
        observation.with(curl_field, std::move(line));
    }
    if (const std::string id = correlation_in(request); !id.empty()) {
        observation.with("correlation", id);
    }
    if (outcome.response) {
        for (const std::string_view name : {"server", "location", "content-type", "retry-after"}) {
            if (const std::string* value = outcome.response->header(name)) {
                observation.with(fmt::format("header_{}", name), *value);
            }
        }
        if (!request.answer_is_private) {
            observation.with("body", excerpt(outcome.response->body, redactor));
        }
        observation.with("body_bytes", outcome.response->body.size());
    }
}

void note_oauth(Evidence& evidence, const HttpRequest& request, const HttpOutcome& outcome) {
    const std::string path = request.path.substr(0, request.path.find('?'));
    Observation& observation = evidence.add("oauth_exchange")
                                   .with("request", fmt::format("{} {}", request.method, path))
                                   .with("authority", request.endpoint.authority())
                                   .with("result", outcome.summary())
                                   .with("duration_us", outcome.total.count());
    if (!outcome.detail.empty()) {
        observation.with("detail", outcome.detail);
    }
    if (!outcome.response) {
        return;
    }
    for (const std::string_view name :
         {"content-type", "cache-control", "x-frame-options", "content-security-policy", "www-authenticate"}) {
        if (const std::string* value = outcome.response->header(name)) {
            observation.with(fmt::format("header_{}", name), *value);
        }
    }
    if (const std::string* location = outcome.response->header("location")) {
        observation.with("location", bare_location(*location));
    }
    observation.with("body_bytes", outcome.response->body.size());
    const oauth::TokenAnswer answer = oauth::read_token_answer(outcome);
    if (answer.content_type.find("json") != std::string::npos || !answer.names.empty()) {
        observation.with("members", members(answer));
        for (const char* name : {"error", "error_description"}) {
            if (answer.has(name)) {
                observation.with(name, oauth::shown(answer.text(name)));
            }
        }
        if (!answer.malformed.empty()) {
            observation.with("malformed", answer.malformed);
        }
    }
}

void drop_first_flights(std::vector<Observation>& evidence) {
    for (Observation& observation : evidence) {
        std::erase_if(observation.fields, [](const auto& field) { return field.first == first_flight_field; });
    }
}

void note_hello(Evidence& evidence, const ClientHello& hello, const ServerAnswer& answer, const ConnectionEnds& ends) {
    note_answer(evidence,
                fmt::format("{} ({} cipher suites, {} extensions)", to_string(hello.legacy_version),
                            hello.cipher_suites.size(), hello.extensions.size()),
                hello.encode(), answer, ends);
}

void note_hello(Evidence& evidence, const Ssl2ClientHello& hello, const ServerAnswer& answer,
                const ConnectionEnds& ends) {
    note_answer(evidence, fmt::format("{} ({} cipher specs)", to_string(hello.newest), hello.cipher_specs.size()),
                hello.encode(), answer, ends);
}

void note_handshake(Evidence& evidence, std::string_view role, const TlsConnection& connection) {
    Observation& observation =
        evidence.add("tls_handshake").with("identity", role).with("result", connection.step.summary());
    if (connection.step.ok()) {
        observation.with("version", to_string(connection.session->version()))
            .with("cipher_suite", connection.session->cipher_suite())
            .with("resumed", connection.session->resumed())
            .with("certificate_requested", connection.session->certificate_requested())
            .with("remote_address", connection.session->remote_address());
    }
    if (connection.session && !connection.session->local_address().empty()) {
        observation.with("local_address", connection.session->local_address());
    }
}

void note_tcp(Evidence& evidence, const std::string& authority, std::size_t sent, const TcpExchange& exchange,
              std::chrono::steady_clock::time_point begun, const Redactor& redactor) {
    evidence.add("tcp_exchange")
        .with("authority", authority)
        .with("connected", exchange.connected)
        .with("sent_bytes", sent)
        .with("received_bytes", exchange.bytes.size())
        .with("received", excerpt(exchange.bytes, redactor))
        .with("end", to_string(exchange.end))
        .with("detail", exchange.detail)
        .with("duration_ms", since(begun).count())
        .with("remote_address", exchange.remote_address)
        .with("local_address", exchange.local_address);
}

void note_clock(Evidence& evidence, const ClockReading& reading) {
    Observation& observation =
        evidence.add("clock").with("state", to_string(reading.state)).with("text", reading.sentence);
    if (!reading.peer.empty()) {
        observation.with("peer", reading.peer)
            .with("least_ms", reading.least.count())
            .with("most_ms", reading.most.count());
    }
}

std::string withheld(const Endpoint& endpoint, std::string_view lack_of_proof, std::string_view secret) {
    return fmt::format("the certificate of {} does not verify ({}), so {} was not sent to it", endpoint.authority(),
                       lack_of_proof, secret);
}

}  // namespace gateproof
