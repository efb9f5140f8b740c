// SOAP answers beside schemas, which are a user's: whatever comes, it ends within bounds, and no finding holds more
// than its bounds. An input is an answer; the first byte chooses whether it is one whole or what an envelope's body
// holds.
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz/require.hpp"
#include "harness/message/wsdl.hpp"
#include "harness/message/xsd.hpp"

namespace {

constexpr const char* schema_text = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:r"
 xmlns:r="urn:r" elementFormDefault="qualified"><xs:complexType name="B"><xs:sequence><xs:element name="d" type="xs:date"
 minOccurs="0" maxOccurs="9"/><xs:element name="n" type="xs:decimal" minOccurs="0"/><xs:any processContents="lax"
 minOccurs="0"/></xs:sequence><xs:attribute name="c"/></xs:complexType><xs:element name="a" type="r:B"/></xs:schema>)";

void look_at(const gateproof::AnswerFinding& answer) {
    const gateproof::SchemaFinding& found = answer.schema;
    require(found.problems.size() <= gateproof::most_schema_problems &&
                found.open.size() <= gateproof::most_schema_problems,
            "more findings than are told");
    require(!found.breaks() || !found.problems.empty(), "it breaks nothing that is named");
    require(found.result != gateproof::SchemaFinding::Result::unknown || !found.open.empty(), "nothing open is named");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gateproof;
    static const LoadedXsd loaded = read_xsd({{"a.xsd", schema_text}});
    require(loaded.schemas != nullptr, "the schema is none");
    if (size == 0) {
        return 0;
    }
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const bool whole = data[0] == 'w';
    const std::string envelope = whole
                                     ? std::string(rest)
                                     : "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:r='urn:r' "
                                       "xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><s:Body>" +
                                           std::string(rest) + "</s:Body></s:Envelope>";
    look_at(loaded.schemas->judge_envelope(envelope));
    look_at(judge_served_wsdl({{{"File", "urn:File"}}, true}, rest));
    return 0;
}
