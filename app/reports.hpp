// The reports that `run` and `report` write: names on the command line to files.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/journal/record.hpp"
#include "reports/formats.hpp"

namespace gateproof::cli {

/// "html,junit" and repeated options, each format once; "none" is no report. Throws Unusable with a near name.
/// `option` is what they were given to, for messages.
std::vector<const reports::Format*> chosen_formats(const std::vector<std::string>& names, std::string_view option);

/// A line for each format: name, file and what it is for. For help texts.
std::string formats_help();
/// The reports of an earlier run into this folder; only where it holds a journal, or the files are somebody else's.
std::vector<std::filesystem::path> old_reports(const std::filesystem::path& folder);
/// Removes the reports of the run whose journal the folder holds, before a new run takes its place: if that one is
/// killed, nothing of the old one passes for its result.
void remove_old_reports(const std::filesystem::path& folder);

/// A report and where it goes.
struct ReportFile {
    const reports::Format* format;
    std::filesystem::path file;  ///< "-" is standard output
};

/// Each by its usual name in this folder.
std::vector<ReportFile> in_folder(const std::filesystem::path& folder,
                                  const std::vector<const reports::Format*>& formats);

struct WrittenReports {
    std::vector<std::filesystem::path> files;  ///< standard output is none
    std::vector<std::string> problems;         ///< a sentence for each that could not be written
};

/// Writes every report, also those after one that could not be written.
WrittenReports write_reports(reports::Material material, const std::vector<ReportFile>& wanted);

}  // namespace gateproof::cli
