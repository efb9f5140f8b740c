// Endurance: the embedded profiles judged over and over in one process, and what that process holds meanwhile.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace gateproof::selfproof {

/// What the process held between two runs.
struct SoakSample {
    std::size_t runs = 0;  ///< that had ended by then
    std::chrono::milliseconds elapsed{0};
    long allocated_kib = 0;  ///< that the program asked for and has not given back
    long resident_kib = 0;   ///< with what the allocator keeps between pages in use
    std::size_t descriptors = 0;
    std::size_t threads = 0;
};

struct SoakOptions {
    std::size_t runs = 10'000;
    std::chrono::milliseconds time = std::chrono::minutes(30);  ///< whichever ends first
    std::function<void(const SoakSample&)> progress = [](const SoakSample&) {};
};

struct Soak {
    std::vector<SoakSample> samples;   ///< about a hundred, evenly spread; the first after the first runs
    std::vector<std::string> unsound;  ///< checks of a run that neither passed nor were skipped
    bool interrupted = false;

    /// Too few samples to compare the beginning with the end, and nothing else is wrong.
    [[nodiscard]] bool undecided() const;
    /// What holds more at the end than in the beginning, in words; empty: nothing grew, or nobody can tell. The first
    /// fifth of the samples does not count: caches fill.
    [[nodiscard]] std::vector<std::string> growth() const;
    [[nodiscard]] bool sound() const;
};

/// Each run has a gateway of its own, made and ended with it, so that both sides are soaked.
Soak soak(const SoakOptions& options);

std::string soak_text(const Soak& soak);
std::string soak_markdown(const Soak& soak);

/// What this process holds now.
SoakSample sample_process();

}  // namespace gateproof::selfproof
