// CLOUD-MTLS-REQUIRED under names that are not the endpoint's: the server name of the handshake chooses a configuration
// (RFC 6066 3), the Host header or a target that is a whole URI the service (RFC 9110 7.2, RFC 9112 3.2.2), and nothing
// makes them agree (RFC 9325 3.7). Whoever looks for the name in the first segment or record alone chooses without it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/probe/http/http1.hpp"
#include "harness/probe/socket/literal.hpp"
#include "harness/run/context.hpp"
#include "harness/text/ascii.hpp"
#include "suites/gateway/mtls/doors.hpp"
#include "suites/gateway/mtls/suite.hpp"
#include "suites/shared/visits.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

constexpr std::size_t tried_names = 3;

std::string upper_case(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

/// "192.0.2.1" of "192.0.2.1:443", "2001:db8::1" of "[2001:db8::1]:443".
std::string without_port(std::string_view address) {
    address = address.substr(0, address.rfind(':'));
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    return std::string(address);
}

/// Other spellings of the endpoint's name, and a name beside it that the same wildcards cover.
void append_spellings(std::vector<Door>& rows, const std::string& host, std::string_view label) {
    const std::string other_case = upper_case(host) != host ? upper_case(host) : lower_case(host);
    if (other_case != host) {
        rows.push_back({fmt::format("under the SNI {}", other_case), other_case});
    }
    if (!host.ends_with('.')) {
        rows.push_back({fmt::format("under the SNI {}. (with a dot behind it)", host), host + "."});
    }
    const std::size_t dot = host.find('.');
    if (dot != std::string::npos && host.find('.', dot + 1) != std::string::npos) {
        const std::string sibling = std::string(label) + host.substr(dot);
        rows.push_back({fmt::format("under the SNI {}", sibling), sibling});
    }
}

/// A connection without a certificate: the answer to the operation, and to what was asked behind it.
struct Knock {
    HttpOutcome outcome;
    std::vector<std::pair<DoorTrials::Request, HttpOutcome>> behind;
};

/// The server keeps the connection for another request.
bool stays_open(const HttpOutcome& outcome) {
    if (!outcome.whole()) {
        return false;
    }
    const std::string* const connection = outcome.response->header("connection");
    return connection == nullptr || lower_case(*connection).find("close") == std::string::npos;
}

void note(Context& ctx, std::string_view server_name, std::string_view role, std::string_view target,
          const HttpOutcome& outcome) {
    ctx.evidence()
        .add("http_exchange")
        .with("server_name", server_name)
        .with("host", ctx.profile().endpoint.authority())
        .with("target", target)
        .with("identity", role)
        .with("result", outcome.summary());
}

/// The operation with a whole URI for its target, and the endpoint's own Host header all the same.
std::string with_uri(Context& ctx, std::string_view authority) {
    HttpRequest request = ctx.request_of(ctx.profile().control_operation());
    request.endpoint.path_prefix = fmt::format("https://{}{}", authority, request.endpoint.path_prefix);
    return wire(request, Connection::keep, ctx.profile().endpoint.authority());
}

/// Asks again with whole URIs while the connection stays open. An end instead of an answer says nothing: connections
/// may end after any answer.
awaitable<void> ask_behind(Context& ctx, Http1& http, const Door& door, const std::string& unknown, Knock& knock) {
    using enum DoorTrials::Request;
    bool open = stays_open(knock.outcome);
    for (const DoorTrials::Request request : {own_uri, unknown_uri}) {
        // Under another name a host that nobody has may be answered by that name's host, which is nobody's secret.
        if (!open || (request == unknown_uri && !door.own_name)) {
            break;
        }
        const std::string authority = request == own_uri ? ctx.profile().endpoint.authority() : unknown;
        std::string bytes = with_uri(ctx, authority);
        co_await http.send(std::move(bytes));
        HttpOutcome outcome = co_await http.receive();
        open = stays_open(outcome);
        note(ctx, door.server_name, "none", "https://" + authority, outcome);
        if (outcome.response || is_silence(outcome.end)) {
            knock.behind.emplace_back(request, std::move(outcome));
        }
    }
}

/// `behind`: whether to ask again on a connection that stays open.
awaitable<Knock> knock_once(Context& ctx, TlsOptions options, const Door& door, const std::string& unknown,
                            bool behind) {
    const Operation& operation = ctx.profile().control_operation();
    const std::string role = options.identity ? options.identity->role : "none";
    options.server_name = door.server_name;
    options.address_as_name = true;
    options.hello = door.hello;
    options = ctx.guarded(std::move(options), operation);
    const std::string host = ctx.profile().endpoint.authority();
    std::string bytes = wire(ctx.request_of(operation), behind ? Connection::keep : Connection::close, host);
    Context::TlsConnection connection = co_await ctx.tls(std::move(options));
    Http1 http(std::move(connection));
    co_await http.send(std::move(bytes));
    Knock knock;
    knock.outcome = co_await http.receive();
    knock.outcome.remote_address = http.session().remote_address();
    note(ctx, door.server_name, role, operation.path, knock.outcome);
    if (behind && !knock.outcome.served(operation)) {
        co_await ask_behind(ctx, http, door, unknown, knock);
    }
    co_await http.session().shutdown();
    co_return knock;
}

/// All of one version: what its doors are tried with.
struct Trying {
    Door own;  ///< the endpoint's own name, in one piece
    std::string unknown;
    TlsOptions ourselves;
    TlsOptions nobody;
    bool asks_behind = true;  ///< nobody has kept silent to a second request yet
};

/// As often as the door wants; the requests behind, of the first connection alone, become rows of their own.
awaitable<DoorTrials> knock(Context& ctx, Trying& trying, const Door& door, DoorsOfVersion& of) {
    const Operation& operation = ctx.profile().control_operation();
    DoorTrials trials;
    trials.how = door.how;
    trials.unknown = door.unknown;
    const std::size_t first_row = of.doors.size();
    Tries tries(door.counted ? Tries::Ask::counted : Tries::Ask::until_told);
    while (co_await asks_on(ctx, tries)) {
        const bool behind = trying.asks_behind && tries.count() == 0 && &door != &trying.own;
        Knock one = co_await knock_once(ctx, trying.nobody, door, trying.unknown, behind);
        tries.add(answer_of(one.outcome, operation, of.ourselves));
        trials.outcomes.push_back(std::move(one.outcome));
        for (auto& [request, outcome] : one.behind) {
            trying.asks_behind = trying.asks_behind && !is_silence(outcome.end);
            DoorTrials row;
            row.how = fmt::format(
                "{} with {} for a target behind it", door.how,
                request == DoorTrials::Request::own_uri ? "its whole URI" : "a URI of a host that nobody has");
            row.request = request;
            row.outcomes.push_back(std::move(outcome));
            of.doors.push_back(std::move(row));
        }
    }
    if (door.other_name && (tries.served() || any_served(of, operation))) {
        // A name that is served to everybody may be given its own host whatever Host says.
        TlsOptions there = trying.nobody;
        there.server_name = door.server_name;
        there = ctx.guarded(std::move(there), operation);
        const std::string host = host_header(ctx.profile().endpoint, door.server_name);
        const auto everybodys = [&] { return visit(ctx, there, operation, host); };
        const Visit its_host = co_await until_answered(everybodys, was_cut);
        note(ctx, door.server_name, "none", "its own host", its_host.outcome);
        trials.its_host = its_host.outcome;
        for (std::size_t i = first_row; i < of.doors.size(); ++i) {
            of.doors[i].its_host = its_host.outcome;
        }
    }
    co_return trials;
}

awaitable<HttpOutcome> as_ourselves(Context& ctx, const Trying& trying, const Door& door) {
    const auto once = [&] { return knock_once(ctx, trying.ourselves, door, trying.unknown, false); };
    const auto cut = [](const Knock& knock) { return ended_by_cut(knock.outcome); };
    Knock one = co_await until_answered(once, cut);
    co_return std::move(one.outcome);
}

awaitable<DoorsOfVersion> try_version(Context& ctx, TlsVersion version, std::string unknown) {
    const Operation& operation = ctx.profile().control_operation();
    Trying trying;
    trying.unknown = std::move(unknown);
    trying.own.server_name = is_ip_literal(ctx.profile().endpoint.host) ? "" : ctx.profile().endpoint.host;
    trying.own.counted = true;
    trying.ourselves = ctx.tls_options();
    trying.ourselves.min_version = version;
    trying.ourselves.max_version = version;
    trying.nobody = trying.ourselves;
    trying.nobody.identity = nullptr;
    DoorsOfVersion of;
    of.version = version;
    of.ourselves = co_await as_ourselves(ctx, trying, trying.own);
    // Whose address that would be only a proxy knows.
    const std::string address = ctx.profile().endpoint.proxy ? std::string() : of.ourselves.remote_address;
    const std::vector<Door> rows = doors_of(ctx.profile(), trying.unknown, address);
    bool cut = of.ourselves.was_cut();
    int silences = 0;  // in a row: whoever drops what is unusual may drop all of it, each time for the whole timeout
    for (const Door& door : rows) {
        if (silences >= 2) {
            break;
        }
        DoorTrials trials = co_await knock(ctx, trying, door, of);
        silences = is_silence(trials.outcomes.back().end) ? silences + 1 : 0;
        const Tries tries = counted(trials.outcomes, of.ourselves, operation);
        cut = cut || tries.any_cut();
        if (needs_comparison(trials.outcomes, of.ourselves, operation)) {
            trials.ourselves = co_await as_ourselves(ctx, trying, door);
            silences = is_silence(trials.ourselves->end) ? silences + 1 : 0;
        }
        of.doors.push_back(std::move(trials));
        if (of.own_name.empty() && any_served(of, operation)) {
            DoorTrials own = co_await knock(ctx, trying, trying.own, of);
            of.own_name = std::move(own.outcomes);
        }
    }
    if (cut) {
        const HttpOutcome again = co_await as_ourselves(ctx, trying, trying.own);
        of.control_cut = ctx.control_resets() > 0 || of.ourselves.was_cut() || again.was_cut();
    }
    co_return of;
}

awaitable<Verdict> required_under_every_name(Context& ctx) {
    const std::string unknown = unknown_name(ctx);
    const auto try_one = [&](TlsVersion version) { return try_version(ctx, version, unknown); };
    Verdict verdict = co_await judged_under_each_version(ctx, try_one, judge_doors);
    co_return verdict;
}

}  // namespace

std::vector<Door> doors_of(const Profile& profile, const std::string& unknown, std::string_view address) {
    const std::string& host = profile.endpoint.host;
    const bool literal = is_ip_literal(host);
    std::vector<Door> rows;
    // An IP literal is no server name (RFC 6066 3): the endpoint's own handshake has none.
    if (!literal) {
        rows.push_back({.how = "without SNI", .server_name = "", .counted = true});
    }
    rows.push_back(
        {.how = fmt::format("under the SNI {}", unknown), .server_name = unknown, .counted = true, .unknown = true});
    for (std::size_t i = 0; i < std::min(profile.other_names.size(), tried_names); ++i) {
        const std::string& name = profile.other_names[i];
        rows.push_back(
            {.how = fmt::format("under the SNI {}", name), .server_name = name, .counted = i == 0, .other_name = true});
    }
    if (!literal) {
        append_spellings(rows, host, std::string_view(unknown).substr(0, unknown.find('.')));
    }
    if (!address.empty()) {
        const std::string number = without_port(address);
        rows.push_back({fmt::format("under the SNI {}, which is an address", number), number});
    }
    const std::string own = literal ? "" : host;
    for (const auto& [cut, pieces] :
         {std::pair(HelloCut::two_segments, "TCP segments"), std::pair(HelloCut::two_records, "TLS records")}) {
        rows.push_back({.how = fmt::format("under its own name with the ClientHello cut into two {}", pieces),
                        .server_name = own,
                        .hello = cut,
                        .own_name = true});
    }
    return rows;
}

std::vector<Check> mtls_name_checks() {
    return checks(required_family(),
                  {{.id = "mtls.required-under-every-name",
                    .title = "Without a client certificate there must be no service under whatever server name, "
                             "however it is sent",
                    .run = required_under_every_name,
                    .intrusiveness = Intrusiveness::active}});
}

}  // namespace gateproof::suites
