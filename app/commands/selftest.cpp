// gateproof selftest: the harness proves itself; every fault of the embedded gateway, or of the reference client,
// against every check of its side.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "app/command.hpp"
#include "app/duration.hpp"
#include "app/live_view.hpp"
#include "app/output.hpp"
#include "harness/run/plan.hpp"
#include "reports/view/exit_code.hpp"
#include "reports/view/text.hpp"
#include "selfproof/client_matrix.hpp"
#include "selfproof/client_report.hpp"
#include "selfproof/matrix.hpp"
#include "selfproof/report.hpp"
#include "selfproof/soak.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* selftest_footer = R"(Examples:
  gateproof selftest                       every fault against every check, on this machine alone
  gateproof selftest --fault 'accepts-*'   only these faults
  gateproof selftest --side client         every fault of the reference client against every check of client software
  gateproof selftest --alone               never two faults on one gateway: takes four times as long
  gateproof selftest --json                the whole matrix for programs
  gateproof selftest --html > proof.html   the whole matrix as a page
  gateproof selftest --soak 10000,30m      the conforming gateway, judged again and again; does the process grow?

Proved means: the conforming gateway passes every check; each fault is caught by the checks that it is for and disturbs
no other; every check has a fault; and, where no faults are chosen, the stage, which plays the gateway for client
software, passes what the gateway passes, but for what it is not asked for and why (stage.left_out in --json). Exit code
1 when anything is not proved.)";

struct SelftestCommand {
    std::string fault = "*";
    std::string side = "gateway";
    std::size_t jobs = 0;
    bool alone = false;
    bool json = false;
    bool markdown = false;
    bool html = false;
    std::string soak;
};

/// One line that is rewritten in place, on a terminal alone.
class ProgressLine {
public:
    void show(const selfproof::ProveProgress& now) {
        draw(now.elapsed, fmt::format("{}/{} faults, {} gateways running", now.done, now.total, now.running));
    }
    void show(std::size_t clients) { draw(elapsed(), fmt::format("{} clients judged", clients)); }
    [[nodiscard]] std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun_);
    }
    void show(const selfproof::SoakSample& now) {
        draw(now.elapsed, fmt::format("{} runs, {} KiB, {} descriptors, {} threads", now.runs, now.resident_kib,
                                      now.descriptors, now.threads));
    }
    void clear() const {
        if (drawn_) {
            say(stderr, "\r\x1b[K");
            flush(stderr);
        }
    }

private:
    static constexpr std::chrono::milliseconds interval{100};

    void draw(std::chrono::milliseconds elapsed, const std::string& words) {
        if (!live_ || elapsed - shown_ < interval) {
            return;
        }
        shown_ = elapsed;
        drawn_ = true;
        say(stderr, "\r{}, {:.1f} s\x1b[K", words, static_cast<double>(elapsed.count()) / 1000);
        flush(stderr);
    }

    bool live_ = view_options_for(stderr, false, false).live;
    bool drawn_ = false;
    std::chrono::milliseconds shown_{-interval};
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

/// "10000" runs, the time that "30m" says, or "10000,30m": whichever ends first.
selfproof::SoakOptions soak_options(const std::string& words) {
    selfproof::SoakOptions options;
    options.runs = std::numeric_limits<std::size_t>::max();
    options.time = std::chrono::milliseconds::max();
    std::istringstream parts(words);
    for (std::string part; std::getline(parts, part, ',');) {
        const bool digits = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
        const std::optional<std::chrono::milliseconds> time = parse_duration(part);
        if (digits && part.size() < 10 && std::stoul(part) > 0) {
            options.runs = std::stoul(part);
        } else if (!digits && time) {
            options.time = *time;
        } else {
            throw Unusable("--soak takes a number of runs, a time or both, such as 10000, 30m or 10000,30m");
        }
    }
    return options;
}

int execute_soak(const SelftestCommand& command) {
    ProgressLine line;
    selfproof::SoakOptions options = soak_options(command.soak);
    options.progress = [&line](const selfproof::SoakSample& now) { line.show(now); };
    const selfproof::Soak result = selfproof::soak(options);
    line.clear();
    put(stdout, command.markdown ? selfproof::soak_markdown(result) : selfproof::soak_text(result));
    return static_cast<int>(result.interrupted   ? reports::ExitCode::interrupted
                            : result.sound()     ? reports::ExitCode::passed
                            : result.undecided() ? reports::ExitCode::inconclusive
                                                 : reports::ExitCode::failed);
}

[[noreturn]] void refuse_fault(const SelftestCommand& command) {
    throw Unusable(fmt::format("no fault matches {}; gateproof list --faults --side {} shows them all",
                               reports::printable(command.fault), command.side));
}

template <class Matrix>
int exit_code(const Matrix& matrix) {
    return static_cast<int>(matrix.interrupted ? reports::ExitCode::interrupted
                            : matrix.proved()  ? reports::ExitCode::passed
                                               : reports::ExitCode::failed);
}

int execute_clients(const SelftestCommand& command) {
    if (command.jobs != 0 || command.markdown || command.html || !command.soak.empty()) {
        throw Unusable("--jobs, --markdown, --html and --soak are of gateways: leave them out, or --side client");
    }
    ProgressLine line;
    selfproof::ClientProofOptions options;
    options.sharing = command.alone ? 1 : options.sharing;
    options.chosen = [&command](const client::Fault& fault) { return glob_match(command.fault, fault.name); };
    options.progress = [&line](std::size_t runs) { line.show(runs); };
    if (std::ranges::none_of(client::faults(), options.chosen)) {
        refuse_fault(command);
    }
    const selfproof::ClientMatrix matrix = selfproof::prove_clients(options);
    line.clear();
    put(stdout, command.json ? selfproof::json(matrix, line.elapsed()) : selfproof::text(matrix, line.elapsed()));
    return exit_code(matrix);
}

int execute(const SelftestCommand& command) {
    if (command.side == "client") {
        return execute_clients(command);
    }
    if (!command.soak.empty()) {
        return execute_soak(command);
    }
    ProgressLine line;
    selfproof::ProveOptions options;
    options.jobs = command.jobs;
    options.alone = command.alone;
    options.stage = command.fault == "*";
    options.chosen = [&command](const gateway::Fault& fault) { return glob_match(command.fault, fault.name); };
    options.progress = [&line](const selfproof::ProveProgress& now) { line.show(now); };
    if (std::ranges::none_of(gateway::faults(), options.chosen)) {
        refuse_fault(command);
    }
    const selfproof::Matrix matrix = selfproof::prove(options);
    line.clear();
    put(stdout, command.json       ? selfproof::json(matrix)
                : command.markdown ? selfproof::markdown(matrix)
                : command.html     ? selfproof::html(matrix)
                                   : selfproof::text(matrix));
    return exit_code(matrix);
}

}  // namespace

Command add_selftest(CLI::App& root) {
    CLI::App* app =
        root.add_subcommand("selftest", "Prove the checks against a gateway, or a client, broken on purpose");
    const auto command = std::make_shared<SelftestCommand>();
    app->add_option("--fault", command->fault, "Only faults whose name matches")->type_name("GLOB");
    app->add_option("--side", command->side, "Which checks are proved (default: those of gateways)")
        ->type_name("gateway,client")
        ->check(CLI::IsMember({"gateway", "client"}));
    app->add_option("--jobs", command->jobs, "Gateways at a time (default: as many as the processors carry)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{256}));
    app->add_flag("--alone", command->alone,
                  "Each fault on a gateway of its own; otherwise up to six share one, if no suite is to notice two of "
                  "them, and are run by themselves should anything else be noticed");
    CLI::Option* json = app->add_flag("--json", command->json, "As JSON");
    CLI::Option* markdown = app->add_flag("--markdown", command->markdown, "As Markdown")->excludes(json);
    app->add_flag("--html", command->html, "As an HTML page")->excludes(json)->excludes(markdown);
    app->add_option("--soak", command->soak, "Judge the conforming gateway so often, or so long, in this one process")
        ->type_name("N,TIME")
        ->excludes(json);
    app->footer(selftest_footer);
    return {app, [command] { return execute(*command); }};
}

}  // namespace gateproof::cli
