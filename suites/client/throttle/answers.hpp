// How the gateway puts a call off: too many calls, or out of service for a while.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/stage/scene.hpp"

namespace gateproof::suites {

/// What Retry-After says where the wait is judged, in seconds.
inline constexpr int told_seconds = 3;

/// 429 as the service has it: IR003, or the SOAP fault UnAuthorised. `retry_after`: the field's value; empty: without
/// the field.
stage::AnswerAct busy(std::string_view retry_after);
/// 429 with the moment at which told_seconds are over, as a date (RFC 9110 10.2.3).
stage::AnswerAct busy_until();
/// 503 with that field.
stage::AnswerAct out_of_service(std::string_view retry_after);
/// The OAuth authority's, which has no error of its own for it.
stage::AnswerAct authority_busy(int status, std::string_view retry_after);

/// Only the first requests of a place are answered so.
std::vector<stage::AnswerAct> first_ones(const stage::AnswerAct& act, int count);

/// Adds Retry-After with the moment that lies told_seconds ahead, never less (stage::AnswerWriter).
std::string with_date(const stage::Answer& answer, const stage::Request& request, const stage::Doors&);

}  // namespace gateproof::suites
