#include "harness/profile/read/service_preset.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/json/near_match.hpp"
#include "harness/json/read_file.hpp"
#include "harness/json/reader.hpp"
#include "harness/profile/read/permission_case.hpp"
#include "harness/profile/read/scenario_table.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;

std::vector<std::string> keys_of(const JsonField& object) {
    std::vector<std::string> keys;
    if (object && object.node->kind == JsonNode::Kind::object) {
        for (const JsonNode& member : object.node->children) {
            keys.push_back(member.key);
        }
    }
    return keys;
}

/// Of a text, a placeholder included, which other readers pass over.
std::string plain_text(const JsonField& field, Problems& problems, std::string_view expected) {
    if (field && is_placeholder(*field.node)) {
        return field.node->text;
    }
    return read_filled_text(field, problems, expected);
}

void read_values(const JsonField& field, Problems& problems, ServicePreset& preset) {
    if (!field) {
        return;
    }
    ObjectReader reader(field, problems, "an object that has an object for each value");
    for (const JsonField& member : reader.members()) {
        std::map<std::string, std::string>& texts = preset.values[member.node->key];
        ObjectReader one(member, problems, "an object with \"default\", and a text for each environment that has one");
        for (const char* const environment : {"embedded", "sandbox", "mock", "test", "production"}) {
            if (const JsonField text = one.optional(environment)) {
                texts[environment] = plain_text(text, problems, "what stands for the value there");
            }
        }
        const JsonField otherwise = one.required("default", "what stands for the value elsewhere: FILL IN: ...");
        one.finish();
        texts["default"] = plain_text(otherwise, problems, "what stands for the value, or FILL IN: and what it is");
    }
    reader.finish();
}

/// Every "value:NAME" below `node` is one of the preset's values.
void check_values(const JsonNode& node, const std::string& pointer, const ServicePreset& preset, Problems& problems) {
    if (node.kind == JsonNode::Kind::string && node.text.starts_with(ServicePreset::value_scheme)) {
        const std::string name = node.text.substr(ServicePreset::value_scheme.size());
        if (!preset.values.contains(name)) {
            std::vector<std::string> known;
            for (const auto& [value, texts] : preset.values) {
                known.push_back(value);
            }
            problems.error(Rank::value, {&node, pointer},
                           fmt::format("{} is no key of \"values\"{}", in_quotes(name), suggestion(name, known)));
        }
    }
    for (std::size_t at = 0; at < node.children.size(); ++at) {
        const JsonNode& child = node.children[at];
        const std::string name = node.kind == JsonNode::Kind::array ? std::to_string(at) : child.key;
        check_values(child, pointer_join(pointer, name), preset, problems);
    }
}

ServicePreset read_preset(const JsonNode& root, Problems& problems) {
    ServicePreset preset;
    ObjectReader reader({&root, ""}, problems, "an object that describes a service");
    const JsonField schema = reader.optional("$schema");
    const JsonField name = reader.required("service", "the short name that init knows the service by");
    const JsonField title = reader.required("title", "the service in words");
    const JsonField source = reader.optional("source");
    const JsonField mock_host = reader.required("mock_host", "the first word of its host in the mock");
    const JsonField channels = reader.required("channels", "cloud, desktop, or both");
    const JsonField control = reader.required("control", "the name of the operation that proves service");
    const JsonField values = reader.optional("values");
    const JsonField operations = reader.required("operations", "the service's operations, as in a profile");
    const JsonField machine = reader.optional("m2m");
    const JsonField errors = reader.optional("errors");
    const JsonField cases = reader.required("cases", "permission cases, as in a profile");
    const JsonField scenarios = reader.optional("scenarios");
    reader.finish();
    read_text(schema, problems, "the address of the schema");
    read_text(source, problems, "the document that it is from, with its date");
    preset.name = read_text(name, problems, "a short name").value_or("");
    preset.mock_host = read_text(mock_host, problems, "the first word of a host name").value_or("");
    for (const auto& [field, word] : {std::pair(name, preset.name), std::pair(mock_host, preset.mock_host)}) {
        if (field && !word.empty() && !is_case_name(word)) {
            problems.error(
                Rank::value, field,
                fmt::format("{} names no service; expected lower-case letters, digits and '-'", in_quotes(word)));
        }
    }
    preset.title = read_filled_text(title, problems, "the service in words");
    for (const JsonField& item :
         channels ? read_list(channels, problems, "a list of channels") : std::vector<JsonField>{}) {
        const std::string word = read_choice(item, problems, {"cloud", "desktop"}).value_or("");
        if (const auto channel = channel_from(word)) {
            preset.channels.push_back(*channel);
        }
    }
    const std::vector<std::string> known = keys_of(operations);
    preset.control = read_text(control, problems, "the name of an operation").value_or("");
    if (!preset.control.empty() && std::ranges::find(known, preset.control) == known.end()) {
        problems.error(Rank::value, control,
                       fmt::format("{} is no operation of this preset{}", in_quotes(preset.control),
                                   suggestion(preset.control, known)));
    }
    for (const auto& [object, expected] : {std::pair(operations, "an object of operations"),
                                           std::pair(machine, "an object with \"operation\" and \"with\""),
                                           std::pair(errors, "an object of error models")}) {
        if (object && object.node->kind != JsonNode::Kind::object) {
            problems.error(Rank::value, object,
                           fmt::format("expected {}, found {}", expected, object.node->describe()));
        }
    }
    if (cases && cases.node->kind != JsonNode::Kind::array) {
        problems.error(Rank::value, cases, fmt::format("expected a list of cases, found {}", cases.node->describe()));
    }
    read_values(values, problems, preset);
    preset.scenarios = read_scenario_tables(
        scenarios, problems, TemplatesOf::preset, [&problems](const JsonField& ask, std::size_t, const ScenarioRow&) {
            if (ask.node->kind != JsonNode::Kind::object) {
                problems.error(Rank::value, ask, fmt::format("expected an object, found {}", ask.node->describe()));
            }
        });
    for (const JsonField& part : {operations, machine, cases, scenarios}) {
        if (part) {
            check_values(*part.node, part.pointer, preset, problems);
        }
    }
    return preset;
}

}  // namespace

LoadedPreset load_service_preset_text(std::string_view text, const std::string& file) {
    LoadedPreset loaded;
    const LineIndex lines(text);
    Problems problems(file, lines);
    const JsonTree tree = parse_json_tree(text, problems);
    if (tree.root) {
        loaded.preset = read_preset(*tree.root, problems);
        loaded.preset->text = text;
    }
    if (problems.any()) {
        loaded.preset.reset();
    }
    loaded.problems = problems.errors();
    return loaded;
}

LoadedPreset load_service_preset(const std::filesystem::path& file) {
    const FileText read = read_bounded_file(file, "preset of a service");
    if (!read.problem.empty()) {
        return {std::nullopt, {{file.string(), 0, 0, "", read.problem}}};
    }
    return load_service_preset_text(read.text, file.string());
}

}  // namespace gateproof
