#include "suites/shared/certificate_words.hpp"

#include <fmt/chrono.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "harness/run/context.hpp"

namespace gateproof::suites {
namespace {

std::string utc(SystemTime time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace

std::string day_of(SystemTime time) {
    return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

std::int64_t days_between(SystemTime from, SystemTime to) {
    return std::chrono::duration_cast<std::chrono::hours>(to - from).count() / 24;
}

std::int64_t days_of_warning(const Validity& validity, std::optional<int> given) {
    constexpr std::int64_t usual = 30;
    return given ? *given : std::min(usual, days_between(validity.not_before, validity.not_after) / 3);
}

void note_certificate(Context& ctx, std::string_view role, std::size_t depth, const Certificate& certificate) {
    Observation& observation = ctx.evidence()
                                   .add("certificate")
                                   .with("role", role)
                                   .with("depth", depth)
                                   .with("subject", certificate.subject())
                                   .with("issuer", certificate.issuer())
                                   .with("sha256", certificate.sha256_fingerprint());
    if (const std::optional<Validity> period = validity_of(certificate)) {
        observation.with("not_before", utc(period->not_before)).with("not_after", utc(period->not_after));
    }
}

}  // namespace gateproof::suites
