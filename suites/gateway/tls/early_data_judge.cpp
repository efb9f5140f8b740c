// How early data is judged (RFC 8446 8, RFC 8470).
#include <algorithm>

#include "harness/probe/http/http1.hpp"
#include "suites/gateway/tls/judge.hpp"

namespace gateproof::suites {

std::string status_line(std::string_view answer) {
    answer = without_interim(answer);
    std::string line;
    for (const char c : answer.substr(0, std::min<std::size_t>(answer.find('\r'), 80))) {
        line += c >= 0x20 && c < 0x7f ? c : '?';
    }
    return line;
}

Verdict judge_early_answers(const EarlyAnswers& answers) {
    const std::string early = status_line(answers.before_finished);
    if (early.find(" 425") != std::string::npos) {
        return Verdict::pass("early data reached the server, but the request was answered {}", early);
    }
    if (!answers.before_finished.empty()) {
        return Verdict::fail("a request sent as early data was answered before the handshake was complete: {}",
                             early.empty() ? "interim answers" : early)
            .remedy(std::string(early_data_remedy));
    }
    if (answers.after_finished.empty()) {
        return Verdict::inconclusive(
            "early data was accepted, but no answer came, neither before the handshake was "
            "complete nor after it: {}",
            answers.finished.summary());
    }
    return Verdict::pass("early data was kept until the handshake was complete, when no replay can follow it: {}",
                         status_line(answers.after_finished));
}

}  // namespace gateproof::suites
