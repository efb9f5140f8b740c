#include "app/reports.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/command.hpp"
#include "app/files.hpp"
#include "harness/json/near_match.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

[[noreturn]] void refuse(const std::string& name, std::string_view option) {
    std::vector<std::string> known;
    for (const reports::Format& format : reports::formats()) {
        known.emplace_back(format.name);
    }
    throw Unusable(fmt::format("{}: unknown format {}{}", option, reports::printable(name), suggestion(name, known)));
}

}  // namespace

std::vector<const reports::Format*> chosen_formats(const std::vector<std::string>& names, std::string_view option) {
    std::vector<const reports::Format*> chosen;
    for (const std::string& name : names) {
        if (name == "none" && names.size() > 1) {
            throw Unusable(fmt::format("{}: none stands alone, without other formats", option));
        }
        if (name == "none") {
            continue;
        }
        const reports::Format* format = reports::find_format(name);
        if (format == nullptr) {
            refuse(name, option);
        }
        if (std::ranges::find(chosen, format) == chosen.end()) {
            chosen.push_back(format);
        }
    }
    return chosen;
}

std::string formats_help() {
    std::string text = "Report formats:\n";
    for (const reports::Format& format : reports::formats()) {
        text += fmt::format("  {:<11} {:<16} {}\n", format.name, format.file, format.what);
    }
    return text;
}

void remove_old_reports(const std::filesystem::path& folder) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(folder / "run.jsonl", ignored)) {
        return;
    }
    for (const reports::Format& format : reports::formats()) {
        if (std::filesystem::is_regular_file(folder / format.file, ignored)) {
            std::filesystem::remove(folder / format.file, ignored);
        }
    }
}

std::vector<std::filesystem::path> write_reports(const RunRecord& run, const std::filesystem::path& folder,
                                                 const std::vector<const reports::Format*>& formats) {
    std::vector<std::filesystem::path> files;
    for (const reports::Format* format : formats) {
        files.push_back(folder / format->file);
        write_file(files.back(), format->make(run));
    }
    return files;
}

}  // namespace gateproof::cli
