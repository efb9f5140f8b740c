#include "gateway/services/mock_rest.hpp"

#include <algorithm>
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

/// One request on its way to its answer.
class Call {
public:
    Call(const Request& request, const Operation& operation, const FaultSet& faults)
        : request_(request), operation_(operation), faults_(faults) {}

    [[nodiscard]] Response answer(Denial denial) const {
        if (denial != Denial::none) {
            return refuse(operation_.service.bad_token, denial == Denial::no_token ? "EV1021" : "EV1020");
        }
        if (request_.body().empty() && !faults_.has("mock-empty-body-called-unreadable")) {
            return refuse(400, operation_.service.empty_body);
        }
        const json asked = json::parse(request_.body(), nullptr, false);
        if (!asked.is_object()) {
            return refuse(400, operation_.service.unreadable);
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

    /// Where one member of a pair has to be there, or both are.
    [[nodiscard]] bool is_undecided(const json& asked) const {
        bool undecided = false;
        for_each_word(operation_.choices, [&](std::string_view pair) {
            const std::size_t bar = pair.find('|');
            undecided = undecided || holds(asked, pair.substr(0, bar)) == holds(asked, pair.substr(bar + 1));
        });
        return undecided;
    }

    /// The code of what is there and is not known, or is not there; empty: nothing of the kind.
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
        return {};
    }

    [[nodiscard]] Response served(std::string_view id) const {
        if (operation_.answer.empty()) {
            return text_answer(request_, 200, "application/json; charset=utf-8", {});
        }
        std::string answer(operation_.answer);
        // What holds no list is the number of what was added.
        if (answer.find('[') == std::string::npos && faults_.has("mock-number-of-the-new-missing")) {
            answer = answer.substr(0, answer.find(':')) + ":null}";
        }
        if (const std::size_t named = answer.find('?'); named != std::string::npos) {
            answer.replace(named, 1, id);
        }
        return json_answer(request_, 200, json::parse(answer));
    }

    [[nodiscard]] const Record* known(std::string_view id) const {
        const auto all = records();
        const auto found = std::ranges::find_if(
            all, [&](const Record& one) { return one.id == id && operation_.path.starts_with(one.path); });
        return found == all.end() ? nullptr : &*found;
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
        const Record* const whole = known(id);
        if (whole == nullptr) {
            return unknown(asked, id);
        }
        if (!whole->code.empty()) {
            return refused_by(*whole);
        }
        const bool partless = !operation_.part.empty() && known(id + "/" + text_at(asked, operation_.part)) == nullptr;
        return partless ? refused_by({"", id, operation_.no_part}) : served(id);
    }

    [[nodiscard]] Response refused_by(const Record& record) const {
        if (record.code == not_permitted) {
            return faults_.has("mock-record-of-another-served") ? served(record.id) : forbidden();
        }
        const bool overlooked = record.code == "ACT100" ? faults_.has("mock-account-of-any-type-served")
                                                        : faults_.has("mock-state-of-records-ignored");
        return overlooked ? served(record.id) : refuse(400, record.code);
    }

    const Request& request_;
    const Operation& operation_;
    const FaultSet& faults_;
};

}  // namespace

const Operation* operation_of(const Request& request, std::string_view path) {
    const auto all = operations();
    const auto method = request.method_string();
    const auto found = std::ranges::find_if(all, [&](const Operation& one) {
        return one.path == path && one.method == std::string_view(method.data(), method.size());
    });
    return found == all.end() ? nullptr : &*found;
}

Response serve(const Request& request, const Operation& operation, Denial denial, const FaultSet& faults) {
    return Call(request, operation, faults).answer(denial);
}

}  // namespace gateproof::gateway::mock
