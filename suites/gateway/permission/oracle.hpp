// DELEG-ERROR: whether a refusal tells if the customer exists. Pure judgements, apart from the requests that feed them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/permission_case.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// An answer without what varies from one to the next: the target that was asked for, digits, and long words with
/// digits in them (identifiers, times).
std::string shape_of(std::string_view body, const Placeholders& target);

/// How two refusals differ in status, headers and body: "HTTP 403 for the forbidden one, HTTP 404 for the unknown one";
/// empty: in nothing.
std::vector<std::string> differences(const HttpResponse& forbidden, const Placeholders& forbidden_target,
                                     const HttpResponse& unknown, const Placeholders& unknown_target);

/// Where the error model documents an answer of its own for an unknown customer, that both came as documented is no
/// flaw of this endpoint; nothing: it does not, or they did not.
std::optional<Verdict> judge_contract(const Answer& forbidden, const Answer& unknown, const ErrorModel& model);

/// Times of answers, in milliseconds, taken in turn and in random order within each pair.
struct Series {
    std::vector<double> forbidden;
    std::vector<double> unknown;
};
inline constexpr std::size_t pairs_per_series = 20;
inline constexpr std::size_t most_pairs = 80;
inline constexpr double undecided_p = 0.05;
/// A series suggests an oracle when all three hold. With 20 pairs the smallest p is about 1e-7, and a difference that
/// is always there gives a delta of 1.
inline constexpr double suspicious_p = 1e-5;
inline constexpr double suspicious_delta = 0.4;
inline constexpr double suspicious_shift_ms = 1.0;
/// Times that scatter more than this cannot show what an attacker with patience would see.
inline constexpr double most_scatter_ms = 250;

bool is_suspicious(const Series& series);
/// Neither alike nor apart: more pairs would tell. A series ends with `most_pairs` at the latest.
bool is_undecided(const Series& series);
/// `second`: a series of its own, taken only after a suspicious first one. Both must agree before anything is claimed.
Verdict judge_times(const Series& first, const std::optional<Series>& second);

}  // namespace gateproof::suites
