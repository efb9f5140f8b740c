// A check has its Context alone; what only the runner may do with a check does not compile on that. So this file has no
// test: where that is no longer so, it does not compile.
#include "harness/run/check_run.hpp"

#include "harness/run/context.hpp"

namespace gateproof::check_run_test {
namespace {

template <typename T>
concept RunsChecks = requires(T& it) {
    it.work();
};
template <typename T>
concept ControlsAround = requires(T& it) {
    it.control_before();
}
|| requires(T& it) {
    it.control_after();
};
template <typename T>
concept ControlsAtWill = requires(T& it) {
    it.control_since(CheckRun::Clock::now(), "before");
};
template <typename T>
concept CountsWaits = requires(const T& it) {
    it.waited();
};
template <typename T>
concept ControlsNow = requires(T& it) {
    it.control();
};

static_assert(RunsChecks<CheckRun> && ControlsAround<CheckRun> && CountsWaits<CheckRun>);
static_assert(ControlsNow<Context>);
static_assert(!RunsChecks<Context> && !ControlsAround<Context> && !ControlsAtWill<Context> && !CountsWaits<Context>);

}  // namespace
}  // namespace gateproof::check_run_test
