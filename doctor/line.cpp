#include "doctor/line.hpp"

#include <algorithm>
#include <utility>

namespace gateproof::doctor {

std::string_view to_string(Mark mark) {
    switch (mark) {
        case Mark::ok: return "ok";
        case Mark::warn: return "warn";
        case Mark::fail: return "FAIL";
        case Mark::skipped: break;
    }
    return "skipped";
}

Line line_of(std::string about, const Verdict& verdict) {
    Mark mark = Mark::warn;
    switch (verdict.outcome()) {
        case Outcome::pass: mark = Mark::ok; break;
        case Outcome::skipped: mark = Mark::skipped; break;
        case Outcome::fail: mark = Mark::fail; break;
        case Outcome::warning:
        case Outcome::inconclusive:
        case Outcome::error: break;
    }
    return {std::move(about), mark, verdict.sentence(), verdict.remedy()};
}

bool Diagnosis::stops_a_run() const {
    return std::ranges::any_of(lines, [](const Line& line) { return line.mark == Mark::fail; });
}

}  // namespace gateproof::doctor
