#include "client/base/json.hpp"

namespace gateproof::client {

using nlohmann::json;

json parse_bounded(const std::string& text) {
    constexpr int deepest = 64;
    // The brackets are counted first: whatever reads them, and whatever forgets
    // them again, may recurse.
    int depth = 0;
    bool in_text = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_text && c == '\\') {
            ++at;
        } else if (c == '"') {
            in_text = !in_text;
        } else if (!in_text) {
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        }
        if (depth > deepest) {
            return {};
        }
    }
    json parsed = json::parse(text, nullptr, false);
    return parsed.is_discarded() ? json() : parsed;
}

std::string text_member(const json& object, const char* name) {
    const auto found = object.find(name);  // of what is no object: its end
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace gateproof::client
