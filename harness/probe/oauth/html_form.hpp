// Reads the forms of an HTML page, as far as logging in needs it. What a peer sends is hostile: everything is bounded,
// and nothing of it is ever shown as markup.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof {

struct FormField {
    std::string name;
    std::string type = "text";  ///< of an input in lower case; "submit" for a button that sends the form
    std::string value;
    std::string label;     ///< text of a button
    bool checked = false;  ///< of checkbox and radio
};

struct HtmlForm {
    std::string action;  ///< empty: the page's own address
    bool post = false;
    std::vector<FormField> fields;

    [[nodiscard]] const FormField* field(std::string_view name) const;
    /// First field of this type; null: none.
    [[nodiscard]] const FormField* of_type(std::string_view type) const;
};

inline constexpr std::size_t max_page_bytes = std::size_t{512} * 1024;
inline constexpr std::size_t max_forms = 16;
inline constexpr std::size_t max_form_fields = 128;
inline constexpr std::size_t max_attribute_bytes = std::size_t{8} * 1024;

/// The forms of a page, in order. Comments, scripts and styles are passed over; what is beyond a bound is left out.
std::vector<HtmlForm> read_forms(std::string_view page);

}  // namespace gateproof
