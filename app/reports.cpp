#include "app/reports.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "app/command.hpp"
#include "app/explain/explain.hpp"
#include "app/files.hpp"
#include "app/output.hpp"
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

std::vector<std::filesystem::path> old_reports(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(folder / "run.jsonl", ignored)) {
        return files;
    }
    for (const reports::Format& format : reports::formats()) {
        if (std::filesystem::is_regular_file(folder / format.file, ignored)) {
            files.push_back(folder / format.file);
        }
    }
    return files;
}

void remove_old_reports(const std::filesystem::path& folder) {
    std::error_code ignored;
    for (const std::filesystem::path& file : old_reports(folder)) {
        std::filesystem::remove(file, ignored);
    }
}

std::vector<ReportFile> in_folder(const std::filesystem::path& folder,
                                  const std::vector<const reports::Format*>& formats) {
    std::vector<ReportFile> files;
    for (const reports::Format* format : formats) {
        files.push_back({format, folder / format->file});
    }
    return files;
}

WrittenReports write_reports(reports::Material material, const std::vector<ReportFile>& wanted) {
    WrittenReports written;
    const reports::Explainer said = explainer();
    material.explainer = &said;
    for (const ReportFile& one : wanted) {
        const reports::Format* const format = one.format;
        const std::filesystem::path& file = one.file;
        if (file == "-") {
            format->write(material, [](std::string_view text) { put(stdout, text); });
            flush(stdout);
            continue;
        }
        try {
            // A collector that runs as somebody else picks up the metrics.
            const unsigned mode = format->name == "prometheus" ? public_mode : report_mode;
            write_file(
                file, [&](const reports::Sink& out) { format->write(material, out); }, mode);
            written.files.push_back(file);
        } catch (const std::system_error& problem) {
            written.problems.push_back(fmt::format("cannot write the report: {}", problem.what()));
        }
    }
    return written;
}

}  // namespace gateproof::cli
