// CLOUD-PORT, DESK-PORT: TLS on the published port, and service nowhere else.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/check.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/probe/socket/tcp.hpp"
#include "harness/probe/tls/server_answer.hpp"
#include "harness/profile/profile.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

Suite port_suite();

/// The published port of a channel; empty where the environment has none of its own (embedded, sandbox, mock).
std::optional<std::uint16_t> standard_port(Environment environment, Channel channel);
Verdict judge_declared(const Endpoint& endpoint, Environment environment, Channel channel);
Verdict judge_open(const TcpExchange& exchange, const std::string& authority);
/// `plain`: what an HTTP request in clear came to, tried when the ClientHello got no TLS answer.
Verdict judge_speaks_tls(const ServerAnswer& answer, const TcpExchange* plain);

/// `exchange`: an HTTP request in clear to the TLS port, the last of `tries`.
Verdict judge_plaintext(const TcpExchange& exchange, const Tries& tries, const Operation& operation);

/// Why following this Location would leave https://host:port of `endpoint`; empty: it stays. RFC 9110 10.2.2,
/// RFC 3986 4.2, read strictly: whatever clients might read differently counts as leaving.
std::string leaves_endpoint(std::string_view location, const Endpoint& endpoint);
struct Redirect {
    std::string path;
    HttpOutcome outcome;
};
Verdict judge_redirects(const std::vector<Redirect>& tried, const Endpoint& endpoint);
/// The paths that redirects are looked for on: each operation's, every parent of it with and without its slash;
/// bounded.
std::vector<std::string> redirect_paths(const Profile& profile);

Verdict judge_plain_http(const TriedRequest& tried, const Operation& operation, const std::string& where);
/// `outcomes`: the cloud paths on the desktop listener, without a certificate.
Verdict judge_cloud_on_desktop(const std::vector<std::pair<Operation, TriedRequest>>& outcomes);

}  // namespace gateproof::suites
