// What libxml2 made of schema files.
#pragma once

#include <libxml/xmlschemas.h>

#include "harness/message/xsd.hpp"

namespace gateproof {

struct XmlSchemas::Compiled {
    Compiled() = default;
    Compiled(const Compiled&) = delete;
    Compiled& operator=(const Compiled&) = delete;
    ~Compiled();

    xmlSchema* schema = nullptr;
};

}  // namespace gateproof
