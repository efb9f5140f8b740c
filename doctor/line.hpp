// What was looked at before a run, one line each: how it stands, and what to do where it does not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/model/verdict.hpp"

namespace gateproof::doctor {

enum class Mark {
    ok,
    warn,     ///< a run can judge, and somebody should look at this
    fail,     ///< it stops a run, or leaves it without verdicts
    skipped,  ///< not looked at: what it takes is missing
};
/// "ok", "warn", "FAIL", "skipped"
std::string_view to_string(Mark mark);

struct Line {
    std::string about;  ///< stable: "dns", "tls", "exit-code" ...
    Mark mark = Mark::ok;
    std::string text;         ///< what was seen; holds no secret once Diagnosis::redact has seen it
    std::string remedy = {};  ///< what to do, so that it works when it is followed word for word
};
using Lines = std::vector<Line>;

/// As the checks of a run would have judged it. What is neither a pass nor a failure needs a look.
Line line_of(std::string about, const Verdict& verdict);

/// One profile.
struct Diagnosis {
    std::string file;     ///< as the command line has it
    std::string name;     ///< of the profile; empty: it could not be read
    bool usable = true;   ///< the profile itself
    bool client = false;  ///< it is client software's
    Lines lines = {};

    [[nodiscard]] bool stops_a_run() const;
};

}  // namespace gateproof::doctor
