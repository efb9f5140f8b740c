#include "harness/journal/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "harness/journal/codec.hpp"
#include "harness/text/input_file.hpp"

namespace gateproof {
namespace {

/// More events than this come from no run of ours.
constexpr std::size_t max_checks = 1'000'000;
constexpr std::size_t max_problems = 100;

/// A line that goes on beyond this ends the reading: the file may be one of zeros that a disk pretends to hold.
constexpr std::size_t max_passed_over = 8 * max_journal_line;
/// So do more unusable lines than this.
constexpr std::size_t max_unusable = 100'000;

enum class Line { whole, cut, too_long, endless, end };

/// Like getline, but bounded, and tells a line without its '\n' from a whole one.
Line next_line(std::istream& in, std::string& line) {
    line.clear();
    std::streambuf& bytes = *in.rdbuf();
    bool too_long = false;
    std::size_t passed_over = 0;
    for (int c = bytes.sbumpc(); c != std::char_traits<char>::eof(); c = bytes.sbumpc()) {
        if (c == '\n') {
            return too_long ? Line::too_long : Line::whole;
        }
        if (line.size() >= max_journal_line) {
            too_long = true;
            if (++passed_over > max_passed_over) {
                return Line::endless;
            }
            continue;
        }
        line.push_back(static_cast<char>(c));
    }
    if (too_long) {
        return Line::too_long;
    }
    return line.empty() ? Line::end : Line::cut;
}

class Reader {
public:
    void problem(std::size_t number, std::string_view what) {
        if (read_.problems.size() < max_problems) {
            read_.problems.push_back(fmt::format("line {}: {}", number, what));
        } else if (read_.problems.size() == max_problems) {
            read_.problems.emplace_back("further problems are not listed");
        }
    }
    void take(std::size_t number, JournalEvent&& event) {
        const std::string what = std::visit([this](auto& value) { return apply(std::move(value)); }, event);
        if (!what.empty()) {
            problem(number, what);
        }
    }
    JournalRead finish() && {
        // An attempt that was asked for and never ended leaves its check without a result.
        for (const auto& [place, attempt] : asked_) {
            CheckRecord& check = read_.run.checks[place];
            if (check.result && attempt > check.attempt()) {
                check.earlier.push_back(std::move(*check.result));
                check.result.reset();
            }
        }
        return std::move(read_);
    }

private:
    using Key = std::tuple<std::string, std::string, std::string>;  ///< target, check, case

    std::string apply(RunStarted&& start) {
        if (started_) {
            return "a second run_started; ignored";
        }
        started_ = true;
        if (start.schema < 1 || start.schema > journal_schema) {
            return fmt::format("schema {} is unknown to this version of gateproof (it reads 1 to {})", start.schema,
                               journal_schema);
        }
        RunRecord& run = read_.run;
        static_cast<RunHead&>(run) = std::move(static_cast<RunHead&>(start));
        for (RequirementRecord& requirement : start.requirements) {
            std::string id = requirement.id;
            run.requirements.insert_or_assign(std::move(id), std::move(requirement));
        }
        read_.usable = true;
        return {};
    }
    std::string apply(TargetRecord&& target) {
        if (read_.run.targets.size() >= max_checks) {
            return "too many targets; ignored";
        }
        read_.run.targets.push_back(std::move(target));
        return {};
    }
    std::string apply(LeftOutCheck&& check) {
        if (check.targets.empty()) {
            std::ranges::transform(read_.run.targets, std::back_inserter(check.targets), &TargetRecord::name);
        }
        left_out_ += check.targets.size();
        if (left_out_ > max_checks || read_.run.left_out.size() >= max_checks) {
            return "too many checks that were left out; ignored";
        }
        read_.run.left_out.push_back(std::move(check));
        return {};
    }
    std::string apply(CheckRecord&& check) {
        if (read_.run.checks.size() >= max_checks) {
            return "too many checks; ignored";
        }
        const auto [place, fresh] =
            index_.try_emplace(Key(check.target, check.id, check.case_name), read_.run.checks.size());
        if (!fresh) {
            return fmt::format("{} of {} is planned twice; the second is ignored", check.full_id(), check.target);
        }
        read_.run.checks.push_back(std::move(check));
        return {};
    }
    std::string apply(CheckStarted&&) { return {}; }
    std::string apply(CheckEnded&& ended) {
        const auto place = index_.find(Key(ended.target, ended.check, ended.case_name));
        if (place == index_.end()) {
            return fmt::format("{} of {} ended but was never planned; ignored", ended.check, ended.target);
        }
        CheckRecord& check = read_.run.checks[place->second];
        const std::size_t known = check.earlier.size() + (check.result ? 1 : 0);
        if (ended.attempt <= known) {
            return ended.attempt == 1
                       ? fmt::format("{} of {} ended twice; the second is ignored", ended.check, ended.target)
                       : fmt::format("attempt {} at {} of {} ended twice; the second is ignored", ended.attempt,
                                     ended.check, ended.target);
        }
        if (check.result) {
            check.earlier.push_back(std::move(*check.result));
        }
        std::string what;
        while (check.attempt() < ended.attempt) {
            what = fmt::format("attempt {} at {} of {} is missing; it counts as inconclusive", check.attempt(),
                               ended.check, ended.target);
            CheckResult lost;
            lost.sentence = "the journal has lost what this attempt came to";
            lost.started = ended.result.started;
            check.earlier.push_back(std::move(lost));
        }
        check.result = std::move(ended.result);
        return what;
    }
    std::string apply(ClockRead&& clock) {
        const auto target = std::ranges::find(read_.run.targets, clock.target, &TargetRecord::name);
        if (target == read_.run.targets.end()) {
            return fmt::format("a clock of {}, which is no target; ignored", clock.target);
        }
        // A run that went on may have gone on on another machine: the worse one counts.
        if (!target->clock || clock.reading.state > target->clock->state) {
            target->clock = std::move(clock.reading);
        }
        return {};
    }
    std::string apply(TargetCutOff&& cut) {
        const auto target = std::ranges::find(read_.run.targets, cut.target, &TargetRecord::name);
        if (target == read_.run.targets.end()) {
            return fmt::format("{}, which is no target, is cut off; ignored", cut.target);
        }
        target->cut_off = std::move(cut.cut_off);
        return {};
    }
    /// Another process tries again.
    void forget_cut_offs() {
        for (TargetRecord& target : read_.run.targets) {
            target.cut_off.reset();
        }
    }
    std::string apply(Attestation&& said) {
        if (read_.run.attestations.size() >= max_checks) {
            return "too many attestations; ignored";
        }
        read_.run.attestations.push_back(std::move(said));
        return {};
    }
    std::string apply(RunResumed&& resumed) {
        if (read_.run.resumptions.size() >= max_checks) {
            return "resumed too often; ignored";
        }
        read_.run.ended.reset();
        read_.run.end_reason = EndReason::killed;
        forget_cut_offs();
        read_.run.resumptions.push_back({resumed.at, std::move(resumed.hostname), resumed.kept});
        return {};
    }
    std::string apply(RunRerun&& rerun) {
        if (read_.run.reruns.size() >= max_checks) {
            return "judged again too often; ignored";
        }
        read_.run.ended.reset();
        read_.run.end_reason = EndReason::killed;
        forget_cut_offs();
        std::string what;
        for (const AttemptAsked& asked : rerun.checks) {
            const auto place = index_.find(Key(asked.target, asked.check, asked.case_name));
            if (place == index_.end()) {
                what =
                    fmt::format("{} of {} is judged again but was never planned; ignored", asked.check, asked.target);
                continue;
            }
            std::size_t& attempt = asked_[place->second];
            attempt = std::max(attempt, asked.attempt);
        }
        read_.run.reruns.push_back(std::move(rerun));
        return what;
    }
    std::string apply(KnownGiven&& known) {
        read_.run.known = std::move(known.list);
        return {};
    }
    std::string apply(RunEnded&& end) {
        read_.run.ended = end.at;
        read_.run.end_reason = end.reason;
        return {};
    }

    JournalRead read_;
    bool started_ = false;
    std::size_t left_out_ = 0;  ///< over all targets
    std::map<Key, std::size_t> index_;
    std::map<std::size_t, std::size_t> asked_;  ///< by place in the run's checks, the highest attempt asked for
};

void read_all(std::istream& in, Reader& reader) {
    std::string line;
    std::size_t unusable = 0;
    for (std::size_t number = 1;; ++number) {
        const Line kind = next_line(in, line);
        if (kind == Line::end) {
            return;
        }
        if (kind == Line::endless) {
            reader.problem(number, "longer than 64 MiB; it and all that follows is ignored");
            return;
        }
        if (unusable > max_unusable) {
            reader.problem(number, "after 100,000 lines that could not be read; it and all that follows is ignored");
            return;
        }
        if (kind == Line::too_long) {
            reader.problem(number, "longer than 8 MiB; ignored");
            continue;
        }
        if (line.empty() || line == "\r") {
            continue;
        }
        DecodedEvent decoded = decode_event(line);
        unusable += decoded.event ? 0U : 1U;
        if (decoded.event) {
            reader.take(number, std::move(*decoded.event));
        } else if (kind == Line::cut) {
            reader.problem(number, "the last line is truncated (the run was killed while writing it); dropped");
        } else if (!decoded.problem.empty()) {
            reader.problem(number, decoded.problem + "; ignored");
        }
    }
}

}  // namespace

JournalRead read_journal(std::istream& in) {
    Reader reader;
    try {
        read_all(in, reader);
    } catch (const std::ios_base::failure&) {
        // libstdc++ throws for a read error (a folder, a broken disk) whatever the stream's exception mask says.
        reader.problem(0, "the file cannot be read to its end");
    }
    return std::move(reader).finish();
}

JournalRead read_journal(const std::filesystem::path& file) {
    InputFile opened = open_input_file(file);
    if (opened.fault != InputFile::Fault::none) {
        JournalRead failed;
        failed.problems.push_back(fmt::format("{}: {}", file.string(), opened.why));
        return failed;
    }
    return read_journal(opened.in);
}

}  // namespace gateproof
