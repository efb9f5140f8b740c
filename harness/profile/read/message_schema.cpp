#include <fmt/format.h>

#include "harness/json/read_file.hpp"
#include "harness/json/reader.hpp"
#include "harness/message/yaml.hpp"
#include "harness/profile/read/profile.hpp"
#include "harness/text/input_file.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;

/// The description itself; nothing when references are not followed, or it was reported.
std::optional<std::string> read_description(const JsonField& field, const std::string& source, References& references) {
    if (is_reference(source)) {
        std::optional<ResolvedText> text = references.literal_or_follow(field, "a file");
        return text ? std::optional(std::move(text->text)) : std::nullopt;
    }
    if (!references.reads()) {
        return std::nullopt;
    }
    InputFile file = open_input_file(references.in_folder(source));
    if (!file.why.empty()) {
        references.problems().error(Rank::value, field, fmt::format("the file {} {}", in_quotes(source), file.why));
        return std::nullopt;
    }
    return read_at_most(file.in, max_description_bytes + 1);
}

}  // namespace

std::optional<MessageSchema> read_message_schema(const JsonField& field, References& references,
                                                 const Operation& operation) {
    if (!field) {
        return std::nullopt;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, "an object with \"openapi\"");
    const JsonField file = reader.required("openapi", "the file of the OpenAPI document");
    const JsonField path = reader.optional("path");
    reader.finish();
    MessageSchema schema;
    schema.source = read_filled_text(file, problems, "the file of an OpenAPI document");
    const std::optional<std::string> named = read_text(path, problems, "a path of the document");
    schema.path = named.value_or("");
    if (schema.source.empty() || (path && !named)) {
        return schema;
    }
    const std::optional<std::string> text = read_description(file, schema.source, references);
    if (!text) {
        return schema;
    }
    LoadedOpenApi loaded = read_open_api(*text);
    if (!loaded.description) {
        problems.error(Rank::value, file, fmt::format("{}: {}", in_quotes(schema.source), loaded.problem));
        return schema;
    }
    const OpenApi::Place place = path ? loaded.description->named(operation.method, schema.path)
                                      : loaded.description->place_of(operation.method, operation.path);
    if (!place.problem.empty()) {
        problems.error(Rank::value, path ? path : file, fmt::format("{}: {}", in_quotes(schema.source), place.problem));
        return schema;
    }
    schema.path = place.path;
    schema.description = std::move(loaded.description);
    return schema;
}

}  // namespace gateproof
