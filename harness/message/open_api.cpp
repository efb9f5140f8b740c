#include "harness/message/open_api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "harness/message/json_reference.hpp"
#include "harness/message/json_schema.hpp"
#include "harness/message/yaml.hpp"
#include "harness/text/ascii.hpp"

namespace gateproof {
namespace {

using nlohmann::json;

const json* member(const json* object, const std::string& name) {
    if (object == nullptr || !object->is_object()) {
        return nullptr;
    }
    const auto found = object->find(name);
    return found == object->end() ? nullptr : &*found;
}

std::string text_of(const json* value) {
    return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

/// The path of a server's URL, which may have none.
std::string path_of_url(const std::string& url) {
    const std::size_t scheme = url.find("://");
    const std::size_t at = url.find('/', scheme == url.npos ? 0 : scheme + 3);
    return at == url.npos ? std::string() : url.substr(at);
}

std::string without_slash(std::string path) {
    while (path.ends_with('/')) {
        path.pop_back();
    }
    return path;
}

std::vector<std::string_view> segments(std::string_view path) {
    std::vector<std::string_view> all;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) {
            all.push_back(path.substr(0, end));
        }
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    return all;
}

/// How many segments the ends of both have in common, where one of the two is all there; a {name} is any segment.
std::size_t common_end(std::string_view described, std::string_view asked) {
    const std::vector<std::string_view> left = segments(described);
    const std::vector<std::string_view> right = segments(asked);
    const std::size_t size = std::min(left.size(), right.size());
    for (std::size_t i = 1; i <= size; ++i) {
        const std::string_view one = left[left.size() - i];
        const bool any = one.size() > 1 && one.front() == '{' && one.back() == '}';
        if (!any && one != right[right.size() - i]) {
            return 0;
        }
    }
    return size;
}

bool may_be_json(std::string_view media_type) {
    const std::string lower = lower_case(media_type);
    return lower.find("json") != lower.npos || lower == "*/*" || lower == "application/*";
}

/// Of the media types of an answer, that of JSON.
const json* json_content(const json* content) {
    if (content == nullptr || !content->is_object()) {
        return nullptr;
    }
    for (const auto& [type, described] : content->items()) {
        if (may_be_json(type)) {
            return &described;
        }
    }
    return nullptr;
}

/// Whether a schema of Swagger 2.0 is of JSON: a file is none, nor is what an operation produces as other media types
/// alone.
bool is_of_json(const json& document, const json& operation, const json* schema) {
    if (text_of(member(schema, "type")) == "file") {
        return false;
    }
    const json* const own = member(&operation, "produces");
    const json* const produces = own != nullptr ? own : member(&document, "produces");
    return produces == nullptr || !produces->is_array() || produces->empty() ||
           std::ranges::any_of(*produces, [](const json& type) { return may_be_json(text_of(&type)); });
}

/// "200", then "2XX", then "default".
const json* answer_of_status(const json& operation, int status) {
    const json* const answers = member(&operation, "responses");
    for (const std::string& name :
         {std::to_string(status), fmt::format("{}XX", status / 100), std::string("default")}) {
        if (const json* const found = member(answers, name)) {
            return found;
        }
    }
    return nullptr;
}

}  // namespace

OpenApi::OpenApi(std::shared_ptr<const json> document) : document_(std::move(document)) {
    const json* const servers = member(document_.get(), "servers");
    const std::string url = servers != nullptr && servers->is_array() && !servers->empty()
                                ? text_of(member(&servers->front(), "url"))
                                : std::string();
    base_ = without_slash(url.empty() ? text_of(member(document_.get(), "basePath")) : path_of_url(url));
}

const json* OpenApi::operation(std::string_view method, const std::string& path) const {
    const json* const item = member(member(document_.get(), "paths"), path);
    return member(item, lower_case(method));
}

OpenApi::Place OpenApi::place_of(std::string_view method, std::string_view request_path) const {
    const std::string_view asked = request_path.substr(0, request_path.find('?'));
    std::vector<std::string> best;
    std::size_t most = 0;
    for (const auto& [path, item] : document_->at("paths").items()) {
        const std::size_t common = member(&item, lower_case(method)) == nullptr
                                       ? 0
                                       : std::max(common_end(base_ + path, asked), common_end(path, asked));
        if (common > most) {
            best.clear();
            most = common;
        }
        if (common == most && common > 0) {
            best.push_back(path);
        }
    }
    if (best.size() == 1) {
        return {best.front(), {}};
    }
    return {{},
            best.empty()
                ? fmt::format("it describes no {} of {}; say by \"path\" which of its paths that is", method, asked)
                : fmt::format("it describes several paths that end as {} ({}); say by \"path\" which is meant", asked,
                              fmt::join(best, ", "))};
}

OpenApi::Place OpenApi::named(std::string_view method, const std::string& path) const {
    return operation(method, path) != nullptr ? Place{path, {}}
                                              : Place{{}, fmt::format("it describes no {} of {}", method, path)};
}

AnswerFinding OpenApi::judge_answer(std::string_view method, const std::string& path, int status,
                                    std::string_view body) const {
    const json* const described = operation(method, path);
    const json* answer = described == nullptr ? nullptr : answer_of_status(*described, status);
    if (answer != nullptr && answer->is_object() && answer->contains("$ref")) {
        answer = follow_reference(*document_, *answer);
    }
    if (answer == nullptr || !answer->is_object()) {
        return {{}, fmt::format("it has no answer HTTP {} for {} {}", status, method, path)};
    }
    const bool swagger = document_->contains("swagger");
    const json* const schema = member(swagger ? answer : json_content(member(answer, "content")), "schema");
    if (schema == nullptr || (swagger && !is_of_json(*document_, *described, schema))) {
        return {{}, fmt::format("it has no schema of JSON for the answer HTTP {} of {} {}", status, method, path)};
    }
    const json value = json::parse(body, nullptr, false);
    if (value.is_discarded()) {
        SchemaFinding none{SchemaFinding::Result::breaks, {}, {}};
        none.problems.emplace_back(body.empty() ? "it has no body, where the schema has JSON"
                                                : "its body is no JSON, where the schema has it");
        return {std::move(none), {}};
    }
    return {judge_by_schema(*document_, *schema, value, MessageKind::answer), {}};
}

LoadedOpenApi read_open_api(std::string_view text) {
    YamlValue read = read_yaml(text);
    if (!read.value) {
        return {nullptr, fmt::format("it cannot be read as YAML or JSON: {}", read.problem)};
    }
    const std::string version = text_of(member(read.value.get(), "openapi"));
    const json* const swagger = member(read.value.get(), "swagger");
    const bool known = version.starts_with("3.0") || (swagger != nullptr && (*swagger == "2.0" || *swagger == 2.0));
    if (!known) {
        return {nullptr, version.empty()
                             ? std::string("it is no OpenAPI document: it has neither \"openapi\" nor "
                                           "\"swagger\": \"2.0\"")
                             : fmt::format("it is of OpenAPI {}, and this program knows 3.0 and Swagger 2.0", version)};
    }
    if (const json* const paths = member(read.value.get(), "paths"); paths == nullptr || !paths->is_object()) {
        return {nullptr, "it describes no paths"};
    }
    return {std::make_shared<const OpenApi>(std::move(read.value)), {}};
}

}  // namespace gateproof
