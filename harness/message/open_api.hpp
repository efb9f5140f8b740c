// Descriptions of REST services (OpenAPI 3.0, Swagger 2.0), and answers judged by them.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "harness/message/finding.hpp"

namespace gateproof {

class OpenApi {
public:
    /// Where the request of an operation is described.
    struct Place {
        std::string path;     ///< key of `paths`
        std::string problem;  ///< it is described nowhere, or in several places
    };

    /// `document`: as read_open_api looked at it.
    explicit OpenApi(std::shared_ptr<const nlohmann::json> document);

    /// The described path that a request's is: the whole of it, or its end where prefixes differ, as they do behind
    /// proxies. `method`: in capitals.
    [[nodiscard]] Place place_of(std::string_view method, std::string_view request_path) const;
    /// A place that somebody names.
    [[nodiscard]] Place named(std::string_view method, const std::string& path) const;
    /// `path` as place_of or named gave it.
    [[nodiscard]] AnswerFinding judge_answer(std::string_view method, const std::string& path, int status,
                                             std::string_view body) const;

private:
    [[nodiscard]] const nlohmann::json* operation(std::string_view method, const std::string& path) const;

    std::shared_ptr<const nlohmann::json> document_;
    std::string base_;  ///< of all paths: "/gateway/customer", or empty
};

struct LoadedOpenApi {
    std::shared_ptr<const OpenApi> description;  ///< null: with a problem
    std::string problem;
};
/// YAML or JSON, which is YAML too.
LoadedOpenApi read_open_api(std::string_view text);

}  // namespace gateproof
