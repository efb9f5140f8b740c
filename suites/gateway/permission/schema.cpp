// SOAP-SCHEMA: what a message must be refused for, and as what.
#include "suites/gateway/permission/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/probe/http/answer_value.hpp"
#include "harness/run/context.hpp"
#include "suites/gateway/permission/messages.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/failures.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;

/// Reads alone: who takes what must be refused carries it out.
CaseList namespace_cases(const Profile& profile) {
    return token_cases_with(profile, [](const Operation& operation, const ErrorModel& model) {
        return model.invalid_message && only_reads(operation) && in_other_namespace(operation.body);
    });
}

CaseList order_cases(const Profile& profile) {
    return token_cases_with(profile, [](const Operation& operation, const ErrorModel& model) {
        return model.invalid_message && only_reads(operation) && in_other_order(operation.body);
    });
}

CaseList operation_cases(const Profile& profile) {
    return token_cases_with(profile, [](const Operation& operation, const ErrorModel& model) {
        return model.unknown_operation && only_reads(operation) && of_unknown_operation(operation.body);
    });
}

CaseList envelope_cases(const Profile& profile) {
    return token_cases_with(profile, [](const Operation& operation, const ErrorModel&) {
        return without_message(operation.body).has_value();
    });
}

/// The case as it is, and with its body changed, which must be refused for `wanted`.
awaitable<Verdict> refused_for(Context& ctx, const PermissionCase& one, std::string body, RefusedFor wanted) {
    const Profile& profile = ctx.profile();
    const ErrorModel& model = *profile.permissions.model_of(one);
    AskedCase asked = co_await ask_as_it_stands(ctx, one);
    if (!asked.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", asked.credential.problem);
    }
    Operation& operation = asked.operation;
    operation.body = filled_in(body, one.with);
    ErrorModel expected = model;
    for (const auto* const reason : {&model.invalid_message, &model.unknown_operation}) {
        if (*reason) {
            expected = expecting(std::move(expected), **reason);
        }
    }
    const Tries tries = co_await try_refused(ctx, operation, asked.credential.identity, expected);
    const Answer shape = co_await ask_and_read(ctx, operation, asked.credential.identity, expected);
    co_return judge_refused_for(asked.good, tries, shape, wanted);
}

/// A message that the published schema does not have.
awaitable<Verdict> refused_as_invalid(Context& ctx, const PermissionCase& one, std::string body, const char* what,
                                      const char* remedy) {
    const ErrorModel& model = *ctx.profile().permissions.model_of(one);
    RefusedFor wanted{.what = what,
                      .reason = *model.invalid_message,
                      .remedy = remedy,
                      .remedy_of_another =
                          "refuse it with the documented code, by which clients tell a message that "
                          "does not fit the schema from everything else"};
    co_return co_await refused_for(ctx, one, std::move(body), wanted);
}

awaitable<Verdict> other_namespace(Context& ctx) {
    const PermissionCase& one = *namespace_cases(ctx.profile()).at(ctx.case_index());
    std::string body = in_other_namespace(operation_of_case(ctx.profile(), one)->body).value_or("");
    co_return co_await refused_as_invalid(
        ctx, one, std::move(body), "a message whose common types are of a version that there is none of",
        "validate messages against the schemas that are published, their namespaces included");
}

awaitable<Verdict> other_order(Context& ctx) {
    const PermissionCase& one = *order_cases(ctx.profile()).at(ctx.case_index());
    std::string body = in_other_order(operation_of_case(ctx.profile(), one)->body).value_or("");
    co_return co_await refused_as_invalid(
        ctx, one, std::move(body), "a message whose elements are in another order than the schema's",
        "validate messages against the schemas that are published, the order of elements included");
}

awaitable<Verdict> unknown_operation(Context& ctx) {
    const PermissionCase& one = *operation_cases(ctx.profile()).at(ctx.case_index());
    const ErrorModel& model = *ctx.profile().permissions.model_of(one);
    std::string body = of_unknown_operation(operation_of_case(ctx.profile(), one)->body).value_or("");
    RefusedFor wanted{.what = "an operation that nobody knows",
                      .reason = *model.unknown_operation,
                      .remedy = "take the operations of the WSDL and no others",
                      .remedy_of_another = "refuse it with the documented code, which says that no schema was found"};
    co_return co_await refused_for(ctx, one, std::move(body), wanted);
}

awaitable<Verdict> unreadable(Context& ctx) {
    const Profile& profile = ctx.profile();
    const PermissionCase& one = *envelope_cases(profile).at(ctx.case_index());
    const ErrorModel& model = *profile.permissions.model_of(one);
    AskedCase asked = co_await ask_as_it_stands(ctx, one);
    if (!asked.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", asked.credential.problem);
    }
    Operation& operation = asked.operation;
    const std::array<std::pair<std::string_view, std::string>, 3> bodies{
        {{"malformed XML", operation.body.substr(0, operation.body.size() / 2)},
         {"XML that is no SOAP envelope", "<gateproof/>"},
         {"what is no XML", "gateproof"}}};
    std::vector<UnreadableAnswer> answers;
    for (const auto& [what, body] : bodies) {
        operation.body = body;
        HttpOutcome outcome = co_await ask(ctx, operation, asked.credential.identity);
        Answer reading = answer_of(outcome, operation, model);
        answers.push_back({what, std::move(outcome), std::move(reading)});
    }
    co_return judge_unreadable(asked.good, answers, model);
}

struct Span {
    std::size_t begin;
    std::size_t end;
};

/// From the start tag, which has no attributes, to behind the end tag.
std::optional<Span> text_element(std::string_view envelope, std::string_view name) {
    const std::size_t at = envelope.find(fmt::format("{}>", name));
    const std::size_t begin = at == envelope.npos ? at : envelope.rfind('<', at);
    if (begin == envelope.npos) {
        return std::nullopt;
    }
    const std::string_view tag = envelope.substr(begin + 1, at - begin - 1 + name.size());
    if (tag.starts_with('/') || (tag.size() > name.size() && tag[tag.size() - name.size() - 1] != ':')) {
        return std::nullopt;
    }
    const std::string closing = fmt::format("</{}>", tag);
    const std::size_t end = envelope.find(closing, at);
    return end == envelope.npos ? std::nullopt : std::optional(Span{begin, end + closing.size()});
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// And no page of HTML that happens to be XML as well.
bool is_xml(const std::string& body) {
    const std::string root = xml_value(body, "local-name(/*)").value_or("");
    return !root.empty() && root != "html" && root != "HTML";
}

Verdict judge_one_unreadable(const UnreadableAnswer& answer, const ErrorModel& model) {
    const std::string& summary = answer.reading.summary;
    if (!answer.outcome.whole()) {
        return Verdict::inconclusive("{}: {}", answer.what, summary);
    }
    const std::string& body = answer.outcome.response->body;
    const std::string code = value_at(body, model.pointer, model.xpath).value_or("");
    if (std::ranges::find(model.success, code) != model.success.end()) {
        return Verdict::fail("{} is answered with success ({})", answer.what, summary)
            .remedy("refuse what is no SOAP envelope before anything is made of it");
    }
    if (is_silent_about_content(answer.reading.status) && (!is_xml(body) || answer.reading.status >= 300)) {
        return Verdict::inconclusive("{}: {}, which does not say that it was looked at", answer.what, summary);
    }
    if (is_xml(body)) {
        return Verdict::warning("{} is answered in XML ({})", answer.what, summary)
            .remedy(
                "answer with an error that is no XML, as it is documented: in a status code or a fault clients look "
                "for what their message lacks, and not for what made it unreadable");
    }
    return Verdict::pass("{} is refused ({})", answer.what, summary);
}

}  // namespace

std::optional<std::string> in_other_namespace(std::string_view envelope) {
    constexpr std::string_view name = "urn:www.ird.govt.nz/GWS:types/Common.v";
    std::string changed(envelope);
    bool any = false;
    for (std::size_t at = changed.find(name); at != std::string::npos; at = changed.find(name, at + name.size())) {
        std::size_t end = at + name.size();
        while (end < changed.size() && is_digit(changed[end])) {
            ++end;
        }
        changed.insert(end, "99");
        any = true;
    }
    return any ? std::optional(std::move(changed)) : std::nullopt;
}

std::optional<std::string> in_other_order(std::string_view envelope) {
    const std::optional<Span> first = text_element(envelope, "softwareProvider");
    const std::optional<Span> second = text_element(envelope, "softwarePlatform");
    if (!first || !second || first->end > second->begin) {
        return std::nullopt;
    }
    const auto part = [&envelope](std::size_t from, std::size_t to) { return envelope.substr(from, to - from); };
    return fmt::format("{}{}{}{}{}", part(0, first->begin), part(second->begin, second->end),
                       part(first->end, second->begin), part(first->begin, first->end), envelope.substr(second->end));
}

std::optional<std::string> of_unknown_operation(std::string_view envelope) {
    constexpr std::string_view nobodys = "GateproofUnknown";
    const std::string action = xml_value(envelope, std::string(action_xpath)).value_or("");
    const std::optional<OperationElement> element = operation_element(envelope);
    const std::size_t slash = action.rfind('/');
    const std::size_t at = action.empty() ? action.npos : envelope.find(action);
    if (slash == action.npos || !element || at == envelope.npos || at > element->name_at) {
        return std::nullopt;
    }
    const std::string_view name = envelope.substr(element->name_at, element->name_size);
    const std::string_view last = std::string_view(action).substr(slash + 1);
    if (last.empty() || name.substr(name.find(':') == name.npos ? 0 : name.find(':') + 1) != last) {
        return std::nullopt;
    }
    const std::size_t prefix = name.size() - last.size();
    std::string changed(envelope);
    changed.replace(element->closing_at + 2 + prefix, last.size(), nobodys);
    changed.replace(element->name_at + prefix, last.size(), nobodys);
    changed.replace(at + slash + 1, last.size(), nobodys);
    return changed;
}

Verdict judge_unreadable(const Answer& good, const std::vector<UnreadableAnswer>& answers, const ErrorModel& model) {
    if (!good.served()) {
        return Verdict::inconclusive("the request itself is not served, so its refusals prove nothing: {}",
                                     good.summary);
    }
    Failures failures;
    std::vector<std::string> told;
    for (const UnreadableAnswer& answer : answers) {
        failures.add(judge_one_unreadable(answer, model));
        told.push_back(fmt::format("{}: {}", answer.what, answer.reading.summary));
    }
    std::optional<Verdict> worst = std::move(failures).verdict();
    return worst ? std::move(*worst)
                 : Verdict::pass("refused with an error that is no XML ({})", fmt::join(told, "; "));
}

std::vector<Check> permission_schema_checks() {
    constexpr std::string_view lacks_read =
        "needs a SOAP read of Inland Revenue's that a user's token opens; give permissions.cases one of kind own and "
        "error soap, whose operation has reads: true, in the profile";
    return checks(
        {.requirements = {decides("SOAP-SCHEMA")}, .intrusiveness = Intrusiveness::active},
        {{.id = "permission.other-namespace-refused",
          .title = "A SOAP message in a namespace that is none must be refused as one that the schema does not have",
          .run = other_namespace,
          .needs = {case_among<namespace_cases>("SOAP read in the published namespaces", lacks_read)},
          .cases = cases_as_described<namespace_cases>},
         {.id = "permission.other-order-refused",
          .title =
              "A SOAP message whose elements are in another order must be refused as one that the schema does not have",
          .run = other_order,
          .needs = {case_among<order_cases>("SOAP read with the published header", lacks_read)},
          .cases = cases_as_described<order_cases>},
         {.id = "permission.unknown-operation-refused",
          .title = "A SOAP operation that nobody knows must be refused as such",
          .run = unknown_operation,
          .needs = {case_among<operation_cases>("SOAP read with an Action", lacks_read)},
          .cases = cases_as_described<operation_cases>},
         {.id = "permission.unreadable-refused",
          .title = "What is no SOAP envelope must be refused with an error that is no XML",
          .run = unreadable,
          .needs = {case_among<envelope_cases>("SOAP request that a token opens",
                                               "needs a SOAP request that a user's token opens; give permissions.cases "
                                               "one of kind own with a SOAP envelope in the profile")},
          .cases = cases_as_described<envelope_cases>}});
}

}  // namespace gateproof::suites
