// Verdicts about how client software takes a no.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

#include "harness/model/verdict.hpp"
#include "harness/run/client/attempt.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

/// How often the call that was made most often was made. Two requests are one call where method and target are the same
/// and the bodies differ in nothing but the number of the message (WS-Addressing MessageID).
std::size_t repetitions(const Attempt& attempt);

/// Every call was refused: none was made more than `most` times, and no success is reported.
Verdict judge_refusal_told(const Attempt& attempt, const Refusable& shown, std::size_t most);
/// Every call ended in an error of the gateway: the same, and a call is not made again at once.
Verdict judge_server_error(const Attempt& attempt, std::size_t most);
/// What answers referred to was not fetched: whoever came to a door where nobody has business did so.
Verdict judge_untouched(const Attempt& attempt);
/// Every answer was one that a parser may lose itself in: the client came to an end of its own.
Verdict judge_outlived(const Attempt& attempt, const Refusable& shown);
/// None of the requests is of those callers, so that none was answered in another way than ever.
bool calls_none_of(const Attempt& attempt, stage::Callers callers);

/// A customer whose record was read had a name beyond ASCII: what is written of it is that name, in whatever escapes.
Verdict judge_name_kept(const Attempt& attempt);
/// It asked for the record of a customer, which names the number that it is about.
bool reads_customer(const Attempt& attempt);

/// All that it reads is the description of a SOAP service, which has neither tokens nor codes.
bool reads_descriptions(const Attempt& attempt);

}  // namespace gateproof::suites
