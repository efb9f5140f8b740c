// Verdicts about how client software speaks HTTP/1.1.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"
#include "harness/run/client/attempt.hpp"

namespace gateproof::suites {

/// As many redirects as software in common use follows at most (curl: 50).
inline constexpr std::size_t most_redirects = 50;

/// One Host, one length, and the target in the form that servers are asked by (RFC 9112 3.2, 6.2, 6.3).
Verdict judge_well_formed(const Attempt& attempt);
/// RFC 9110 10.1.5: it should be sent, and name product and version.
Verdict judge_user_agent(const Attempt& attempt);
/// Of an attempt whose first request was answered with a redirect to itself and Connection: close.
Verdict judge_close_honoured(const Attempt& attempt);
/// Of an attempt whose first two requests were answered with redirects to themselves.
Verdict judge_keep_alive(const Attempt& attempt);
/// More connections at once than HTTP libraries open to one host by themselves (browsers: 6), and to spare.
inline constexpr std::size_t most_connections = 16;
/// Of attempts whose first answer was a redirect to itself: `kept` left the connection open, each of `closed` ended it
/// right behind that answer, without having said so in it. Whoever makes the next request over another connection, once
/// at least, is no worse for it.
Verdict judge_idle_close(const Attempt& kept, const std::vector<Attempt>& closed);
/// How often a connection is ended at most: once may be the race of a request with the end of its connection.
inline constexpr std::size_t idle_closes = 3;
/// Its requests came over more than one connection.
bool changed_connection(const Attempt& attempt);
/// Of an attempt whose answers are slow: how many connections it has open at once.
Verdict judge_connections(const Attempt& attempt);
/// Of an attempt of which every request was answered with a redirect to itself. `tries`: how often software may begin
/// anew when it gave up; a library that repeats what failed does so with each redirect again.
Verdict judge_redirect_loop(const Attempt& attempt, std::size_t tries);
/// Of an attempt of which every request was answered with a redirect to http: a failure where a secret or content went
/// there, else a warning.
Verdict judge_downgrade(const Attempt& attempt);
/// Of an attempt whose first request was answered with a redirect and a whole answer behind it, and the next ones with
/// a failure: who reports success took what it had not asked for.
Verdict judge_surplus(const Attempt& attempt);
/// Of an attempt whose answers were compressed where the client asked for it.
Verdict judge_compressed(const Attempt& attempt);
/// The same, and the compressed data were broken.
Verdict judge_broken_gzip(const Attempt& attempt);
/// Whether that is so much that nothing but a second attempt tells whether an answer of `bomb_size` is in it.
bool may_hold_bomb(const Attempt& attempt);
/// Of an attempt whose answers were compressed, where the client asked for it, and became `bomb_size`. `plain`: an
/// attempt at the twin, where may_hold_bomb asks for one.
Verdict judge_bomb(const Attempt& attempt, const Attempt* plain);
/// Of an answer that a client has to read or may refuse: it does either, and says so.
Verdict judge_coped(const Attempt& attempt, std::string_view what);
/// Of an answer that is longer than any: it was ended before all of it had gone out.
Verdict judge_bounded(const Attempt& attempt, std::string_view what, std::string_view remedy);

}  // namespace gateproof::suites
