// The load generator against one server, as bench/load runs it: gateproof_load_bench URL CA CERTIFICATE KEY MODE RATE
// SECONDS CONNECTIONS. MODE is pooled, fresh or resumed. Prints one line of JSON: what was sent, how late, and the CPU
// time (user and system) that it took.
#include <fmt/format.h>
#include <sys/resource.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>

#include "harness/probe/load/generator.hpp"
#include "harness/profile/read/load.hpp"

namespace {

using namespace gateproof;

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// The profile that the command line stands for: its reader knows how to read keys.
Profile profile_of(const std::string& url, const std::string& ca, const std::string& certificate,
                   const std::string& key) {
    const std::string text = fmt::format(
        R"({{"name": "bench", "environment": "sandbox", "channel": "cloud",
            "endpoint": {{"url": "{}", "connect": "127.0.0.1"}}, "trust": {{"ca": "file:{}"}},
            "identities": {{"enrolled": {{"certificate": "file:{}", "key": "file:{}"}}}},
            "operations": {{"status": {{"path": "/gateway/customer-service/status"}}}}, "control": "status"}})",
        url, ca, certificate, key);
    LoadedProfile loaded = load_profile_text(text, "bench.json", {}, {});
    if (!loaded.profile) {
        throw std::runtime_error(loaded.problems.empty() ? "no profile" : loaded.problems.front().text());
    }
    return std::move(*loaded.profile);
}

load::Stream stream_of(const Profile& profile, load::Client& client, const std::string& mode, double rate,
                       double seconds, std::size_t connections) {
    HttpRequest request;
    request.endpoint = profile.endpoint;
    request.path = profile.control_operation().path;
    load::Stream stream;
    stream.name = mode;
    stream.client = &client;
    stream.connections = mode == "fresh"     ? load::Connections::fresh
                         : mode == "resumed" ? load::Connections::resumed
                                             : load::Connections::pooled;
    stream.requests = {load::request_bytes(request, stream.connections != load::Connections::pooled)};
    stream.schedule =
        load::Schedule::constant(rate, std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9)));
    stream.max_connections = connections;
    return stream;
}

void print(const load::LoadResult& result, double cpu) {
    const load::StreamResult& stream = result.streams.front();
    const load::Counts counts = load::count(stream.samples);
    std::vector<std::chrono::nanoseconds> latencies;
    for (const load::Sample& sample : stream.samples) {
        latencies.push_back(sample.latency);
    }
    const auto microseconds = [](std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e3; };
    fmt::print(
        R"({{"sent": {}, "served": {}, "failed": {}, "connections": {}, "resumed": {}, "wall_s": {:.4f}, "cpu_s": {:.4f}, )"
        R"("schedule_error_p99_us": {:.1f}, "p50_us": {:.1f}, "p99_us": {:.1f}, "end": "{}", "failure": "{}"}})"
        "\n",
        counts.sent, counts.served, counts.failed, stream.connections, stream.resumed,
        std::chrono::duration<double>(result.duration).count(), cpu, microseconds(result.schedule_error(0.99)),
        microseconds(load::quantile(latencies, 0.5)), microseconds(load::quantile(latencies, 0.99)),
        load::to_string(result.end), stream.first_failure);
}

int measure(char** arguments) {
    const Profile profile = profile_of(arguments[1], arguments[2], arguments[3], arguments[4]);
    boost::asio::io_context loop(1);
    load::Client client(loop.get_executor(),
                        {.endpoint = profile.endpoint, .identity = profile.identities.at("enrolled")});
    load::Budget budget({});
    std::vector<load::Stream> streams;
    streams.push_back(stream_of(profile, client, arguments[5], std::atof(arguments[6]), std::atof(arguments[7]),
                                static_cast<std::size_t>(std::atoi(arguments[8]))));
    const double before = cpu_seconds();
    std::exception_ptr failure;
    load::LoadResult result;
    boost::asio::co_spawn(loop, load::run_load(loop.get_executor(), std::move(streams), budget, {}),
                          [&](std::exception_ptr thrown, load::LoadResult got) {
                              failure = thrown;
                              result = std::move(got);
                          });
    loop.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
    print(result, cpu_seconds() - before);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 9) {
        fmt::print(stderr, "usage: {} URL CA CERTIFICATE KEY pooled|fresh|resumed RATE SECONDS CONNECTIONS\n",
                   arguments[0]);
        return 2;
    }
    try {
        return measure(arguments);
    } catch (const std::exception& problem) {
        fmt::print(stderr, "{}\n", problem.what());
        return 1;
    }
}
