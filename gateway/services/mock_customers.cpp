// The calls and records of the published mock: OpenAPI files and test report templates of the Customer Services Suite,
// Bill and Income (CUS as of June 2024).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/services/mock_rest.hpp"
#include "gateway/services/mock_values.hpp"

namespace gateproof::gateway::mock {
namespace {

constexpr Service customer_suite{.name = "customer",
                                 .bad_token = 400,
                                 .not_permitted = 403,
                                 .empty_body = "EV1100",
                                 .unreadable = "EV1100",
                                 .unknown_member = "EV1100",
                                 .missing_member = "EV1100",
                                 .no_token = "EV1021",
                                 .invalid_token = "EV1020",
                                 .unknown_record = 400,
                                 .unknown_record_code = "CST404"};
constexpr Service bill_service{.name = "bill",
                               .bad_token = 401,
                               .not_permitted = 401,
                               .empty_body = "EV1000",
                               .unreadable = "EV1001",
                               .unknown_member = "EV1002",
                               .missing_member = "EV2000",
                               .no_token = "EV1021",
                               .invalid_token = "EV1020",
                               .unknown_record = 404,
                               .unknown_record_code = "ER5000"};
/// Of a number that it does not know it has nothing in any range of days. The mock looks at no tokens.
constexpr Service income_service{.name = "income",
                                 .bad_token = 400,
                                 .not_permitted = 400,
                                 .empty_body = "EV1100",
                                 .unreadable = "EV1100",
                                 .unknown_member = "EV1100",
                                 .missing_member = "EV1100",
                                 .no_token = "",
                                 .invalid_token = "",
                                 .unknown_record = 416,
                                 .unknown_record_code = ""};

bool is_customer(const json& value) {
    return is_digits<9>(value) || is_digits<10>(value);
}

bool is_account(const json& value) {
    return is_text(value) && value.get_ref<const std::string&>().size() >= 7;
}

bool is_short(const json& value) {
    constexpr std::size_t longest = 20;
    return is_text(value) && value.get_ref<const std::string&>().size() <= longest;
}

bool is_known_delivery_point(const json& value) {
    return is_number(value) && value.get<std::int64_t>() == 827994;
}

/// Of a whole request: locations are of accounts alone.
bool is_address_for_it(const json& asked) {
    return !asked.contains("CustomerID") || asked.value("Type", json()) != "LOC";
}

bool is_bank(const json& value) {
    return is_digits<2>(value) && value != "00";
}

bool is_phone(const json& phone) {
    if (!phone.is_object() || !phone.contains("PhoneType") || !phone.contains("PhoneNumber")) {
        return false;
    }
    const std::string area = phone.value("AreaCode", "");
    const bool digits = std::ranges::all_of(area, [](char c) { return c >= '0' && c <= '9'; });
    return digits && area.empty() == (phone.value("Country", "") == "NZ");
}

bool are_few(const json& phones) {
    return phones.is_array() && !phones.empty() && phones.size() <= 5;
}

bool are_phones(const json& phones) {
    return std::ranges::all_of(phones, is_phone);
}

constexpr std::string_view whose = "/CustomerID|/AccountID";
constexpr std::string_view by_whose = "/CustomerID /AccountID";

constexpr Member customer_id{.at = "/CustomerID", .fits = is_customer};
constexpr Member customer_type{.at = "/CustomerIDType", .among = "IRD CST"};
constexpr Member some_customer_id{.at = "/CustomerID", .required = false, .fits = is_customer};
constexpr Member some_customer_type{.at = "/CustomerIDType", .required = false, .among = "IRD CST"};
constexpr Member account_id{.at = "/AccountID", .fits = is_account};
constexpr Member account_type{.at = "/AccountIDType", .among = "ACC"};
constexpr Member some_account_id{.at = "/AccountID", .required = false, .fits = is_account};
constexpr Member some_account_type{.at = "/AccountIDType", .required = false, .among = "ACC CMPF KSF"};

constexpr Member name_new[] = {customer_id,
                               customer_type,
                               {.at = "/Type", .among = "DBACST PREFER"},
                               {.at = "/Unformatted", .required = false, .fits = is_text},
                               {.at = "/LastName", .required = false, .fits = is_text},
                               {.at = "/MiddleName", .required = false, .fits = is_text},
                               {.at = "/FirstName", .required = false, .fits = is_text},
                               {.at = "/Title", .required = false, .fits = is_text},
                               {.at = "/Suffix", .required = false, .fits = is_text}};
constexpr Member name_changed[] = {{.at = "/NameID", .fits = is_number},
                                   {.at = "/Unformatted", .required = false, .fits = is_text},
                                   {.at = "/LastName", .required = false, .fits = is_text},
                                   {.at = "/FirstName", .required = false, .fits = is_text}};
constexpr Member name_ended[] = {{.at = "/NameID", .fits = is_number}};

constexpr Member address_new[] = {
    some_customer_id,
    some_customer_type,
    some_account_id,
    some_account_type,
    {.at = "/Type", .among = "LOC MAL PRFLOC PRFMAL"},
    {.at = "", .fits = is_address_for_it, .code = "ADR101"},
    {.at = "/Address", .required = false},
    {.at = "/Address/Street", .fits = is_text},
    {.at = "/Address/Country", .fits = is_short},
    {.at = "/Address/Unit", .required = false, .fits = is_short},
    {.at = "/Address/UnitType", .required = false, .among = "APT FLT UNT", .code = "ADR102"},
    {.at = "/NewZealand", .required = false},
    {.at = "/NewZealand/DPID", .fits = is_known_delivery_point, .code = "ADR103"},
    {.at = "/NewZealand/Attention", .required = false, .fits = is_text}};
constexpr Member address_changed[] = {
    {.at = "/AddressID", .fits = is_number},
    {.at = "/Address", .required = false},
    {.at = "/Address/Street", .fits = is_text},
    {.at = "/Address/Country", .fits = is_short},
    {.at = "/Address/UnitType", .required = false, .among = "APT FLT UNT", .code = "ADR102"},
    {.at = "/NewZealand", .required = false},
    {.at = "/NewZealand/DPID", .fits = is_known_delivery_point, .code = "ADR103"},
    {.at = "/NewZealand/Attention", .required = false, .fits = is_text}};
constexpr Member address_ended[] = {{.at = "/AddressID", .fits = is_number}};

constexpr Member contact_new[] = {some_customer_id,
                                  some_customer_type,
                                  some_account_id,
                                  some_account_type,
                                  {.at = "/Contact"},
                                  {.at = "/Contact/ContactType", .among = "PRIMRY SCNDRY"},
                                  {.at = "/Contact/Name", .required = false, .fits = is_text},
                                  {.at = "/Contact/Phone", .fits = are_few, .code = "CNT103"},
                                  {.at = "/Contact/Phone", .fits = are_phones, .code = "CNT102"}};
constexpr Member contact_changed[] = {
    {.at = "/ContactID", .fits = is_number}, {.at = "/Contact"}, {.at = "/Contact/Name", .fits = is_text}};
constexpr Member contact_ended[] = {{.at = "/ContactID", .fits = is_number}};
constexpr Member phone_new[] = {{.at = "/ContactID", .fits = is_number},
                                {.at = "/Phone", .fits = is_phone, .code = "CNT102"},
                                {.at = "/Phone/PhoneType", .among = "BSN BSNFAX CELL HOM"},
                                {.at = "/Phone/Country", .fits = is_short},
                                {.at = "/Phone/AreaCode", .required = false},
                                {.at = "/Phone/PhoneNumber", .fits = is_text},
                                {.at = "/Phone/Extension", .required = false}};
constexpr Member phone_changed[] = {{.at = "/PhoneID", .fits = is_number},
                                    {.at = "/Phone", .fits = is_phone, .code = "CNT102"},
                                    {.at = "/Phone/PhoneType", .among = "BSN BSNFAX CELL HOM"},
                                    {.at = "/Phone/Country", .fits = is_short},
                                    {.at = "/Phone/AreaCode", .required = false},
                                    {.at = "/Phone/PhoneNumber", .fits = is_text},
                                    {.at = "/Phone/Extension", .required = false}};
constexpr Member phone_ended[] = {{.at = "/PhoneID", .fits = is_number}};

constexpr Member bank_new[] = {account_id,
                               account_type,
                               {.at = "/NameOnAccount", .fits = is_text},
                               {.at = "/NewZealand", .required = false},
                               {.at = "/NewZealand/Bank", .fits = is_bank, .code = "BNK100"},
                               {.at = "/NewZealand/Branch", .fits = is_digits<4>, .code = "BNK100"},
                               {.at = "/NewZealand/Account", .fits = is_digits<8>, .code = "BNK100"},
                               {.at = "/NewZealand/Suffix", .fits = is_digits<4>, .code = "BNK100"},
                               {.at = "/NewZealand/Reference", .required = false, .fits = is_short},
                               {.at = "/International", .required = false},
                               {.at = "/International/RoutingNumber", .fits = is_digits<6>, .code = "BNK100"},
                               {.at = "/International/AccountNumber", .fits = is_text},
                               {.at = "/International/BankAccountType", .among = "C S"},
                               {.at = "/International/BankName", .fits = is_text},
                               {.at = "/International/Country", .among = "AU"}};
constexpr Member bank_ended[] = {account_id, account_type};

constexpr Member bic_new[] = {customer_id,
                              customer_type,
                              {.at = "/BICCode", .fits = is_text},
                              {.at = "/Commence", .required = false, .fits = is_past, .code = "BIC102"}};
constexpr Member bic_ended[] = {customer_id,
                                customer_type,
                                {.at = "/BICCode", .fits = is_text},
                                {.at = "/Cease", .required = false, .fits = is_past, .code = "BIC103"}};

constexpr Member bill_asked[] = {{.at = "/Bill"}, {.at = "/Bill/Id", .fits = is_text, .code = "EV1002"}};
constexpr Member income_asked[] = {{.at = "/IRD", .fits = is_digits<9>},
                                   {.at = "/StartDate", .fits = is_day},
                                   {.at = "/EndDate", .required = false, .fits = is_day}};

constexpr std::string_view one_bill =
    R"({"Bill":{"CustomerId":"132243158","CustomerIdType":"IRD","AccountId":"132243158INC003","AccountIdType":"ACC",)"
    R"("Period":"2021-03-31","Id":"?","RetrieveDate":"2021-01-31","DueDate":"2021-02-07","UnderArrangement":false},)"
    R"("ProvMethodHistory":[{"MethodKey":"1","Method":"STD","TaxYear":"2021","Commence":"2020-04-01",)"
    R"("Cease":"9999-12-31","Amount":"1200.00"}],"ProvDetails":{"TransactionId":"1","TransactionType":"PRV",)"
    R"("FilingPeriod":"2021-03-31","DueDate":"2021-02-07","Amount":"400.00","FITReduction":"0.00","Method":"STD"}})";
constexpr std::string_view some_income =
    R"({"IncomeProfile":[{"IncomeRequired":"2019-03-31","IncomeType":"SALWAGE","IncomeSource":"Mock Limited",)"
    R"("IncomeSourceID":"069096409","IncomeSourceIDType":"IRD","Amount":"1000.00","Deductions":"175.00",)"
    R"("RateChanged":false},{"IncomeRequired":"2019-04-30","IncomeType":"SALWAGE","IncomeSource":"Mock Limited",)"
    R"("IncomeSourceID":"069096409","IncomeSourceIDType":"IRD","Amount":"1000.00","Deductions":"175.00",)"
    R"("RateChanged":false}]})";

constexpr Operation customer_operations[] = {
    {.service = customer_suite,
     .method = "POST",
     .path = "name/name",
     .members = name_new,
     .record = "/CustomerID",
     .answer = R"({"NameID":1004723099665})"},
    {.service = customer_suite, .method = "PUT", .path = "name/name", .members = name_changed, .record = "/NameID"},
    {.service = customer_suite, .method = "DELETE", .path = "name/name", .members = name_ended, .record = "/NameID"},
    {.service = customer_suite,
     .method = "POST",
     .path = "address/address",
     .members = address_new,
     .choices = "/CustomerID|/AccountID /Address|/NewZealand",
     .record = by_whose,
     .answer = R"({"AddressID":5341463520})"},
    {.service = customer_suite,
     .method = "PUT",
     .path = "address/address",
     .members = address_changed,
     .choices = "/Address|/NewZealand",
     .record = "/AddressID"},
    {.service = customer_suite,
     .method = "DELETE",
     .path = "address/address",
     .members = address_ended,
     .record = "/AddressID"},
    {.service = customer_suite,
     .method = "POST",
     .path = "contact/contact",
     .members = contact_new,
     .choices = whose,
     .record = by_whose,
     .answer = R"({"ContactID":1295148032})"},
    {.service = customer_suite,
     .method = "PUT",
     .path = "contact/contact",
     .members = contact_changed,
     .record = "/ContactID"},
    {.service = customer_suite,
     .method = "DELETE",
     .path = "contact/contact",
     .members = contact_ended,
     .record = "/ContactID"},
    {.service = customer_suite,
     .method = "POST",
     .path = "contact/phone",
     .members = phone_new,
     .record = "/ContactID",
     .answer = R"({"PhoneID":1004734460042})"},
    {.service = customer_suite,
     .method = "PUT",
     .path = "contact/phone",
     .members = phone_changed,
     .record = "/PhoneID"},
    {.service = customer_suite,
     .method = "DELETE",
     .path = "contact/phone",
     .members = phone_ended,
     .record = "/PhoneID"},
    {.service = customer_suite,
     .method = "POST",
     .path = "bank/bank",
     .members = bank_new,
     .choices = "/NewZealand|/International",
     .record = "/AccountID"},
    {.service = customer_suite, .method = "DELETE", .path = "bank/bank", .members = bank_ended, .record = "/AccountID"},
    {.service = customer_suite, .method = "POST", .path = "bic/bic", .members = bic_new, .record = "/CustomerID"},
    {.service = customer_suite,
     .method = "DELETE",
     .path = "bic/bic",
     .members = bic_ended,
     .record = "/CustomerID",
     .part = "/BICCode",
     .no_part = "BIC101"},
    {.service = bill_service,
     .method = "POST",
     .path = "bill/bill",
     .members = bill_asked,
     .record = "/Bill/Id",
     .answer = one_bill},
    {.service = income_service,
     .method = "POST",
     .path = "income/list",
     .members = income_asked,
     .record = "/IRD",
     .answer = some_income},
};

constexpr Record customer_records[] = {
    // Income knows none of the suite's customers, and bills have numbers of their own: those that know all are last.
    {"income/", "019542033"},
    {"income/", "027083307"},
    {"income/", "069164331"},
    {"income/", "059637355"},
    {"income/", "081526583"},
    {"income/", "123612507", "EV1022"},
    {"income/", "123346718", "EV1200"},
    {"income/", "123350375", "EV2235"},
    {"bill/", "1058166784"},
    {"bill/", "1411815424"},
    {"bill/", "865310720"},
    {"bill/", "282290176"},
    {"bill/", "1804888576", "EV1022"},
    {"name/", "132244227"},
    {"name/", "139390032", "NAM101"},
    {"name/", "1004723099665"},
    {"name/", "1004723362815"},
    {"name/", "1004723443833", "NAM100"},
    {"name/", "1016545454547", "EV1022"},
    {"address/", "139369823"},
    {"address/", "139369823INC002"},
    {"address/", "AS/1234"},
    {"address/", "KSS/12345"},
    {"address/", "5341463520"},
    {"address/", "1004722686772"},
    {"address/", "1004733565010"},
    {"address/", "1004785546432", "EV1022"},
    {"contact/", "1295148032"},
    {"contact/", "1004734460042"},
    {"contact/", "9004732142020"},
    {"contact/", "1320547545", "EV1022"},
    {"bank/", "512100301REB001", "BNK101"},
    {"bank/", "132243158FBT005", "BNK102"},
    {"bic/", "1512100301/N731115"},
    {"bic/", "139369673/A041930"},
    {"", "132243158"},
    {"", "132243158INC002"},
    {"", "132243158GST004"},
    {"", "132243158KSS004", "ACT100"},
    {"", "069096409"},
    {"", "139369673"},
    {"", "1512100301"},
    {"", "512100301INC003"},
    {"", "102210221", "EV1022"},
    {"", "102210221INC002", "EV1022"},
};

}  // namespace

Table customer_services() {
    return {customer_operations, customer_records};
}

}  // namespace gateproof::gateway::mock
