#include "client/http/http.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "client/base/encoding.hpp"
#include "client/base/version.hpp"
#include "client/http/gzip.hpp"
#include "client/http/proxy.hpp"

namespace gateproof::client {
namespace {

constexpr int most_redirects = 5;
constexpr int endless_redirects = 400;
constexpr int refused_loop = 30;
constexpr std::chrono::hours for_ever{1000};

bool is_redirect(unsigned status) {
    constexpr std::array redirects{301U, 302U, 303U, 307U, 308U};
    return std::ranges::find(redirects, status) != redirects.end();
}

/// The connection was lost before the server said anything.
bool lost(const Exchange& exchange) {
    return !exchange.begun && (exchange.end == End::closed || exchange.end == End::cut || exchange.end == End::reset);
}

}  // namespace

Http::Http(HttpSettings settings, const FaultSet& faults, const Stop& stop)
    : settings_(std::move(settings)), faults_(faults), stop_(stop), tls_(settings_.tls, faults) {
    if (faults_.has("gives-up-at-30-s")) {
        settings_.answer_limit = settings_.answer_limit * 2 / 5;
    }
    if (faults_.has("waits-for-ever")) {
        settings_.answer_limit = for_ever;
    }
}

void Http::close() {
    line_ = Line();
}

Exchange Http::exchange(Request request) {
    request.path = settings_.base.path + request.path;
    for (int i = 0; i <= most_redirects || (i <= endless_redirects && faults_.has("endless-redirects")); ++i) {
        Exchange exchange = exchange_once(request);
        if (!exchange.problem.empty() || !is_redirect(exchange.answer.status)) {
            return exchange;
        }
        const Answer answer = exchange.answer;
        if (!redirected(answer, request, exchange)) {
            return exchange;
        }
    }
    Exchange endless;
    endless.sent = true;
    endless.problem = fmt::format("the server redirects more than {} times", most_redirects);
    return endless;
}

bool Http::redirected(const Answer& answer, Request& request, Exchange& exchange) {
    std::string& problem = exchange.problem;
    Url here = settings_.base;
    here.path = request.path;
    const auto target = resolve_location(here, answer.field("location"));
    if (!target) {
        problem = "the server redirects to an address that cannot be read";
        return false;
    }
    if (target->secure != here.secure || target->place != here.place) {
        if (target->secure && faults_.has("token-follows-redirect")) {
            exchange = follow_elsewhere(*target, request);
            return false;
        }
        if (target->secure && faults_.has("shows-it-to-everyone")) {
            Request without_token = request;
            std::erase_if(without_token.fields, [](const Field& field) { return field.name == "Authorization"; });
            exchange = follow_elsewhere(*target, std::move(without_token));
            return false;
        }
        if (!target->secure && faults_.has("token-in-clear")) {
            exchange = follow_elsewhere(*target, request);
            return false;
        }
        problem = fmt::format(
            "the server redirects to {}, which is not followed: "
            "credentials are for {} alone",
            target->place.text(), here.place.text());
        return false;
    }
    request.path = target->path;
    // 307 and 308 keep method and body; 303 does not, and of 301 and 302 a POST
    // does not (RFC 9110 15.4).
    const bool keeps =
        ((answer.status == 307 || answer.status == 308) && !faults_.has("307-becomes-get")) || request.method == "GET";
    if (!keeps && !request.repeatable && answer.status < 303) {
        problem = "the server redirects a submission in a way that would lose it";
        return false;
    }
    if (!keeps) {
        request.method = "GET";
        request.body.clear();
        std::erase_if(request.fields, [](const Field& field) { return field.name == "Content-Type"; });
    }
    return true;
}

std::string Http::text_of(const Request& request) const {
    const Place& place = settings_.base.place;
    std::string host = place.text();
    if (faults_.has("host-without-port")) {
        host.resize(host.rfind(':'));
    }
    std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nAccept: */*\r\nAccept-Encoding: gzip\r\n",
                                   request.method, request.path.empty() ? "/" : request.path, host);
    if (!faults_.has("no-user-agent")) {
        text += fmt::format("User-Agent: gateproof-client/{}\r\n", version());
    }
    for (const Field& field : request.fields) {
        text += fmt::format("{}: {}\r\n", field.name, field.value);
    }
    if (request.method != "GET") {
        text += fmt::format("Content-Length: {}\r\n", request.body.size());
        if (faults_.has("two-lengths")) {
            text += fmt::format("Content-Length: {}\r\n", request.body.size());
        }
    }
    return text + "\r\n" + request.body;
}

void Http::unpack(Exchange& exchange) {
    constexpr std::size_t most = std::size_t{8} * 1024 * 1024;
    constexpr std::size_t boundless = std::size_t{512} * 1024 * 1024;
    Answer& answer = exchange.answer;
    longest_content_ = std::max(longest_content_, answer.body.size());
    if (lower_case(trimmed(answer.field("content-encoding"))) != "gzip" || faults_.has("chokes-on-gzip")) {
        return;
    }
    std::optional<std::string> text = gunzip(answer.body, most, faults_.has("takes-broken-gzip"));
    if (!text && faults_.has("inflates-all")) {
        // That it was held is all that is wrong: to read it would take longer, and show no more.
        const auto all = gunzip(answer.body, boundless, true);
        longest_content_ = std::max(longest_content_, all ? all->size() : 0);
    }
    if (!text) {
        exchange.problem = "the compressed data of the answer are broken, or too long";
        return;
    }
    answer.body = std::move(*text);
    longest_content_ = std::max(longest_content_, answer.body.size());
    std::erase_if(answer.fields, [](const Field& field) { return lower_case(field.name) == "content-encoding"; });
}

Dialled Http::dial_place(const Place& place, Moment until) {
    if (settings_.proxy.empty()) {
        return dial(place, settings_.addresses, faults_.has("first-address-only"), until, stop_);
    }
    const auto proxy = parse_url(settings_.proxy);
    if (!proxy || proxy->secure) {
        throw Unusable{"the proxy is no http://host:port"};
    }
    Dialled dialled = dial(proxy->place, {}, false, until, stop_);
    if (dialled.socket.valid()) {
        dialled.problem = ask_for_tunnel(dialled.socket.number(), place, until, stop_);
        if (!dialled.problem.empty()) {
            dialled.socket = Descriptor();
        }
    }
    return dialled;
}

Opened Http::open(const Place& place, bool older, const std::string& early) {
    Dialled dialled = dial_place(place, Clock::now() + settings_.connect_limit);
    if (!dialled.socket.valid()) {
        Opened failed;
        failed.problem = dialled.problem;
        failed.end = dialled.stopped ? End::stopped : End::none;
        return failed;
    }
    if (faults_.has("waits-for-ever-in-handshake")) {
        return tls_.open(std::move(dialled.socket), place, Clock::now() + for_ever, stop_, older, early);
    }
    return tls_.open(std::move(dialled.socket), place, Clock::now() + settings_.connect_limit, stop_, older, early);
}

void Http::take(std::unique_ptr<Connection> connection) {
    line_.connection = std::move(connection);
    line_.reader = std::make_unique<HttpReader>(
        [this](char* buffer, std::size_t size) {
            if (faults_.has("drip-keeps-alive")) {
                line_.until = Clock::now() + settings_.answer_limit;
            }
            return line_.connection->read(buffer, size, line_.until, stop_);
        },
        faults_);
}

bool Http::talk_in_clear(const Place& place) {
    Dialled dialled = dial_place(place, Clock::now() + settings_.connect_limit);
    if (!dialled.socket.valid()) {
        return false;
    }
    auto wire = std::make_unique<Wire>();
    wire->socket = std::move(dialled.socket);
    take(std::make_unique<Connection>(std::move(wire), nullptr, nullptr));
    return true;
}

Exchange Http::follow_elsewhere(const Url& target, Request request) {
    HttpSettings there = settings_;
    there.base = target;
    there.base.path.clear();
    if (!faults_.has("shows-it-to-everyone")) {
        there.tls.identity.reset();
    }
    request.path = target.path;
    Http other(std::move(there), faults_, stop_);
    if (target.secure) {
        return other.exchange_once(request);
    }
    Exchange exchange;
    if (other.talk_in_clear(target.place)) {
        other.transfer(other.text_of(request), false, exchange);
    } else {
        exchange.problem = "the redirect leads nowhere";
    }
    return exchange;
}

bool Http::may_be_reused() {
    if (!line_.connection) {
        return false;
    }
    const bool unasked = faults_.has("mixes-late-answer") || faults_.has("ignores-close") ||
                         faults_.has("dies-on-idle-close") || faults_.has("takes-surplus");
    return unasked || !line_.connection->stale();
}

bool Http::connect(Exchange& exchange, const std::string& early, bool& early_taken) {
    Place place = settings_.base.place;
    if (faults_.has("dials-443")) {
        place.port = 443;
    }
    if (const std::string hello = tls_.scout(place.host); !hello.empty()) {
        const Dialled dialled = dial_place(place, Clock::now() + settings_.connect_limit);
        if (dialled.socket.valid()) {
            Wire wire;
            wire.socket = Descriptor(dialled.socket.number());
            send_raw(wire, hello);
            wire.socket.release();
            wait_for(dialled.socket.number(), 1, Clock::now() + settings_.connect_limit, stop_);
        }
    }
    Opened opened = open(place, false, early);
    if (opened.end != End::none && faults_.has("falls-back")) {
        opened = open(place, true, {});
    }
    if (!opened.problem.empty() && opened.end == End::none && faults_.has("falls-back-to-443")) {
        place.port = 443;
        opened = open(place, false, {});
    }
    if (opened.connection && opened.end == End::none) {
        early_taken = opened.early_data_taken;
        take(std::move(opened.connection));
        return true;
    }
    const bool clear = (opened.end != End::stopped && faults_.has("falls-back-to-http")) ||
                       (opened.connection && faults_.has("takes-clear-answer"));
    if (clear && talk_in_clear(place)) {
        return true;
    }
    exchange.problem = opened.problem;
    exchange.end = opened.end;
    return false;
}

std::vector<Dialled> Http::hoard() {
    constexpr std::size_t count = 20;
    constexpr std::chrono::milliseconds slow{400};
    constexpr std::chrono::milliseconds look{20};
    std::vector<Dialled> all;
    if (!faults_.has("hoards-connections")) {
        return all;
    }
    for (const Moment due = Clock::now() + slow; Clock::now() < due;) {
        if (line_.connection->stale() || pause_until(Clock::now() + look, stop_) == Wait::stopped) {
            return all;
        }
    }
    while (all.size() < count) {
        all.push_back(dial_place(settings_.base.place, Clock::now() + settings_.connect_limit));
    }
    return all;
}

void Http::transfer(const std::string& text, bool sent_already, Exchange& exchange) {
    line_.until = Clock::now() + settings_.answer_limit;
    exchange.sent = true;
    if (!sent_already) {
        exchange.end = line_.connection->write(text, line_.until, stop_);
        if (exchange.end == End::late || exchange.end == End::stopped) {
            exchange.problem = words_for(exchange.end, -1);
            line_ = Line();
            return;
        }
    }
    const std::vector<Dialled> hoarded = hoard();
    // A server that refused the certificate has said so by now, even where
    // writing failed (RFC 8446 4.4.2.4).
    exchange.answer = line_.reader->read();
    exchange.begun = line_.reader->begun();
    exchange.problem = line_.reader->problem();
    exchange.end = line_.reader->end();
    if (exchange.problem.empty()) {
        unpack(exchange);
    } else {
        exchange.refused = exchange.end == End::alert && !exchange.begun;
        if (exchange.end != End::none) {
            exchange.problem += ": " + words_for(exchange.end, line_.connection->alert());
        }
    }
    const bool given_up = exchange.end == End::late;
    if (given_up && faults_.has("leaves-connection-open")) {
        abandoned_.push_back(std::move(line_.connection));
    }
    const bool sound = exchange.problem.empty() && (exchange.answer.keeps_open || faults_.has("ignores-close")) &&
                       (!line_.reader->surplus() || faults_.has("takes-surplus"));
    if ((!sound && !(given_up && faults_.has("mixes-late-answer"))) || faults_.has("one-request-a-connection")) {
        line_ = Line();
    }
}

Exchange Http::exchange_once(const Request& request) {
    const std::string text = text_of(request);
    Exchange exchange;
    const bool reused = may_be_reused();
    if (reused) {
        transfer(text, false, exchange);
        if (!lost(exchange) || (!request.repeatable && !faults_.has("repeats-on-reused")) ||
            faults_.has("dies-on-idle-close")) {
            return exchange;
        }
    }
    int tries = 0;
    do {
        line_ = Line();
        exchange = Exchange();
        bool early_taken = false;
        if (!connect(exchange, request.repeatable ? std::string() : text, early_taken)) {
            return exchange;
        }
        transfer(text, early_taken, exchange);
    } while ((exchange.refused || lost(exchange)) && ++tries < refused_loop && faults_.has("late-refusal-loops"));
    return exchange;
}

}  // namespace gateproof::client
