#include "harness/journal/write.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "harness/journal/codec.hpp"

namespace gateproof {

JournalWriter::JournalWriter(std::filesystem::path file) : file_(std::move(file)) {
    constexpr mode_t owner_writes_all_read = 0644;
    descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, owner_writes_all_read);
    if (descriptor_ < 0) {
        failure_ =
            fmt::format("cannot write the journal {}: {}", file_.string(), std::generic_category().message(errno));
    }
}

JournalWriter::~JournalWriter() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

void JournalWriter::started(const RunRecord& run) {
    RunStarted event;
    event.version = run.tool_version;
    event.started = run.started;
    event.hostname = run.hostname;
    event.seed = run.seed;
    event.timeout_scale = run.timeout_scale;
    for (const auto& [id, requirement] : run.requirements) {
        event.requirements.push_back(requirement);
    }
    event.suites = run.suites;
    std::string lines = encode_event(event);
    for (const TargetRecord& target : run.targets) {
        lines += encode_event(target);
    }
    for (const CheckRecord& check : run.checks) {
        lines += encode_event(check);
    }
    write(lines);
}

void JournalWriter::check_started(const CheckRecord& check, std::chrono::system_clock::time_point at) {
    if (descriptor_ >= 0) {
        write(encode_event(CheckStarted{check.target, check.id, at, check.case_name}));
    }
}

void JournalWriter::check_ended(const CheckRecord& check) {
    if (descriptor_ >= 0 && check.result) {
        write(encode_event(CheckEnded{check.target, check.id, *check.result, check.case_name}));
    }
}

void JournalWriter::ended(const RunRecord& run) {
    RunEnded event;
    event.at = run.ended.value_or(run.started);
    event.reason = run.end_reason;
    for (const Outcome outcome :
         {Outcome::pass, Outcome::warning, Outcome::skipped, Outcome::inconclusive, Outcome::error, Outcome::fail}) {
        event.counts.emplace(to_string(outcome), run.count(outcome));
    }
    write(encode_event(event));
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
            failure_ = fmt::format("cannot write the journal {}: {}; what was judged before is in it", file_.string(),
                                   std::generic_category().message(errno));
            if (whole >= 0 && ::ftruncate(descriptor_, whole) != 0) {
                failure_ += " (its last line may be cut)";
            }
            return;
        }
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
}

}  // namespace gateproof
