#include "harness/run/execution.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <csignal>
#include <system_error>

#include "harness/probe/socket/deadline.hpp"
#include "harness/run/notes.hpp"
#include "harness/run/repeat/curl_line.hpp"

namespace gateproof {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto tick_interval = 200ms;

/// FNV-1a over seed, target and check: every check has its own reproducible random numbers.
std::uint64_t seed_of(std::uint64_t seed, std::string_view target, std::string_view check) {
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
    for (const std::string_view part : {target, check}) {
        for (const char c : part) {
            hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
        }
    }
    return hash;
}

/// What it fails on it has seen itself, whatever controls come to.
bool looks_for_itself(const Check& check) {
    return check.control == Control::none || check.control == Control::for_pass || check.judges_hellos_alone;
}

/// The process, or the machine, has as many descriptors open as it may.
bool lacks_descriptors(const std::exception& problem) {
    namespace errc = boost::system::errc;
    const auto is_lack = [](const boost::system::error_code& code) {
        return code == errc::too_many_files_open || code == errc::too_many_files_open_in_system;
    };
    if (const auto* const network = dynamic_cast<const boost::system::system_error*>(&problem)) {
        return is_lack(network->code());
    }
    const auto* const system = dynamic_cast<const std::system_error*>(&problem);
    return system != nullptr && is_lack(system->code());
}

}  // namespace

Execution::Running::Running(std::size_t number, std::unique_ptr<CheckRun> begun, const asio::any_io_executor& executor)
    : index(number), check(std::move(begun)), watchdog(executor) {}

Execution::Execution(const Plan& plan, RunRecord record, JournalWriter& journal, const RunOptions& options,
                     RunObserver& observer, std::size_t jobs)
    : plan_(plan),
      record_(std::move(record)),
      journal_(journal),
      observer_(observer),
      redactor_(options.secrets),
      jobs_(jobs),
      deadline_(options.deadline),
      attestations_written_((options.earlier == nullptr ? record_ : *options.earlier).attestations.size()),
      http_(io_.get_executor()),
      openings_(io_.get_executor()),
      human_(io_.get_executor(), options.human),
      states_(plan.targets.size()),
      signals_(io_),
      deadline_timer_(io_),
      tick_timer_(io_) {
    for (const Profile& profile : plan.targets) {
        if (profile.side() == Side::client) {
            targets_.push_back(options.client_target(io_.get_executor(), profile, redactor_));
            targets_.back()->on_hopeless(
                [this, target = targets_.size() - 1](const CutOff& why, bool blind) { cut_off(target, why, !blind); });
            targets_.back()->quiet_waits().on_wait([this] { asio::post(io_, [this] { start_ready(); }); });
            continue;
        }
        auto endpoint = std::make_unique<TargetRun>(io_.get_executor(), profile, http_, openings_, redactor_, human_);
        endpoint->clock().on_read(
            [this, target = targets_.size()](const ClockReading& reading) { clock_read(target, reading); });
        endpoint->controls().on_cut_off([this, target = targets_.size(), &run = *endpoint](const CutOff& found) {
            cut_off(target, found);
            run.clock().cancel();
            run.tokens().cancel();
        });
        targets_.push_back(std::move(endpoint));
        targets_.back()->quiet_waits().on_wait([this] { asio::post(io_, [this] { start_ready(); }); });
    }
    std::set<std::pair<std::string, std::string>> asked;
    for (const std::size_t place : options.again) {
        const CheckRecord& then = options.earlier->checks[place];
        asked.emplace(then.target, then.full_id());
    }
    for (std::size_t index = 0; index < plan.checks.size(); ++index) {
        const PlannedCheck& planned = plan.checks[index];
        const CheckRecord& check = record_.checks[index];
        const bool wanted = asked.empty() || asked.contains({check.target, check.full_id()});
        if (planned.skip_reason.empty() && !check.result && wanted) {
            queue_.push_back(index);
            states_[planned.target].normal_left += planned.check->intrusiveness == Intrusiveness::load ? 0 : 1;
        }
    }
    total_ = queue_.size();
}

RunRecord Execution::run() {
    // Before anything is said or written, so that no moment is left in which a signal ends the process at once.
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    journal_.started(record_);
    for (std::size_t i = attestations_written_; i < record_.attestations.size(); ++i) {
        journal_.attested(record_.attestations[i]);
    }
    observer_.started(record_);
    signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (!error) {
            signals_.clear();  // a second signal has its ordinary effect
            stop(EndReason::interrupted);
        }
    });
    if (deadline_) {
        deadline_timer_.expires_after(*deadline_);
        deadline_timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error) {
                stop(EndReason::deadline);
            }
        });
    }
    tick();
    start_ready();
    end_if_done();
    io_.run();
    record_.ended = std::chrono::system_clock::now();
    // Of a run that was killed, some may have been judged again and the rest not.
    const bool whole = std::ranges::all_of(
        record_.checks, [](const CheckRecord& check) { return check.result || !check.skip_reason.empty(); });
    const bool cut_off =
        std::ranges::any_of(record_.targets, [](const TargetRecord& target) { return target.cut_off.has_value(); });
    record_.end_reason = stop_reason_.value_or(cut_off ? EndReason::cut_off
                                               : whole ? EndReason::complete
                                                       : EndReason::incomplete);
    journal_.ended(record_);
    observer_.ended(record_);
    return std::move(record_);
}

void Execution::start_ready() {
    for (auto next = queue_.begin(); next != queue_.end() && running_.size() < jobs_ && !stop_reason_;) {
        if (ready(*next)) {
            const std::size_t index = *next;
            next = queue_.erase(next);
            start(index);
        } else {
            ++next;
        }
    }
}

bool Execution::ready(std::size_t index) const {
    const PlannedCheck& planned = plan_.checks[index];
    const TargetState& state = states_[planned.target];
    if (planned.check->intrusiveness == Intrusiveness::load) {
        const std::size_t quiet = targets_[planned.target]->quiet_waits().count();
        return state.normal_left == quiet && state.running == quiet;
    }
    return planned.check->resource.empty() || !state.busy.contains(planned.check->resource);
}

void Execution::start(std::size_t index) {
    const PlannedCheck& planned = plan_.checks[index];
    TargetState& state = states_[planned.target];
    ++state.running;
    if (!planned.check->resource.empty()) {
        state.busy.insert(planned.check->resource);
    }
    if (planned.check->intrusiveness == Intrusiveness::load) {
        targets_[planned.target]->quiet_waits().load_begins();
    }
    const std::uint64_t seed = seed_of(record_.seed, plan_.targets[planned.target].name, planned.id());
    const auto running =
        running_.emplace(running_.end(), index, targets_[planned.target]->begin(planned, seed), io_.get_executor());
    journal_.check_started(record_.checks[index], running->started_at);
    observer_.check_started(planned, plan_.targets[planned.target]);
    watch(running);
    asio::co_spawn(
        io_, carry_out(*running),
        asio::bind_cancellation_slot(running->cancellation.slot(), [this, running](const std::exception_ptr& thrown) {
            finish(running, thrown);
            start_ready();
            end_if_done();
        }));
}

asio::awaitable<void> Execution::carry_out(Running& running) {
    Verdict verdict = co_await judge(*running.check);
    running.verdict = std::move(verdict);
}

void Execution::watch(RunningList::iterator running) {
    const auto due = [running] {
        return running->check->started() + running->check->deadline() + running->check->waited();
    };
    running->watchdog.expires_at(due());
    running->watchdog.async_wait([this, running, due](const boost::system::error_code& error) {
        if (error) {
            return;
        }
        if (Clock::now() < due()) {
            watch(running);  // it waited its turn meanwhile, which is not its fault
            return;
        }
        running->timed_out = true;
        running->cancellation.emit(asio::cancellation_type::terminal);
    });
}

void Execution::finish(RunningList::iterator running, const std::exception_ptr& thrown) {
    const PlannedCheck& planned = plan_.checks[running->index];
    TargetState& state = states_[planned.target];
    --state.running;
    if (planned.check->intrusiveness == Intrusiveness::load) {
        targets_[planned.target]->quiet_waits().load_ended();
    } else {
        --state.normal_left;
    }
    state.busy.erase(planned.check->resource);
    ++done_;
    CheckRecord& record = record_.checks[running->index];
    // What was cut off by the end of the run was not judged, and is reported as not run; where we are not served any
    // more, that is also what nobody could tell.
    const bool cut_off = record_.targets[planned.target].cut_off.has_value();
    const bool told = running->verdict && !(cut_off && running->verdict->outcome() == Outcome::inconclusive);
    if (told || !(stop_reason_ || cut_off)) {
        const Verdict verdict = verdict_of(*running, thrown);
        Evidence& evidence = running->check->evidence();
        CheckResult result;
        result.outcome = verdict.outcome();
        result.sentence = verdict.sentence();
        result.remedy = verdict.remedy();
        result.found = verdict.facts();
        result.started = running->started_at;
        // Its turn at the endpoint is no time of its own.
        const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(running->check->waited());
        result.duration = std::max(std::chrono::milliseconds(0), since(running->check->started()) - waited);
        result.withheld = verdict.withheld();
        result.skip = verdict.skip();
        result.flaky = running->check->flaky();
        result.observations_dropped = evidence.dropped();
        result.evidence = std::move(evidence).take();
        if (result.outcome == Outcome::pass || result.outcome == Outcome::skipped) {
            drop_first_flights(result.evidence);
        }
        redactor_.apply(result);
        keep_curl_line(result, plan_.targets[planned.target]);  // behind it: half a line would repeat nothing
        bound_texts(result.evidence);  // after redaction: half a secret would not be recognised
        record.result = std::move(result);
        journal_.check_ended(record);
        observer_.check_ended(record);
    }
    running->watchdog.cancel();
    if (journal_.failed() && !stop_reason_) {
        stop(EndReason::journal);
    }
    // The watchdog's handler holds this iterator: it has to run (aborted) before the node may go.
    asio::post(io_, [this, running] {
        running_.erase(running);
        start_ready();
        end_if_done();
    });
}

Verdict Execution::verdict_of(const Running& running, const std::exception_ptr& thrown) const {
    if (running.verdict) {
        return *running.verdict;
    }
    try {
        if (thrown) {
            std::rethrow_exception(thrown);
        }
    } catch (const RequestBudgetSpent&) {
        return Verdict::inconclusive("the profile's cap of {} connections was used up",
                                     running.check->profile().limits.requests)
            .remedy("raise limits.requests, or run fewer checks (--suite, --check)");
    } catch (const std::exception& problem) {
        if (!running.timed_out && lacks_descriptors(problem)) {
            return Verdict::error("this machine let gateproof open no more files and connections: {}", problem.what())
                .remedy(
                    "raise the limit of open files, which `ulimit -Hn` shows (LimitNOFILE= of a service, --ulimit nofile= "
                    "of a container), or run fewer checks at a time (--jobs 4)");
        }
        if (!running.timed_out) {
            return Verdict::error("the check itself broke: {}", problem.what())
                .remedy("this is a defect of gateproof or a limit of this machine; please report it with the journal");
        }
    }
    return Verdict::inconclusive("no verdict within the check's deadline of {} s",
                                 std::chrono::duration<double>(running.check->deadline()).count())
        .remedy("see the evidence for what it waited for; limits.check_deadline_ms sets the deadline");
}

void Execution::clock_read(std::size_t target, const ClockReading& reading) {
    TargetRecord& record = record_.targets[target];
    journal_.clock_read(record.name, reading);
    if (!record.clock || reading.state >= record.clock->state) {
        record.clock = reading;
    }
}

/// The control that says so holds everything back for good.
void Execution::cut_off(std::size_t target, CutOff found, bool keeps_looking) {
    redactor_.apply(found.answer);
    redactor_.apply(found.advice);
    const auto goes = [&](std::size_t index) {
        const PlannedCheck& planned = plan_.checks[index];
        return planned.target == target && !(keeps_looking && looks_for_itself(*planned.check));
    };
    record_.targets[target].cut_off = found;
    journal_.cut_off(record_.targets[target].name, found);
    observer_.cut_off(plan_.targets[target], found);
    const std::size_t before = queue_.size();
    queue_.remove_if(goes);
    total_ -= before - queue_.size();
    for (Running& running : running_) {
        if (goes(running.index)) {
            running.cancellation.emit(asio::cancellation_type::terminal);
        }
    }
    asio::post(io_, [this] { end_if_done(); });
}

void Execution::stop(EndReason reason) {
    stop_reason_ = reason;
    for (Running& running : running_) {
        running.cancellation.emit(asio::cancellation_type::terminal);
    }
    for (const auto& target : targets_) {
        target->cancel();
    }
    end_if_done();
}

void Execution::end_if_done() {
    if (done_ == total_ ||
        (stop_reason_ && std::ranges::all_of(states_, [](const TargetState& state) { return state.running == 0; }))) {
        boost::system::error_code ignored;
        signals_.cancel(ignored);
        deadline_timer_.cancel();
        tick_timer_.cancel();
        for (const auto& target : targets_) {
            target->cancel();
        }
    }
}

void Execution::tick() {
    observer_.tick(progress());
    tick_timer_.expires_after(tick_interval);
    tick_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) {
            tick();
        }
    });
}

Progress Execution::progress() const {
    Progress now;
    now.done = done_;
    now.total = total_;
    now.running = running_.size();
    now.elapsed = since(started_);
    if (!running_.empty()) {
        const Running& longest = running_.front();  // started first
        now.longest = fmt::format("{} {}", longest.check->profile().name, longest.check->planned().id());
        now.longest_age = since(longest.check->started());
    }
    return now;
}

}  // namespace gateproof
