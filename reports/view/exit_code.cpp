#include "reports/view/exit_code.hpp"

#include "reports/view/conclusion.hpp"

namespace gateproof::reports {

ExitCode code_of(Conclusion conclusion) {
    switch (conclusion) {
        case Conclusion::passed:
        case Conclusion::partial: return ExitCode::passed;
        case Conclusion::failed: return ExitCode::failed;
        case Conclusion::inconclusive: return ExitCode::inconclusive;
        case Conclusion::interrupted: return ExitCode::interrupted;
        case Conclusion::broken: break;
    }
    return ExitCode::broken;
}

ExitCode exit_code(const RunRecord& run) {
    return code_of(conclusion_of(run));
}

}  // namespace gateproof::reports
