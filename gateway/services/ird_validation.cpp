#include "gateway/services/ird_validation.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/fixture/ird_number.hpp"
#include "gateway/services/answers.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;

struct Registered {
    std::string_view ird;
    std::string_view classification;
    std::string_view date;  ///< of birth, or of commencement
    std::string_view name;
    std::string_view address;
    std::string_view nzbn;
};

constexpr Registered register_of_persons[] = {
    {"035901981", "IND", "1979-08-21", "Ngata, Aroha", "12 Kauri Road, Nelson 7010", ""},
    {"136410132", "COM", "2004-04-01", "Pukeko Joinery Limited", "3 Wharf Street, Oamaru 9400", "9429000106078"},
};

std::string text_of(const json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>()
                                                                             : std::string();
}

const json& part_of(const json& object, const char* name) {
    static const json nothing = json::object();
    const auto found = object.find(name);
    return found != object.end() ? *found : nothing;
}

/// "Last, First", whichever way it is given; empty: it is not.
std::string name_in(const json& asked) {
    const json& name = part_of(asked, "Name");
    const std::string last = text_of(name, "LastName");
    const std::string first = text_of(name, "FirstName");
    return last.empty() || first.empty() ? text_of(asked, "FormattedName") : last + ", " + first;
}

/// "Street, City Postcode", whichever way it is given.
std::string address_in(const json& asked) {
    const json& address = part_of(asked, "Address");
    const std::string street = text_of(address, "Street");
    return street.empty() ? text_of(asked, "FormattedAddress")
                          : street + ", " + text_of(address, "City") + " " + text_of(address, "PostCode");
}

Response invalid(const Request& request, const char* code, const char* message) {
    return error_response(request, 400, code, "validation", message);
}

/// What is wrong with the number by itself.
std::optional<Response> bad_number(const Request& request, const std::string& number) {
    switch (number.size() == 9 ? validate_ird_number(number) : IrdNumber::malformed) {
        case IrdNumber::valid: return std::nullopt;
        case IrdNumber::bad_check_digit: return invalid(request, "IR001", "The IRD number is not valid");
        case IrdNumber::malformed: break;
    }
    return invalid(request, "EV1100", "An IRD number has nine digits here");
}

}  // namespace

Response validate_ird(const Request& request, const FaultSet& faults) {
    if (request.method() != http::verb::post) {
        return error_response(request, 405, "EV1100", "validation", "This operation takes POST alone");
    }
    const json asked = json::parse(request.body(), nullptr, false);
    const std::string kind = text_of(asked, "Classification");
    if ((kind != "IND" && kind != "COM") || text_of(asked, "Date").empty()) {
        return invalid(request, "EV1100", "Classification and Date are needed");
    }
    const std::string number = text_of(asked, "IRD");
    if (!faults.has("any-number-validated")) {
        if (auto wrong = bad_number(request, number)) {
            return std::move(*wrong);
        }
    }
    const std::string name = name_in(asked);
    if (name.empty()) {
        return invalid(request, "EV1100", "Name or FormattedName is needed");
    }
    const auto* const known = std::ranges::find(register_of_persons, number, &Registered::ird);
    if (known == std::end(register_of_persons)) {
        return json_answer(request, 200, {{"Match", "No match"}});
    }
    const std::string nzbn = text_of(asked, "NZBN");
    if (kind != known->classification) {
        return invalid(request, "IR001", "The IRD number is of another type of customer");
    }
    if (!nzbn.empty() && nzbn != known->nzbn && !faults.has("any-nzbn-taken")) {
        return invalid(request, "IR002", "The NZBN is another one");
    }
    const bool match =
        text_of(asked, "Date") == known->date && name == known->name && address_in(asked) == known->address;
    return json_answer(request, 200, {{"Match", match && !faults.has("person-never-matched") ? "Match" : "No match"}});
}

}  // namespace gateproof::gateway
