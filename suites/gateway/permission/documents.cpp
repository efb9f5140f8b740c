// DOCUMENT-LIMITS: what a document may be. Sent as the request of a case that files one: whoever takes what must be
// refused keeps it where that case puts its own.
#include "suites/gateway/permission/documents.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "harness/run/context.hpp"
#include "harness/text/ascii.hpp"
#include "suites/gateway/permission/suite.hpp"
#include "suites/shared/subjects.hpp"

namespace gateproof::suites {
namespace {

using boost::asio::awaitable;
using DocumentJson = nlohmann::ordered_json;

/// Some text in place of what placeholders may stand for, so that the body is JSON already.
std::string with_any_values(const std::string& body) {
    Placeholders any;
    for (std::string& name : placeholders_in(body)) {
        any.emplace(std::move(name), "0");
    }
    return filled_in(body, any);
}

CaseList document_cases(const Profile& profile) {
    CaseList chosen;
    for (const PermissionCase* const one : cases_of(profile, PermissionCase::Kind::own)) {
        const Operation* const operation = operation_of_case(profile, *one);
        const ErrorModel* const model = profile.permissions.model_of(*one);
        if (operation != nullptr && operation->method == "POST" && model != nullptr && model->invalid_message &&
            lower_case(operation->path).ends_with("/document/document") &&
            with_extension(with_any_values(operation->body), "x")) {
            chosen.push_back(one);
        }
    }
    return chosen;
}

awaitable<Verdict> extension_refused(Context& ctx) {
    const PermissionCase& one = *document_cases(ctx.profile()).at(ctx.case_index());
    const ErrorModel& model = *ctx.profile().permissions.model_of(one);
    AskedCase filed = co_await ask_as_it_stands(ctx, one);
    if (!filed.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", filed.credential.problem);
    }
    filed.operation.body = with_extension(filed.operation.body, "exe").value_or("");
    const ErrorModel expected = expecting(model, *model.invalid_message);
    const Tries tries = co_await try_refused(ctx, filed.operation, filed.credential.identity, expected);
    Answer shape{};
    if (tries.is_refusal(Reading::documented)) {
        shape = co_await ask_and_read(ctx, filed.operation, filed.credential.identity, expected);
    }
    co_return judge_refused_for(
        filed.good, tries, shape,
        {.what = "a document with the extension exe",
         .reason = *model.invalid_message,
         .remedy = "take the published extensions alone: what else is kept reaches whoever opens it",
         .remedy_of_another = "refuse it with the documented code, so that people look at their file"});
}

awaitable<Verdict> size_refused(Context& ctx) {
    const PermissionCase& one = *document_cases(ctx.profile()).at(ctx.case_index());
    const ErrorModel& model = *ctx.profile().permissions.model_of(one);
    AskedCase filed = co_await ask_as_it_stands(ctx, one);
    if (!filed.credential.problem.empty()) {
        co_return Verdict::inconclusive("nothing could be asked: {}", filed.credential.problem);
    }
    const std::int64_t bytes = filed.operation.most_document_bytes + 1;
    filed.operation.body = with_document_of(filed.operation.body, bytes).value_or("");
    const ErrorModel expected = expecting(model, *model.invalid_message);
    Answer answer{};
    if (filed.good.served()) {  // once: it is large, and whoever takes it keeps it
        answer = co_await ask_and_read(ctx, filed.operation, filed.credential.identity, expected);
    }
    co_return judge_document_size(filed.good, answer, bytes);
}

std::optional<DocumentJson> document_json(std::string_view body) {
    DocumentJson json = DocumentJson::parse(body, nullptr, false);
    const bool fits = json.is_object() && json.contains("FileName") && json["FileName"].is_string() &&
                      json.contains("Document") && json["Document"].is_string();
    return fits ? std::optional(std::move(json)) : std::nullopt;
}

std::string written(const DocumentJson& json) {
    return json.dump(-1, ' ', false, DocumentJson::error_handler_t::replace);
}

}  // namespace

std::optional<std::string> with_extension(std::string_view body, std::string_view extension) {
    std::optional<DocumentJson> json = document_json(body);
    if (!json) {
        return std::nullopt;
    }
    const std::string name = json->at("FileName").get<std::string>();
    (*json)["FileName"] = name.substr(0, name.rfind('.')) + "." + std::string(extension);
    return written(*json);
}

std::optional<std::string> with_document_of(std::string_view body, std::int64_t bytes) {
    std::optional<DocumentJson> json = document_json(body);
    if (!json) {
        return std::nullopt;
    }
    const auto size = static_cast<std::size_t>(bytes);
    std::string zeros((size + 2) / 3 * 4, 'A');
    std::ranges::fill(zeros.end() - static_cast<std::ptrdiff_t>((3 - size % 3) % 3), zeros.end(), '=');
    (*json)["Document"] = std::move(zeros);
    return written(*json);
}

Verdict judge_document_size(const Answer& good, const Answer& answer, std::int64_t bytes) {
    if (!good.served()) {
        return Verdict::inconclusive("a refusal proves nothing: the document of the profile is not taken either ({})",
                                     good.summary);
    }
    if (answer.served()) {
        return Verdict::fail("a document of {} bytes is taken ({})", bytes, answer.summary)
            .remedy("refuse documents above the published limit; take this one away again where the case put it");
    }
    constexpr int too_large = 413;
    if (answer.refused() || answer.status == too_large) {
        return Verdict::pass("a document of {} bytes is refused ({})", bytes, answer.summary);
    }
    return Verdict::inconclusive("a document of {} bytes: {}, which is neither service nor a refusal", bytes,
                                 answer.summary);
}

std::vector<Check> permission_document_checks() {
    return checks(
        {.requirements = {decides("DOCUMENT-LIMITS")},
         .intrusiveness = Intrusiveness::active,
         .channels = {Channel::cloud},
         .needs = {case_among<document_cases>(
             "request that files a document",
             "needs a request that files a document; give permissions.cases one of kind own and error document, whose "
             "operation is a POST to /gateway/document/document with FileName and Document in its JSON, in the "
             "profile")}},
        {{.id = "permission.document-extension-refused",
          .title = "A document whose extension is not published must be refused",
          .run = extension_refused,
          .cases = cases_as_described<document_cases>},
         {.id = "permission.document-size-refused",
          .title = "A document above the published size must be refused",
          .run = size_refused,
          .cases = cases_as_described<document_cases>}});
}

}  // namespace gateproof::suites
