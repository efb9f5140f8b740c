// The reader of an archive's own records: whatever comes, no input is a tar and a zip at once, and an archive with
// something behind it is none. An input is a file.
#include <cstdint>
#include <sstream>
#include <string>

#include "evidence/archive_shape.hpp"
#include "fuzz/require.hpp"

namespace {

using gateproof::evidence::ArchiveShape;

constexpr std::size_t most_entries = 100;

ArchiveShape tar(const std::string& bytes) {
    std::istringstream in(bytes);
    return gateproof::evidence::tar_shape(in, bytes.size(), most_entries);
}

ArchiveShape zip(const std::string& bytes) {
    std::istringstream in(bytes);
    return gateproof::evidence::zip_shape(in, bytes.size(), most_entries);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const ArchiveShape as_tar = tar(bytes);
    const ArchiveShape as_zip = zip(bytes);
    require(!as_tar.problem.empty() || !as_zip.problem.empty(), "a tar and a zip at once");
    require(as_tar.entries.size() <= most_entries && as_zip.entries.size() <= most_entries, "more files than allowed");
    if (as_tar.problem.empty()) {
        require(!tar(bytes + "x").problem.empty(), "a tar with something behind it");
    }
    if (as_zip.problem.empty()) {
        require(!zip(bytes + "x").problem.empty() && !zip("x" + bytes).problem.empty(),
                "a zip with something around it");
    }
    return 0;
}
