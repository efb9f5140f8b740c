// The one way into an HTML document: markup comes from literals of this program, everything else is escaped.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateproof::reports {

/// Markup that stands in this program's source. Only a literal becomes one: what a peer sent never can.
class Markup {
public:
    consteval Markup(const char* literal) : text_(literal) {}  // NOLINT(google-explicit-constructor)
    [[nodiscard]] std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

/// Appends to one string. Foreign text goes through printable() and then has `& < > " '` escaped, which makes it inert
/// in text and in quoted attributes; that is why attributes are always quoted, and why no foreign text is ever put into
/// a script, a style or an event handler.
class HtmlWriter {
public:
    HtmlWriter& operator<<(Markup literal) {
        out_ += literal.text();
        return *this;
    }
    HtmlWriter& text(std::string_view foreign, std::size_t max_bytes = 4096);
    /// With line breaks kept.
    HtmlWriter& lines(std::string_view foreign, std::size_t max_bytes = std::size_t{64} * 1024);
    template <std::integral T>
    HtmlWriter& number(T value) {
        out_ += std::to_string(value);
        return *this;
    }
    /// ` name="value"`, within a start tag.
    HtmlWriter& attribute(Markup name, std::string_view foreign);
    /// A JSON text for a `<script type="application/json">`: no `<`, `>` or `&` is left in it, so it cannot end the
    /// element; it must be valid JSON, where these occur in strings alone.
    HtmlWriter& json(std::string_view text);

    [[nodiscard]] std::size_t size() const { return out_.size(); }
    void reserve(std::size_t bytes) { out_.reserve(bytes); }
    [[nodiscard]] std::string take() && { return std::move(out_); }

private:
    void escape(std::string_view printable_text);

    std::string out_;
};

/// For id attributes and the fragments that name them: letters, digits and `. - _ [ ]` of the text, `_` for the rest.
std::string anchor(std::string_view text);

}  // namespace gateproof::reports
