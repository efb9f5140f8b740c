#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/json/read_file.hpp"
#include "harness/json/reader.hpp"
#include "harness/message/yaml.hpp"
#include "harness/profile/read/profile.hpp"
#include "harness/text/input_file.hpp"

namespace gateproof {
namespace {

using SchemaKind = MessageSchema::Kind;
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
    std::string text = read_at_most(file.in, max_description_bytes + 1);
    if (text.size() > max_description_bytes) {
        references.problems().error(Rank::value, field,
                                    fmt::format("the file {} is larger than 4 MiB", in_quotes(source)));
        return std::nullopt;
    }
    return text;
}

/// The fields that name files.
struct Files {
    JsonField openapi;
    JsonField path;
    JsonField xsd;
    JsonField wsdl;
};

void read_open_api_file(const Files& files, MessageSchema& schema, References& references, const Operation& operation) {
    Problems& problems = references.problems();
    schema.source = read_filled_text(files.openapi, problems, "the file of an OpenAPI document");
    const std::optional<std::string> named = read_text(files.path, problems, "a path of the document");
    schema.path = named.value_or("");
    if (schema.source.empty() || (files.path && !named)) {
        return;
    }
    const std::optional<std::string> text = read_description(files.openapi, schema.source, references);
    if (!text) {
        return;
    }
    LoadedOpenApi loaded = read_open_api(*text);
    if (!loaded.description) {
        problems.error(Rank::value, files.openapi, fmt::format("{}: {}", in_quotes(schema.source), loaded.problem));
        return;
    }
    const OpenApi::Place place = files.path ? loaded.description->named(operation.method, schema.path)
                                            : loaded.description->place_of(operation.method, operation.path);
    if (!place.problem.empty()) {
        problems.error(Rank::value, files.path ? files.path : files.openapi,
                       fmt::format("{}: {}", in_quotes(schema.source), place.problem));
        return;
    }
    schema.path = place.path;
    schema.description = std::move(loaded.description);
}

void read_xsd_files(const JsonField& list, MessageSchema& schema, References& references) {
    Problems& problems = references.problems();
    std::vector<std::string> names;
    std::vector<XsdFile> files;
    bool whole = true;
    for (const JsonField& field : read_list(list, problems, "a list of schema files")) {
        const std::string name = read_filled_text(field, problems, "a schema file");
        if (name.empty()) {
            whole = false;
            continue;
        }
        names.push_back(name);
        std::optional<std::string> text = read_description(field, name, references);
        whole = whole && text;
        files.push_back({name, std::move(text).value_or("")});
    }
    schema.source = fmt::format("{}", fmt::join(names, ", "));
    if (names.size() > max_xsd_files) {
        problems.error(Rank::value, list, fmt::format("expected {} schema files at most", max_xsd_files));
        return;
    }
    if (!whole || files.empty()) {
        return;
    }
    LoadedXsd loaded = read_xsd(files);
    if (!loaded.schemas) {
        problems.error(Rank::value, list, loaded.problem);
    }
    schema.schemas = std::move(loaded.schemas);
}

void read_wsdl_file(const JsonField& field, MessageSchema& schema, References& references) {
    Problems& problems = references.problems();
    schema.source = read_filled_text(field, problems, "the file of a WSDL");
    const std::optional<std::string> text =
        schema.source.empty() ? std::nullopt : read_description(field, schema.source, references);
    if (!text) {
        return;
    }
    LoadedWsdl loaded = read_wsdl(*text);
    if (loaded.problem.empty() && loaded.wsdl.operations.empty()) {
        loaded.problem = "it describes no operations";
    }
    if (!loaded.problem.empty()) {
        problems.error(Rank::value, field, fmt::format("{}: {}", in_quotes(schema.source), loaded.problem));
        return;
    }
    schema.wsdl = std::make_shared<const Wsdl>(std::move(loaded.wsdl));
}

}  // namespace

std::optional<MessageSchema> read_message_schema(const JsonField& field, References& references,
                                                 const Operation& operation) {
    if (!field) {
        return std::nullopt;
    }
    Problems& problems = references.problems();
    ObjectReader reader(field, problems, R"(an object with "openapi", "xsd" or "wsdl")");
    const Files files{reader.optional("openapi"), reader.optional("path"), reader.optional("xsd"),
                      reader.optional("wsdl")};
    reader.finish();
    const std::array<const JsonField*, 3> kinds{&files.openapi, &files.xsd, &files.wsdl};
    const auto named = std::ranges::count_if(kinds, [](const JsonField* one) { return static_cast<bool>(*one); });
    if (reader.usable() && (named != 1 || (files.path && !files.openapi))) {
        problems.error(Rank::value, field,
                       R"(needs one of "openapi" (and "path" where it does not say), "xsd" and "wsdl")");
        return std::nullopt;
    }
    MessageSchema schema;
    if (files.xsd) {
        schema.kind = SchemaKind::xsd;
        read_xsd_files(files.xsd, schema, references);
    } else if (files.wsdl) {
        schema.kind = SchemaKind::wsdl;
        read_wsdl_file(files.wsdl, schema, references);
    } else if (files.openapi) {
        read_open_api_file(files, schema, references, operation);
    }
    return schema;
}

}  // namespace gateproof
