// SOAP messages judged by XML Schema 1.0, by libxml2. The files are those that somebody names: what they lead to beside
// them is not opened, and no network is asked. Messages are a peer's: no finding quotes a value.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/message/finding.hpp"

namespace gateproof {

/// Schema files of one service.
inline constexpr std::size_t max_xsd_files = 32;

struct XsdFile {
    std::string name;  ///< its path; xs:include finds it by the last part
    std::string text;
};

class XmlSchemas {
public:
    struct Compiled;                                   ///< what libxml2 made of the files
    using Name = std::pair<std::string, std::string>;  ///< a namespace and a local name

    XmlSchemas(std::shared_ptr<const Compiled> compiled, std::set<std::string> namespaces, std::set<Name> elements);

    /// Each element of the envelope's body that the schemas declare, with what is in it; what is around it, mostly the
    /// wrappers that a WSDL has, is passed over. `silent`: there is no envelope, or it holds a fault.
    [[nodiscard]] AnswerFinding judge_envelope(std::string_view envelope) const;

private:
    std::shared_ptr<const Compiled> compiled_;
    std::set<std::string> namespaces_;  ///< that a file is for
    std::set<Name> elements_;           ///< global ones
};

struct LoadedXsd {
    std::shared_ptr<const XmlSchemas> schemas;  ///< null: with a problem
    std::string problem;
};
/// Files of several namespaces, one for each beside what it includes. A document type declaration is a problem.
LoadedXsd read_xsd(const std::vector<XsdFile>& files);

}  // namespace gateproof
