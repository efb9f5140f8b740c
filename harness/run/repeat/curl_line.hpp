// The same request by curl(1): for a finding that nobody has to take our word for.
#pragma once

#include <string>
#include <string_view>

#include "harness/journal/record.hpp"
#include "harness/probe/http/http.hpp"
#include "harness/profile/profile.hpp"

namespace gateproof {

/// Of an "http_exchange": the line that repeats it.
inline constexpr std::string_view curl_field = "curl";

/// The command line for a request that was answered, without its client certificate. Empty where curl cannot say the
/// same: what carries a secret or a body, goes by a proxy or another way, or rests on what no option of curl does.
std::string curl_line(const HttpRequest& request, const HttpOutcome& outcome);

/// Leaves one line in the evidence of a finding: that of the answer which its sentence names, with the files of the
/// certificate that was shown, as the profile names them. None where several exchanges had that answer, where the
/// certificate's key is protected or in no file of its own, and where nothing was found.
void keep_curl_line(CheckResult& result, const Profile& profile);

}  // namespace gateproof
