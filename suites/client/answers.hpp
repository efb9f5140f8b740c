// Answers of the gateway's services that refuse, and how they stand for whatever a service has to say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/stage/scene.hpp"

namespace gateproof::suites {

inline constexpr std::string_view json_type = "application/json; charset=utf-8";
inline constexpr std::string_view soap_type = "application/soap+xml; charset=utf-8";

stage::Answer answer_of(int status, std::string_view type, std::string body);
/// SOAP 1.2 with that content of its body.
stage::Answer enveloped(int status, std::string_view content);
/// {"errors": [...]} with that code, its type and a message.
stage::Answer rest_error(int status, std::string_view code, std::string_view type);
/// An answer of SOAP 1.2 with that status code of the build packs, 5.1.
stage::Answer soap_status(int code);
/// A page for humans.
stage::Answer page(int status, std::string_view title);
/// A fault of SOAP 1.2 (Receiver) with that reason.
stage::Answer soap_fault(int status, std::string_view text);

/// Instead of whatever the application has to say.
stage::AnswerAct act_of(stage::Answer usual, std::vector<stage::SaidAt> at = {},
                        stage::Callers callers = stage::Callers::all);
/// The same answer to both SOAP addresses.
void to_soap(stage::AnswerAct& act, const stage::Answer& answer);

}  // namespace gateproof::suites
