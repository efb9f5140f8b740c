// Verdicts about how client software takes a no.
#pragma once

#include <cstddef>

#include "harness/model/verdict.hpp"
#include "harness/run/client/attempt.hpp"
#include "suites/client/calls.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::suites {

/// Every call ended in an error of the gateway: none was made more than `most` times, no success is reported, and a
/// call is not made again at once.
Verdict judge_server_error(const Attempt& attempt, std::size_t most);
/// What answers referred to was not fetched: whoever came to a door where nobody has business did so.
Verdict judge_untouched(const Attempt& attempt);
/// Every answer was one that a parser may lose itself in: the client came to an end of its own.
Verdict judge_outlived(const Attempt& attempt, const Refusable& shown);
/// A customer whose record was read had a name beyond ASCII: what is written of it is that name, in whatever escapes.
Verdict judge_name_kept(const Attempt& attempt);
/// It asked for the record of a customer, which names the number that it is about.
bool reads_customer(const Attempt& attempt);

}  // namespace gateproof::suites
