#include "selfproof/soak.hpp"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include "selfproof/matrix.hpp"
#include "selfproof/pool.hpp"

namespace gateproof::selfproof {
namespace {

using Clock = std::chrono::steady_clock;

/// A twentieth of what 10,000 runs would lose if each lost a KiB.
constexpr long tolerated_allocated_kib = 512;
/// Pages are kept for fragments of them; how many depends on how many runs overlapped.
constexpr long tolerated_resident_kib = 16L * 1024;
constexpr std::size_t kept_samples = 200;
constexpr std::size_t batch_size = 24;
constexpr std::size_t most_soak_gateways = 32;

long status_field(std::string_view field) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(field)) {
            return std::strtol(line.c_str() + field.size(), nullptr, 10);
        }
    }
    return 0;
}

template <class Value>
Value median_of(std::vector<SoakSample> samples, Value SoakSample::*member) {
    std::ranges::sort(samples, {}, member);
    return samples.at(samples.size() / 2).*member;
}

std::string whole_seconds(std::chrono::milliseconds time) {
    return fmt::format("{:.0f}", static_cast<double>(time.count()) / 1000);
}

/// At most `count` of them, evenly spread, the first and the last included.
std::vector<SoakSample> spread(const std::vector<SoakSample>& samples, std::size_t count) {
    std::vector<SoakSample> out;
    for (std::size_t i = 0; i < std::min(count, samples.size()); ++i) {
        out.push_back(samples[samples.size() <= count ? i : i * (samples.size() - 1) / (count - 1)]);
    }
    return out;
}

}  // namespace

SoakSample sample_process() {
    SoakSample now;
    // What the allocator keeps for later is not held by us; it would hide what is.
    ::malloc_trim(0);
    now.allocated_kib = static_cast<long>(::mallinfo2().uordblks / 1024);
    now.resident_kib = status_field("VmRSS:");
    now.threads = static_cast<std::size_t>(status_field("Threads:"));
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    now.descriptors = static_cast<std::size_t>(std::distance(begin(entries), end(entries))) - 1;  // its own
    return now;
}

Soak soak(const SoakOptions& options) {
    Soak result;
    const Clock::time_point begun = Clock::now();
    const auto elapsed = [begun] {
        return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    };
    // In batches that overlap as the self-proof does, or the waits alone would fill the time.
    std::size_t every = 1;  // batches from one sample to the next; doubled as samples become too many
    std::size_t runs = 0;
    for (std::size_t batches = 1; runs < options.runs && elapsed() < options.time && !result.interrupted; ++batches) {
        const std::size_t batch = std::min(batch_size, options.runs - runs);
        std::mutex mutex;
        run_overlapping(
            batch, least_overlap(), most_soak_gateways,
            [&](std::size_t) {
                const FaultRun run = prove_conforming();
                const std::lock_guard lock(mutex);
                result.interrupted = result.interrupted || run.interrupted;
                result.unsound.insert(result.unsound.end(), run.disturbed.begin(), run.disturbed.end());
            },
            [&] {
                const std::lock_guard lock(mutex);
                return result.interrupted;
            },
            [](std::size_t) {});
        runs += batch;
        if (batches % every == 0 || runs == options.runs || elapsed() >= options.time) {
            SoakSample now = sample_process();
            now.runs = runs;
            now.elapsed = elapsed();
            result.samples.push_back(now);
            options.progress(now);
        }
        if (result.samples.size() >= kept_samples) {
            std::vector<SoakSample> half;
            for (std::size_t i = 1; i < result.samples.size(); i += 2) {
                half.push_back(result.samples[i]);
            }
            result.samples = std::move(half);
            every *= 2;
        }
    }
    return result;
}

bool Soak::undecided() const {
    return !interrupted && unsound.empty() && samples.size() - samples.size() / 5 < 4;
}

std::vector<std::string> Soak::growth() const {
    const std::size_t warm = samples.size() / 5;
    const std::size_t part = (samples.size() - warm) / 4;
    if (part == 0) {
        return {};
    }
    const auto from = samples.begin() + static_cast<std::ptrdiff_t>(warm);
    const std::vector<SoakSample> early(from, from + static_cast<std::ptrdiff_t>(part));
    const std::vector<SoakSample> late(samples.end() - static_cast<std::ptrdiff_t>(part), samples.end());
    std::vector<std::string> grown;
    const auto compare = [&](const char* what, auto member, auto tolerated) {
        const auto before = median_of(early, member);
        const auto after = median_of(late, member);
        if (after > before + tolerated) {
            grown.push_back(fmt::format("{}: {} in the beginning, {} at the end", what, before, after));
        }
    };
    compare("allocated KiB", &SoakSample::allocated_kib, tolerated_allocated_kib);
    compare("resident KiB", &SoakSample::resident_kib, tolerated_resident_kib);
    compare("descriptors", &SoakSample::descriptors, std::size_t{0});
    compare("threads", &SoakSample::threads, std::size_t{0});
    return grown;
}

bool Soak::sound() const {
    return !interrupted && unsound.empty() && !undecided() && growth().empty();
}

std::string soak_text(const Soak& soak) {
    std::string out = fmt::format("{:>8} {:>9} {:>14} {:>14} {:>12} {:>8}\n", "runs", "seconds", "allocated KiB",
                                  "resident KiB", "descriptors", "threads");
    for (const SoakSample& sample : spread(soak.samples, 12)) {
        out += fmt::format("{:>8} {:>9} {:>14} {:>14} {:>12} {:>8}\n", sample.runs, whole_seconds(sample.elapsed),
                           sample.allocated_kib, sample.resident_kib, sample.descriptors, sample.threads);
    }
    for (const std::string& words : soak.growth()) {
        out += fmt::format("GREW: {}\n", words);
    }
    for (std::size_t i = 0; i < std::min<std::size_t>(soak.unsound.size(), 20); ++i) {
        out += fmt::format("NOT SOUND: {}\n", soak.unsound[i]);
    }
    if (soak.interrupted) {
        return out + "interrupted\n";
    }
    if (soak.undecided()) {
        return out + "too few runs to tell whether anything grew; give more, or more time\n";
    }
    return out + (soak.sound() ? "nothing grew\n" : "NOT sound\n");
}

std::string soak_markdown(const Soak& soak) {
    std::string out =
        "| runs | seconds | allocated KiB | resident KiB | descriptors | threads |\n| ---: | ---: | ---: | ---: | ---: "
        "| ---: |\n";
    for (const SoakSample& sample : spread(soak.samples, 12)) {
        out += fmt::format("| {} | {} | {} | {} | {} | {} |\n", sample.runs, whole_seconds(sample.elapsed),
                           sample.allocated_kib, sample.resident_kib, sample.descriptors, sample.threads);
    }
    out += soak.sound()       ? "\nNothing grew, and every run passed every check.\n"
           : soak.undecided() ? "\nToo few runs to tell whether anything grew.\n"
                              : "\nNOT sound:\n\n";
    for (const std::string& words : soak.growth()) {
        out += fmt::format("- grew: {}\n", words);
    }
    for (const std::string& words : soak.unsound) {
        out += fmt::format("- not sound: {}\n", words);
    }
    return out;
}

}  // namespace gateproof::selfproof
