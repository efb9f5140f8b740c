#include "harness/profile/reference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "harness/identity/load_identity.hpp"
#include "harness/identity/pem_lines.hpp"
#include "harness/identity/pkcs11.hpp"
#include "harness/json/read_file.hpp"
#include "harness/json/reader.hpp"
#include "harness/text/input_file.hpp"

namespace gateproof {

namespace {

using Rank = Problems::Rank;

constexpr std::string_view env_scheme = "env:";
constexpr std::string_view env_file_scheme = "env-file:";
constexpr std::string_view file_scheme = "file:";
constexpr std::string_view embedded_scheme = "embedded:";

bool starts_with(std::string_view text, std::string_view prefix) {
    return text.substr(0, prefix.size()) == prefix;
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

}  // namespace

bool is_reference(std::string_view text) {
    return starts_with(text, env_scheme) || starts_with(text, env_file_scheme) || starts_with(text, file_scheme) ||
           starts_with(text, embedded_scheme);
}

std::string reference_fault(std::string_view text) {
    if (starts_with(text, env_scheme) || starts_with(text, env_file_scheme)) {
        const std::string_view scheme = starts_with(text, env_scheme) ? env_scheme : env_file_scheme;
        const std::string_view name = text.substr(scheme.size());
        const bool good = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
                          std::all_of(name.begin(), name.end(), is_word);
        return good ? ""
                    : fmt::format(
                          "expected the name of an environment variable after \"{0}\", such as "
                          "{0}GATEPROOF_{1}",
                          scheme, scheme == env_scheme ? "PASSPHRASE" : "KEY_FILE");
    }
    if (starts_with(text, embedded_scheme)) {
        const std::string_view name = text.substr(embedded_scheme.size());
        const bool good = !name.empty() && std::all_of(name.begin(), name.end(),
                                                       [](char c) { return is_word(c) || c == '-' || c == '.'; });
        return good ? "" : "expected a name after \"embedded:\", such as embedded:cloud-url";
    }
    const std::string_view path = text.substr(file_scheme.size());
    if (path.empty() ||
        std::any_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
        return "expected a path after \"file:\", such as file:client.pem";
    }
    return path.substr(0, 2) == "//"
               ? "expected a plain path after \"file:\", without \"//\"; an absolute one is file:/path"
               : "";
}

std::string without_line_end(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
        text.pop_back();
    }
    return text;
}

void References::keep_secret(std::string_view value) {
    if (!value.empty()) {
        secrets_.emplace_back(value);
    }
}

std::optional<ResolvedText> References::follow(const JsonField& field, std::string_view what) {
    if (!field || is_placeholder(*field.node)) {
        return std::nullopt;
    }
    const std::string choices = "file:PATH, env:NAME, env-file:NAME or embedded:NAME";
    if (field.node->kind != JsonNode::Kind::string) {
        problems_.error(
            Rank::value, field,
            fmt::format("expected a reference to {} ({}), found {}", what, choices, field.node->describe_kind()));
        return std::nullopt;
    }
    const std::string& text = field.node->text;
    if (text.find("PRIVATE KEY-----") != std::string::npos) {
        problems_.error(
            Rank::value, field,
            fmt::format(
                "a private key stands in the profile itself; profiles are shared and kept under version control, "
                "so a key must not be in one: put it in a file and write file:PATH"));
        return std::nullopt;
    }
    if (!is_reference(text)) {
        // The content is not shown: it may be the secret itself.
        const bool secret = what.find("passphrase") != std::string_view::npos;
        problems_.error(Rank::value, field,
                        secret
                            ? fmt::format("{} stands in the profile itself; profiles are shared, so write where it is: "
                                          "env:NAME or file:PATH",
                                          what)
                            : fmt::format("expected a reference to {}: {}", what, choices));
        return std::nullopt;
    }
    return resolve(field, text);
}

std::optional<ResolvedText> References::follow_or_token(const JsonField& field, std::string_view what) {
    if (!field || field.node->kind != JsonNode::Kind::string || !is_pkcs11_uri(field.node->text)) {
        return follow(field, what);
    }
    if (const std::string fault = pkcs11_uri_fault(field.node->text); !fault.empty()) {
        problems_.error(Rank::value, field, fault);
        return std::nullopt;
    }
    if (!options_.read_secrets) {
        return std::nullopt;
    }
    return ResolvedText{field.node->text, field.node->text, {}};
}

std::optional<ResolvedText> References::literal_or_follow(const JsonField& field, std::string_view expected) {
    std::optional<std::string> text = read_text(field, problems_, expected);
    if (!text) {
        return std::nullopt;
    }
    if (text->find("PRIVATE KEY-----") != std::string::npos) {
        problems_.error(Rank::value, field, "a private key must not stand in a profile");
        return std::nullopt;
    }
    if (!is_reference(*text)) {
        return ResolvedText{std::move(*text), "", {}};
    }
    return resolve(field, *text);
}

std::optional<ResolvedText> References::resolve(const JsonField& field, const std::string& reference) {
    if (const std::string fault = reference_fault(reference); !fault.empty()) {
        problems_.error(Rank::value, field, fmt::format("{}, found {}", fault, in_quotes(reference)));
        return std::nullopt;
    }
    if (!options_.read_secrets && !(starts_with(reference, embedded_scheme) && options_.embedded)) {
        return std::nullopt;
    }
    if (starts_with(reference, file_scheme)) {
        return read_file(field, reference, reference.substr(file_scheme.size()));
    }
    if (starts_with(reference, embedded_scheme)) {
        if (!options_.embedded) {
            problems_.error(
                Rank::secret, field,
                fmt::format("{} names something of the embedded gateway, which does not run here; use file: or env:",
                            in_quotes(reference)));
            return std::nullopt;
        }
        std::optional<std::string> text = options_.embedded(reference);
        if (!text) {
            problems_.error(Rank::secret, field,
                            fmt::format("the embedded gateway has nothing named {}",
                                        in_quotes(reference.substr(embedded_scheme.size()))));
            return std::nullopt;
        }
        return ResolvedText{std::move(*text), reference, {}};
    }
    const bool names_file = starts_with(reference, env_file_scheme);
    const std::string name = reference.substr((names_file ? env_file_scheme : env_scheme).size());
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) {
        problems_.error(
            Rank::secret, field,
            fmt::format("the environment variable {} is not set; set it, for instance: export {}=...", name, name));
        return std::nullopt;
    }
    if (*value == '\0') {
        problems_.error(Rank::secret, field, fmt::format("the environment variable {} is set but empty", name));
        return std::nullopt;
    }
    if (names_file) {
        return read_file(field, reference, value);
    }
    std::string text = with_pem_lines(value);
    if (text != value) {
        // Whatever prints the variable prints the key on its one line.
        for (const std::string& block : private_key_blocks(value)) {
            keep_secret(block);
        }
    }
    return ResolvedText{std::move(text), reference, {}};
}

std::optional<ResolvedText> References::read_file(const JsonField& field, const std::string& reference,
                                                  const std::string& name) {
    const std::filesystem::path path = directory_ / name;
    const auto refuse = [&](std::string_view why) {
        problems_.error(Rank::secret, field, fmt::format("the file {} {}", path.string(), why));
        return std::nullopt;
    };
    InputFile opened = open_input_file(path);
    if (opened.fault == InputFile::Fault::missing) {
        return refuse(starts_with(name, "~")
                          ? "does not exist: ~ stands for a home folder in a shell alone; write the path out"
                          : "does not exist; a relative path starts at the folder of the profile");
    }
    if (opened.fault != InputFile::Fault::none) {
        return refuse(opened.why);
    }
    std::string text = read_at_most(opened.in, max_json_bytes);
    if (text.size() > max_json_bytes) {
        return refuse(fmt::format("is larger than {} KiB", max_json_bytes / 1024));
    }
    if (text.empty()) {
        return refuse("is empty");
    }
    return ResolvedText{std::move(text), reference, path};
}

}  // namespace gateproof
