// Cost of telling: one check's journal line, and the JUnit report of a large run.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "harness/journal/codec.hpp"
#include "reports/formats/junit.hpp"

namespace gateproof {
namespace {

CheckRecord ended_check(int number) {
    CheckRecord check;
    check.target = "bench";
    check.suite = "tls";
    check.id = fmt::format("tls.check-{}", number);
    check.title = "A check of the benchmark";
    check.requirements = {"CLOUD-TLS-MIN"};
    check.result = CheckResult{};
    check.result->outcome = Outcome::pass;
    check.result->sentence = "refused with alert protocol_version (70)";
    for (int i = 0; i < 6; ++i) {
        check.result->evidence.push_back(Observation{"client_hello", std::chrono::system_clock::now(), {}});
        check.result->evidence.back().with("offered", "TLS 1.1").with("answer", "alert").with("bytes", 7);
    }
    return check;
}

void encode_check_ended(benchmark::State& state) {
    const CheckRecord check = ended_check(1);
    for (auto _ : state) {
        benchmark::DoNotOptimize(encode_event(CheckEnded{check.target, check.id, *check.result}));
    }
}
BENCHMARK(encode_check_ended);

void junit_of(benchmark::State& state) {
    RunRecord run;
    run.targets.push_back({"bench", "Bench", "sandbox", "cloud", "https://localhost:1", ""});
    for (int i = 0; i < state.range(0); ++i) {
        run.checks.push_back(ended_check(i));
    }
    for (auto _ : state) {
        benchmark::DoNotOptimize(reports::junit_report(run));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(junit_of)->Arg(100)->Arg(10000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace gateproof
