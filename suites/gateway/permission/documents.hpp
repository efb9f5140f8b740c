// Documents that are no documents by the published limits, made of a good request.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/verdict.hpp"
#include "suites/shared/refusal.hpp"

namespace gateproof::suites {

/// The body with another extension of its FileName; nothing where it is no JSON with FileName and Document.
std::optional<std::string> with_extension(std::string_view body, std::string_view extension);
/// The body with so many zero bytes as its Document.
std::optional<std::string> with_document_of(std::string_view body, std::int64_t bytes);

/// DOCUMENT-LIMITS: of one byte too many; no text says with which code it is refused.
Verdict judge_document_size(const Answer& good, const Answer& answer, std::int64_t bytes);

}  // namespace gateproof::suites
