// Politeness, deadlines and TLS expectations of a profile.
#include <fmt/format.h>

#include <algorithm>

#include "harness/json/near_match.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

/// IA 3.1, cipher suites supported; the gateway has ECDSA server certificates.
const std::vector<std::string>& published_cipher_suites() {
    static const std::vector<std::string> names{"TLS_AES_256_GCM_SHA384",
                                                "TLS_AES_128_GCM_SHA256",
                                                "TLS_CHACHA20_POLY1305_SHA256",
                                                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                                                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                                                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"};
    return names;
}

void read_milliseconds(const JsonField& field, Problems& problems, std::int64_t most,
                       std::chrono::milliseconds& value) {
    constexpr std::int64_t least = 10;
    if (const auto number = read_integer(field, problems, least, most)) {
        value = std::chrono::milliseconds(*number);
    }
}

}  // namespace

void read_within(const JsonField& field, Problems& problems, std::chrono::milliseconds& within) {
    constexpr std::int64_t most = 3'600'000;
    if (const auto number = read_integer(field, problems, 0, most)) {
        within = std::chrono::milliseconds(*number);
    }
}

void read_limits(const JsonField& field, Problems& problems, Limits& limits) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems);
    const JsonField rate = reader.optional("connections_per_second");
    const JsonField concurrent = reader.optional("concurrent_connections");
    const JsonField idle = reader.optional("idle_connections");
    const JsonField repeat = reader.optional("repeat");
    const JsonField requests = reader.optional("requests");
    const JsonField connect = reader.optional("connect_timeout_ms");
    const JsonField probe = reader.optional("probe_timeout_ms");
    const JsonField check = reader.optional("check_deadline_ms");
    const JsonField clock = reader.optional("clock_tolerance_ms");
    const JsonField cut_off = reader.optional("cut_off_after");
    const JsonField cut_off_wait = reader.optional("cut_off_wait_ms");
    const JsonField fault_pause = reader.optional("technical_fault_pause_ms");
    reader.finish();
    limits.connections_per_second = read_number(rate, problems, 0, 10000).value_or(limits.connections_per_second);
    limits.concurrent_connections =
        static_cast<int>(read_integer(concurrent, problems, 0, 1000).value_or(limits.concurrent_connections));
    limits.idle_connections = static_cast<int>(read_integer(idle, problems, 1, 1000).value_or(limits.idle_connections));
    limits.repeat = static_cast<int>(read_integer(repeat, problems, 1, most_repeats).value_or(limits.repeat));
    limits.requests = read_integer(requests, problems, 0, 10'000'000).value_or(limits.requests);
    read_milliseconds(connect, problems, 120'000, limits.connect_timeout);
    read_milliseconds(probe, problems, 600'000, limits.probe_timeout);
    read_milliseconds(check, problems, 3'600'000, limits.check_deadline);
    constexpr std::int64_t least_tolerance = 2000;  // the Date header has whole seconds
    if (const auto tolerance = read_integer(clock, problems, least_tolerance, 3'600'000)) {
        limits.clock_tolerance = std::chrono::milliseconds(*tolerance);
    }
    limits.cut_off_after = static_cast<int>(read_integer(cut_off, problems, 0, 100).value_or(limits.cut_off_after));
    read_within(cut_off_wait, problems, limits.cut_off_wait);
    read_within(fault_pause, problems, limits.technical_fault_pause);
}

void read_tls(const JsonField& field, Problems& problems, TlsExpectations& tls) {
    tls.cipher_suites = published_cipher_suites();
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems);
    const JsonField suites = reader.optional("cipher_suites");
    const JsonField days = reader.optional("expiry_warning_days");
    const JsonField staple = reader.optional("staple_within_ms");
    reader.finish();
    read_within(staple, problems, tls.staple_within);
    if (days) {
        tls.expiry_warning_days = static_cast<int>(read_integer(days, problems, 0, 825).value_or(0));
    }
    if (!suites) {
        return;
    }
    tls.cipher_suites.clear();
    for (const JsonField& item : read_list(suites, problems, "a list of IANA cipher suite names")) {
        const std::optional<std::string> name = read_text(item, problems, "the IANA name of a cipher suite");
        if (!name) {
            continue;
        }
        const bool good =
            name->size() > 4 && name->compare(0, 4, "TLS_") == 0 && std::all_of(name->begin(), name->end(), [](char c) {
                return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            });
        if (!good) {
            problems.error(
                Rank::value, item,
                fmt::format("{} is no IANA cipher suite name, such as TLS_AES_128_GCM_SHA256{}", in_quotes(*name),
                            near_match(*name, published_cipher_suites()).empty()
                                ? ""
                                : suggestion(*name, published_cipher_suites())));
            continue;
        }
        tls.cipher_suites.push_back(*name);
    }
}

}  // namespace gateproof
