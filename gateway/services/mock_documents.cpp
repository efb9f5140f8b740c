// The calls and records of the published mock: Document and Notifications (COM as of June 2024), the PIR calculator
// (CAL) and Transaction Data Services (TDS, December 2023).
#include <algorithm>
#include <nlohmann/json.hpp>

#include "gateway/services/mock_rest.hpp"
#include "gateway/services/mock_values.hpp"

namespace gateproof::gateway::mock {
namespace {

constexpr Service document_service{.name = "document",
                                   .bad_token = 400,
                                   .not_permitted = 400,
                                   .empty_body = "EV1100",
                                   .unreadable = "EV1100",
                                   .unknown_member = "EV1100",
                                   .missing_member = "EV1100",
                                   .no_token = "EV1021",
                                   .invalid_token = "EV1020",
                                   .unknown_record = 400,
                                   .unknown_record_code = "DOC301"};
constexpr Service notification_service{.name = "notification",
                                       .bad_token = 400,
                                       .not_permitted = 400,
                                       .empty_body = "EV1100",
                                       .unreadable = "EV1100",
                                       .unknown_member = "EV1100",
                                       .missing_member = "EV1100",
                                       .no_token = "EV1021",
                                       .invalid_token = "EV1020",
                                       .unknown_record = 400,
                                       .unknown_record_code = "EV1022"};
/// The mock looks at no tokens.
constexpr Service pir_service{.name = "calculators",
                              .bad_token = 401,
                              .not_permitted = 401,
                              .empty_body = "EV1000",
                              .unreadable = "EV1100",
                              .unknown_member = "EV1100",
                              .missing_member = "EV1100",
                              .no_token = "",
                              .invalid_token = "",
                              .unknown_record = 401,
                              .unknown_record_code = "EV1040"};
constexpr Service tds_realtime{.name = "tds",
                               .bad_token = 401,
                               .not_permitted = 401,
                               .empty_body = "TDS101",
                               .unreadable = "TDS101",
                               .unknown_member = "TDS101",
                               .missing_member = "TDS102",
                               .no_token = "TDS203",
                               .invalid_token = "TDS202",
                               .unknown_record = 400,
                               .unknown_record_code = "TDS301"};
constexpr Service tds_reconciliation{.name = "tds",
                                     .bad_token = 401,
                                     .not_permitted = 401,
                                     .empty_body = "TDS101",
                                     .unreadable = "TDS101",
                                     .unknown_member = "TDS101",
                                     .missing_member = "TDS102",
                                     .no_token = "",
                                     .invalid_token = "",
                                     .unknown_record = 400,
                                     .unknown_record_code = "TDS301"};

bool is_time(const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    return text != nullptr && text->size() == 19 && (*text)[4] == '-' && (*text)[10] == 'T';
}

bool is_past_time(const json& value) {
    return value.is_string() && value.get_ref<const std::string&>() < "2050";
}

/// Seven years, by a clock that stands still: what is asked for is well on either side.
bool is_recent(const json& value) {
    return is_past(value) && value.get_ref<const std::string&>() > "2020";
}

bool is_filed_kind(const json& value) {
    const auto* const name = value.get_ptr<const std::string*>();
    return name != nullptr && (name->ends_with(".pdf") || name->ends_with(".csv"));
}

bool is_account_of_tds(const json& value) {
    const auto* const text = value.get_ptr<const std::string*>();
    return text != nullptr && text->size() == 15;
}

constexpr Member documents_asked[] = {{.at = "/FromDateTime", .fits = is_time},
                                      {.at = "/FromDateTime", .fits = is_past_time, .code = "KS0113"},
                                      {.at = "/ToDateTime", .required = false, .fits = is_time},
                                      {.at = "/ToDateTime", .required = false, .fits = is_past_time, .code = "KS0113"},
                                      {.at = "/IRDNumber", .required = false, .fits = is_digits<9>}};
constexpr Member document_asked[] = {{.at = "/DocumentID"}};
constexpr Member document_ended[] = {{.at = "/DocumentID"}, {.at = "/Reason", .fits = is_text}};
constexpr Member document_new[] = {{.at = "/Description", .fits = is_text},
                                   {.at = "/FileName", .fits = is_filed_kind},
                                   {.at = "/Document", .fits = is_text},
                                   {.at = "/DocumentLocationID", .required = false},
                                   {.at = "/ExtID", .required = false},
                                   {.at = "/ExtIDType", .required = false, .among = "RTNSUB"},
                                   {.at = "/DocumentCategory", .required = false, .among = "GENATC RTNFIN"}};
constexpr Member notifications_asked[] = {
    {.at = "/FromDateTime", .fits = is_time},
    {.at = "/FromDateTime", .fits = is_past_time, .code = "KS0113"},
    {.at = "/ToDateTime", .required = false, .fits = is_time},
    {.at = "/ToDateTime", .required = false, .fits = is_past_time, .code = "KS0113"},
    {.at = "/QueryIDType", .required = false, .among = "CLTLID CST IRD KSF LSTID"},
    {.at = "/QueryID", .required = false, .fits = is_text}};
constexpr Member pir_asked[] = {{.at = "/IRD", .fits = is_digits<9>},
                                {.at = "/PieIRD", .required = false, .fits = is_digits<9>},
                                {.at = "/FilingPeriod", .required = false, .fits = is_recent, .code = "PER100"}};
constexpr Member financials_asked[] = {
    {.at = "/customerId", .required = false, .fits = is_digits<9>, .code = "TDS101"},
    {.at = "/accountId", .required = false, .fits = is_account_of_tds, .code = "TDS101"},
    {.at = "/filingPeriod", .required = false, .fits = is_day, .code = "TDS101"},
    {.at = "/filingPeriodFrom", .required = false, .fits = is_day, .code = "TDS101"},
    {.at = "/filingPeriodTo", .required = false, .fits = is_day, .code = "TDS101"},
    {.at = "/outstandingPeriodOnly", .required = false}};
constexpr Member transactions_asked[] = {{.at = "/accountId", .fits = is_account_of_tds, .code = "TDS101"},
                                         {.at = "/filingPeriod", .fits = is_day, .code = "TDS101"},
                                         {.at = "/postedFrom", .required = false, .fits = is_day, .code = "TDS101"},
                                         {.at = "/postedTo", .required = false, .fits = is_day, .code = "TDS101"}};
constexpr Member summary_asked[] = {
    {.at = "/clientListId", .required = false, .fits = is_text, .code = "TDS101"},
    {.at = "/customerId", .required = false, .fits = is_digits<9>, .code = "TDS101"},
    {.at = "/accountId", .required = false, .fits = is_account_of_tds, .code = "TDS101"},
    {.at = "/accountType", .required = false, .fits = is_text, .code = "TDS101"},
    {.at = "/filingPeriodFrom", .required = false, .fits = is_day, .code = "TDS101"},
    {.at = "/filingPeriodTo", .required = false, .fits = is_day, .code = "TDS101"}};

constexpr std::string_view some_documents =
    R"({"Documents":[{"DocumentID":5404631446,"DateTimeCreated":"2020-05-01T10:00:00","Description":"Notice"}]})";
constexpr std::string_view one_document =
    R"({"DocumentID":?,"DateTimeCreated":"2020-05-01T10:00:00","Description":"Notice","Document":"VGVzdA=="})";
constexpr std::string_view some_notifications =
    R"({"Notifications":[{"NotificationKey":5418350924,"RecordCreated":"2018-06-01T10:00:00",)"
    R"("EventDate":"2018-06-01","Category":"3","SubCategory":"COL","Type":"COLCAS","Description":"Case",)"
    R"("DocumentID":0,"DocumentLocationID":0,"ExtID":0,"ExtIDType":"","IDType":"IRD","ID":"139026659",)"
    R"("SubjectIDType":"IRD","SubjectID":"139026659","FilingPeriod":"2018-03-31","DueDate":"2018-07-07"}]})";
constexpr std::string_view some_financials =
    R"({"customer":[{"customerId":"139476387","account":[{"accountId":"139476387INC002","accountType":"INC",)"
    R"("accountForecastedBalance":0.0,"period":[]}]}]})";
constexpr std::string_view some_transactions =
    R"({"filingPeriod":"2019-03-31","periodBegin":"2018-04-01","periodEnd":"2019-03-31","tax":0.0,"penalty":0.0,)"
    R"("interest":0.0,"other":0.0,"credit":0.0,"balance":0.0,"transactions":[]})";
constexpr std::string_view some_summary =
    R"({"periodCount":1,"customer":[{"customerId":"139476387","account":[{"accountId":"139476387INC002",)"
    R"("accountForecastedBalance":0.0,"period":[{"filingPeriod":"2019-03-31"}]}]}]})";
constexpr std::string_view when_summed =
    R"({"tdsStarted":"2021-01-01T00:00:00","tdsLastUpdated":"2021-01-01T06:00:00"})";

constexpr Operation document_operations[] = {
    {.service = document_service,
     .method = "POST",
     .path = "document/list",
     .members = documents_asked,
     .record = "/IRDNumber",
     .order = "/FromDateTime|/ToDateTime",
     .answer = some_documents},
    {.service = document_service,
     .method = "GET",
     .path = "document/document",
     .members = document_asked,
     .record = "/DocumentID",
     .answer = one_document},
    {.service = document_service,
     .method = "PUT",
     .path = "document/document",
     .members = document_ended,
     .record = "/DocumentID"},
    {.service = document_service,
     .method = "POST",
     .path = "document/document",
     .members = document_new,
     .choices = "/DocumentLocationID|/ExtID",
     .answer = R"({"DocumentID":5404631446})"},
    {.service = notification_service,
     .method = "POST",
     .path = "notification/list",
     .members = notifications_asked,
     .record = "/QueryID",
     .order = "/FromDateTime|/ToDateTime",
     .answer = some_notifications},
    {.service = pir_service,
     .method = "POST",
     .path = "calculators/pir",
     .members = pir_asked,
     .record = "/IRD",
     .mark = "/PieIRD"},
    {.service = tds_realtime,
     .method = "POST",
     .path = "tds/financials",
     .members = financials_asked,
     .choices = "/customerId|/accountId",
     .record = "/customerId /accountId",
     .apart = "/customerId|/filingPeriod /customerId|/filingPeriodFrom /customerId|/filingPeriodTo",
     .answer = some_financials},
    {.service = tds_realtime,
     .method = "POST",
     .path = "tds/transactions/realtime",
     .members = transactions_asked,
     .record = "/accountId",
     .part = "/filingPeriod",
     .no_part = "TDS302",
     .answer = some_transactions},
    {.service = tds_reconciliation,
     .method = "POST",
     .path = "tds/transactions/batch",
     .members = transactions_asked,
     .record = "/accountId",
     .part = "/filingPeriod",
     .no_part = "TDS302",
     .answer = some_transactions},
    {.service = tds_reconciliation,
     .method = "POST",
     .path = "tds/summary",
     .members = summary_asked,
     .choices = "/clientListId|/customerId|/accountId",
     .record = "/clientListId /customerId /accountId",
     .apart = "/accountId|/accountType",
     .answer = some_summary},
    {.service = tds_reconciliation, .method = "GET", .path = "tds/summary", .answer = when_summed},
};

constexpr Record document_records[] = {
    {"document/", "139122755"},
    {"document/", "5404631446"},
    {"document/", "5413355273"},
    {"notification/", "139026659"},
    {"calculators/", "139276507", "", R"({"IRD":"?","SuggestedPirRate":28})"},
    {"calculators/", "139276310", "", R"({"IRD":"?","SuggestedPirRate":10.5})"},
    {"calculators/", "139439976", "", R"({"IRD":"?","SuggestedPirRate":10.5})"},
    {"calculators/", "139276272", "PIR101", R"({"IRD":"?","SuggestedPirRate":17.5})"},
    {"calculators/", "139276272+", "", R"({"IRD":"139276272","SuggestedPirRate":17.5})"},
    {"calculators/", "139332754", "PIR101", R"({"IRD":"?","SuggestedPirRate":17.5})"},
    {"tds/", "139702328"},
    {"tds/", "139723834"},
    {"tds/", "139476387"},
    {"tds/", "139476387INC002"},
    {"tds/", "139476387INC002/2019-03-31"},
    {"tds/", "139476387INC002/2021-03-31"},
};

}  // namespace

Table document_services() {
    return {document_operations, document_records};
}

}  // namespace gateproof::gateway::mock
