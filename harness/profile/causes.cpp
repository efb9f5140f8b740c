#include "harness/profile/causes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

namespace gateproof {
namespace {

constexpr const char* in_soap = "status codes of the returns and employment packs, 2024-06-18";
constexpr const char* in_access = "Identity and Access build pack, 2024-06-18";
constexpr const char* in_customer_suite = "Customer suite, codes of its OpenAPI files, 2024-06-18";
constexpr const char* in_tds = "Transaction data services pack, codes, 2024-06-18";
constexpr const char* in_pir = "Calculators, PIR pack, codes, 2024-06-18";
constexpr const char* in_validation = "IRD number validation, OpenAPI file, 2024-06-18";
constexpr const char* in_income = "Income API, codes, 2024-06-18";
constexpr const char* in_notifications = "Notifications API, codes, 2024-06-18";

/// Modulus 11 of the first eight digits with these weights; 10: there is no such check digit.
int check_digit_by(const std::array<int, 9>& digits, const std::array<int, 8>& weights) {
    int sum = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        sum += digits[i] * weights[i];
    }
    return sum % 11 == 0 ? 0 : 11 - sum % 11;
}

}  // namespace

const std::vector<Cause>& published_causes() {
    static const std::vector<Cause> causes{
        {"1",
         "the token has expired, was revoked, or is of another environment; consent lasts five years, and who "
         "withdraws it in myIR ends its tokens",
         in_soap},
        {"2", "no token came: the Authorization header is missing, or something on the way takes it out", in_soap},
        {"3", "the user who logged in may not act for this client or agency", in_soap},
        {"4", "the identifier is another customer's, or wrong", in_soap},
        {"4", "the identifier is of another type than IdentifierValueType says", in_soap},
        {"4", "the customer has no account of that type", in_soap},
        {"4",
         "the user who logged in has no delegation, or not for this account type: another myIR login than meant, a "
         "person who has left, third-party access that is switched off",
         in_soap},
        {"5",
         "softwareProvider or softwarePlatform is not as it was onboarded for this environment; this is no matter of "
         "myIR",
         in_soap},
        {"7", "the service does not take this account type", in_soap},
        {"20",
         "no schema is known for the request: namespace, wrapper or WS-Addressing action is of another service or "
         "version",
         in_soap},
        {"21",
         "the request does not fit the schema: a member is missing, too many, out of order or of a wrong form; the "
         "message mostly names it",
         in_soap},
        {"22", "an IRD number in the body has a wrong check digit", "AIM, III and PIE packs, 2024-06-18"},
        {"23", "the schema version is not that of the tax year", "Income tax pack, 2024-06-18"},
        {"EV1020",
         "the token is not good: expired, revoked, of another environment, or a JWT whose certificate, sub, iss "
         "or times are not as registered",
         in_access},
        {"EV1021", "no token came: the Authorization header is missing, or something on the way takes it out",
         in_access},
        {"EV1022", "the user or machine has no delegation for this customer, account or item", in_customer_suite},
        {"EV1022", "the item is another customer's", in_customer_suite},
        {"EV1022", "the JWT names a startLogon without access, or none where the owner has none", in_access},
        {"CST404", "the customer or account is not known under this identifier and type", in_customer_suite},
        {"EV1100", "a member is missing, not known or of a wrong form; the message may name it", in_customer_suite},
        {"EV2234", "the check digit of the IRD number is wrong", in_customer_suite},
        {"EV1200", "there are more than 10,000 entries in this range: ask for a shorter one", in_income},
        {"NOT001", "there are more than 16,000 entries in this range: ask for a shorter one", in_notifications},
        {"EV1023", "the client certificate belongs to no customer", in_pir},
        {"EV1026", "iat or exp of the JWT is wrong", in_pir},
        {"EV1028", "the signature of the JWT does not fit the registered certificate", in_pir},
        {"EV1029", "the algorithm of the JWT is not the registered one", in_pir},
        {"TDS200", "the client certificate or the user has no access to this service", in_tds},
        {"TDS201", "the software provider is not eligible for this service", in_tds},
        {"TDS202", "the token is not good", in_tds},
        {"TDS203", "no token came with the request", in_tds},
        {"TDS204", "summary and batch take no OAuth token: they want the separate client certificate alone", in_tds},
        {"TDS206", "the authentication failed for a reason that is not told", in_tds},
        {"IR001", "the IRD number is not valid, or of another kind of customer", in_validation},
        {"IR002", "the NZBN is not that of whose IRD number it is", in_validation},
        {"IR003",
         "this IRD number was asked for too often: it is counted for each number over 24 hours, so another number "
         "is served",
         in_validation},
    };
    return causes;
}

std::vector<Cause> causes_of(std::string_view code, const CausesByCode& own) {
    std::vector<Cause> causes;
    if (const auto given = own.find(std::string(code)); given != own.end()) {
        for (const std::string& text : given->second) {
            causes.push_back({std::string(code), text, {}});
        }
        return causes;
    }
    std::ranges::copy_if(published_causes(), std::back_inserter(causes),
                         [code](const Cause& cause) { return cause.code == code; });
    return causes;
}

std::string causes_text(std::string_view code, const CausesByCode& own) {
    const std::vector<Cause> causes = causes_of(code, own);
    std::string text;
    for (const Cause& cause : causes) {
        text += text.empty() ? std::string(code) + " is answered where " : std::string("; or ");
        text += cause.text;
    }
    return causes.empty() || causes.front().source.empty() ? text : text + " (" + causes.front().source + ")";
}

IrdNumberForm examine_ird_number(std::string_view text) {
    IrdNumberForm form;
    std::string digits;
    for (const char c : text) {
        if (c == '-') {
            form.dashes = true;
        } else if (c >= '0' && c <= '9') {
            digits += c;
        } else {
            return {};
        }
    }
    if (digits.size() != 8 && digits.size() != 9) {
        return {};
    }
    form.number = true;
    form.padded = digits.size() == 9;
    if (!form.padded) {
        digits.insert(digits.begin(), '0');
    }
    std::array<int, 9> values{};
    std::ranges::transform(digits, values.begin(), [](char c) { return c - '0'; });
    const std::int64_t number = std::stoll(digits);
    form.in_range = number >= 10'000'000 && number <= 150'000'000;
    int expected = check_digit_by(values, {3, 2, 7, 6, 5, 4, 3, 2});
    if (expected == 10) {
        expected = check_digit_by(values, {7, 4, 3, 2, 5, 2, 7, 6});
    }
    form.check_digit = expected == values[8];
    return form;
}

}  // namespace gateproof
