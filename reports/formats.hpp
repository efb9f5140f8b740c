// Every report that the program makes, by name: the explicit list behind --report and --format.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "harness/journal/record.hpp"
#include "reports/formats/sink.hpp"
#include "reports/trend/trend.hpp"
#include "reports/view/explained.hpp"

namespace gateproof::reports {

/// What reports are made from.
struct Material {
    const RunRecord& run;
    Trend trend = {};                      ///< of this run and those before it; without runs: they are not known
    const Explainer* explainer = nullptr;  ///< what is said of checks and documents; null: nothing
};

struct Format {
    std::string_view name;  ///< "html"
    std::string_view file;  ///< what it is called in an output folder: "report.html"
    std::string_view what;  ///< for help texts, one phrase
    void (*write)(const Material&, const Sink&);
    bool shows_trend = false;

    /// As one text.
    [[nodiscard]] std::string make(const Material& material) const;
};

std::span<const Format> formats();

/// Null for an unknown name.
const Format* find_format(std::string_view name);

}  // namespace gateproof::reports
