#include "harness/probe/oauth/html_form.hpp"

#include <libxml/HTMLparser.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "harness/text/ascii.hpp"

namespace gateproof {
namespace {

constexpr std::size_t max_label_bytes = 200;
/// As many elements inside each other as browsers keep.
constexpr std::size_t max_depth = 512;
/// libxml2 compares each attribute of a tag with all before it. So a page ends where one tag or comment has more words.
constexpr std::size_t max_words = 4096;
constexpr std::size_t piece_bytes = 4096;

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

constexpr std::string_view blank = " \t\n\r\f";

/// What stands in these is text to a browser, or not of the page.
bool hides_its_content(std::string_view element) {
    constexpr std::array<std::string_view, 6> hiding{"template", "textarea", "title", "iframe", "noembed", "noframes"};
    return std::ranges::find(hiding, element) != hiding.end();
}

struct Attributes {
    const xmlChar** all = nullptr;  ///< names and values in turn, then null

    [[nodiscard]] std::optional<std::string> get(std::string_view name) const {
        for (const xmlChar** at = all; at != nullptr && *at != nullptr; at += 2) {
            if (view(at[0]) == name) {
                return std::string(view(at[1]).substr(0, max_attribute_bytes));
            }
        }
        return std::nullopt;
    }
};

FormField field_of(std::string_view element, const Attributes& attributes) {
    FormField field;
    field.name = attributes.get("name").value_or("");
    field.type = lower_case(attributes.get("type").value_or(element == "button" ? "submit" : "text"));
    field.checked = attributes.get("checked").has_value();
    const bool choice = field.type == "checkbox" || field.type == "radio";
    field.value = attributes.get("value").value_or(choice ? "on" : "");
    if (field.type == "image") {
        field.type = "submit";
    }
    if (field.type == "submit" && element == "input") {
        field.label = field.value;
    }
    return field;
}

/// libxml2 tells of elements as it meets them; nothing else of the page is kept.
class FormReader {
public:
    FormReader() {
        xmlSAXHandler told{};
        told.initialized = XML_SAX2_MAGIC;  // else errors go to the terminal
        told.serror = &FormReader::on_error;
        told.startElement = &FormReader::on_start;
        told.endElement = &FormReader::on_end;
        told.characters = &FormReader::on_text;
        told.ignorableWhitespace = &FormReader::on_text;
        parser_.reset(htmlCreatePushParserCtxt(&told, this, nullptr, 0, nullptr, XML_CHAR_ENCODING_UTF8));
        if (parser_) {
            htmlCtxtUseOptions(parser_.get(), HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                                                  HTML_PARSE_NOWARNING | HTML_PARSE_IGNORE_ENC);
        }
    }

    void read(std::string_view page) {
        while (!page.empty() && parser_) {
            const std::string_view piece = page.substr(0, piece_bytes);
            page.remove_prefix(piece.size());
            htmlParseChunk(parser_.get(), piece.data(), static_cast<int>(piece.size()), 0);
            if (depth_ > max_depth || (!in_script_ && waits_for_too_much())) {
                return;
            }
        }
        if (parser_) {
            htmlParseChunk(parser_.get(), nullptr, 0, 1);
        }
    }

    std::vector<HtmlForm> forms() && {
        std::vector<HtmlForm> forms;
        for (Form& form : forms_) {
            forms.push_back(std::move(form.form));
        }
        for (Owned& owned : fields_) {
            const auto named = std::ranges::find_if(
                forms_, [&](const Form& form) { return !owned.id.empty() && form.id == owned.id; });
            const std::size_t owner = owned.by_id ? static_cast<std::size_t>(named - forms_.begin()) : owned.form;
            if (owner < forms.size() && forms[owner].fields.size() < max_form_fields) {
                owned.field.label.resize(owned.field.label.find_last_not_of(blank) + 1);
                forms[owner].fields.push_back(std::move(owned.field));
            }
        }
        return forms;
    }

private:
    struct Form {
        HtmlForm form;
        std::string id;
        std::size_t fields = 0;
    };
    struct Owned {
        FormField field;
        std::size_t form = 0;
        bool by_id = false;
        std::string id;
    };
    struct ParserDeleter {
        void operator()(htmlParserCtxt* parser) const {
            xmlFreeDoc(parser->myDoc);
            htmlFreeParserCtxt(parser);
        }
    };

    static void on_start(void* self, const xmlChar* name, const xmlChar** attributes) {
        static_cast<FormReader*>(self)->start(view(name), {attributes});
    }
    static void on_end(void* self, const xmlChar* name) { static_cast<FormReader*>(self)->end(view(name)); }
    static void on_text(void* self, const xmlChar* text, int size) {
        static_cast<FormReader*>(self)->text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
    }
    /// Constant or not is a matter of libxml2's version.
    template <class Error>
    static void on_error(void* self, Error* error) {
        if (error != nullptr && error->code == XML_ERR_TAG_NAME_MISMATCH && error->str1 != nullptr) {
            static_cast<FormReader*>(self)->end_tag(error->str1);
        }
    }

    void start(std::string_view element, const Attributes& attributes) {
        ++depth_;
        in_script_ = element == "script" || element == "style";
        if (hides_its_content(element)) {
            ++hidden_;
        } else if (hidden_ > 0) {
            return;
        } else if (element == "form" && !open_ && forms_.size() < max_forms) {
            open_ = forms_.size();
            Form form;
            form.form.action = attributes.get("action").value_or("");
            form.form.post = lower_case(attributes.get("method").value_or("")) == "post";
            form.id = attributes.get("id").value_or("");
            forms_.push_back(std::move(form));
        } else if (element == "input" || element == "button") {
            take_field(element, attributes);
        }
    }

    void take_field(std::string_view element, const Attributes& attributes) {
        in_button_ = false;
        const std::optional<std::string> id = attributes.get("form");
        std::size_t& count = id || !open_ ? fields_by_id_ : forms_[*open_].fields;
        if ((!id && !open_) || count >= max_form_fields || attributes.get("disabled")) {
            return;
        }
        ++count;
        fields_.push_back({field_of(element, attributes), open_.value_or(0), id.has_value(), id.value_or("")});
        in_button_ = element == "button";
    }

    void text(std::string_view text) {
        if (in_button_ && hidden_ == 0) {
            std::string& label = fields_.back().field.label;
            label += label.empty() ? text.substr(std::min(text.find_first_not_of(blank), text.size())) : text;
            label.resize(std::min(label.size(), max_label_bytes));
        }
    }

    /// libxml2 ends an element with those around it; browsers end a form, for the fields behind, by its own tag alone.
    /// That is the last thing read then.
    void end(std::string_view element) {
        depth_ -= depth_ > 0 ? 1 : 0;
        in_script_ = false;
        const xmlParserInput& input = *parser_->input;
        const std::string_view read(reinterpret_cast<const char*>(input.base),
                                    static_cast<std::size_t>(input.cur - input.base));
        const std::string_view tag = read.substr(std::min(read.rfind('<'), read.size()));
        constexpr std::string_view end_of_form = "</form";
        const bool by_itself = same_ignoring_case(tag.substr(0, end_of_form.size()), end_of_form);
        if (element == "button") {
            in_button_ = false;
        } else if (element != "form" || by_itself) {
            end_tag(element);
        }
    }

    /// Also of an element that libxml2 had ended before, or has not open innermost.
    void end_tag(std::string_view element) {
        if (hides_its_content(element)) {
            hidden_ -= hidden_ > 0 ? 1 : 0;
        } else if (element == "form" && hidden_ == 0) {
            open_.reset();
            in_button_ = false;
        }
    }

    /// libxml2 waits for the end of a tag, comment or script before it reads it.
    [[nodiscard]] bool waits_for_too_much() const {
        const xmlParserInput& input = *parser_->input;
        return static_cast<std::size_t>(std::count_if(
                   input.cur, input.end, [](xmlChar c) { return c <= ' ' || c == '"' || c == '\''; })) > max_words;
    }

    std::unique_ptr<htmlParserCtxt, ParserDeleter> parser_;
    std::vector<Form> forms_;
    std::vector<Owned> fields_;        ///< as they come in the page
    std::size_t fields_by_id_ = 0;     ///< that name their form
    std::optional<std::size_t> open_;  ///< the form that fields belong to
    std::size_t depth_ = 0;
    std::size_t hidden_ = 0;  ///< how many elements around hide what is in them
    bool in_button_ = false;  ///< the last field is a button whose end has not come
    bool in_script_ = false;
};

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
    FormReader reader;
    reader.read(page.substr(0, max_page_bytes));
    return std::move(reader).forms();
}

}  // namespace gateproof
