#include "app/live_view.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "app/output.hpp"
#include "app/process.hpp"
#include "reports/view/known.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

bool set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

std::size_t terminal_columns(std::FILE* out) {
    winsize size{};
    const bool known = ::ioctl(::fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

std::string seconds(std::chrono::milliseconds time) {
    return fmt::format("{:.1f} s", static_cast<double>(time.count()) / 1000);
}

/// "against https://...", "of the client ledgerlink", "of 1 endpoint and 2 clients"
std::string judged_text(const std::vector<TargetRecord>& targets) {
    const auto clients = std::ranges::count(targets, Side::client, &TargetRecord::side);
    const auto endpoints = std::ssize(targets) - clients;
    const auto counted = [](auto count, std::string_view what) {
        return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    if (clients == 0) {
        return endpoints == 1 ? "against " + reports::printable(targets.front().url)
                              : "against " + counted(endpoints, "endpoint");
    }
    if (endpoints == 0) {
        return clients == 1 ? "of the client " + reports::printable(targets.front().name)
                            : "of " + counted(clients, "client");
    }
    return fmt::format("of {} and {}", counted(endpoints, "endpoint"), counted(clients, "client"));
}

}  // namespace

ViewOptions view_options_for(std::FILE* out, bool verbose, bool quiet) {
    const char* term = std::getenv("TERM");
    const bool terminal = ::isatty(::fileno(out)) == 1 && term != nullptr && std::string_view(term) != "dumb";
    const bool live = terminal && !set("CI") && !quiet;
    const bool person = terminal && !set("CI");
    return {out, live, verbose, quiet, person && !set("NO_COLOR"), person ? terminal_columns(out) : 0};
}

std::string time_left(std::chrono::seconds left) {
    return fmt::format("{}:{:02}", left.count() / 60, left.count() % 60);
}

std::string progress_text(const Progress& progress) {
    std::string text = fmt::format("{}/{} done, {} running", progress.done, progress.total, progress.running);
    if (!progress.longest.empty()) {
        text += fmt::format(", longest {} {}", reports::printable(progress.longest), seconds(progress.longest_age));
    }
    return text + ", elapsed " + seconds(progress.elapsed);
}

void LiveView::started(const RunRecord& run) {
    shell_.started = run.started;
    shell_.targets = run.targets;
    shell_.known = run.known;
    const bool again =
        !run.reruns.empty() && (run.resumptions.empty() || run.resumptions.back().at < run.reruns.back().at);
    std::size_t open = 0;
    std::size_t skipped = 0;
    for (const CheckRecord& check : run.checks) {
        skipped += check.skip_reason.empty() ? 0 : 1;
        open += check.skip_reason.empty() && !check.result ? 1 : 0;
    }
    const std::size_t to_run = again ? run.reruns.back().checks.size() : open;
    const std::string kept = again || !run.resumptions.empty()
                                 ? fmt::format("{} judged before, ", run.checks.size() - skipped - open)
                                 : std::string();
    const std::string left_out =
        run.left_out_count() == 0 ? "" : fmt::format(", {} not selected", run.left_out_count());
    print(fmt::format("{} {} check{} {}{} ({}{} skipped{}), seed {}{}\n", again ? "Judging" : "Running", to_run,
                      to_run == 1 ? "" : "s", again ? "again " : "", judged_text(run.targets), kept, skipped, left_out,
                      run.seed,
                      run.shard.count > 1 ? fmt::format(", shard {} of {}", run.shard.index, run.shard.count) : ""));
}

void LiveView::check_ended(const CheckRecord& check) {
    if (!check.result) {
        return;
    }
    const Outcome outcome = check.result->outcome;
    const CheckRecord* told = &check;
    if (shell_.known) {
        shell_.checks = {check};
        reports::accept_known(shell_);
        told = &shell_.checks.front();
    }
    const bool failed = (outcome == Outcome::fail || outcome == Outcome::error) && !told->accepted;
    failed_ += failed ? 1 : 0;
    // Where there is a live line it counts them, and the summary tells each once.
    if (options_.verbose || (failed && !options_.live) || check.attempt() > 1) {
        print(reports::check_line(*told, *check.result, style()));
    }
}

void LiveView::cut_off(const Profile& profile, const CutOff& found) {
    print(fmt::format("{} {}: {}\n", found.advice.empty() ? "CUT OFF     " : "NOT SERVED  ",
                      reports::printable(profile.name), reports::printable(found.sentence())));
}

void LiveView::tick(const Progress& progress) {
    if (!options_.live) {
        return;
    }
    // The last column stays free: some terminals wrap as soon as it is written.
    const std::string failed = failed_ == 0 ? std::string() : fmt::format(", {} failed", failed_);
    const std::string text = reports::cut_to_columns(
        waiting_for_.empty() ? progress_text(progress) + failed : waiting_for_, terminal_columns(options_.out) - 1);
    say(options_.out, "\r{}\x1b[K", text);
    flush(options_.out);
    line_shown_ = true;
}

void LiveView::ended(const RunRecord&) {
    clear_line();
    flush(options_.out);
}

void LiveView::asked(const HumanStep& step) {
    print(fmt::format("\nCheck {} of {}, {} {}: in your browser {}. The address, on this machine:\n  {}\n", step.number,
                      step.of, reports::printable(step.target), reports::printable(step.check),
                      step.decision == oauth::Decision::agree
                          ? "log in as your test user if you are asked, and press Allow"
                          : "log in as your test user if you are asked, and press DENY",
                      reports::printable(step.url)));
    if (options_.opens_browser && !open_browser(step.url)) {
        options_.opens_browser = false;
        print("No browser could be started; open the address by hand, or name one in $BROWSER.\n");
    }
}

void LiveView::waits(const HumanStep& step, std::chrono::seconds left) {
    waiting_for_ = fmt::format("check {} of {}: press {}, {} left", step.number, step.of,
                               step.decision == oauth::Decision::agree ? "Allow" : "DENY", time_left(left));
}

void LiveView::ended(const HumanStep& step, bool done) {
    waiting_for_.clear();
    print(done ? "The browser came back.\n" : fmt::format("Nobody did this within {} s.\n", step.patience.count()));
}

void LiveView::clear_line() {
    if (line_shown_) {
        say(options_.out, "\r\x1b[K");
        line_shown_ = false;
    }
}

void LiveView::print(const std::string& text) {
    if (options_.quiet) {
        return;
    }
    clear_line();
    put(options_.out, text);
    flush(options_.out);
}

}  // namespace gateproof::cli
