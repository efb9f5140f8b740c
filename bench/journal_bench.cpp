// Cost of telling: one check's journal line, and the JUnit report of a large run.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "harness/journal/codec.hpp"
#include "harness/journal/redact.hpp"
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

/// 64 KiB of an answer, which holds none of ten secrets: words, or JSON with an escape in each line.
void redact_body(benchmark::State& state) {
    std::vector<std::string> secrets;
    for (int i = 0; i < 10; ++i) {
        secrets.push_back(fmt::format("{:064x}/+{}", 0x9e3779b97f4a7c15 * static_cast<unsigned>(i + 1), i));
    }
    const Redactor redactor(secrets);
    const std::string line = state.range(0) == 0 ? "words that stand one after another, and no escape\n"
                                                 : R"({"id":"4711","name":"M\u0101ori \"x\"","url":"https:\/\/h\/p"},)";
    std::string body;
    while (body.size() < std::size_t{64} * 1024) {
        body += line;
    }
    for (auto _ : state) {
        std::string text = body;
        redactor.apply(text);
        benchmark::DoNotOptimize(text);
    }
}
BENCHMARK(redact_body)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

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
