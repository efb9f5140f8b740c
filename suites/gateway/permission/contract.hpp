// REST-SCHEMA, SOAP-XSD, SOAP-WSDL: answers of an operation as the files describe them that the profile names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/message/finding.hpp"
#include "harness/model/verdict.hpp"
#include "harness/probe/http/http.hpp"

namespace gateproof::suites {

/// One answer and what its description says of it.
struct DescribedAnswer {
    std::string_view what;  ///< "the answer", "the error without a token"
    HttpOutcome outcome;
    AnswerFinding finding = {};
    std::string unserved = {};  ///< of the first: why it is no answer of a success; empty: it is one
};
/// Why an answer cannot be compared with what is described; empty: it can.
std::string not_comparable(const HttpOutcome& outcome);
/// `source`: the description's name. The first answer is the one to the request as it stands.
Verdict judge_described(const std::vector<DescribedAnswer>& answers, std::string_view source);

}  // namespace gateproof::suites
