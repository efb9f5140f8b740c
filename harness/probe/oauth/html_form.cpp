#include "harness/probe/oauth/html_form.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "harness/text/ascii.hpp"

namespace gateproof {
namespace {

constexpr std::size_t max_label_bytes = 200;
constexpr std::size_t max_attributes = 64;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

void append_utf8(std::string& out, std::uint32_t code) {
    if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        code = 0xfffd;
    }
    if (code < 0x80) {
        out.push_back(static_cast<char>(code));
    } else if (code < 0x800) {
        out.push_back(static_cast<char>(0xc0 | code >> 6));
        out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    } else if (code < 0x10000) {
        out.push_back(static_cast<char>(0xe0 | code >> 12));
        out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    } else {
        out.push_back(static_cast<char>(0xf0 | code >> 18));
        out.push_back(static_cast<char>(0x80 | (code >> 12 & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (code >> 6 & 0x3f)));
        out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
    }
}

/// The character that "&name;" stands for, without '&' and ';'; empty for a name that forms do not need.
std::optional<std::uint32_t> entity(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::uint32_t>, 6> named{
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"nbsp", 0xa0}}};
    if (name.starts_with('#')) {
        name.remove_prefix(1);
        const bool hex = name.starts_with('x') || name.starts_with('X');
        name.remove_prefix(hex ? 1 : 0);
        std::uint32_t code = 0;
        const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
        const bool whole = !name.empty() && end == name.data() + name.size() && error == std::errc();
        return whole ? std::optional(code) : std::nullopt;
    }
    const auto* const found = std::ranges::find(named, name, [](const auto& one) { return one.first; });
    return found == named.end() ? std::nullopt : std::optional(found->second);
}

std::string decoded(std::string_view text) {
    constexpr std::size_t longest_name = 10;
    std::string out;
    text = text.substr(0, max_attribute_bytes);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t end = text[at] == '&' ? text.find(';', at) : std::string_view::npos;
        if (end != std::string_view::npos && end - at <= longest_name) {
            if (const auto code = entity(text.substr(at + 1, end - at - 1))) {
                append_utf8(out, *code);
                at = end;
                continue;
            }
        }
        out.push_back(text[at]);
    }
    return out;
}

struct Tag {
    std::string name;  ///< lower case, with '/' in front of an end tag
    std::vector<std::pair<std::string, std::string>> attributes;

    [[nodiscard]] const std::string* attribute(std::string_view wanted) const {
        const auto found =
            std::ranges::find(attributes, wanted, [](const auto& one) { return std::string_view(one.first); });
        return found == attributes.end() ? nullptr : &found->second;
    }
    [[nodiscard]] std::string text(std::string_view wanted, std::string_view otherwise = {}) const {
        const std::string* const value = attribute(wanted);
        return value == nullptr ? std::string(otherwise) : *value;
    }
};

/// Walks through a page from tag to tag; every step goes forward, so it ends.
class Scanner {
public:
    explicit Scanner(std::string_view page) : page_(page.substr(0, max_page_bytes)) {}

    /// The text before the next tag, and the tag; empty at the end of the page.
    std::optional<Tag> next(std::string& text_before) {
        while (at_ < page_.size()) {
            const std::size_t open = std::min(page_.find('<', at_), page_.size());
            text_before.append(page_.substr(at_, std::min(open - at_, max_label_bytes)));
            at_ = open;
            if (at_ + 1 >= page_.size()) {
                break;
            }
            if (page_.substr(at_).starts_with("<!--")) {
                skip_past("-->", 4);
                continue;
            }
            const char after = page_[at_ + 1];
            if (after == '!' || after == '?') {
                skip_past(">", 2);
                continue;
            }
            if (std::isalpha(static_cast<unsigned char>(after)) == 0 && after != '/') {
                text_before.push_back('<');
                ++at_;
                continue;
            }
            Tag tag = read_tag();
            if (tag.name == "script" || tag.name == "style" || tag.name == "template") {
                skip_element(tag.name);
                continue;
            }
            return tag;
        }
        at_ = page_.size();
        return std::nullopt;
    }

private:
    void skip_past(std::string_view end, std::size_t from) {
        const std::size_t found = page_.find(end, at_ + from);
        at_ = found == std::string_view::npos ? page_.size() : found + end.size();
    }

    void skip_element(const std::string& name) {
        for (std::size_t found = page_.find("</", at_); found != std::string_view::npos;
             found = page_.find("</", found + 2)) {
            if (lower_case(page_.substr(found + 2, name.size())) == name) {
                at_ = found;
                return;
            }
        }
        at_ = page_.size();
    }

    void skip_spaces() {
        while (at_ < page_.size() && is_space(page_[at_])) {
            ++at_;
        }
    }

    std::string_view take_until(std::string_view stops) {
        const std::size_t begin = at_;
        while (at_ < page_.size() && stops.find(page_[at_]) == std::string_view::npos) {
            ++at_;
        }
        return page_.substr(begin, at_ - begin);
    }

    Tag read_tag() {
        Tag tag;
        ++at_;  // '<'
        if (page_[at_] == '/') {
            tag.name = "/";
            ++at_;
        }
        tag.name += lower_case(take_until(" \t\n\r\f/>").substr(0, 32));
        while (at_ < page_.size() && page_[at_] != '>') {
            const std::size_t before = at_;
            skip_spaces();
            read_attribute(tag);
            if (at_ == before) {
                ++at_;  // a stray '/' or '='
            }
        }
        at_ = std::min(at_ + 1, page_.size());
        return tag;
    }

    void read_attribute(Tag& tag) {
        std::string name = lower_case(take_until(" \t\n\r\f/>=").substr(0, 64));
        if (name.empty()) {
            return;
        }
        skip_spaces();
        std::string_view value;
        if (at_ < page_.size() && page_[at_] == '=') {
            ++at_;
            skip_spaces();
            const char quote = at_ < page_.size() ? page_[at_] : '\0';
            if (quote == '"' || quote == '\'') {
                ++at_;
                value = take_until(std::string_view(&quote, 1));
                at_ = std::min(at_ + 1, page_.size());
            } else {
                value = take_until(" \t\n\r\f>");
            }
        }
        if (tag.attributes.size() < max_attributes && tag.attribute(name) == nullptr) {
            tag.attributes.emplace_back(std::move(name), decoded(value));
        }
    }

    std::string_view page_;
    std::size_t at_ = 0;
};

FormField field_of(const Tag& tag) {
    FormField field;
    field.name = tag.text("name");
    field.value = tag.text("value");
    field.type = lower_case(tag.text("type", tag.name == "button" ? "submit" : "text"));
    field.checked = tag.attribute("checked") != nullptr;
    if ((field.type == "checkbox" || field.type == "radio") && tag.attribute("value") == nullptr) {
        field.value = "on";
    }
    if (field.type == "image") {
        field.type = "submit";
    }
    if (field.type == "submit" && tag.name == "input") {
        field.label = field.value;
    }
    return field;
}

std::string label_of(std::string_view text) {
    while (!text.empty() && is_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_space(text.back())) {
        text.remove_suffix(1);
    }
    return std::string(text.substr(0, max_label_bytes));
}

}  // namespace

const FormField* HtmlForm::field(std::string_view name) const {
    const auto found = std::ranges::find(fields, name, &FormField::name);
    return found == fields.end() ? nullptr : &*found;
}

const FormField* HtmlForm::of_type(std::string_view type) const {
    const auto found = std::ranges::find(fields, type, &FormField::type);
    return found == fields.end() ? nullptr : &*found;
}

std::vector<HtmlForm> read_forms(std::string_view page) {
    std::vector<HtmlForm> forms;
    bool inside = false;
    bool in_button = false;
    Scanner scanner(page);
    std::string text;
    while (std::optional<Tag> tag = scanner.next(text)) {
        if (in_button && !forms.empty() && !forms.back().fields.empty()) {
            forms.back().fields.back().label += text.substr(0, max_label_bytes);
        }
        text.clear();
        if (tag->name == "form" && !inside && forms.size() < max_forms) {
            HtmlForm form;
            form.action = tag->text("action");
            form.post = lower_case(tag->text("method")) == "post";
            forms.push_back(std::move(form));
            inside = true;
        } else if (tag->name == "/form") {
            inside = false;
            in_button = false;
        } else if (tag->name == "/button") {
            in_button = false;
        } else if (inside && (tag->name == "input" || tag->name == "button") &&
                   forms.back().fields.size() < max_form_fields && tag->attribute("disabled") == nullptr) {
            forms.back().fields.push_back(field_of(*tag));
            in_button = tag->name == "button";
        }
    }
    for (HtmlForm& form : forms) {
        for (FormField& field : form.fields) {
            field.label = label_of(field.label);
        }
    }
    return forms;
}

}  // namespace gateproof
