// Documents that are filed beside a return (Document API of 2023-11-22): what they may be, and how large.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "gateway/services/answers.hpp"
#include "gateway/services/services.hpp"

namespace gateproof::gateway {
namespace {

using nlohmann::json;

/// Published are 9,000,000: this many are enough to be refused, and cost every run a hundredth of it.
constexpr std::size_t most_bytes = 90'000;

constexpr std::array<std::string_view, 17> extensions{"gif",  "jpg",  "jpeg", "pdf",  "png", "csv",
                                                      "doc",  "docx", "xls",  "xlsx", "ppt", "pps",
                                                      "pptx", "ppsx", "odt",  "ods",  "odp"};

const std::string* text_in(const json& asked, const char* name) {
    const auto found = asked.find(name);
    return found != asked.end() ? found->get_ptr<const std::string*>() : nullptr;
}

bool is_published(std::string_view file_name) {
    const std::size_t dot = file_name.rfind('.');
    return dot != file_name.npos &&
           std::ranges::find(extensions, lower_case(file_name.substr(dot + 1))) != extensions.end();
}

/// How many bytes the base64 text stands for; nothing: it is none.
std::optional<std::size_t> decoded_size(std::string_view text) {
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') {
        ++padding;
    }
    const bool sound = std::ranges::all_of(text.substr(0, text.size() - padding), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    });
    return sound && !text.empty() && text.size() % 4 == 0 ? std::optional(text.size() / 4 * 3 - padding) : std::nullopt;
}

}  // namespace

Response Services::file_document(const ServiceRequest& call, const json& asked) {
    const auto invalid = [&call](const char* code, const char* member) {
        return error_response(call.request, 400, code, "validation",
                              std::string("The request is not valid: ") + member);
    };
    const std::string* const name = text_in(asked, "FileName");
    if (name == nullptr || !(is_published(*name) || faults_.has("document-of-any-extension"))) {
        return invalid("EV1100", "FileName");
    }
    const std::string* const document = text_in(asked, "Document");
    const auto size = document == nullptr ? std::nullopt : decoded_size(*document);
    if (!size || (*size > most_bytes && !faults_.has("document-of-any-size"))) {
        return invalid("EV1100", "Document");
    }
    const bool of_return = asked.contains("ExtID");
    if (of_return == asked.contains("DocumentLocationID")) {
        return invalid("DOC403", "ExtID");
    }
    if (of_return && text_in(asked, "ExtIDType") == nullptr) {
        return invalid("DOC402", "ExtIDType");
    }
    if (text_in(asked, "Description") == nullptr) {
        return invalid("EV1100", "Description");
    }
    carried_out_ = "document";
    return json_answer(call.request, 200, {{"DocumentID", 5413355273}});
}

}  // namespace gateproof::gateway
