// gateproof selftest: the harness proves itself; every fault of the embedded gateway against every check.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/command.hpp"
#include "app/live_view.hpp"
#include "harness/run/plan.hpp"
#include "reports/exit_code.hpp"
#include "reports/text.hpp"
#include "selfproof/matrix.hpp"
#include "selfproof/report.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* footer = R"(Examples:
  gateproof selftest                       every fault against every check, on this machine alone
  gateproof selftest --fault 'accepts-*'   only these faults
  gateproof selftest --json                the whole matrix for programs
  gateproof selftest --html > proof.html   the whole matrix as a page

Proved means: the conforming gateway passes every check; each fault is caught by the checks that it is for and disturbs
no other; every check has a fault. Exit code 1 when anything is not proved.)";

struct SelftestCommand {
    std::string fault = "*";
    std::size_t jobs = 0;
    bool json = false;
    bool markdown = false;
    bool html = false;
};

/// One line that is rewritten in place, on a terminal alone.
class ProgressLine {
public:
    void show(const selfproof::ProveProgress& now) {
        if (!live_ || now.elapsed - shown_ < interval) {
            return;
        }
        shown_ = now.elapsed;
        drawn_ = true;
        fmt::print(stderr, "\r{}/{} faults, {} gateways running, {:.1f} s\x1b[K", now.done, now.total, now.running,
                   static_cast<double>(now.elapsed.count()) / 1000);
        std::fflush(stderr);
    }
    void clear() const {
        if (drawn_) {
            fmt::print(stderr, "\r\x1b[K");
            std::fflush(stderr);
        }
    }

private:
    static constexpr std::chrono::milliseconds interval{100};
    bool live_ = view_options_for(stderr, false, false).live;
    bool drawn_ = false;
    std::chrono::milliseconds shown_{-interval};
};

int execute(const SelftestCommand& command) {
    ProgressLine line;
    selfproof::ProveOptions options;
    options.jobs = command.jobs;
    options.chosen = [&command](const gateway::Fault& fault) { return glob_match(command.fault, fault.name); };
    options.progress = [&line](const selfproof::ProveProgress& now) { line.show(now); };
    if (std::ranges::none_of(gateway::faults(), options.chosen)) {
        throw Unusable(fmt::format("no fault matches {}; gateproof list --faults shows them all",
                                   reports::printable(command.fault)));
    }
    const selfproof::Matrix matrix = selfproof::prove(options);
    line.clear();
    fmt::print("{}", command.json       ? selfproof::json(matrix)
                     : command.markdown ? selfproof::markdown(matrix)
                     : command.html     ? selfproof::html(matrix)
                                        : selfproof::text(matrix));
    const reports::ExitCode code = matrix.interrupted ? reports::ExitCode::interrupted
                                   : matrix.proved()  ? reports::ExitCode::passed
                                                      : reports::ExitCode::failed;
    return static_cast<int>(code);
}

}  // namespace

Command add_selftest(CLI::App& root) {
    CLI::App* app = root.add_subcommand("selftest", "Prove the checks against a gateway broken on purpose");
    const auto command = std::make_shared<SelftestCommand>();
    app->add_option("--fault", command->fault, "Only faults whose name matches")->type_name("GLOB");
    app->add_option("--jobs", command->jobs, "Gateways at a time (default: as many as the processors carry)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, std::size_t{256}));
    CLI::Option* json = app->add_flag("--json", command->json, "As JSON");
    CLI::Option* markdown = app->add_flag("--markdown", command->markdown, "As Markdown")->excludes(json);
    app->add_flag("--html", command->html, "As an HTML page")->excludes(json)->excludes(markdown);
    app->footer(footer);
    return {app, [command] { return execute(*command); }};
}

}  // namespace gateproof::cli
