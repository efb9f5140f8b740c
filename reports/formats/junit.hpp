// JUnit XML, in the dialect that the JUnit 10 schema of the Jenkins xUnit plugin accepts.
#pragma once

#include <string>

#include "harness/journal/record.hpp"
#include "reports/formats/sink.hpp"

namespace gateproof::reports {

/// One document for all targets of a run; a `testsuite` for each profile and suite, in the order of the plan.
/// `failure` is a broken clause, `error` (type inconclusive or error) is no judgement, a warning passes and says so in
/// its `system-out`. The time of a suite is from its first check's start to its last one's end, since checks overlap.
/// ASCII alone. Written suite by suite: with many targets the whole is large, for every check that was not selected is
/// a row of each.
void write_junit(const RunRecord& run, const Sink& out);

/// As one text.
std::string junit_report(const RunRecord& run);

}  // namespace gateproof::reports
