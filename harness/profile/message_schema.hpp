// What describes the answers of an operation.
#pragma once

#include <memory>
#include <string>

#include "harness/message/open_api.hpp"

namespace gateproof {

struct MessageSchema {
    std::string source;  ///< the description, as the profile names it
    std::string path;    ///< which of its paths the operation is; empty where it was not read
    /// Null: it was not read, as the references of this profile were not.
    std::shared_ptr<const OpenApi> description;
};

}  // namespace gateproof
