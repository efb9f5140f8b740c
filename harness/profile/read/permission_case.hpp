// The parts of `permissions`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/json/reader.hpp"
#include "harness/profile/permission_case.hpp"

namespace gateproof {

struct Profile;

/// [a-z0-9-]+, at most 63, not beginning with '-': what reports file a case by.
bool is_case_name(std::string_view name);

/// A role whose token can be had, "m2m", "certificate", or "tds": as far as the channel and the key `m2m` decide it.
void check_subject(const JsonField& field, const Profile& profile, Problems& problems, const std::string& subject);
/// A list of texts, none of them empty.
std::vector<std::string> read_texts(const JsonField& field, Problems& problems, std::string_view expected);
/// HTTP statuses; none where the field is null.
std::vector<int> read_statuses(const JsonField& field, Problems& problems);
std::string read_pointer(const JsonField& field, Problems& problems);
std::string read_xpath(const JsonField& field, Problems& problems);
/// Exactly one of "pointer" and "xpath".
void read_place(ObjectReader& reader, Problems& problems, std::string& pointer, std::string& xpath);
std::optional<AnswerValue> read_answer_value(const JsonField& field, Problems& problems);
/// The name of a model that is known; "rest" when absent or reported.
std::string read_error_name(const JsonField& field, Problems& problems, const Permissions& permissions);
void read_errors(const JsonField& field, Problems& problems, std::map<std::string, ErrorModel>& errors);
/// Texts by error code.
void read_causes(const JsonField& field, Problems& problems, CausesByCode& causes);

}  // namespace gateproof
