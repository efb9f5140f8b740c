// The calls that client software makes, and how often it makes one that is refused.
#pragma once

#include <cstddef>

#include "harness/model/verdict.hpp"
#include "harness/run/client/attempt.hpp"
#include "harness/stage/scene.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

/// How often the call (call_of) that was made most often was made.
std::size_t repetitions(const Attempt& attempt);

/// Every call was refused: none was made more than `most` times, and no success is reported.
Verdict judge_refusal_told(const Attempt& attempt, const Refusable& shown, std::size_t most);
/// None of the requests is of those callers, so that none was answered in another way than ever.
bool calls_none_of(const Attempt& attempt, stage::Callers callers);

/// All that it reads is the description of a SOAP service, which has neither tokens nor codes.
bool reads_descriptions(const Attempt& attempt);

}  // namespace gateproof::suites
