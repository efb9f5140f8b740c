#include "harness/trigger/claim.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace gateproof {

namespace {

bool has(const std::vector<int>& codes, int code) {
    return std::ranges::find(codes, code) != codes.end();
}

/// Both streams, errors last: programs say there what went wrong.
std::string text_of(const ProgramEnd& end) {
    const std::string& output = end.output.tail;
    const bool apart = !end.errors.tail.empty() && !output.empty() && output.back() != '\n';
    return output + (apart ? "\n" : "") + end.errors.tail;
}

Claim::Kind kind_of(const ProgramEnd& end, const ClientSoftware& client) {
    if (!end.not_started.empty()) {
        return Claim::Kind::not_started;
    }
    if (end.lost) {
        return Claim::Kind::lost;
    }
    if (end.told_to_end) {
        return Claim::Kind::ended_by_us;
    }
    if (!end.exit_code) {
        return Claim::Kind::crashed;
    }
    if (has(client.unsupported, *end.exit_code)) {
        return Claim::Kind::unsupported;
    }
    return has(client.success, *end.exit_code) ? Claim::Kind::success : Claim::Kind::failure;
}

std::string sentence_of(const ProgramEnd& end, Claim::Kind kind) {
    const double seconds = std::chrono::duration<double>(end.took).count();
    switch (kind) {
        case Claim::Kind::lost:
            return end.killed ? std::string("nobody can tell how it ended: it could not be killed")
                              : std::string("nobody can tell how it ended: what watches over it was killed");
        case Claim::Kind::not_started: return fmt::format("it could not be started: {}", end.not_started);
        case Claim::Kind::ended_by_us:
            return end.killed ? fmt::format("it was still running after {:.1f} s, did not heed SIGTERM and was killed",
                                            seconds)
                              : fmt::format("it was still running after {:.1f} s and was told to end", seconds);
        case Claim::Kind::crashed:
            return fmt::format("it was ended by signal {} ({}) after {:.1f} s", end.signal, strsignal(end.signal),
                               seconds);
        default: return fmt::format("it ended with exit code {} after {:.1f} s", end.exit_code.value_or(0), seconds);
    }
}

}  // namespace

std::string_view to_string(Claim::Kind kind) {
    switch (kind) {
        case Claim::Kind::success: return "success";
        case Claim::Kind::failure: return "failure";
        case Claim::Kind::unsupported: return "unsupported";
        case Claim::Kind::crashed: return "crashed";
        case Claim::Kind::ended_by_us: return "ended-by-us";
        case Claim::Kind::not_started: return "not-started";
        case Claim::Kind::lost: return "lost";
        case Claim::Kind::none: break;
    }
    return "none";
}

Claim claim_of(const ProgramEnd& end, const ClientSoftware& client) {
    Claim claim;
    claim.kind = kind_of(end, client);
    claim.sentence = sentence_of(end, claim.kind);
    if (end.left_behind > 0) {
        claim.sentence +=
            fmt::format(", and left {} {} behind, which {} killed", end.left_behind,
                        end.left_behind == 1 ? "process" : "processes", end.left_behind == 1 ? "was" : "were");
    }
    claim.text = text_of(end);
    claim.took = end.took;
    claim.told_to_end = end.told_to_end ? end.told_to_end : end.swept;
    claim.left_behind = end.left_behind;
    claim.resident = end.resident;
    return claim;
}

}  // namespace gateproof
