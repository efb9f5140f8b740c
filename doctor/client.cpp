#include "doctor/client.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "suites/shared/certificate_words.hpp"
#include "suites/shared/fitness.hpp"

namespace gateproof::doctor {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

/// What the software may take beyond its start, where somebody waits at a terminal for it.
constexpr auto longest_question = 5000ms;
constexpr auto longest_look_up = 1500ms;
constexpr std::size_t most_of_output = 8192;  // of the software, in which an excerpt is looked for

/// A PKI is never renewed in place, since pins of it have to stay good.
std::string new_pki(const ClientSeen& seen) {
    const std::string folder = std::filesystem::path(seen.ca_file).parent_path().string();
    return fmt::format("mv {0} {0}.old # the next start makes a new one, whose ca.pem has to be trusted again", folder);
}

Line judge_pki(const ClientSeen& seen, SystemTime now) {
    if (!seen.no_target.empty()) {
        return {"test-pki", Mark::fail, seen.no_target};  // it says what to do
    }
    const suites::Finding root = suites::examine_validity(*seen.root, now, {});
    if (root.outcome != Outcome::pass) {
        return {"test-pki", root.outcome == Outcome::fail ? Mark::fail : Mark::warn,
                fmt::format("the root of the test PKI: {}", root.text), new_pki(seen)};
    }
    return {"test-pki", Mark::ok,
            seen.ca_file.empty() ? std::string("in memory, for the client inside this program")
                                 : fmt::format("the software has to trust {} ({})", seen.ca_file, root.text)};
}

/// The certificate that the software has to show: the test PKI's, or its own (client.identity).
Line judge_to_be_shown(const Profile& profile, const ClientSeen& seen, SystemTime now) {
    const Certificate& certificate = *seen.shown;
    const bool issued = profile.client->identity.empty();
    const suites::Finding dates = suites::examine_validity(certificate, now, profile.tls.expiry_warning_days);
    const Mark mark = dates.outcome == Outcome::pass   ? Mark::ok
                      : dates.outcome == Outcome::fail ? Mark::fail
                                                       : Mark::warn;
    Line line{
        "identity", mark,
        fmt::format("{} {}: {}", issued ? "the certificate that the test PKI issued to it," : "its own certificate",
                    certificate.subject(), dates.text)};
    if (mark != Mark::ok) {
        line.remedy = issued ? new_pki(seen) : dates.remedy;
    }
    return line;
}

bool is_loopback(const std::string& address) {
    return address.starts_with("127.") || address == "::1";
}

/// The stage listens on 127.0.0.1, and on ::1 where the machine has that.
Line judge_host(const Profile& profile, const ClientSeen& seen) {
    const std::string& host = profile.client->host;
    if (profile.client->reach == ClientReach::proxy) {
        return {"host", Mark::ok,
                fmt::format("the stage's proxy leads to {}; software that does not ask it calls who has that name",
                            profile.endpoint.authority())};
    }
    const std::string remedy = fmt::format(
        "add this line to /etc/hosts: 127.0.0.1 {} - or take client.reach out of the profile, which makes it localhost",
        host);
    if (seen.host.end != Ending::ok || seen.host.all.empty()) {
        return {"host", Mark::fail, fmt::format("{} leads nowhere: {}", host, seen.host.detail), remedy};
    }
    const bool here =
        std::ranges::any_of(seen.host.all, [](const auto& one) { return one == "127.0.0.1" || one == "::1"; });
    const bool elsewhere = std::ranges::any_of(seen.host.all, [](const auto& one) { return !is_loopback(one); });
    if (!here || elsewhere) {
        return {"host", here ? Mark::warn : Mark::fail,
                fmt::format("{} leads to {}, and the stage listens on 127.0.0.1 and ::1", host,
                            fmt::join(seen.host.all, ", ")),
                remedy};
    }
    return {"host", Mark::ok, fmt::format("{} leads to this machine", host)};
}

Line judge_environment(const Profile& profile, const ClientSeen& seen) {
    std::vector<std::string> names;
    std::vector<std::string> overridden;
    for (const auto& [name, value] : seen.variables) {
        (profile.client->variables.contains(name) ? overridden : names).push_back(name);
    }
    Line line{"environment", Mark::ok,
              fmt::format("set for it at each start: {}, and each placeholder as GATEPROOF_URL, GATEPROOF_CA ...",
                          fmt::join(names, ", "))};
    if (!overridden.empty()) {
        line.text += fmt::format("; client.variables has its own {}", fmt::join(overridden, ", "));
    }
    return line;
}

/// Every answer is an error of the gateway's.
stage::Scene failing(stage::Scene scene) {
    stage::AnswerAct error;
    error.carried_out = false;
    error.said.emplace();
    error.said->status = 500;
    error.said->fields = {{"Content-Type", "application/json"}};
    error.said->body = "{}";
    scene.answers = {std::move(error)};
    scene.every_answer = true;
    return scene;
}

}  // namespace

ClientLook::ClientLook(asio::any_io_executor executor, const Profile& profile, std::shared_ptr<const ClientParts> parts,
                       Redactor& redactor)
    : executor_(std::move(executor)), profile_(profile), redactor_(redactor) {
    try {
        target_ = std::make_unique<ClientTarget>(executor_, profile_, std::move(parts), redactor_);
    } catch (const std::runtime_error& problem) {
        seen_.no_target = problem.what();
        return;
    }
    stage::TestPki& pki = target_->pki();
    seen_.root = pki.root();
    if (profile_.channel == Channel::cloud) {
        seen_.shown = profile_.client->identity.empty() ? pki.client()->leaf : profile_.client->identity.front();
    }
    if (!profile_.client->embedded) {
        seen_.ca_file = pki.file("ca.pem").string();
        seen_.variables = pki.environment();
        seen_.resolves = true;
    }
}

void ClientLook::start() {
    if (!target_) {
        return;
    }
    if (seen_.resolves) {
        Endpoint host;
        host.host = profile_.client->host;
        host.port = profile_.endpoint.port;
        ++running_;
        asio::co_spawn(
            executor_, tcp_addresses(executor_, std::move(host), longest_look_up),
            [this, begun = std::chrono::steady_clock::now()](const std::exception_ptr& thrown, Addresses found) {
                --running_;
                seen_.looks_up_for_ever = std::chrono::steady_clock::now() - begun >= longest_look_up;
                if (!thrown) {
                    seen_.host = std::move(found);
                }
            });
    }
    ++running_;
    asio::co_spawn(executor_, play(), [this](const std::exception_ptr& thrown) {
        --running_;
        target_->cancel();
        if (thrown) {
            try {
                std::rethrow_exception(thrown);
            } catch (const std::exception& problem) {
                seen_.no_target = problem.what();
            }
        }
    });
}

asio::awaitable<Round> ClientLook::round(stage::Scene scene, milliseconds patience) {
    Round round;
    Programme programme;
    programme.scene = std::move(scene);
    programme.name = "doctor";
    round.attempt = co_await target_->attempt(std::move(programme), patience);
    round.said = said_at_end(round.attempt.claim.text, redactor_, most_of_output);
    co_return round;
}

asio::awaitable<void> ClientLook::play() {
    const ClientSoftware& client = *profile_.client;
    if (!client.can(ClientAct::read)) {
        co_return;
    }
    seen_.conforming =
        co_await round(target_->twin(Twin::conforming), std::min(client.end, client.start + longest_question));
    if (!was_served(*seen_.conforming)) {
        co_return;
    }
    // What it takes when it is served, and a while to think about the error.
    seen_.on_500 = co_await round(failing(target_->twin(Twin::conforming)),
                                  std::min(client.end, seen_.conforming->attempt.claim.took + 3000ms));
}

Lines judge_client(const Profile& profile, const ClientSeen& seen, SystemTime now) {
    Lines lines{judge_pki(seen, now)};
    if (!seen.no_target.empty()) {
        return lines;
    }
    if (seen.shown) {
        lines.push_back(judge_to_be_shown(profile, seen, now));
    }
    if (seen.resolves) {
        lines.push_back(judge_host(profile, seen));
    }
    if (!seen.conforming) {
        lines.push_back(
            {"command", Mark::fail, "the profile has no command for the act \"read\"",
             "give client.trigger.command.read, the program and its arguments that make it ask one question: "
             "every check is judged beside that"});
        return lines;
    }
    const Lines round = judge_round(profile, *seen.conforming, seen.variables);
    lines.insert(lines.end(), round.begin(), round.end());
    lines.push_back(seen.on_500 ? judge_answer_500(*seen.on_500)
                                : Line{"exit-code-on-500", Mark::skipped,
                                       "whether its exit code tells was not looked at: it was not served"});
    if (!seen.variables.empty()) {
        lines.push_back(judge_environment(profile, seen));
    }
    return lines;
}

}  // namespace gateproof::doctor
