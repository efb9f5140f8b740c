#include "gateway/services/mock_rest.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "gateway/fixture/ird_number.hpp"
#include "gateway/services/answers.hpp"

namespace gateproof::gateway::mock {
namespace {

using nlohmann::json;

constexpr std::string_view not_permitted = "EV1022";
constexpr std::string_view invalid_input = "EV1100";

std::array<Table, 2> tables() {
    return {customer_services(), document_services()};
}

/// Calls `visit` for each word of a list with a blank between them.
template <class Visit>
void for_each_word(std::string_view list, Visit visit) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(' '), list.size());
        visit(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

bool is_word_of(std::string_view list, std::string_view word) {
    bool found = false;
    for_each_word(list, [&](std::string_view one) { found = found || one == word; });
    return found;
}

bool holds(const json& asked, std::string_view pointer) {
    return asked.contains(json::json_pointer(std::string(pointer)));
}

/// Texts as they are, numbers as they are written.
std::string text_at(const json& asked, std::string_view pointer) {
    const json::json_pointer at{std::string(pointer)};
    if (!asked.contains(at)) {
        return {};
    }
    const json& value = asked.at(at);
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// The answer to what adds something holds that and nothing else.
bool is_number_of_new(std::string_view answer) {
    return answer.ends_with('}') && answer.find(',') == std::string_view::npos &&
           answer.find('[') == std::string_view::npos;
}

/// One request on its way to its answer.
class Call {
public:
    Call(const Request& request, std::string_view query, const Operation& operation, const FaultSet& faults)
        : request_(request), query_(query), operation_(operation), faults_(faults) {}

    [[nodiscard]] Response answer(Denial denial) const {
        const Service& service = operation_.service;
        const std::string_view untaken = denial == Denial::no_token ? service.no_token : service.invalid_token;
        if (denial != Denial::none && !untaken.empty()) {
            return refuse(service.bad_token, untaken);
        }
        const bool has_body = request_.method() != boost::beast::http::verb::get;
        if (has_body && request_.body().empty() && !faults_.has("mock-empty-body-called-unreadable")) {
            return refuse(400, service.empty_body);
        }
        json asked = has_body ? json::parse(request_.body(), nullptr, false) : json::object();
        if (!asked.is_object()) {
            return refuse(400, service.unreadable);
        }
        if (const std::size_t equals = query_.find('='); equals != std::string_view::npos) {
            asked[std::string(query_.substr(0, equals))] = std::string(query_.substr(equals + 1));
        }
        std::string_view code = bad_shape(asked);
        if (code.empty()) {
            code = bad_value(asked);
        }
        return code.empty() ? of_record(asked) : refuse(400, code);
    }

private:
    [[nodiscard]] Response refuse(unsigned status, std::string_view code) const {
        if (code.empty()) {
            return text_answer(request_, status, "text/plain", {});
        }
        return error_response(request_, status, code, code == not_permitted ? "security" : "validation",
                              "The request is not as the service has it");
    }

    [[nodiscard]] bool is_known(const std::string& pointer) const {
        return std::ranges::any_of(operation_.members, [&](const Member& member) {
            return member.at == pointer || member.at.starts_with(pointer + "/");
        });
    }

    [[nodiscard]] bool has_unknown(const json& object, const std::string& pointer) const {
        return std::ranges::any_of(object.items(), [&](const auto& one) {
            const std::string at = pointer + "/" + one.key();
            return !is_known(at) || (one.value().is_object() && has_unknown(one.value(), at));
        });
    }

    [[nodiscard]] bool is_missing(const json& asked, const Member& member) const {
        const std::string_view holder = member.at.substr(0, member.at.rfind('/'));
        return member.required && holds(asked, holder) && !holds(asked, member.at);
    }

    [[nodiscard]] static std::size_t count_of(const json& asked, std::string_view group) {
        std::size_t there = 0;
        while (!group.empty()) {
            const std::size_t bar = std::min(group.find('|'), group.size());
            there += holds(asked, group.substr(0, bar)) ? 1U : 0U;
            group.remove_prefix(std::min(bar + 1, group.size()));
        }
        return there;
    }

    /// Where one member of a group has to be there, or more than one are.
    [[nodiscard]] bool is_undecided(const json& asked) const {
        bool undecided = false;
        for_each_word(operation_.choices,
                      [&](std::string_view group) { undecided = undecided || count_of(asked, group) != 1; });
        for_each_word(operation_.apart,
                      [&](std::string_view group) { undecided = undecided || count_of(asked, group) > 1; });
        return undecided;
    }

    [[nodiscard]] bool is_backwards(const json& asked) const {
        const std::size_t bar = operation_.order.find('|');
        if (bar == std::string_view::npos || faults_.has("mock-unsound-content-taken")) {
            return false;
        }
        const std::string to = text_at(asked, operation_.order.substr(bar + 1));
        return !to.empty() && to < text_at(asked, operation_.order.substr(0, bar));
    }

    /// The code of what is there and is not known, or is not there; empty:
    /// nothing of the kind.
    [[nodiscard]] std::string_view bad_shape(const json& asked) const {
        if (!faults_.has("mock-unknown-member-taken") && has_unknown(asked, "")) {
            return operation_.service.unknown_member;
        }
        const bool missing =
            std::ranges::any_of(operation_.members, [&](const Member& member) { return is_missing(asked, member); });
        if ((missing || is_undecided(asked)) && !faults_.has("mock-missing-member-taken")) {
            return operation_.service.missing_member;
        }
        return {};
    }

    [[nodiscard]] std::string_view bad_value(const json& asked) const {
        for (const Member& member : operation_.members) {
            const bool overlooked = faults_.has("mock-any-value-taken") && member.code == invalid_input;
            const bool unsound = faults_.has("mock-unsound-content-taken") && member.code != invalid_input;
            if (overlooked || unsound || !holds(asked, member.at)) {
                continue;
            }
            const json& value = asked.at(json::json_pointer(std::string(member.at)));
            if ((!member.among.empty() && !is_word_of(member.among, text_at(asked, member.at))) ||
                (member.fits != nullptr && !member.fits(value))) {
                return member.code;
            }
        }
        return is_backwards(asked) ? "EV2302" : "";
    }

    [[nodiscard]] Response served(std::string_view id, std::string_view own_answer = {}) const {
        const std::string_view said = own_answer.empty() ? operation_.answer : own_answer;
        if (said.empty()) {
            return text_answer(request_, 200, "application/json; charset=utf-8", {});
        }
        std::string answer(said);
        if (is_number_of_new(said) && faults_.has("mock-number-of-the-new-missing")) {
            answer = answer.substr(0, answer.find(':')) + ":null}";
        }
        if (const std::size_t named = answer.find('?'); named != std::string::npos) {
            answer.replace(named, 1, id);
        }
        json told = json::parse(answer);
        for (json& member : told) {
            if (member.is_array() && faults_.has("mock-list-in-no-order")) {
                std::reverse(member.begin(), member.end());
            }
        }
        return json_answer(request_, 200, told);
    }

    [[nodiscard]] const Record* known(std::string_view id) const {
        for (const Table& table : tables()) {
            for (const Record& one : table.records) {
                if (one.id == id && operation_.path.starts_with(one.path)) {
                    return &one;
                }
            }
        }
        return nullptr;
    }

    [[nodiscard]] Response forbidden() const {
        const unsigned status = operation_.service.not_permitted;
        const bool another = faults_.has("mock-forbidden-with-another-status");
        return refuse(another ? (status == 403 ? 401 : 403) : status, not_permitted);
    }

    [[nodiscard]] Response unknown(const json& asked, const std::string& id) const {
        const bool of_customer = text_at(asked, "/CustomerIDType") == "IRD" || holds(asked, "/IRD");
        if (of_customer && validate_ird_number(id) == IrdNumber::bad_check_digit &&
            !faults_.has("any-check-digit-taken")) {
            return refuse(400, "EV2234");
        }
        return faults_.has("mock-unknown-number-called-forbidden")
                   ? forbidden()
                   : refuse(operation_.service.unknown_record, operation_.service.unknown_record_code);
    }

    /// What the record that is named says, where the request is good in itself.
    [[nodiscard]] Response of_record(const json& asked) const {
        std::string id;
        for_each_word(operation_.record,
                      [&](std::string_view pointer) { id = id.empty() ? text_at(asked, pointer) : id; });
        if (id.empty()) {
            return served(id);
        }
        if (!operation_.mark.empty() && holds(asked, operation_.mark)) {
            id += '+';
        }
        const Record* const whole = known(id);
        if (whole == nullptr) {
            return unknown(asked, id);
        }
        if (!whole->code.empty()) {
            return refused_by(*whole);
        }
        const bool partless = !operation_.part.empty() && known(id + "/" + text_at(asked, operation_.part)) == nullptr;
        return partless ? refused_by({"", id, operation_.no_part}) : served(id, whole->answer);
    }

    [[nodiscard]] Response refused_by(const Record& record) const {
        if (record.code == not_permitted) {
            return faults_.has("mock-record-of-another-served") ? served(record.id) : forbidden();
        }
        const bool overlooked = record.code == "ACT100" ? faults_.has("mock-account-of-any-type-served")
                                                        : faults_.has("mock-state-of-records-ignored");
        return overlooked ? served(record.id, record.answer) : refuse(400, record.code);
    }

    const Request& request_;
    std::string_view query_;
    const Operation& operation_;
    const FaultSet& faults_;
};

}  // namespace

const Operation* operation_of(const Request& request, std::string_view path) {
    const auto method = request.method_string();
    for (const Table& table : tables()) {
        for (const Operation& one : table.operations) {
            if (one.path == path && one.method == std::string_view(method.data(), method.size())) {
                return &one;
            }
        }
    }
    return nullptr;
}

Response serve(const Request& request, std::string_view query, const Operation& operation, Denial denial,
               const FaultSet& faults) {
    return Call(request, query, operation, faults).answer(denial);
}

}  // namespace gateproof::gateway::mock
