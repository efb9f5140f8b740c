#include "selfproof/pool.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace gateproof::selfproof {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::milliseconds interval{25};
/// Of the machine's processor time since the last look; with less there is none to spare.
constexpr double idle_share = 0.25;
/// A sleep that ends later than this was kept waiting for a processor.
constexpr std::chrono::milliseconds late_after{4};

/// Clock ticks of all processors since the machine started: without work, and in all.
struct Ticks {
    double idle = 0;
    double all = 0;
};

/// First line of /proc/stat (proc(5)): "cpu user nice system idle iowait irq softirq steal ...". All zero elsewhere.
Ticks machine_ticks() {
    std::ifstream file("/proc/stat");
    std::string name;
    Ticks ticks;
    file >> name;
    double value = 0;
    for (int column = 1; column <= 8 && file >> value; ++column) {
        ticks.idle += column == 4 || column == 5 ? value : 0;
        ticks.all += value;
    }
    return ticks;
}

/// Whether the processors of this machine, whoever uses them, had time to spare since the last look.
class Load {
public:
    bool spare(Clock::time_point due) {
        const bool late = Clock::now() - due > late_after;
        const Ticks now = machine_ticks();
        if (now.all - before_.all < least_ticks) {
            return false;  // too short a time to tell
        }
        const double share = (now.idle - before_.idle) / (now.all - before_.all);
        before_ = now;
        return share > idle_share && !late;
    }

private:
    /// Ten milliseconds each.
    static constexpr double least_ticks = 8;
    Ticks before_ = machine_ticks();
};

}  // namespace

std::size_t least_overlap() {
    return 2 * std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

void run_overlapping(std::size_t count, std::size_t at_least, std::size_t at_most,
                     const std::function<void(std::size_t)>& work, const std::function<bool()>& stopped,
                     const std::function<void(std::size_t)>& tick) {
    std::mutex mutex;
    std::condition_variable ended;
    std::size_t running = 0;
    std::vector<std::jthread> threads;  // joined when they go
    threads.reserve(count);
    const auto begin = [&](std::size_t number) {
        ++running;
        threads.emplace_back([&, number] {
            work(number);
            const std::lock_guard lock(mutex);
            --running;
            ended.notify_one();
        });
    };
    Load load;
    std::unique_lock lock(mutex);
    while ((threads.size() < count && !stopped()) || running > 0) {
        while (threads.size() < count && running < at_least && !stopped()) {
            begin(threads.size());
        }
        const Clock::time_point due = Clock::now() + interval;
        const bool one_ended = ended.wait_until(lock, due) == std::cv_status::no_timeout;
        const bool spare = !one_ended && load.spare(due);
        if (spare && threads.size() < count && running < at_most && !stopped()) {
            begin(threads.size());
        }
        const std::size_t now = running;
        lock.unlock();
        tick(now);
        lock.lock();
    }
}

}  // namespace gateproof::selfproof
