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

/// A file that is open for writing, and closed on every way out.
class Descriptor {
public:
    /// `file`: what errors name.
    Descriptor(const std::filesystem::path& file, const std::string& path, int flags, unsigned mode)
        : file_(file), descriptor_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
        if (descriptor_ < 0) {
            fail(file, (flags & O_CREAT) != 0 ? "cannot create" : "cannot write");
        }
    }
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    void write(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t written = ::write(descriptor_, text.data(), text.size());
            if (written < 0 && errno != EINTR) {
                fail(file_, "cannot write");
            }
            text.remove_prefix(static_cast<std::size_t>(written < 0 ? 0 : written));
        }
    }
    /// False: what was written is lost.
    bool close() {
        const int descriptor = std::exchange(descriptor_, -1);
        return descriptor < 0 || ::close(descriptor) == 0;
    }

private:
    std::filesystem::path file_;
    int descriptor_;
};

/// A file beside the one that is meant, removed unless it was kept.
class Draft {
public:
    Draft(const std::filesystem::path& file, unsigned mode)
        : file_(file),
          path_(file.string() + fmt::format(".{}.tmp", ::getpid())),
          descriptor_(file, path_, O_WRONLY | O_CREAT | O_EXCL, mode) {}
    ~Draft() {
        if (!kept_) {
            ::unlink(path_.c_str());
        }
    }
    Draft(const Draft&) = delete;
    Draft& operator=(const Draft&) = delete;

    void write(std::string_view text) const { descriptor_.write(text); }
    void keep() {
        if (!descriptor_.close() || ::rename(path_.c_str(), file_.c_str()) != 0) {
            fail(file_, "cannot write");
        }
        kept_ = true;
    }

private:
    std::filesystem::path file_;
    std::string path_;
    Descriptor descriptor_;
    bool kept_ = false;
};

}  // namespace

void write_file(const std::filesystem::path& file, std::string_view text, unsigned mode) {
    write_file(
        file, [text](const reports::Sink& out) { out(text); }, mode);
}

void write_file(const std::filesystem::path& file, const std::function<void(const reports::Sink&)>& write,
                unsigned mode) {
    if (std::filesystem::exists(file) && !std::filesystem::is_regular_file(file)) {
        if (mode == secret_mode) {
            require_place_for_secret(file);
        }
        // A device or a pipe (/dev/stdout, a FIFO) cannot be replaced by a rename.
        const Descriptor device(file, file, O_WRONLY, 0);
        write([&](std::string_view text) { device.write(text); });
        return;
    }
    Draft draft(file, mode);
    write([&](std::string_view text) { draft.write(text); });
    draft.keep();
}

void require_place_for_secret(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored)) {
        throw Unusable(fmt::format(
            "{} is no regular file but a folder, a pipe or a device, from which somebody else may read the secret; name "
            "another file",
            reports::printable(file.string())));
    }
}

void prepare_folder(const std::filesystem::path& wanted, std::string_view option, unsigned mode) {
    const std::filesystem::path folder = wanted.empty() ? "." : wanted;
    try {
        if (std::filesystem::create_directories(folder)) {
            // What the umask took away stays away.
            const auto made = static_cast<unsigned>(std::filesystem::status(folder).permissions());
            ::chmod(folder.c_str(), mode & made);
        }
        const Draft probe(folder / "gateproof", 0600);
    } catch (const std::system_error& problem) {
        throw Unusable(fmt::format("{} {}: no files can be written there: {}; choose another folder", option,
                                   reports::printable(folder.string()), problem.code().message()));
    }
}

}  // namespace gateproof::cli
