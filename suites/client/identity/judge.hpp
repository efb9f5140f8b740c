// Verdicts about the certificate that client software shows, and about its being refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/run/client/context.hpp"

namespace gateproof::suites {

/// RFC 8446 4.4.2, 4.4.3, RFC 5246 7.4.6, 7.4.8: the certificate that the profile names came with proof of its key.
Verdict judge_presented(const Attempt& attempt, const ClientContext& ctx);
/// RFC 8446 4.4.2: each certificate but a root is followed by the one that issued it.
Verdict judge_chain_sent(const Attempt& attempt, const ClientContext& ctx);
/// Asked for a certificate, native software showed none, and was served.
Verdict judge_nothing_shown(const Attempt& attempt);
/// What it shows has the common name that is enrolled, letter by letter (MA).
Verdict judge_name(const Attempt& attempt, const ClientContext& ctx);
/// RFC 5280 4.1.2.5, 4.2.1.12: current, and for TLS clients.
Verdict judge_shown_fit(const Attempt& attempt, const ClientContext& ctx);
/// Names (DER) of authorities that issued nothing.
void add_strangers(std::vector<std::string>& authorities, std::size_t count);
/// A page with a status of refusal came instead of an answer: a failure is reported, after so many requests at most.
Verdict judge_page_noticed(const Attempt& attempt, int retries);
/// RFC 8446 6.2: its certificate was refused; it reports a failure, and does not come again more often than that.
Verdict judge_refusal_noticed(const Attempt& attempt, int retries);

/// Of an attempt that was redirected to elsewhere_door, another host, which asks for a certificate: none is shown
/// there. A warning where one is.
Verdict judge_not_shown_elsewhere(const Attempt& attempt);
/// The same of a login, at an OAuth authority that asks.
Verdict judge_not_shown_to_authority(const Attempt& attempt);
/// Of an attempt that was told to show `told` instead of `enrolled` (SHA-256 fingerprints): it does. `tells_it`: its
/// command names the certificate, so that it was told at all.
Verdict judge_own_for_environment(const Attempt& attempt, std::string_view enrolled, std::string_view told,
                                  bool tells_it);
inline constexpr std::string_view elsewhere_door = "elsewhere";

}  // namespace gateproof::suites
