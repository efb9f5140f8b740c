#include "suites/shared/answers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/probe/http/answer_value.hpp"

namespace gateproof::suites {
namespace {

constexpr std::size_t longest_code = 64;

template <class T>
bool holds(const std::vector<T>& list, const T& value) {
    return std::ranges::find(list, value) != list.end();
}

/// Client errors that speak of the request's pace, not of its right.
bool is_about_pace(int status) {
    return status == 408 || status == 425 || status == 429;
}

/// Whatever its status: SOAP 1.2 faults travel with HTTP 500.
bool is_documented(const AnswerReading& reading, const ErrorModel& model) {
    return matches(reading, model.not_permitted) || (model.no_token && matches(reading, *model.no_token)) ||
           (model.invalid_token && matches(reading, *model.invalid_token));
}

}  // namespace

AnswerReading read_answer(const HttpOutcome& outcome, const Operation& operation, const ErrorModel& model) {
    AnswerReading reading;
    reading.summary = outcome.summary();
    if (!outcome.whole()) {
        // A reset or close may have any cause; what is documented is a status and a code.
        const bool told = outcome.is_refusal() && !outcome.was_cut();
        reading.kind = told ? AnswerReading::Kind::refused : AnswerReading::Kind::unclear;
        return reading;
    }
    reading.status = outcome.response->status;
    std::string code = value_at(outcome.response->body, model.pointer, model.xpath).value_or("");
    if (!holds(model.success, code) && code.size() <= longest_code) {
        reading.code = std::move(code);
    }
    if (!reading.code.empty()) {
        reading.summary += " " + reading.code;
    }
    const int kind = reading.status / 100;
    if (reading.code.empty() && (outcome.served(operation) || kind == 2)) {
        reading.kind = AnswerReading::Kind::served;
    } else if (kind == 2 || (kind == 4 && !is_about_pace(reading.status)) || is_documented(reading, model)) {
        reading.kind = AnswerReading::Kind::refused;
    }
    return reading;
}

bool matches(const AnswerReading& reading, const ErrorModel::Reason& reason) {
    return holds(reason.status, reading.status) && holds(reason.codes, reading.code);
}

std::string describe(const ErrorModel::Reason& reason) {
    return fmt::format("HTTP {} with {}", fmt::join(reason.status, " or "), fmt::join(reason.codes, " or "));
}

}  // namespace gateproof::suites
