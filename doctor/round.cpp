#include "doctor/round.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "doctor/stacks.hpp"

namespace gateproof::doctor {

namespace {

using Kind = Claim::Kind;
using stage::Reached;
using stage::Visit;

constexpr std::size_t most_of_line = 200;
constexpr std::string_view picked_up = "Picked up JAVA_TOOL_OPTIONS";  // what Java says of our own variable
constexpr int not_executable = 126;  // what shells end with for a command that cannot be run
constexpr int not_found = 127;       // and for one that is not there

const std::vector<std::string>& words_of(const Profile& profile) {
    static const std::vector<std::string> none;
    const auto act = profile.client->acts.find(ClientAct::read);
    return act == profile.client->acts.end() ? none : act->second.arguments;
}

bool names_an_error(const std::string& line) {
    return line.find("rror") != std::string::npos || line.find("xception") != std::string::npos;
}

/// The first line that names an error, or else the first, and the last: tools say first what went wrong, and runtimes
/// among traces, whose lines are indented.
std::string excerpt_of(const std::string& said) {
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < said.size();) {
        const std::size_t end = std::min(said.find('\n', from), said.size());
        const bool of_ours = said.compare(from, picked_up.size(), picked_up) == 0;
        if (!of_ours && end > from && said[from] != ' ' && said[from] != '\t' && said[from] != '\r') {
            lines.push_back(said.substr(from, std::min(end - from, most_of_line)));
        }
        from = end + 1;
    }
    if (lines.empty()) {
        return {};
    }
    const auto error = std::ranges::find_if(lines, names_an_error);
    const std::string& told = error == lines.end() ? lines.front() : *error;
    return told == lines.back() ? told : fmt::format("{} / {}", told, lines.back());
}

/// "it ended with exit code 7 after 0.1 s, and wrote: ..."
std::string ended(const Round& round) {
    const std::string excerpt = excerpt_of(round.said);
    return round.attempt.claim.sentence + (excerpt.empty() ? "" : ", and wrote: " + excerpt);
}

std::string start_remedy(const Profile& profile, const std::string& why) {
    const std::string program = words_of(profile).empty() ? std::string() : words_of(profile).front();
    const std::filesystem::path folder = profile.file.parent_path();
    const std::filesystem::path file = folder / program;  // where that is absolute, it alone
    std::error_code ignored;
    const bool is_path = program.find('/') != std::string::npos;
    const bool there = is_path && std::filesystem::is_regular_file(file, ignored);
    if (why == std::generic_category().message(ENOEXEC)) {
        return fmt::format(
            "{} is neither a program nor a script with an interpreter: let its first line be #!/bin/sh or "
            "#!/usr/bin/env INTERPRETER, or put the interpreter before it in client.trigger.command.read",
            program);
    }
    if (there && why == std::generic_category().message(EACCES)) {
        return fmt::format("chmod +x {}", file.string());
    }
    if (there) {
        return fmt::format(
            "{} is there, but what it needs to start is not: see the interpreter in its first line (#!), "
            "and that it was built for this machine",
            file.string());
    }
    if (is_path) {
        return fmt::format(
            "there is no {}: correct client.trigger.command.read; a relative path begins at the profile's "
            "folder",
            file.string());
    }
    return fmt::format(
        "no folder of PATH has {}: install it, or write ./{} for one beside the profile, in "
        "client.trigger.command.read",
        program, program);
}

Line judge_start(const Profile& profile, const Round& round) {
    const Claim& claim = round.attempt.claim;
    if (profile.client->embedded) {
        return {"command", Mark::ok, "the client inside this program was started"};
    }
    const std::string program = words_of(profile).front();
    if (claim.kind != Kind::not_started) {
        return {"command", Mark::ok, fmt::format("{} was started", program)};
    }
    const std::size_t colon = claim.sentence.rfind(": ");
    const std::string why = colon == std::string::npos ? claim.sentence : claim.sentence.substr(colon + 2);
    return {"command", Mark::fail, fmt::format("{} could not be started: {}", program, why),
            start_remedy(profile, why)};
}

/// Something that it is started with tells it where to call.
bool is_told_where(const Profile& profile) {
    const auto tells = [](const std::string& text) {
        return text.find("{url}") != std::string::npos || text.find("{port}") != std::string::npos;
    };
    return std::ranges::any_of(words_of(profile), tells) ||
           std::ranges::any_of(profile.client->variables,
                               [&tells](const auto& variable) { return tells(variable.second); });
}

constexpr const char* ask_the_proxy =
    "it asked the stage's proxy for nothing: put {proxy} where it takes its proxy, in client.trigger.command.read or "
    "client.variables; HTTPS_PROXY, which many stacks read, is in its environment";
constexpr const char* another_host =
    "it asked the stage's proxy for another host than client.reach.host: give the host that it calls there";

std::string absence_remedy(const Profile& profile, const Round& round) {
    const Claim& claim = round.attempt.claim;
    if (profile.client->reach == ClientReach::proxy && claim.kind != Kind::ended_by_us && claim.kind != Kind::crashed) {
        return round.attempt.strays.empty() ? ask_the_proxy : another_host;
    }
    const std::size_t colon = round.attempt.url.rfind(':');
    int told = 0;
    if (colon != std::string::npos) {
        const std::string& url = round.attempt.url;
        std::from_chars(url.data() + colon + 1, url.data() + url.size(), told);
    }
    const int other = other_port_in(round.said, profile.client->host, told);
    constexpr std::string_view where =
        "put {url} where it takes its base URL, in client.trigger.command.read or client.variables; it also stands in "
        "its environment as GATEPROOF_URL";
    if (other != 0) {
        return fmt::format("it speaks of port {}, and was told {}: {}", other, round.attempt.url, where);
    }
    if (claim.kind == Kind::ended_by_us) {
        return "it did not call anybody in that time: start it by hand with the same words and see what it waits for; "
               "where it only takes long to start, raise client.patience.start_ms";
    }
    if (!profile.client->embedded && !is_told_where(profile)) {
        return fmt::format("none of its words names {{url}}: unless it reads GATEPROOF_URL by itself, {}", where);
    }
    if (claim.kind == Kind::success) {
        return "it says that it succeeded and called nobody at that port: see that the command makes it ask one question, "
               "of the URL that it is given, and not from a cache or a file";
    }
    if (claim.kind == Kind::crashed) {
        return "it crashed before it called anybody: start it by hand with the same words";
    }
    return "it ended before it called anybody at that port: see what it wrote, and start it by hand with the same words; "
           "a proxy that it is set to would take the call (HTTPS_PROXY; NO_PROXY is set for it)";
}

Line judge_arrival(const Profile& profile, const Round& round) {
    const Attempt& attempt = round.attempt;
    const Visit* const visit = attempt.furthest();
    if (visit == nullptr) {
        std::string remedy = absence_remedy(profile, round);
        if (attempt.claim.kind == Kind::failure && !profile.client->embedded &&
            (attempt.claim.sentence.find(fmt::format("exit code {} ", not_found)) != std::string::npos ||
             attempt.claim.sentence.find(fmt::format("exit code {} ", not_executable)) != std::string::npos)) {
            remedy = "a shell says so of a command that it cannot run: see what it wrote, and the path in its script";
        }
        const std::string elsewhere =
            attempt.strays.empty() ? std::string() : fmt::format("it {}; ", attempt.strays.front().summary());
        return {"arrival", Mark::fail, fmt::format("nothing came to {}: {}{}", attempt.url, elsewhere, ended(round)),
                std::move(remedy)};
    }
    if (const Visit* const clear = attempt.in_clear(); clear != nullptr && !attempt.accepted()) {
        return {"arrival", Mark::fail, fmt::format("it came to {} in clear: it {}", attempt.url, clear->summary()),
                "let it call {url} as it is, which begins with https://"};
    }
    if (visit->reached() < Reached::hello) {
        return {"arrival", Mark::fail,
                fmt::format("it came to {} and said no ClientHello: it {}; {}", attempt.url, visit->summary(),
                            ended(round)),
                "the port of {url} is for HTTPS: let it speak TLS there"};
    }
    return {"arrival", Mark::ok,
            fmt::format("it came to {}{}", attempt.url,
                        attempt.visits.size() == 1 ? "" : fmt::format(", in {} connections", attempt.visits.size()))};
}

std::string offered(const Visit& visit) {
    std::vector<std::string> names;
    for (const TlsVersion version : visit.hello->versions()) {
        names.emplace_back(to_string(version));
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// What it offers by ALPN, where HTTP/1.1 is not among it (RFC 7301); empty: it is, or nothing is offered.
std::vector<std::string> other_protocols(const Visit& visit) {
    std::vector<std::string> protocols = visit.hello ? visit.hello->protocols() : std::vector<std::string>();
    if (std::ranges::find(protocols, "http/1.1") != protocols.end()) {
        protocols.clear();
    }
    return protocols;
}

Line judge_trust(const Profile& profile, const Round& round, const std::map<std::string, std::string>& variables) {
    const Attempt& attempt = round.attempt;
    const Visit& visit = *attempt.furthest();
    const bool went_past = attempt.accepted() || visit.reached() >= Reached::finished;
    if (visit.our_alert && !visit.certificate_shown) {
        return {"trust", Mark::fail,
                fmt::format("the handshake failed before anything was shown to it ({}): it offers {}",
                            visit.our_alert->name(), offered(visit)),
                "let it offer TLS 1.2 or 1.3 with the published cipher suites (gateproof list --requirements names "
                "them)"};
    }
    if (!attempt.accepted() && !other_protocols(visit).empty()) {
        return {"trust", Mark::skipped, "not told: it speaks another protocol than the gateway, and went"};
    }
    const bool shows_nothing = visit.our_alert && visit.certificate_requested && visit.certificates.empty();
    if (attempt.accepted() || shows_nothing || (went_past && !visit.refused())) {
        return {"trust", Mark::ok,
                fmt::format("it takes the certificate of the test PKI{}",
                            visit.version ? fmt::format(" ({})", to_string(*visit.version)) : "")};
    }
    std::string remedy = how_to_trust(words_of(profile), variables, profile.client->variables);
    if (visit.alert && visit.alert->description == 45) {
        remedy = "it takes the stage's certificate for expired: set the clock that it goes by";
    }
    return {"trust", Mark::fail,
            fmt::format("it does not trust the test PKI: it {}; {}", visit.summary(), ended(round)), std::move(remedy)};
}

Line judge_shown(const Round& round) {
    const Visit& visit = *round.attempt.furthest();
    if (!visit.certificates.empty()) {
        return {"client-certificate", Mark::ok,
                fmt::format("it shows {}, issued by {}", visit.certificates.front().subject(),
                            visit.certificates.front().issuer())};
    }
    if (visit.our_alert) {
        return {
            "client-certificate", Mark::fail,
            fmt::format("it shows no client certificate, which the cloud channel asks for; {}", ended(round)),
            "give it the certificate {certificate} with the key {key} (or {identity_p12} with {identity_password}) in "
            "client.trigger.command.read; software for the desktop channel has \"channel\": \"desktop\" in its "
            "profile"};
    }
    return {"client-certificate", Mark::skipped, "not seen: the handshake did not come that far"};
}

std::string request_remedy(const Profile& profile, int status) {
    if (status == 404) {
        return fmt::format(
            "the stage has the services of the gateway inside this program, and not that path: let the command ask for "
            "one of them, such as {{url}}{}",
            profile.channel == Channel::cloud ? "/gateway/customer/status" : "/gateway2/gws/returns/?singleWsdl");
    }
    if (status == 401) {
        return "let it send the token that it is given: Authorization: Bearer {token} (GATEPROOF_TOKEN in its "
               "environment)";
    }
    if (status >= 400 && status < 500) {
        return "the stage judges as the gateway does: correct the request; {ird} is a customer that it knows";
    }
    return "see what it wrote; gateproof run tells more of each connection in its evidence";
}

Line judge_request(const Profile& profile, const Round& round) {
    const Attempt& attempt = round.attempt;
    const stage::RequestSeen* const first = attempt.first_request();
    const Visit& visit = *attempt.furthest();
    if (first == nullptr) {
        const std::vector<std::string> others = other_protocols(visit);
        if (visit.not_http || !others.empty()) {
            const std::string alone =
                others.empty() ? "" : fmt::format(" (by ALPN it speaks {} alone)", fmt::join(others, ", "));
            return {"request", Mark::fail, fmt::format("it sends no HTTP/1.1 request{}: it {}", alone, visit.summary()),
                    "the gateway speaks HTTP/1.1: let it offer http/1.1 by ALPN and speak that"};
        }
        return {"request", Mark::fail, fmt::format("no request came: it {}; {}", visit.summary(), ended(round)),
                "see what it wrote: behind the handshake it sent nothing"};
    }
    const std::string asked = fmt::format("{} {}", first->method, first->path());
    if (attempt.answered_well()) {
        return {"request", Mark::ok, fmt::format("it asked {} and was served", asked)};
    }
    if (first->status == 0) {
        return {"request", Mark::fail,
                fmt::format("it asked {} and did not wait for the answer; {}", asked, ended(round)),
                "let it wait for the answer"};
    }
    return {"request", Mark::fail,
            fmt::format("it asked {} and was answered {}; {}", asked, first->status, ended(round)),
            request_remedy(profile, first->status)};
}

Line judge_exit(const Profile& profile, const Round& round) {
    const Claim& claim = round.attempt.claim;
    const std::string sentence = ended(round);
    switch (claim.kind) {
        case Kind::none:
        case Kind::success:
            return {"exit-code", Mark::ok, fmt::format("it says that it succeeded ({})", claim.sentence)};
        case Kind::unsupported:
            return {
                "exit-code", Mark::fail, fmt::format("it was served, and says that it cannot do that: {}", sentence),
                "client.exit.unsupported holds that code (89 unless it says otherwise): let it end with another, or "
                "take the code out there"};
        case Kind::ended_by_us:
            return {"exit-code", Mark::fail, fmt::format("it was served, and went on: {}", sentence),
                    "the act \"read\" is one question: let the command end when it is answered"};
        case Kind::crashed:
            return {"exit-code", Mark::fail, fmt::format("it was served, and crashed: {}", sentence),
                    "start it by hand with the same words and repair that: a client that crashes is not taken for one "
                    "that is served"};
        default: break;
    }
    return {"exit-code", Mark::fail, fmt::format("it was served, and says that it failed: {}", sentence),
            fmt::format("see what it wrote; where that exit code means success, add it: \"exit\": {{\"success\": [{}, "
                        "CODE]}} in \"client\"",
                        fmt::join(profile.client->success, ", "))};
}

Line not_seen(std::string about, std::string_view what) {
    return {std::move(about), Mark::skipped, fmt::format("not seen: {}", what)};
}

}  // namespace

int other_port_in(const std::string& text, const std::string& host, int told) {
    constexpr int most_digits = 5;
    for (const std::string& name : {host, std::string("localhost"), std::string("127.0.0.1"), std::string("::1")}) {
        for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
            std::size_t next = at + name.size();
            next += text.compare(next, 1, "]") == 0 ? 1 : 0;
            for (const std::string_view before : {":", " port ", ", port ", " (port "}) {
                if (text.compare(next, before.size(), before) != 0) {
                    continue;
                }
                int port = 0;
                int digits = 0;
                for (std::size_t i = next + before.size();
                     i < text.size() && text[i] >= '0' && text[i] <= '9' && digits < most_digits; ++i, ++digits) {
                    port = port * 10 + (text[i] - '0');
                }
                if (digits > 0 && port > 0 && port < 65536 && port != told) {
                    return port;
                }
            }
        }
    }
    return 0;
}

bool was_served(const Round& round) {
    return round.attempt.answered_well();
}

Lines judge_round(const Profile& profile, const Round& round, const std::map<std::string, std::string>& variables) {
    Lines lines{judge_start(profile, round)};
    const auto fails = [&lines] { return lines.back().mark == Mark::fail; };
    std::string why = fails() ? "it was not started" : "";
    const auto look = [&](const char* about, const auto& judge, const char* reason) {
        if (why.empty()) {
            lines.push_back(judge());
            why = fails() ? reason : "";
            return;
        }
        lines.push_back(not_seen(about, why));
    };
    look(
        "arrival", [&] { return judge_arrival(profile, round); }, "it did not come");
    look(
        "trust", [&] { return judge_trust(profile, round, variables); }, "there was no handshake");
    if (profile.channel == Channel::cloud) {
        look(
            "client-certificate", [&] { return judge_shown(round); }, "it was not let in");
    }
    look(
        "request", [&] { return judge_request(profile, round); }, "it was not served");
    look(
        "exit-code", [&] { return judge_exit(profile, round); }, "");
    return lines;
}

Line judge_answer_500(const Round& round) {
    const Claim& claim = round.attempt.claim;
    constexpr const char* about = "exit-code-on-500";
    if (round.attempt.first_request() == nullptr) {
        return {about, Mark::skipped, "whether its exit code tells was not seen: it did not come a second time"};
    }
    switch (claim.kind) {
        case Kind::success:
            return {about, Mark::warn, fmt::format("answered 500, it says that it succeeded ({})", claim.sentence),
                    "let it end with another exit code than 0 when a call fails (curl: --fail); until then its word "
                    "counts for nothing, and some verdicts are inconclusive"};
        case Kind::crashed:
            return {about, Mark::warn, fmt::format("answered 500, it crashes: {}", ended(round)),
                    "let it say that the call failed, and end with an exit code"};
        case Kind::ended_by_us:
            return {
                about, Mark::warn,
                fmt::format("answered 500, it was still at it: {} ({} connections)", claim.sentence,
                            round.attempt.visits.size()),
                "where it asks again for long, the checks of throttling and of errors will tell; see that it gives up "
                "before client.patience.end_ms"};
        case Kind::unsupported:
            return {about, Mark::warn, fmt::format("answered 500, it says that it cannot do that: {}", claim.sentence),
                    "end with another exit code for a failure: checks that meet this one are not tried"};
        default: break;
    }
    return {about, Mark::ok, fmt::format("answered 500, it says that it failed ({})", claim.sentence)};
}

}  // namespace gateproof::doctor
