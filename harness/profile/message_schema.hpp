// What describes the answers of an operation.
#pragma once

#include <memory>
#include <string>

#include "harness/message/open_api.hpp"
#include "harness/message/wsdl.hpp"
#include "harness/message/xsd.hpp"

namespace gateproof {

struct MessageSchema {
    enum class Kind {
        open_api,  ///< of a REST service
        xsd,       ///< of a SOAP service's messages
        wsdl,      ///< of what a SOAP service says of itself
    };
    Kind kind = Kind::open_api;
    std::string source;  ///< the files, as the profile names them
    std::string path;    ///< of OpenAPI: which of its paths the operation is; empty where it was not read
    /// One of these, by the kind. All null: it was not read, as the references of this profile were not.
    std::shared_ptr<const OpenApi> description = {};
    std::shared_ptr<const XmlSchemas> schemas = {};
    std::shared_ptr<const Wsdl> wsdl = {};

    [[nodiscard]] bool was_read() const { return description || schemas || wsdl; }
};

}  // namespace gateproof
