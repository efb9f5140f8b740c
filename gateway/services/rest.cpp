// Customers and accounts, over REST: POST with a JSON body, reads as well (Customer Services Suite, OpenAPI files of
// 2021; RET and CUS as of June 2024). The batch alone is this gateway's own, for want of a published one.
#include <algorithm>
#include <array>
#include <optional>

#include "gateway/fixture/ird_number.hpp"
#include "gateway/services/answers.hpp"
#include "gateway/services/mock_rest.hpp"
#include "gateway/services/services.hpp"
#include "gateway/services/soap_payload.hpp"

namespace gateproof::gateway {
namespace {

namespace http = boost::beast::http;
using nlohmann::json;

constexpr std::size_t most_items = 50;
constexpr std::size_t longest_name = 255;
constexpr const char* for_ever = "9999-12-31";
constexpr const char* since = "2010-01-01";

Response invalid_input(const Request& request, const std::string& member = {}) {
    return error_response(request, 400, "EV1100", "validation",
                          "The request is not valid" + (member.empty() ? member : ": " + member));
}

std::string text_member(const json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& object_member(const json& object, const char* name) {
    static const json nothing = json::object();
    const auto found = object.find(name);
    return found != object.end() && found->is_object() ? *found : nothing;
}

constexpr std::size_t ird_digits = 9;
constexpr std::size_t account_id_size = 15;
constexpr std::size_t cst_digits = 10;

bool are_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// What is wrong with an IRD number by itself, whoever asks. `any_check_digit`: of a fault.
std::optional<Response> bad_customer(const Request& request, const json& asked, bool any_check_digit) {
    const std::string type = text_member(asked, "CustomerIDType");
    if (type != "IRD" && type != "CST") {
        return invalid_input(request, "CustomerIDType");
    }
    const std::string id = text_member(asked, "CustomerID");
    if (type == "CST") {
        return id.size() == cst_digits && are_digits(id) ? std::nullopt
                                                         : std::optional(invalid_input(request, "CustomerID"));
    }
    switch (id.size() == ird_digits ? validate_ird_number(id) : IrdNumber::malformed) {
        case IrdNumber::valid: return std::nullopt;
        case IrdNumber::bad_check_digit:
            if (any_check_digit) {
                return std::nullopt;
            }
            return error_response(request, 400, "EV2234", "validation", "The IRD number's check digit is wrong");
        case IrdNumber::malformed: break;
    }
    return invalid_input(request, "CustomerID");
}

/// Of faults: with the customer's IRD number as requests have it, however it was written.
json with_number_mended(json asked, const FaultSet& faults) {
    std::string id = text_member(asked, "CustomerID");
    if (text_member(asked, "CustomerIDType") == "IRD") {
        id = faults.has("dashed-number-taken") ? without_dashes(id) : id;
        asked["CustomerID"] = faults.has("short-number-padded") ? padded(id) : id;
    }
    return asked;
}

/// IRD number, three letters, three digits.
bool is_account_id(std::string_view id) {
    const std::string_view type = id.size() == account_id_size ? id.substr(ird_digits, 3) : std::string_view();
    return !type.empty() && are_digits(id.substr(0, ird_digits)) && are_digits(id.substr(ird_digits + 3)) &&
           std::ranges::all_of(type, [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string ird_of(const std::string& account_id) {
    return account_id.substr(0, ird_digits);
}
std::string type_of(const std::string& account_id) {
    return account_id.substr(ird_digits, 3);
}

std::optional<Response> bad_account(const Request& request, const json& asked) {
    if (text_member(asked, "AccountIDType") != "ACC") {
        return invalid_input(request, "AccountIDType");
    }
    return is_account_id(text_member(asked, "AccountID")) ? std::nullopt
                                                          : std::optional(invalid_input(request, "AccountID"));
}

json account_record(const Account& account, const Customer& customer) {
    return {{"ID", account.id},
            {"IDType", "ACC"},
            {"AccountType", account.type},
            {"Status", "ACT"},
            {"FilingFrequency", account.type == "GST" ? "GST2M1" : "ITN03C"},
            {"BankAccount", account.bank_account},
            {"NameOnBankAccount", customer.name},
            {"Commence", since},
            {"Cease", for_ever}};
}

json contact_record(std::int64_t id, const char* type, const std::string& name) {
    return {{"ContactID", id}, {"ContactType", type}, {"Name", name}};
}

constexpr std::int64_t first_contact = 1295148032;
constexpr std::int64_t second_contact = 1578864256;

/// One to five, each with a type and a number (CNT103).
bool are_phones(const json& contact) {
    constexpr std::size_t most_phones = 5;
    const auto phones = contact.find("Phone");
    return phones != contact.end() && phones->is_array() && !phones->empty() && phones->size() <= most_phones &&
           std::ranges::all_of(*phones, [](const json& phone) {
               const std::string number = text_member(phone, "PhoneNumber");
               return !text_member(phone, "PhoneType").empty() && !number.empty() && are_digits(number);
           });
}

bool is_new_zealand_account(const json& bank) {
    const auto digits = [&bank](const char* member, std::size_t size) {
        const std::string text = text_member(bank, member);
        return text.size() == size && are_digits(text);
    };
    return digits("Bank", 2) && digits("Branch", 4) && digits("Account", 8) && digits("Suffix", 4);
}

Response no_record(const Request& request) {
    return error_response(request, 400, "CST404", "validation", "No record was found");
}

/// The mock tells an unknown number from one that it refuses; elsewhere nobody is told (DELEG-ERROR).
Response unknown_in_mock(const Request& request, const FaultSet& faults) {
    return faults.has("mock-unknown-number-called-forbidden")
               ? error_response(request, 403, "EV1022", "security", "Access not permitted")
               : no_record(request);
}

/// Of KiwiSaver and the like, which these services do not show.
bool is_eligible(std::string_view account_type) {
    return account_type != "KSS";
}

bool is_nobody_in_mock(const Caller& caller, std::string_view ird) {
    return caller.listener == ListenerRole::mock && ird == mock_refused_ird;
}

}  // namespace

std::optional<Response> Services::rest(const ServiceRequest& call) {
    using Operation = Response (Services::*)(const ServiceRequest&, const json&);
    static constexpr std::array<std::pair<std::string_view, Operation>, 8> operations{
        {{"customer/customer", &Services::read_customer},
         {"account/list", &Services::list_accounts},
         {"account/account", &Services::read_account},
         {"account/batch", &Services::read_accounts},
         {"period/list", &Services::list_periods},
         {"contact/contact", &Services::add_contact},
         {"bank/bank", &Services::set_bank_account},
         {"document/document", &Services::file_document}}};
    const auto* const found = std::ranges::find(operations, call.operation, [](const auto& one) { return one.first; });
    const bool of_mock = call.caller.listener == ListenerRole::mock;
    if (const mock::Operation* const played = of_mock ? mock::operation_of(call.request, call.operation) : nullptr) {
        return mock::serve(call.request, call.query, *played, authenticate(call).denial, faults_);
    }
    if (found == operations.end()) {
        return std::nullopt;
    }
    const bool by_get = call.request.method() == http::verb::get && faults_.has("rest-read-by-get");
    if (call.request.method() != http::verb::post && !by_get) {
        Response refusal = error_response(call.request, 405, "EV1100", "validation", "This operation takes POST alone");
        refusal.set(http::field::allow, "POST");
        return refusal;
    }
    const Authentication who = authenticate(call);
    if (who.denial != Denial::none) {
        return refuse(call, who.denial);
    }
    subject_ = who.subject;
    const json asked = json::parse(call.request.body(), nullptr, false);
    return asked.is_object() ? (this->*found->second)(call, with_number_mended(asked, faults_))
                             : invalid_input(call.request);
}

Response Services::read_customer(const ServiceRequest& call, const json& asked) {
    const std::string ird = text_member(asked, "CustomerID");
    if (is_nobody_in_mock(call.caller, ird)) {
        return not_permitted(call, ird);
    }
    if (auto wrong = bad_customer(call.request, asked, faults_.has("any-check-digit-taken"))) {
        return std::move(*wrong);
    }
    const Customer* const customer = customer_asked_for(asked);
    if (customer == nullptr && call.caller.listener == ListenerRole::mock) {
        return unknown_in_mock(call.request, faults_);
    }
    if (customer == nullptr || !permissions_.may_read(subject_, customer->ird)) {
        return not_permitted(call, ird);
    }
    json contacts = json::array({contact_record(first_contact, "PRIMRY", customer->contact)});
    if (const auto added = contacts_.find(customer->ird); added != contacts_.end()) {
        contacts.push_back(contact_record(second_contact, "SCNDRY", added->second));
    }
    const json address{
        {"AddressID", 1004722686772}, {"Type", "MAL"}, {"Country", "NZ"}, {"Formatted", customer->address}};
    json name{{"NameID", 1004723443833}, {"Type", "LGL"}, {"Formatted", customer->name}};
    if (call.caller.listener == ListenerRole::mock && faults_.has("mock-customer-without-name")) {
        name.erase("Formatted");
    }
    if (faults_.has("rest-answer-of-another-type")) {
        name["NameID"] = "1004723443833";
    }
    return json_answer(call.request, 200,
                       {{"Customer",
                         {{"ID", customer->ird},
                          {"IDType", "IRD"},
                          {"EntityType", "COMPNY"},
                          {"Commence", since},
                          {"Cease", for_ever},
                          {"Name", json::array({name})},
                          {"Address", json::array({address})},
                          {"Contact", contacts}}}});
}

Response Services::list_accounts(const ServiceRequest& call, const json& asked) {
    const std::string ird = text_member(asked, "CustomerID");
    if (is_nobody_in_mock(call.caller, ird)) {
        return not_permitted(call, ird);
    }
    if (auto wrong = bad_customer(call.request, asked, faults_.has("any-check-digit-taken"))) {
        return std::move(*wrong);
    }
    const Customer* const customer = customer_asked_for(asked);
    if (customer == nullptr && call.caller.listener == ListenerRole::mock) {
        return unknown_in_mock(call.request, faults_);
    }
    if (customer == nullptr || !permissions_.may_read(subject_, customer->ird)) {
        return not_permitted(call, ird);
    }
    json accounts = json::array();
    for (const char* const type : {"GST", "INC", "EMP"}) {
        if (const Account* const account = fixture_.account(customer->ird, type)) {
            accounts.push_back({{"ID", account->id}, {"IDType", "ACC"}});
        }
    }
    const bool of_mock = call.caller.listener == ListenerRole::mock;
    return json_answer(call.request, of_mock && faults_.has("mock-account-list-with-202") ? 202 : 200,
                       {{"Accounts", accounts}});
}

const Customer* Services::customer_asked_for(const json& asked) const {
    const std::string id = text_member(asked, "CustomerID");
    return text_member(asked, "CustomerIDType") == "CST" ? fixture_.customer_of_cst(id) : fixture_.customer(id);
}

std::optional<Response> Services::refuse_account(const ServiceRequest& call, const json& asked) {
    if (auto wrong = bad_account(call.request, asked)) {
        return wrong;
    }
    const std::string id = text_member(asked, "AccountID");
    const std::string ird = ird_of(id);
    const bool of_mock = call.caller.listener == ListenerRole::mock;
    if (of_mock && ird != mock_refused_ird && fixture_.customer(ird) == nullptr) {
        return unknown_in_mock(call.request, faults_);
    }
    if (is_nobody_in_mock(call.caller, ird) || !permissions_.may_read(subject_, ird, type_of(id)) ||
        fixture_.customer(ird) == nullptr) {
        return not_permitted(call, ird);
    }
    if (!is_eligible(type_of(id)) && !faults_.has("mock-account-of-any-type-served")) {
        return error_response(call.request, 400, "ACT100", "validation", "Accounts of this type are not shown here");
    }
    return fixture_.account_of_id(id) == nullptr ? std::optional(no_record(call.request)) : std::nullopt;
}

Response Services::read_account(const ServiceRequest& call, const json& asked) {
    if (auto refused = refuse_account(call, asked)) {
        return std::move(*refused);
    }
    const Account& account = *fixture_.account_of_id(text_member(asked, "AccountID"));
    return json_answer(call.request, 200, {{"Account", account_record(account, *fixture_.customer(account.ird))}});
}

Response Services::list_periods(const ServiceRequest& call, const json& asked) {
    for (const char* const member : {"FromDate", "ToDate"}) {
        const bool malformed = asked.contains(member) && !is_date(text_member(asked, member));
        if (malformed && !faults_.has("mock-period-of-any-date")) {
            return invalid_input(call.request, member);
        }
    }
    if (auto refused = refuse_account(call, asked)) {
        return std::move(*refused);
    }
    const Account& account = *fixture_.account_of_id(text_member(asked, "AccountID"));
    const std::string from = text_member(asked, "FromDate");
    const std::string to = text_member(asked, "ToDate");
    json periods = json::array();
    for (const char* const end : {"2020-03-31", "2021-03-31"}) {
        if (end >= from && (to.empty() || end <= to)) {
            periods.push_back({{"PeriodBegin", end == std::string_view("2020-03-31") ? "2019-04-01" : "2020-04-01"},
                               {"PeriodEnd", end},
                               {"AccountType", account.type},
                               {"FilingFrequency", "ITN03C"},
                               {"ReturnData", false}});
        }
    }
    return json_answer(call.request, 200, {{"Periods", periods}});
}

Response Services::add_contact(const ServiceRequest& call, const json& asked) {
    const bool of_account = asked.contains("AccountID");
    const bool any_check_digit = faults_.has("any-check-digit-taken");
    if (auto wrong =
            of_account ? bad_account(call.request, asked) : bad_customer(call.request, asked, any_check_digit)) {
        return std::move(*wrong);
    }
    const json& contact = object_member(asked, "Contact");
    const std::string type = text_member(contact, "ContactType");
    const std::string name = text_member(contact, "Name");
    if ((type != "PRIMRY" && type != "SCNDRY") || name.empty() || name.size() > longest_name) {
        return invalid_input(call.request, "Contact");
    }
    if (!are_phones(contact)) {
        return error_response(call.request, 400, "CNT103", "validation", "A contact has one to five telephones");
    }
    const std::string account = text_member(asked, "AccountID");
    const std::string ird = of_account ? ird_of(account) : text_member(asked, "CustomerID");
    const bool permitted =
        of_account ? permissions_.may_write(subject_, ird, type_of(account)) : permissions_.may_write(subject_, ird);
    if (fixture_.customer(ird) == nullptr || !permitted) {
        return not_permitted(call, ird);
    }
    // Contacts of accounts are kept with the customer's.
    if (type == "PRIMRY" || !contacts_.try_emplace(ird, name).second) {
        return error_response(call.request, 400, "CNT101", "validation", "There is a contact of this type");
    }
    carried_out_ = "contact";
    return json_answer(call.request, 200, {{"ContactID", second_contact}});
}

Response Services::set_bank_account(const ServiceRequest& call, const json& asked) {
    if (auto wrong = bad_account(call.request, asked)) {
        return std::move(*wrong);
    }
    if (text_member(asked, "NameOnAccount").empty() || !is_new_zealand_account(object_member(asked, "NewZealand"))) {
        return error_response(call.request, 400, "BNK100", "validation", "The bank account is not valid");
    }
    const std::string id = text_member(asked, "AccountID");
    const Account* const account = fixture_.account(ird_of(id), type_of(id));
    if (account == nullptr || account->id != id || !permissions_.may_write(subject_, account->ird, account->type)) {
        return not_permitted(call, ird_of(id));
    }
    carried_out_ = "bank account";
    return text_answer(call.request, 200, "application/json; charset=utf-8", {});
}

Response Services::read_accounts(const ServiceRequest& call, const json& asked) {
    const auto items = asked.find("Accounts");
    if (items == asked.end() || !items->is_array() || items->empty() || items->size() > most_items) {
        return invalid_input(call.request, "Accounts");
    }
    json outcomes = json::array();
    bool first_permitted = false;
    for (const json& item : *items) {
        const std::string id = text_member(item, "AccountID");
        const Account* account = is_account_id(id) ? fixture_.account(ird_of(id), type_of(id)) : nullptr;
        account = account != nullptr && account->id == id ? account : nullptr;
        const bool permitted = account != nullptr && permissions_.may_read(subject_, account->ird, account->type);
        const bool leaks = faults_.has("batch-judged-by-first-item") && first_permitted;
        first_permitted = first_permitted || permitted;
        json outcome{{"AccountID", id}};
        if (permitted || (leaks && account != nullptr)) {
            outcome["Status"] = 200;
            outcome["Account"] = account_record(*account, *fixture_.customer(account->ird));
        } else {
            const json error{{"code", "EV1022"}, {"type", "security"}, {"message", "Access not permitted"}};
            outcome["Status"] = 403;
            outcome["errors"] = json::array({error});
            if (account != nullptr && faults_.has("batch-error-carries-record")) {
                outcome["Account"] = account_record(*account, *fixture_.customer(account->ird));
            }
        }
        outcomes.push_back(std::move(outcome));
    }
    return json_answer(call.request, 200, {{"Accounts", outcomes}});
}

}  // namespace gateproof::gateway
