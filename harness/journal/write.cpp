#include "harness/journal/write.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "harness/journal/codec.hpp"

namespace gateproof {
namespace {

/// The bytes after the last '\n' of the file, and where they begin; a longer rest than a line may have is cut short.
struct LastLine {
    off_t begin = 0;
    std::string text;
};

LastLine last_line_of(int descriptor, off_t size) {
    LastLine last;
    std::array<char, 65536> block{};
    for (off_t end = size; end > 0;) {
        const auto wanted = static_cast<std::size_t>(std::min<off_t>(end, block.size()));
        const ssize_t got = ::pread(descriptor, block.data(), wanted, end - static_cast<off_t>(wanted));
        if (got != static_cast<ssize_t>(wanted)) {
            throw std::system_error(errno, std::generic_category());
        }
        const std::string_view bytes(block.data(), wanted);
        const std::size_t newline = bytes.rfind('\n');
        const std::string_view rest = newline == std::string_view::npos ? bytes : bytes.substr(newline + 1);
        if (last.text.size() <= max_journal_line) {
            last.text.insert(0, rest);
        }
        end -= static_cast<off_t>(rest.size());
        last.begin = end;
        if (newline != std::string_view::npos) {
            break;
        }
    }
    return last;
}

}  // namespace

JournalWriter::JournalWriter(std::filesystem::path file, Mode mode) : file_(std::move(file)), mode_(mode) {
    open();
    if (descriptor_ >= 0 && mode_ != Mode::fresh) {
        mend_end();
    }
}

JournalWriter::~JournalWriter() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

void JournalWriter::open() {
    constexpr mode_t owner_writes_group_reads = 0640;
    // Reading is for mend_end; a fresh journal may be a device or a pipe that cannot be read.
    const int access = mode_ != Mode::fresh ? O_RDWR : O_WRONLY | O_CREAT;
    descriptor_ = ::open(file_.c_str(), access | O_APPEND | O_CLOEXEC, owner_writes_group_reads);
    if (descriptor_ < 0) {
        fail(errno);
        return;
    }
    // The lock comes before the truncation: a second run must not empty the first one's journal. File systems without
    // locks are written all the same.
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        failure_ = fmt::format("cannot write the journal {}: another gateproof is writing it", file_.string());
    } else if (mode_ == Mode::fresh && ::lseek(descriptor_, 0, SEEK_END) > 0 && ::ftruncate(descriptor_, 0) != 0) {
        fail(errno);
    }
    if (failed()) {
        ::close(std::exchange(descriptor_, -1));
    }
}

void JournalWriter::mend_end() {
    try {
        const off_t size = ::lseek(descriptor_, 0, SEEK_END);
        const LastLine last = last_line_of(descriptor_, std::max<off_t>(size, 0));
        if (last.text.empty()) {
            return;
        }
        if (decode_event(last.text).event) {
            write("\n");  // killed between the last character and the end of the line
        } else if (::ftruncate(descriptor_, last.begin) != 0) {
            fail(errno);
        }
    } catch (const std::system_error& problem) {
        fail(problem.code().value());
    }
}

void JournalWriter::started(const RunRecord& run) {
    if (mode_ == Mode::fresh) {
        write(encode_beginning(run));
    } else if (mode_ == Mode::rerun && !run.reruns.empty()) {
        write(encode_event(RunRerun{run.reruns.back()}));
    } else if (mode_ == Mode::resume && !run.resumptions.empty()) {
        const Resumption& now = run.resumptions.back();
        write(encode_event(RunResumed{now.at, now.hostname, now.kept}));
    }
    if (mode_ != Mode::fresh && run.known) {
        write(encode_event(KnownGiven{*run.known}));
    }
}

void JournalWriter::check_started(const CheckRecord& check, std::chrono::system_clock::time_point at) {
    if (descriptor_ >= 0) {
        write(encode_event(CheckStarted{check.target, check.id, at, check.case_name}));
    }
}

void JournalWriter::check_ended(const CheckRecord& check) {
    if (descriptor_ >= 0 && check.result) {
        write(encode_event(CheckEnded{check.target, check.id, *check.result, check.case_name, check.attempt()}));
    }
}

void JournalWriter::clock_read(const std::string& target, const ClockReading& reading) {
    if (descriptor_ >= 0) {
        write(encode_event(ClockRead{target, reading}));
    }
}

void JournalWriter::cut_off(const std::string& target, const CutOff& found) {
    if (descriptor_ >= 0) {
        write(encode_event(TargetCutOff{target, found}));
    }
}

void JournalWriter::attested(const Attestation& said) {
    if (descriptor_ >= 0) {
        write(encode_event(said));
    }
}

void JournalWriter::ended(const RunRecord& run) {
    if (descriptor_ >= 0) {
        write(encode_event(ending_of(run)));
    }
}

void JournalWriter::fail(int error, std::string_view consequence) {
    failure_ = fmt::format("cannot write the journal {}: {}{}", file_.string(), std::generic_category().message(error),
                           consequence);
}

void JournalWriter::write(std::string_view lines) {
    if (descriptor_ < 0 || failed()) {
        return;
    }
    const off_t whole = ::lseek(descriptor_, 0, SEEK_END);
    while (!lines.empty()) {
        const ssize_t written = ::write(descriptor_, lines.data(), lines.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0) {
            fail(errno, "; what was judged before is in it");
            if (whole >= 0 && ::ftruncate(descriptor_, whole) != 0) {
                failure_ += " (its last line may be cut)";
            }
            return;
        }
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace gateproof
