// Customers and accounts, over REST.
#include <optional>

#include "gateway/fixture/ird_number.hpp"
#include "gateway/services/answers.hpp"
#include "gateway/services/services.hpp"

namespace gateproof::gateway {
namespace {

using nlohmann::json;

constexpr std::size_t most_items = 50;
constexpr std::size_t longest_email = 254;  // RFC 5321 4.5.3.1.3, without its brackets
constexpr std::int64_t highest_payment = 100'000'000;

/// What is wrong with an IRD number by itself, whoever asks.
std::optional<Response> bad_number(const Request& request, const std::string& ird) {
    switch (validate_ird_number(ird)) {
        case IrdNumber::valid: return std::nullopt;
        case IrdNumber::bad_check_digit:
            return error_response(request, 400, "EV2234", "validation", "The IRD number's check digit is wrong");
        case IrdNumber::malformed: break;
    }
    return error_response(request, 400, "EV1100", "validation", "An IRD number has eight or nine digits");
}

Response invalid_input(const Request& request) {
    return error_response(request, 400, "EV1100", "validation", "The request is not valid");
}

json account_record(const Account& account) {
    return {{"irdNumber", account.ird},
            {"accountType", account.type},
            {"accountId", account.id},
            {"balanceCents", account.balance_cents}};
}

std::string text_member(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Response Services::read_customer(const ServiceRequest& call, const std::string& ird) {
    const Authentication who = authenticate(call);
    if (who.denial != Denial::none) {
        return refuse(call, who.denial);
    }
    if (auto wrong = bad_number(call.request, ird)) {
        return std::move(*wrong);
    }
    const Customer* const customer = fixture_.customer(ird);
    if (customer == nullptr || !permissions_.may_read(who.subject, ird)) {
        return not_permitted(call, ird);
    }
    const auto changed = emails_.find(ird);
    return json_answer(call.request, 200,
                       {{"irdNumber", customer->ird},
                        {"name", customer->name},
                        {"address", customer->address},
                        {"email", changed == emails_.end() ? customer->email : changed->second}});
}

Response Services::change_contact(const ServiceRequest& call, const std::string& ird) {
    const Authentication who = authenticate(call);
    if (who.denial != Denial::none) {
        return refuse(call, who.denial);
    }
    if (auto wrong = bad_number(call.request, ird)) {
        return std::move(*wrong);
    }
    const json body = json::parse(call.request.body(), nullptr, false);
    const std::string email = body.is_object() ? text_member(body, "email") : std::string();
    const std::size_t at = email.find('@');
    if (at == 0 || at == std::string::npos || at + 1 == email.size() || email.size() > longest_email) {
        return invalid_input(call.request);
    }
    if (fixture_.customer(ird) == nullptr || !permissions_.may_write(who.subject, ird)) {
        return not_permitted(call, ird);
    }
    emails_[ird] = email;
    return json_answer(call.request, 200, {{"irdNumber", ird}, {"email", email}});
}

Response Services::read_account(const ServiceRequest& call, const std::string& ird, const std::string& type) {
    const Authentication who = authenticate(call);
    if (who.denial != Denial::none) {
        return refuse(call, who.denial);
    }
    if (auto wrong = bad_number(call.request, ird)) {
        return std::move(*wrong);
    }
    if (!permissions_.may_read(who.subject, ird, type)) {
        return not_permitted(call, ird);
    }
    const Account* const account = fixture_.account(ird, type);
    return account != nullptr ? json_answer(call.request, 200, account_record(*account))
                              : error_response(call.request, 404, "CST404", "result", "No record was found");
}

Response Services::pay(const ServiceRequest& call, const std::string& ird, const std::string& type) {
    const Authentication who = authenticate(call);
    if (who.denial != Denial::none) {
        return refuse(call, who.denial);
    }
    if (auto wrong = bad_number(call.request, ird)) {
        return std::move(*wrong);
    }
    const json body = json::parse(call.request.body(), nullptr, false);
    const auto amount = body.is_object() ? body.find("amountCents") : body.end();
    if (amount == body.end() || !amount->is_number_integer() || *amount < 1 || *amount > highest_payment) {
        return invalid_input(call.request);
    }
    const Account* const account = fixture_.account(ird, type);
    if (account == nullptr || !permissions_.may_write(who.subject, ird, type)) {
        return not_permitted(call, ird);
    }
    return json_answer(call.request, 201, {{"accountId", account->id}, {"amountCents", *amount}, {"accepted", true}});
}

Response Services::read_accounts(const ServiceRequest& call) {
    const Authentication who = authenticate(call);
    if (who.denial != Denial::none) {
        return refuse(call, who.denial);
    }
    const json body = json::parse(call.request.body(), nullptr, false);
    const auto items = body.is_object() ? body.find("accounts") : body.end();
    if (items == body.end() || !items->is_array() || items->empty() || items->size() > most_items) {
        return invalid_input(call.request);
    }
    json outcomes = json::array();
    bool first_permitted = false;
    for (const json& item : *items) {
        const std::string ird = item.is_object() ? text_member(item, "irdNumber") : std::string();
        const std::string type = item.is_object() ? text_member(item, "accountType") : std::string();
        const Account* const account = fixture_.account(ird, type);
        const bool permitted = account != nullptr && permissions_.may_read(who.subject, ird, type);
        const bool leaks = faults_.has("batch-judged-by-first-item") && first_permitted;
        first_permitted = first_permitted || permitted;
        json outcome{{"irdNumber", ird}, {"accountType", type}};
        if (permitted || (leaks && account != nullptr)) {
            outcome["status"] = 200;
            outcome["account"] = account_record(*account);
        } else {
            const json error{{"code", "EV1022"}, {"type", "security"}, {"message", "Access not permitted"}};
            outcome["status"] = 403;
            outcome["errors"] = json::array({error});
            if (account != nullptr && faults_.has("batch-error-carries-record")) {
                outcome["account"] = account_record(*account);
            }
        }
        outcomes.push_back(std::move(outcome));
    }
    return json_answer(call.request, 200, {{"accounts", outcomes}});
}

}  // namespace gateproof::gateway
