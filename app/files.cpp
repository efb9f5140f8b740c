#include "app/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "app/command.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const char* what) {
    throw std::system_error(errno, std::generic_category(),
                            fmt::format("{} {}", what, reports::printable(file.string())));
}

/// A descriptor that is closed on every way out, and a file that is removed unless it was kept.
class Draft {
public:
    Draft(const std::filesystem::path& file, unsigned mode)
        : file_(file),
          path_(file.string() + fmt::format(".{}.tmp", ::getpid())),
          descriptor_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)) {
        if (descriptor_ < 0) {
            fail(file, "cannot create");
        }
    }
    ~Draft() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
        if (!kept_) {
            ::unlink(path_.c_str());
        }
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t written = ::write(descriptor_, text.data(), text.size());
            if (written < 0 && errno != EINTR) {
                fail(file_, "cannot write");
            }
            text.remove_prefix(static_cast<std::size_t>(written < 0 ? 0 : written));
        }
    }
    void keep() {
        const int descriptor = std::exchange(descriptor_, -1);
        if (::close(descriptor) != 0 || ::rename(path_.c_str(), file_.c_str()) != 0) {
            fail(file_, "cannot write");
        }
        kept_ = true;
    }

private:
    std::filesystem::path file_;
    std::filesystem::path path_;
    int descriptor_;
    bool kept_ = false;
};

}  // namespace

void write_file(const std::filesystem::path& file, std::string_view text, unsigned mode) {
    if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file)) {
        // A device or a pipe (/dev/stdout, a FIFO) cannot be replaced by a rename.
        const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
        if (descriptor < 0 || ::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
            fail(file, "cannot write");
        }
        ::close(descriptor);
        return;
    }
    Draft draft(file, mode);
    draft.write(text);
    draft.keep();
}

void prepare_folder(const std::filesystem::path& wanted, std::string_view option, unsigned mode) {
    const std::filesystem::path folder = wanted.empty() ? "." : wanted;
    try {
        if (std::filesystem::create_directories(folder)) {
            ::chmod(folder.c_str(), mode);
        }
        const Draft probe(folder / "gateproof", 0600);
    } catch (const std::system_error& problem) {
        throw Unusable(fmt::format("{} {}: no files can be written there: {}; choose another folder", option,
                                   reports::printable(folder.string()), problem.code().message()));
    }
}

}  // namespace gateproof::cli
