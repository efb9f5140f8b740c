// gateproof client serve: holds the scene of one check for whoever comes, to debug against.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "app/command.hpp"
#include "app/duration.hpp"
#include "app/files.hpp"
#include "app/output.hpp"
#include "app/targets.hpp"
#include "app/visit_text.hpp"
#include "harness/run/client/target.hpp"
#include "harness/run/client/visitors.hpp"
#include "harness/trigger/command.hpp"
#include "reports/view/text.hpp"
#include "selfproof/client_parts.hpp"
#include "suites/client/judge.hpp"

namespace gateproof::cli {
namespace {

namespace asio = boost::asio;

constexpr const char* serve_footer = R"(Examples:
  gateproof client serve ledgerlink.json                     the conforming gateway, until Ctrl-C
  gateproof client serve ledgerlink.json --check client-trust.expired-refused
                                                             the scene of that check, on one port
  gateproof client serve ledgerlink.json --port 4046 --visits 1
It starts nothing: it prints the address, a file of variables to take into another terminal, and the command of the
profile as it is to be typed there; then a line for each connection, and what the check makes of it.)";

/// A folder of this process, gone with this object.
class OwnFolder {
public:
    OwnFolder() {
        std::string name =
            (std::filesystem::absolute(std::filesystem::temp_directory_path()) / "gateproof-serve-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) {
            throw std::system_error(errno, std::generic_category(), name);
        }
        path_ = name;
        std::filesystem::create_directory(path_ / "work");
    }
    ~OwnFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    OwnFolder(const OwnFolder&) = delete;
    OwnFolder& operator=(const OwnFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// For a shell, between single quotes.
std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + '\'';
}

/// A word of the profile's command as it is typed where the variables are set: "$GATEPROOF_URL/status".
std::string typed(std::string_view word) {
    std::map<std::string, std::string> variables;
    std::string text;
    for (const char c : word) {
        if (c == '\\' || c == '"' || c == '`' || c == '$') {
            text += '\\';
        }
        text += c;
    }
    for (const std::string_view placeholder : client_placeholders) {
        variables.emplace(std::string(placeholder), fmt::format("${{{}}}", variable_of(placeholder)));
    }
    const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("-_./=:,+@%").find(c) != std::string_view::npos;
    });
    return plain ? std::string(word) : '"' + with_placeholders(text, variables) + '"';
}

/// The conforming gateway, as a check that shows nothing else.
const Check& conforming() {
    static const Check check{.id = "conforming",
                             .title = "The conforming gateway",
                             .requirements = {},
                             .run = suites::is_served("the conforming gateway", "see the line of its connection",
                                                      [](stage::Scene&, const ClientContext&) {}),
                             .control = Control::none};
    return check;
}

struct ClientServeCommand {
    std::string file;
    std::string check;
    std::string case_name;
    std::uint16_t port = 0;
    std::string duration;
    std::size_t visits = 0;

    void declare(CLI::App& app);
    [[nodiscard]] Profile load() const;
    /// Throws Unusable where there is none, or the profile does not have what it needs.
    [[nodiscard]] PlannedCheck plan(const Profile& profile) const;
    [[nodiscard]] std::string cases_text(const std::vector<PlannedCheck>& cases) const;
    int execute() const;
};

void ClientServeCommand::declare(CLI::App& app) {
    app.add_option("PROFILE", file, "A profile of client software")->required();
    CLI::Option* const one =
        app.add_option("--check", check, "Show the scene of this check (default: the conforming gateway)");
    one->type_name("ID");
    app.add_option("--case", case_name, "Of a check that has several cases")->type_name("NAME")->needs(one);
    app.add_option("--port", port, "Listen there (default: a port that the system chooses)")->type_name("PORT");
    app.add_option("--for", duration, "End after this time, such as 90s or 10m")
        ->type_name("DURATION")
        ->check([](const std::string& text) {
            return parse_duration(text) ? std::string() : "not a time such as 90s, 5m or 1h: " + text;
        });
    app.add_option("--visits", visits, "End after so many connections")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}));
    app.footer(serve_footer);
}

Profile ClientServeCommand::load() const {
    EmbeddedGateway none({});
    LoadedProfile loaded = load_named_profile(file, {none.resolver(), true});
    if (!loaded.profile) {
        std::string problems;
        for (const ProfileProblem& problem : loaded.problems) {
            problems += "\n" + problem.text();
        }
        throw Unusable("unusable profile" + problems);
    }
    if (!loaded.profile->client) {
        throw Unusable(fmt::format(
            "{} is the profile of a gateway, and client software is what scenes are for; gateproof client init makes "
            "a profile of yours, and gateproof gateway runs the embedded gateway",
            shown_word(file)));
    }
    loaded.profile->limits.repeat = 1;  // each visitor is to hear what comes of it
    if (loaded.profile->client->embedded) {
        throw Unusable(fmt::format(
            "{} is about the client inside this program, which nobody debugs; gateproof client init makes a profile of "
            "your software",
            shown_word(file)));
    }
    return std::move(*loaded.profile);
}

std::string ClientServeCommand::cases_text(const std::vector<PlannedCheck>& cases) const {
    std::string text;
    for (const PlannedCheck& one : cases) {
        text += fmt::format("\n  --case {}: {}", one.the_case.name, one.title());
    }
    return text;
}

PlannedCheck ClientServeCommand::plan(const Profile& profile) const {
    if (check.empty()) {
        PlannedCheck planned;
        planned.check = &conforming();
        return planned;
    }
    Selection selection;
    selection.checks = {check};
    selection.allow_active = true;
    const Plan plan = plan_of({profile}, selection);
    const Check* const found = plan.checks.front().check;
    std::vector<PlannedCheck> cases;
    for (const PlannedCheck& planned : plan.checks) {
        if (planned.check != found) {
            throw Unusable(
                fmt::format("--check {} means several checks, and one scene can be held; gateproof list --side "
                            "client shows them",
                            shown_word(check)));
        }
        if (case_name.empty() || planned.the_case.name == case_name) {
            cases.push_back(planned);
        }
    }
    if (cases.empty()) {
        throw Unusable(
            fmt::format("--case {}: {} has no such case{}", shown_word(case_name), found->id,
                        plan.checks.front().the_case.name.empty() ? "; leave --case out" : cases_text(plan.checks)));
    }
    if (cases.size() > 1) {
        throw Unusable(fmt::format("{} has {} cases; give one{}", found->id, cases.size(), cases_text(cases)));
    }
    if (!cases.front().skip_reason.empty()) {
        throw Unusable(
            fmt::format("{} is not run with this profile: {}", cases.front().id(), cases.front().skip_reason));
    }
    return cases.front();
}

/// What is told while a scene is held.
class Telling {
public:
    Telling(const Profile& profile, const PlannedCheck& planned, const std::filesystem::path& folder)
        : profile_(profile), planned_(planned), variables_(folder / "variables") {}

    void on_stage(const stage::Place& place, const StartValues& values) {
        std::string text;
        const std::vector<std::pair<std::string, std::string>> all = variables_of(*profile_.client, values);
        for (const auto& [name, value] : all) {
            text += fmt::format("export {}={}\n", name, shell_quoted(value));
        }
        write_file(variables_, text, secret_mode);
        const bool changed = last_ && *last_ != place.scene();
        last_ = place.scene();
        if (std::exchange(told_, true)) {
            if (changed && !between_) {
                say(stdout, "  the check goes on with another scene: come again\n");
                flush(stdout);
            }
            between_ = false;
            return;
        }
        between_ = false;
        say(stdout, "scene    {}: {}\n", planned_.id(), reports::printable(planned_.title()));
        say(stdout, "url      {}\n", reports::printable(values.placeholders.at("url")));
        if (const auto proxy = values.placeholders.find("proxy"); proxy != values.placeholders.end()) {
            say(stdout, "proxy    {}\n", reports::printable(proxy->second));
        }
        say(stdout, "trust    {}\n", reports::printable(values.placeholders.at("ca")));
        say(stdout, "values   {} (secrets among them: they are not shown here)\n",
            reports::printable(variables_.string()));
        std::vector<std::string> words;
        for (const auto& [act, command] : profile_.client->acts) {
            words.clear();
            std::ranges::transform(command.arguments, std::back_inserter(words), typed);
            say(stdout, "{:<8} . {}; {}\n", to_string(act), reports::printable(shell_quoted(variables_.string())),
                reports::printable(fmt::format("{}", fmt::join(words, " "))));
        }
        say(stdout, "serving until Ctrl-C; a line for each connection when it has ended\n");
        flush(stdout);
    }
    void visit(const stage::Visit& visit) {
        say(stdout, "{}\n", visit_line(visit));
        flush(stdout);
        ++visits_;
    }
    void judged(const Verdict& verdict) {
        between_ = true;
        say(stdout, "  {}: {}{}\n", to_string(verdict.outcome()), reports::printable(verdict.sentence()),
            verdict.remedy().empty() ? "" : "\n  to do: " + reports::printable(verdict.remedy()));
        flush(stdout);
    }
    [[nodiscard]] std::size_t visits() const { return visits_; }

private:
    const Profile& profile_;
    const PlannedCheck& planned_;
    std::filesystem::path variables_;
    std::size_t visits_ = 0;
    bool told_ = false;
    bool between_ = false;                   ///< a run of the check has ended, and the next begins
    std::optional<stage::Scene> last_ = {};  ///< that was shown
};

int ClientServeCommand::execute() const {
    const Profile profile = load();
    const PlannedCheck planned = plan(profile);
    const OwnFolder folder;
    Telling telling(profile, planned, folder.path());
    asio::io_context io;
    Redactor redactor({});
    const auto visitors = std::make_shared<Visitors>(port, folder.path() / "work");
    const auto parts = std::make_shared<ClientParts>(*selfproof::embedded_client_parts());
    parts->visitors = visitors;
    std::unique_ptr<ClientTarget> target;
    try {
        target = std::make_unique<ClientTarget>(io.get_executor(), profile, parts, redactor);
    } catch (const std::runtime_error& problem) {
        throw Unusable(problem.what());
    }
    asio::cancellation_signal cancellation;
    asio::signal_set signals(io, SIGINT, SIGTERM);
    asio::steady_timer end(io);
    bool ended = false;
    const auto stop = [&] {
        if (!std::exchange(ended, true)) {
            cancellation.emit(asio::cancellation_type::terminal);
            target->cancel();
            signals.cancel();
            end.cancel();
        }
    };
    visitors->on_stage = [&](const stage::Place& place, const StartValues& values) { telling.on_stage(place, values); };
    visitors->on_visit = [&](const stage::Visit& visit) {
        if (visits == 0 || telling.visits() < visits) {
            telling.visit(visit);
        }
    };
    signals.async_wait([&](const boost::system::error_code& error, int) {
        if (!error) {
            stop();
        }
    });
    if (!duration.empty()) {
        end.expires_after(*parse_duration(duration));
        end.async_wait([&](const boost::system::error_code& error) {
            if (!error) {
                stop();
            }
        });
    }
    std::exception_ptr broken;
    const auto judged = [&](const Verdict& verdict) {
        telling.judged(verdict);
        if (visits > 0 && telling.visits() >= visits) {
            asio::post(io, stop);
        }
    };
    asio::co_spawn(io, serve_visitors(*target, planned, *visitors, judged),
                   asio::bind_cancellation_slot(cancellation.slot(), [&](const std::exception_ptr& thrown) {
                       broken = ended ? nullptr : thrown;
                       stop();
                   }));
    io.run();
    if (broken) {
        try {
            std::rethrow_exception(broken);
        } catch (const boost::system::system_error& problem) {
            throw Unusable(fmt::format("--port {}: {}; choose another, or leave it out", port, problem.what()));
        }
    }
    return 0;
}

}  // namespace

Command add_client_serve(CLI::App& root) {
    CLI::App* const app = root.get_subcommand("client")->add_subcommand(
        "serve", "Hold the scene of a check for whoever comes, to debug against");
    const auto command = std::make_shared<ClientServeCommand>();
    command->declare(*app);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
