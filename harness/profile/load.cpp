#include "harness/profile/load.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

#include "harness/profile/json_tree.hpp"
#include "harness/profile/problems.hpp"
#include "harness/profile/read_profile.hpp"
#include "harness/profile/reference.hpp"

namespace gateproof {

namespace {

LoadedProfile unreadable(const std::filesystem::path& file, std::string message) {
    LoadedProfile loaded;
    loaded.problems.push_back({file.string(), 0, 0, "", std::move(message)});
    return loaded;
}

}  // namespace

LoadedProfile load_profile_text(std::string_view text, const std::string& name, const std::filesystem::path& directory,
                                const LoadOptions& options) {
    LoadedProfile loaded;
    const LineIndex lines(text);
    Problems problems(name, lines);
    const JsonTree tree = parse_json_tree(text);
    for (const JsonFault& fault : tree.faults) {
        problems.error(Problems::Rank::syntax, fault.offset, fault.pointer, fault.message);
    }
    if (tree.root) {
        References references(problems, directory, options, loaded.secrets);
        Profile profile = read_profile(*tree.root, references);
        if (!problems.any()) {
            loaded.profile = std::move(profile);
        }
    }
    loaded.problems = problems.errors();
    loaded.warnings = problems.warnings();
    return loaded;
}

LoadedProfile load_profile(const std::filesystem::path& file, const LoadOptions& options) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(file, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        return unreadable(file, "this profile does not exist");
    }
    if (error) {
        return unreadable(file, fmt::format("this profile cannot be read: {}", error.message()));
    }
    if (std::filesystem::is_directory(status)) {
        return unreadable(file, "this is a folder; expected a profile (a JSON file)");
    }
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return unreadable(file,
                          fmt::format("this profile cannot be opened: {}", std::generic_category().message(errno)));
    }
    const std::string text = read_at_most(in, max_json_bytes);
    LoadedProfile loaded = load_profile_text(text, file.string(), file.parent_path(), options);
    if (loaded.profile) {
        loaded.profile->file = file;
    }
    return loaded;
}

}  // namespace gateproof
