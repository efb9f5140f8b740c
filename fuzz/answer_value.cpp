// Values inside answers, and the judgement that rests on them: whether an answer is service or a refusal. The first
// byte is the length of a JSON pointer, the second gives the HTTP status (100 and twice the byte); then come the
// pointer and the body, which is read as JSON and as XML.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/require.hpp"
#include "harness/json/tree.hpp"
#include "harness/probe/http/answer_value.hpp"
#include "suites/shared/refusal.hpp"

namespace {

using gateproof::JsonNode;

bool is_pointer(std::string_view text) {
    for (std::size_t at = text.find('~'); at != std::string_view::npos; at = text.find('~', at + 1)) {
        if (at + 1 == text.size() || (text[at + 1] != '0' && text[at + 1] != '1')) {
            return false;
        }
    }
    return text.empty() || text.front() == '/';
}

/// A member's name in a pointer, escapes undone (RFC 6901 4).
std::string unescaped(std::string_view part) {
    std::string name;
    for (std::size_t at = 0; at < part.size(); ++at) {
        const bool escape = part[at] == '~' && at + 1 < part.size();
        name += !escape ? part[at] : part[++at] == '1' ? '/' : '~';
    }
    return name;
}

/// The same value in the strict reader's tree; null: there is none, or it is inside an array, whose indices have rules
/// of their own.
const JsonNode* find(const JsonNode& root, std::string_view pointer) {
    const JsonNode* node = &root;
    while (!pointer.empty() && node != nullptr && node->kind == JsonNode::Kind::object) {
        const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
        const std::string name = unescaped(pointer.substr(1, end - 1));
        const auto found = std::ranges::find(node->children, name, &JsonNode::key);
        node = found == node->children.end() ? nullptr : &*found;
        pointer.remove_prefix(end);
    }
    return pointer.empty() ? node : nullptr;
}

void check_json(const std::string& body, const std::string& pointer) {
    const auto value = gateproof::json_value(body, pointer);
    require(!value || value->size() <= 6 * body.size() + 64, "a value that was never said");
    const gateproof::JsonTree tree = gateproof::parse_json_tree(body);
    if (!tree.root || !tree.faults.empty() || !is_pointer(pointer)) {
        return;
    }
    const JsonNode* const node = find(*tree.root, pointer);
    if (node != nullptr && node->kind == JsonNode::Kind::string && body.size() <= gateproof::max_answer_bytes) {
        require(value == node->text, "two readers, two values");
    }
}

void check_xml(const std::string& body) {
    for (const char* const expression :
         {"//*[local-name()='statusCode']", "string(/*)", "//@*", "count(//*)", "name(//*[last()])"}) {
        const auto value = gateproof::xml_value(body, expression);
        require(!value || !value->empty(), "an empty value");
        // UTF-16 and Latin-1 become longer as UTF-8; entities of the document's own must not.
        require(!value || value->size() <= 3 * body.size() + 32, "entities were expanded");
    }
}

void check_judgement(const std::string& body, int status) {
    using Kind = gateproof::suites::Answer::Kind;
    gateproof::HttpOutcome outcome;
    outcome.response.emplace();
    outcome.response->status = status;
    outcome.response->body = body;
    const gateproof::Operation operation;
    for (const auto& [name, model] : gateproof::documented_errors()) {
        const auto reading = gateproof::suites::answer_of(outcome, operation, model);
        require(reading.code.size() <= 64, "a code as long as a page");
        require(!reading.served() || (reading.code.empty() && status / 100 == 2), "an error passes for service");
        require(!matches(reading, model.not_permitted) || reading.kind == Kind::refused, "no permission, no refusal");
        require(status / 100 != 5 || reading.kind == Kind::unclear, "a broken server passes for a judgement");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) {
        return 0;
    }
    const std::string all(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t length = std::min<std::size_t>(data[0], all.size());
    const std::string body = all.substr(length);
    check_json(body, all.substr(0, length));
    check_xml(body);
    check_judgement(body, 100 + 2 * data[1]);
    return 0;
}
