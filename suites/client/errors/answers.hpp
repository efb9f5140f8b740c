// How the gateway says no, service by service (build packs of June 2024), and answers that are none.
#pragma once

#include <string>
#include <string_view>

#include "harness/stage/scene.hpp"
#include "suites/client/answers.hpp"

namespace gateproof::suites {

// Each for every request. REST services have their own statuses and codes; who calls none of them is answered as ever.
stage::AnswerAct forbidden();       ///< EV1022, TDS200: 403 in the Customer suite alone
stage::AnswerAct invalid();         ///< EV1100 and its like
stage::AnswerAct check_digit();     ///< EV2234 and its like
stage::AnswerAct unknown_record();  ///< CST404 and its like
stage::AnswerAct refused_by_soap(int code);

// For all callers
stage::AnswerAct token_refused();  ///< EV1020 and its like; SOAP status code 1
stage::AnswerAct server_error();   ///< 500 EU6001 and its like; a SOAP fault
stage::AnswerAct of_nobody();      ///< a code and a type that no document has
stage::AnswerAct paged(int status, std::string_view title);
stage::AnswerAct empty(int status);
stage::AnswerAct bottomless();  ///< 100,000 elements or arrays deep, with a number of 10,000 digits where it is JSON
stage::AnswerAct expanding();   ///< XML whose entities are a thousand million letters

stage::AnswerAct mislabelled();  ///< said to be JSON and is XML; to SOAP the other way round

/// The record of a customer about another one than was asked for (stage::AnswerWriter). Other answers stay as they are.
std::string about_another(const stage::Answer& answer, const stage::Request& request, const stage::Doors&);
/// The record of a customer with this name.
inline constexpr std::string_view name_with_macrons = "Aroha P\u014dtiki-T\u0101mati K\u0113hua \U0001f33f Ltd";
std::string with_macrons(const stage::Answer& answer, const stage::Request& request, const stage::Doors&);

/// XML that refers to what lies at the door "canary", by its document type, by an entity, or by a schema's place
/// (stage::AnswerWriter).
inline constexpr std::string_view canary_door = "canary";
std::string with_document_type(const stage::Answer&, const stage::Request&, const stage::Doors& doors);
std::string with_entity(const stage::Answer&, const stage::Request&, const stage::Doors& doors);
std::string with_schema(const stage::Answer&, const stage::Request&, const stage::Doors& doors);

}  // namespace gateproof::suites
