// Parameters of a query or of a form body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gateproof::gateway {

/// application/x-www-form-urlencoded, decoded strictly.
class Form {
public:
    /// Nothing for a broken escape or more parameters than anybody needs.
    static std::optional<Form> parse(std::string_view text);

    /// Null: not given, or empty, which is the same (RFC 6749 3.1).
    [[nodiscard]] const std::string* get(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name) const;
    /// Name of a parameter that is there twice (RFC 6749 3.1 forbids it); empty: none.
    [[nodiscard]] std::string repeated() const;

private:
    std::vector<std::pair<std::string, std::string>> parameters_;
};

}  // namespace gateproof::gateway
