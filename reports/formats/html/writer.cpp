#include "reports/formats/html/writer.hpp"

#include "reports/view/text.hpp"

namespace gateproof::reports {

void HtmlWriter::escape(std::string_view printable_text) {
    for (const char c : printable_text) {
        switch (c) {
            case '&': out_ += "&amp;"; break;
            case '<': out_ += "&lt;"; break;
            case '>': out_ += "&gt;"; break;
            case '"': out_ += "&quot;"; break;
            case '\'': out_ += "&#39;"; break;
            default: out_ += c;
        }
    }
}

HtmlWriter& HtmlWriter::text(std::string_view foreign, std::size_t max_bytes) {
    escape(printable(foreign, Lines::one, max_bytes));
    return *this;
}

HtmlWriter& HtmlWriter::lines(std::string_view foreign, std::size_t max_bytes) {
    escape(printable(foreign, Lines::many, max_bytes));
    return *this;
}

HtmlWriter& HtmlWriter::attribute(Markup name, std::string_view foreign) {
    out_ += ' ';
    out_ += name.text();
    out_ += "=\"";
    text(foreign);
    out_ += '"';
    return *this;
}

HtmlWriter& HtmlWriter::json(std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '<': out_ += "\\u003c"; break;
            case '>': out_ += "\\u003e"; break;
            case '&': out_ += "\\u0026"; break;
            default: out_ += c;
        }
    }
    return *this;
}

std::string anchor(std::string_view text) {
    std::string safe;
    for (const char c : text.substr(0, 200)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                           c == '-' || c == '_' || c == '[' || c == ']';
        safe += plain ? c : '_';
    }
    return safe;
}

}  // namespace gateproof::reports
