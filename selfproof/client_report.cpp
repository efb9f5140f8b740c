#include "selfproof/client_report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "selfproof/report_parts.hpp"

namespace gateproof::selfproof {

namespace {

using Json = nlohmann::ordered_json;

std::string row_text(std::string_view name, const ClientFaultRun& run) {
    return lines_of(run.proved(), name, fmt::format("{}", fmt::join(run.caught, ", ")), noticed_of(run));
}

Json client_row_json(const ClientFaultRun& run) {
    Json out = Json::object();
    out["fault"] = run.fault == nullptr ? Json(nullptr) : Json(run.fault->name);
    if (run.fault != nullptr) {
        out["title"] = run.fault->title;
    }
    out["proved"] = run.proved();
    add_noticed(out, noticed_of(run), run.cells);
    return out;
}

}  // namespace

std::string text(const ClientMatrix& matrix, std::chrono::milliseconds took) {
    if (matrix.conforming.cells.empty()) {
        return fmt::format("interrupted in {:.1f} s, before the conforming client was judged: nothing is proved\n",
                           in_seconds(took));
    }
    std::string out = row_text("(conforming client)", matrix.conforming);
    for (const ClientFaultRun& run : matrix.faults) {
        out += row_text(run.fault->name, run);
    }
    for (const std::string& id : matrix.unproved) {
        out += fmt::format("NOT       no fault is for {}\n", id);
    }
    return out + fmt::format("\n{} of {} faults proved; conforming client {}{}\n{} runs in {:.1f} s\n",
                             std::ranges::count_if(matrix.faults, &ClientFaultRun::proved), matrix.faults.size(),
                             matrix.conforming.proved() ? "passes" : "DOES NOT PASS",
                             matrix.interrupted ? "; interrupted" : "", matrix.runs, in_seconds(took));
}

std::string json(const ClientMatrix& matrix, std::chrono::milliseconds took) {
    Json out = Json::object();
    out["proved"] = matrix.proved();
    out["interrupted"] = matrix.interrupted;
    out["seconds"] = in_seconds(took);
    out["runs"] = matrix.runs;
    out["conforming"] = matrix.conforming.cells.empty() ? Json(nullptr) : client_row_json(matrix.conforming);
    out["faults"] = Json::array();
    for (const ClientFaultRun& run : matrix.faults) {
        out["faults"].push_back(client_row_json(run));
    }
    out["checks_without_fault"] = matrix.unproved;
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace gateproof::selfproof
