#include "harness/probe/load/stream_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gateproof::load {
namespace {

constexpr std::size_t max_first_answers = 8;

/// The header section as the other probes show it.
HttpResponse response_of(const ResponseReader& reader) {
    HttpResponse response;
    response.status = static_cast<int>(reader.status());
    std::string_view rest = reader.head();
    rest.remove_prefix(std::min(rest.size(), rest.find("\r\n")));
    while (rest.size() > 2) {
        rest.remove_prefix(2);
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(line.size());
        const std::size_t colon = std::min(line.find(':'), line.size());
        std::string name(line.substr(0, colon));
        std::ranges::transform(name, name.begin(),
                               [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        std::string_view value = line.substr(std::min(colon + 1, line.size()));
        const std::size_t begins = std::min(value.find_first_not_of(" \t"), value.size());
        value.remove_prefix(begins);
        const std::size_t last = value.find_last_not_of(" \t");
        response.headers.emplace_back(std::move(name), value.substr(0, last == std::string_view::npos ? 0 : last + 1));
    }
    response.body = reader.body();
    response.truncated = reader.body_bytes() > reader.body().size();
    return response;
}

bool contains(const std::vector<int>& statuses, unsigned status) {
    return std::ranges::find(statuses, static_cast<int>(status)) != statuses.end();
}

}  // namespace

StreamRun::StreamRun(Stream stream, Run& run, Clock::time_point begun)
    : stream_(std::move(stream)), run_(run), begun_(begun) {
    result_.name = stream_.name;
}

void StreamRun::dispatch(Clock::time_point now) {
    Budget& budget = run_.budget();
    while (!run_.stopped() && busy_.size() < stream_.max_connections) {
        if (!retry_.empty()) {
            const std::size_t number = retry_.front();
            retry_.pop_front();
            begin(number, true, now);
            continue;
        }
        const bool due = sent_ < stream_.schedule.size() && begun_ + stream_.schedule.at(sent_) <= now;
        if (!due || budget.next_allowed() > now) {
            return;
        }
        if (std::string cap = budget.used_up(); !cap.empty()) {
            run_.stop(LoadEnd::cap, std::move(cap));
            return;
        }
        budget.sent(now);
        const std::size_t number = sent_++;
        result_.samples.emplace_back().scheduled = stream_.schedule.at(number);
        begin(number, stream_.connections != Connections::pooled, now);
    }
}

std::shared_ptr<Connection> StreamRun::take_busy(Connection& connection) {
    std::shared_ptr<Connection> taken = std::move(busy_[connection.place]);
    if (connection.place + 1 < busy_.size()) {
        busy_[connection.place] = std::move(busy_.back());
        busy_[connection.place]->place = connection.place;
    }
    busy_.pop_back();
    return taken;
}

void StreamRun::begin(std::size_t number, bool fresh, Clock::time_point now) {
    std::shared_ptr<Connection> connection = fresh ? nullptr : stream_.client->take_idle();
    if (!connection) {
        connection = stream_.client->open(stream_.connections == Connections::resumed);
        ++result_.connections;
    }
    result_.samples[number].sent = now - begun_;
    const std::string& bytes = stream_.requests[number % stream_.requests.size()];
    Connection& opened = *connection;
    opened.place = busy_.size();
    busy_.push_back(std::move(connection));
    opened.send(*this, bytes, number, bytes.starts_with("HEAD "));
}

StreamRun::Clock::time_point StreamRun::next_due(Clock::time_point now) const {
    if (sent_ == stream_.schedule.size() || busy_.size() >= stream_.max_connections) {
        return Clock::time_point::max();  // only an answer changes anything
    }
    // Sends that are less than this apart go together.
    constexpr std::chrono::microseconds finest{100};
    const Clock::time_point due = std::max(begun_ + stream_.schedule.at(sent_), run_.budget().next_allowed());
    return std::max(due, now + finest);
}

void StreamRun::answered(Connection& connection) {
    const ResponseReader& response = connection.response();
    const std::size_t number = connection.number();
    std::shared_ptr<Connection> kept = take_busy(connection);
    result_.resumed += connection.requests() == 1 && connection.resumed() ? 1 : 0;
    const Outcome outcome = outcome_of(response);
    keep_first(response);
    if (stream_.connections == Connections::pooled && response.keeps_alive()) {
        stream_.client->keep(std::move(kept));
    } else {
        connection.close();
    }
    ended(number, outcome, response.status());
}

void StreamRun::failed(Connection& connection, std::string_view why, bool stale) {
    const std::size_t number = connection.number();
    const std::shared_ptr<Connection> gone = take_busy(connection);
    if (stale) {
        retry_.push_back(number);
        dispatch(Clock::now());
        return;
    }
    if (result_.first_failure.empty()) {
        result_.first_failure = why;
    }
    ended(number, Outcome::failed, 0);
}

Outcome StreamRun::outcome_of(const ResponseReader& response) const {
    const bool served = contains(stream_.served_status, response.status()) &&
                        (stream_.served_body.empty() || response.body().find(stream_.served_body) != std::string::npos);
    const bool speaks_of_refusal =
        !stream_.refused_body.empty() && response.body().find(stream_.refused_body) != std::string::npos;
    return served && !speaks_of_refusal ? Outcome::served : Outcome::refused;
}

void StreamRun::keep_first(const ResponseReader& response) {
    const auto status = static_cast<int>(response.status());
    if (result_.first_of_status.size() < max_first_answers && !result_.first_of_status.contains(status)) {
        result_.first_of_status.emplace(status, response_of(response));
    }
}

void StreamRun::ended(std::size_t number, Outcome outcome, unsigned status) {
    const Clock::time_point now = Clock::now();
    Sample& sample = result_.samples[number];
    sample.latency = now - begun_ - sample.scheduled;
    sample.status = static_cast<std::uint16_t>(status);
    sample.outcome = outcome;
    watch(outcome, status);
    dispatch(now);
    run_.progressed();
}

void StreamRun::watch(Outcome outcome, unsigned status) {
    const bool declared = contains(stream_.refused_status, status);
    if (outcome == Outcome::failed || (outcome == Outcome::refused && status >= 500 && status != 503 && !declared)) {
        run_.budget().error();
    }
    refused_ += outcome == Outcome::refused ? 1 : 0;
    unserved_in_turn_ = outcome == Outcome::served || declared ? 0 : unserved_in_turn_ + 1;
    if (stream_.enough_refusals > 0 && refused_ >= stream_.enough_refusals) {
        run_.stop(LoadEnd::enough_refusals, {});
    } else if (stream_.is_control && unserved_in_turn_ >= 2) {
        run_.stop(LoadEnd::control_failed, status == 0 ? result_.first_failure : fmt::format("HTTP {}", status));
    } else if (std::string cap = run_.budget().used_up(); !cap.empty() && sent_ < stream_.schedule.size()) {
        run_.stop(LoadEnd::cap, std::move(cap));
    }
}

void StreamRun::expire(Clock::time_point latest) {
    std::vector<std::shared_ptr<Connection>> overdue;
    std::ranges::copy_if(busy_, std::back_inserter(overdue),
                         [latest](const auto& connection) { return connection->begun() < latest; });
    for (const std::shared_ptr<Connection>& connection : overdue) {
        connection->close();
        failed(*connection, "no answer in time", false);
    }
}

void StreamRun::abandon() {
    for (const std::shared_ptr<Connection>& connection : busy_) {
        connection->close();
    }
    for (const std::size_t number : retry_) {
        result_.samples[number].sent = std::chrono::nanoseconds(-1);
    }
    for (const std::shared_ptr<Connection>& connection : busy_) {
        result_.samples[connection->number()].sent = std::chrono::nanoseconds(-1);
    }
    busy_.clear();
    retry_.clear();
    stream_.client->rest();
}

StreamResult StreamRun::take_result() {
    std::erase_if(result_.samples, [](const Sample& sample) { return sample.sent.count() < 0; });
    return std::move(result_);
}

}  // namespace gateproof::load
