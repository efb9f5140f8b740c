#include "suites/client/throttle/answers.hpp"

#include <chrono>
#include <cstddef>

#include "suites/client/answers.hpp"

namespace gateproof::suites {

namespace {

stage::Answer with_field(stage::Answer answer, std::string_view retry_after) {
    if (!retry_after.empty()) {
        answer.fields.emplace_back("Retry-After", retry_after);
    }
    return answer;
}

}  // namespace

stage::AnswerAct busy(std::string_view retry_after) {
    stage::AnswerAct act = act_of(with_field(rest_error(429, "IR003", "result"), retry_after));
    to_soap(act, with_field(soap_fault(429, "UnAuthorised"), retry_after));
    return act;
}

stage::AnswerAct busy_until() {
    stage::AnswerAct act = busy({});
    act.written_by = &with_date;
    return act;
}

stage::AnswerAct out_of_service(std::string_view retry_after) {
    stage::AnswerAct act = act_of(with_field(rest_error(503, "EU6001", "server"), retry_after));
    to_soap(act, with_field(soap_fault(503, "Out of service on purpose"), retry_after));
    return act;
}

stage::AnswerAct authority_busy(int status, std::string_view retry_after) {
    return act_of(with_field(answer_of(status, json_type, "{}"), retry_after));
}

std::vector<stage::AnswerAct> first_ones(const stage::AnswerAct& act, int count) {
    return std::vector<stage::AnswerAct>(static_cast<std::size_t>(count), act);
}

std::string with_date(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    // A date has no parts of seconds: the next whole second, so that nobody is told to come sooner.
    const auto at =
        std::chrono::ceil<std::chrono::seconds>(std::chrono::system_clock::now()) + std::chrono::seconds(told_seconds);
    return stage::encoded(with_field(answer, stage::http_date(at)), request.method);
}

}  // namespace gateproof::suites
