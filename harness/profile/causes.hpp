// Why a service answers with an error code: what is published of each code, and what a request shows of it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

/// One cause of a code. The text is ours, the source says where the fact stands.
struct Cause {
    std::string code;  ///< "4", "EV1022"
    std::string text;
    std::string source;  ///< empty: the profile's own
};

/// By code: what a profile gives instead of the published causes (permissions.causes).
using CausesByCode = std::map<std::string, std::vector<std::string>>;

/// As published by June 2024: SOAP status codes, and the codes of the REST services.
const std::vector<Cause>& published_causes();
/// Those of this code; the profile's own go before the published ones.
std::vector<Cause> causes_of(std::string_view code, const CausesByCode& own);

/// "4 is answered where ...; or ... (source)"; empty: nothing is published of the code.
std::string causes_text(std::string_view code, const CausesByCode& own);

/// What there is to say of an IRD number that was sent, and of whatever else stands in its place.
struct IrdNumberForm {
    bool number = false;       ///< eight or nine digits, dashes left aside; else nothing below is known
    bool dashes = false;       ///< they are not part of a request
    bool padded = false;       ///< nine digits
    bool in_range = false;     ///< 10-000-000 to 150-000-000
    bool check_digit = false;  ///< modulus 11. Several published test numbers fail it, so nothing is refused for it.
};
IrdNumberForm examine_ird_number(std::string_view text);

}  // namespace gateproof
