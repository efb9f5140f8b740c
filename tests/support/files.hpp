// Temporary folders and whole-file reading and writing for tests.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gateproof::test {

/// A folder of its own, removed with everything in it.
class TemporaryFolder {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file (0600) and returns its path.
    std::string write(const std::string& name, std::string_view text) const;

private:
    std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& file);

}  // namespace gateproof::test
