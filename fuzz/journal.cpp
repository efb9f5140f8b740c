// The reader of journals and every report that is made of what it reads: a journal may come from a stranger. Whatever
// it says, the reports hold no control characters and the JUnit report is XML.
#include <cstdint>
#include <pugixml.hpp>
#include <sstream>
#include <string>

#include "fuzz/require.hpp"
#include "harness/journal/read.hpp"
#include "reports/formats/console.hpp"
#include "reports/formats/junit.hpp"
#include "reports/view/exit_code.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
    const gateproof::JournalRead read = gateproof::read_journal(in);
    for (const gateproof::CheckRecord& check : read.run.checks) {
        require(read.run.result_of(check).duration.count() >= 0 || check.result, "an invented result");
    }
    gateproof::reports::exit_code(read.run);
    const std::string xml = gateproof::reports::junit_report(read.run);
    pugi::xml_document document;
    require(document.load_buffer(xml.data(), xml.size()), "the JUnit report is no XML");
    gateproof::reports::ConsoleStyle style;
    style.verbose = true;
    for (const char byte : xml + gateproof::reports::console_summary(read.run, style, {})) {
        const auto c = static_cast<unsigned char>(byte);
        require(c >= 0x20 || c == '\n' || c == '\t', "a control character in a report");
        require(c != 0x7f, "DEL in a report");
    }
    return 0;
}
