// gateproof history: how the requirements fared over the runs of a folder, and which checks are flaky.
#include "app/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <regex>
#include <system_error>
#include <vector>

#include "app/command.hpp"
#include "app/files.hpp"
#include "app/journals.hpp"
#include "app/live_view.hpp"
#include "app/output.hpp"
#include "harness/journal/codec.hpp"
#include "harness/journal/read.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* history_footer = R"(Examples:
  gateproof run cloud.json --history /var/lib/gateproof     keeps the run there; its report.html shows the trend
  gateproof history /var/lib/gateproof                      each requirement over time, and flaky checks
  gateproof history /var/lib/gateproof --format json        for programs
  gateproof report run.jsonl --format html --history /var/lib/gateproof --out report.html)";

/// "20260203T120000.000Z-0123abcd.jsonl": sorted by name is sorted by time.
const std::regex& kept_name() {
    static const std::regex name(R"(\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{8}(-\d+of\d+)?\.jsonl)");
    return name;
}

std::string name_of(const RunRecord& run) {
    std::string time = iso_time(run.started);
    std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
    std::string name = fmt::format("{}-{:0<8}", time, run.plan_digest.substr(0, 8));
    if (run.shard.count > 1) {
        name += fmt::format("-{}of{}", run.shard.index, run.shard.count);
    }
    return name + ".jsonl";
}

std::vector<fs::path> kept_runs(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        if (entry.is_regular_file(error) && std::regex_match(entry.path().filename().string(), kept_name())) {
            files.push_back(entry.path());
        }
    }
    if (error) {
        throw Unusable(
            fmt::format("the history {} cannot be read: {}", reports::printable(folder.string()), error.message()));
    }
    std::ranges::sort(files);
    return files;
}

/// A file that is no journal is said on standard error.
reports::Trend trend_of(const std::vector<fs::path>& files) {
    reports::TrendBuilder builder;
    for (const fs::path& file : files) {
        const JournalRead read = read_journal(file);
        if (read.usable) {
            builder.add(read.run);
        } else {
            say(stderr, "gateproof: warning: {} is no journal that this version reads\n",
                reports::printable(file.string()));
        }
    }
    return std::move(builder).finish();
}

}  // namespace

void HistoryOptions::declare(CLI::App& app, bool keeps) {
    CLI::Option* folder = app.add_option("--history", folder_,
                                         keeps ? "Keep the run's journal in this folder too; the HTML report shows the "
                                                 "trend of its runs"
                                               : "HTML: with the trend of the runs in this folder")
                              ->type_name("DIR");
    if (keeps) {
        app.add_option("--history-keep", most_, "How many runs the folder holds; the oldest are removed")
            ->needs(folder)
            ->type_name("N")
            ->check(CLI::Range(std::size_t{1}, std::size_t{100'000}))
            ->capture_default_str();
    }
}

void HistoryOptions::prepare() const {
    if (given()) {
        prepare_folder(folder_, "--history");
    }
}

void HistoryOptions::keep(const RunRecord& run) const {
    write_file(folder_ / name_of(run), encode_run(run));
    const std::vector<fs::path> files = kept_runs(folder_);
    for (std::size_t i = 0; i + most_ < files.size(); ++i) {
        fs::remove(files[i]);
    }
}

reports::Trend HistoryOptions::trend(const std::vector<ReportFile>& wanted) const {
    if (!given()) {
        return {};
    }
    const std::vector<fs::path> files = kept_runs(folder_);
    const bool shown = std::ranges::any_of(wanted, [](const ReportFile& report) { return report.format->shows_trend; });
    return shown ? trend_of(files) : reports::Trend{};
}

Command add_history(CLI::App& root) {
    struct HistoryCommand {
        std::string folder;
        std::string format = "text";
    };
    CLI::App* app = root.add_subcommand("history", "Show how requirements fared over the runs of a folder");
    const auto command = std::make_shared<HistoryCommand>();
    app->add_option("DIR", command->folder, "Folder that gateproof run --history fills")->required();
    app->add_option("--format", command->format, "text or json")
        ->check(CLI::IsMember({"text", "json"}))
        ->type_name("FORMAT")
        ->capture_default_str();
    app->footer(history_footer);
    return {app, [command] {
                const reports::Trend trend = trend_of(kept_runs(command->folder));
                const ViewOptions view = view_options_for(stdout, false, false);
                put(stdout, command->format == "json" ? reports::trend_json(trend)
                                                      : reports::trend_text(trend, {view.colour, false}));
                return 0;
            }};
}

}  // namespace gateproof::cli
