// Timeouts of a profile: the limit, slow operations, and when idle connections are cut.
#include <fmt/format.h>

#include <array>
#include <cmath>

#include "harness/json/reader.hpp"
#include "harness/profile/read/profile.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;
using std::chrono::milliseconds;

constexpr std::int64_t least_ms = 10;
constexpr std::int64_t most_ms = 3'600'000;

void read_time(const JsonField& field, Problems& problems, milliseconds& time) {
    if (const auto number = read_integer(field, problems, least_ms, most_ms)) {
        time = milliseconds(*number);
    }
}

struct TimedField {
    std::optional<TimedOperation> operation;
    JsonField takes;
};

TimedField read_timed_operation(const JsonField& field, Problems& problems, const Profile& profile) {
    TimedField read;
    if (!field) {
        return read;
    }
    ObjectReader reader(field, problems, "an object with \"operation\" and \"takes_ms\"");
    const JsonField name = reader.required("operation", "the name of an operation");
    read.takes = reader.required("takes_ms", "how long the operation takes, in milliseconds");
    reader.finish();
    TimedOperation timed;
    // `operations` itself is judged where it is read; where it is empty, no name can be known.
    timed.operation =
        read_operation_name(name, profile.operations.empty() ? JsonField{} : field, problems, profile.operations);
    read_time(read.takes, problems, timed.takes);
    if (!timed.operation.empty() && timed.takes.count() > 0) {
        read.operation = std::move(timed);
    }
    return read;
}

void read_phase(const JsonField& field, Problems& problems, PhaseLimit& phase) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object with \"cut\" or \"by_ms\"");
    const JsonField cut = reader.optional("cut");
    const JsonField by = reader.optional("by_ms");
    reader.finish();
    phase.cut = read_bool(cut, problems).value_or(true);
    read_time(by, problems, phase.by);
}

void read_phases(const JsonField& field, Problems& problems, Timing& timing) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems);
    const JsonField handshake = reader.optional("handshake");
    const JsonField headers = reader.optional("headers");
    const JsonField body = reader.optional("body");
    const JsonField keep_alive = reader.optional("keep_alive");
    reader.finish();
    read_phase(handshake, problems, timing.handshake);
    read_phase(headers, problems, timing.headers);
    read_phase(body, problems, timing.body);
    read_phase(keep_alive, problems, timing.keep_alive);
}

/// What a scale leaves of the time by which a cut may be late, where it was longer.
constexpr milliseconds shortest_lateness{3'000};

/// What the checks lean on: a slow operation is slow and a quick one quick, whatever the tolerance.
void judge_durations(const Timing& timing, const JsonField& tolerance, const std::array<TimedField, 2>& slow,
                     const TimedField& below, Problems& problems) {
    if (timing.tolerance >= timing.limit) {
        problems.error(Rank::value, tolerance,
                       fmt::format("the tolerance of {} ms is not below the limit of {} ms", timing.tolerance.count(),
                                   timing.limit.count()));
        return;
    }
    for (const TimedField& one : slow) {
        if (one.operation && one.operation->takes <= timing.limit + timing.tolerance) {
            problems.error(Rank::value, one.takes,
                           fmt::format("a slow operation takes longer than limit and tolerance together, {} ms",
                                       (timing.limit + timing.tolerance).count()));
        }
    }
    if (below.operation && below.operation->takes >= timing.limit - timing.tolerance) {
        problems.error(Rank::value, below.takes,
                       fmt::format("an operation below the limit takes less than limit less tolerance, {} ms",
                                   (timing.limit - timing.tolerance).count()));
    }
}

}  // namespace

void Timing::scale_by(double factor) {
    const auto scaled = [factor](milliseconds& time) {
        time = milliseconds(static_cast<std::int64_t>(std::llround(static_cast<double>(time.count()) * factor)));
    };
    least_lateness = std::min(lateness(), shortest_lateness);
    for (milliseconds* const time :
         std::array{&limit, &tolerance, &margin, &handshake.by, &headers.by, &body.by, &keep_alive.by}) {
        scaled(*time);
    }
    for (std::optional<TimedOperation>* const timed : std::array{&slow, &below_limit, &slow_write}) {
        if (*timed) {
            scaled((*timed)->takes);
        }
    }
    scale *= factor;
}

void read_timing(const JsonField& field, References& references, Profile& profile) {
    if (!field) {
        return;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems);
    const JsonField limit = reader.optional("limit_ms");
    const JsonField tolerance = reader.optional("tolerance_ms");
    const JsonField margin = reader.optional("margin_ms");
    const JsonField slow = reader.optional("slow");
    const JsonField below = reader.optional("below_limit");
    const JsonField write = reader.optional("slow_write");
    const JsonField phases = reader.optional("phases");
    reader.finish();
    Timing& timing = profile.timing;
    read_time(limit, problems, timing.limit);
    read_time(tolerance, problems, timing.tolerance);
    read_time(margin, problems, timing.margin);
    const TimedField slow_read = read_timed_operation(slow, problems, profile);
    const TimedField below_read = read_timed_operation(below, problems, profile);
    const TimedField write_read = read_timed_operation(write, problems, profile);
    if (write_read.operation && !profile.operations.at(write_read.operation->operation).status) {
        problems.error(Rank::value, write,
                       fmt::format("the operation {} has no \"status\" to be asked after what was cut",
                                   in_quotes(write_read.operation->operation)));
    }
    read_phases(phases, problems, timing);
    timing.slow = slow_read.operation;
    timing.below_limit = below_read.operation;
    timing.slow_write = write_read.operation;
    judge_durations(timing, tolerance ? tolerance : (limit ? limit : field), {slow_read, write_read}, below_read,
                    problems);
}

}  // namespace gateproof
