// The reader of an authority's pages: takes anything, stays within its bounds, and what it found can be filled in. An
// input is a page.
#include <cstdint>
#include <string_view>

#include "fuzz/require.hpp"
#include "harness/probe/oauth/html_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gateproof;
    const std::string_view page(reinterpret_cast<const char*>(data), size);
    const std::vector<HtmlForm> forms = read_forms(page);
    require(forms.size() <= max_forms, "too many forms");
    for (const HtmlForm& form : forms) {
        require(form.fields.size() <= max_form_fields, "too many fields");
        // Decoding turns at least four bytes ("&lt;") into one, or "&#1;" into at most three.
        require(form.action.size() <= max_attribute_bytes, "an action grew");
        for (const FormField& field : form.fields) {
            require(field.value.size() <= max_attribute_bytes && field.name.size() <= max_attribute_bytes,
                    "a value grew");
            require(field.label.size() <= max_attribute_bytes, "a label grew");
            require(form.field(field.name) != nullptr && form.of_type(field.type) != nullptr, "a field is lost");
        }
    }
    return 0;
}
