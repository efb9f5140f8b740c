// What the user sees while a run goes on: one live line on a terminal, plain lines elsewhere.
#pragma once

#include <cstdio>
#include <string>

#include "harness/run/runner.hpp"
#include "reports/formats/console.hpp"

namespace gateproof::cli {

struct ViewOptions {
    std::FILE* out = stdout;
    bool live = false;     ///< a line that is rewritten in place
    bool verbose = false;  ///< a line for each check that ends; otherwise for failures and errors alone
    bool quiet = false;    ///< nothing at all
    bool colour = false;
    std::size_t columns = 0;     ///< ConsoleStyle::columns
    bool opens_browser = false;  ///< for the steps of a human; the address is printed all the same
};

/// Live and colour as `out`, NO_COLOR (no-color.org), CI and TERM ask for.
ViewOptions view_options_for(std::FILE* out, bool verbose, bool quiet);

class LiveView : public RunObserver, public HumanConsole {
public:
    explicit LiveView(ViewOptions options) : options_(options) {}

    void started(const RunRecord& run) override;
    void check_ended(const CheckRecord& check) override;
    void cut_off(const Profile& profile, const CutOff& found) override;
    void tick(const Progress& progress) override;
    void ended(const RunRecord& run) override;

    void asked(const HumanStep& step) override;
    void waits(const HumanStep& step, std::chrono::seconds left) override;
    void ended(const HumanStep& step, bool done) override;

    [[nodiscard]] reports::ConsoleStyle style() const { return {options_.colour, options_.verbose, options_.columns}; }

private:
    void print(const std::string& text);
    void clear_line();

    ViewOptions options_;
    bool line_shown_ = false;
    std::size_t failed_ = 0;   ///< so far, without those that are known
    RunRecord shell_;          ///< the run without its checks, for what the list of known failures says of one
    std::string waiting_for_;  ///< of a human, on the live line; empty: no step is on
};

/// "4:59"
std::string time_left(std::chrono::seconds left);

/// "12/34 done, 5 running, longest cloud tls.refuses-1.1 3.2 s, elapsed 4.1 s"
std::string progress_text(const Progress& progress);

}  // namespace gateproof::cli
