#include "app/pack_contents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/journal/codec.hpp"
#include "harness/journal/read.hpp"
#include "harness/profile/known_failures.hpp"
#include "harness/text/ascii.hpp"
#include "reports/view/attestations.hpp"
#include "reports/view/completeness.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/details.hpp"
#include "reports/view/known.hpp"
#include "reports/view/left_out.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

using Json = nlohmann::ordered_json;
using Days = std::chrono::days;
using Moment = std::chrono::system_clock::time_point;

std::string shown(std::string_view text) {
    return reports::printable(text, reports::Lines::one, 1000);
}

Days age_of(const RunRecord& run, Moment now) {
    return std::max(Days(0), std::chrono::floor<Days>(now - reports::end_of(run)));
}

std::string age_text(const RunRecord& run, Moment now) {
    const auto days = age_of(run, now).count();
    return days == 0 ? "less than a day ago" : fmt::format("{} day{} ago", days, days == 1 ? "" : "s");
}

/// The first day on which evidence of one of the targets is over; empty: nobody says.
std::optional<std::chrono::sys_days> valid_until(const RunRecord& run) {
    std::optional<std::chrono::sys_days> first;
    for (const TargetRecord& target : run.targets) {
        if (target.details.valid_until && (!first || *target.details.valid_until < *first)) {
            first = target.details.valid_until;
        }
    }
    return first;
}

bool is_over(std::chrono::sys_days last, Moment now) {
    return now >= last + Days(1);
}

class Text {
public:
    Text(const PackedRun& packed, std::optional<Moment> now, bool with_flaws)
        : run_(packed.run), tally_(packed.run), now_(now) {
        line(2, fmt::format("{}: {}: {}", packed.name, to_string(reports::conclusion_of(run_)), headline(tally_)));
        line(fmt::format("{}: {}", reports::is_complete(tally_) ? "complete" : "not complete",
                         reports::completeness_text(reports::completeness_of(tally_))));
        if (with_flaws) {
            flaws();
        }
        endpoints();
        line(fmt::format(
            "by gateproof {}{}", run_.tool_version,
            run_.catalogue.version.empty() ? "" : ", requirement catalogue " + reports::catalogue_text(run_)));
        line(fmt::format("ran {} to {}{}", reports::moment_text(run_.started),
                         reports::moment_text(reports::end_of(run_)), now_ ? ", " + age_text(run_, *now_) : ""));
        details();
        attestations();
        for (std::size_t i = 0; i < std::min<std::size_t>(packed.doubts.size(), 3); ++i) {
            line("its journal: " + packed.doubts[i]);
        }
    }
    [[nodiscard]] std::string take() && { return std::move(text_); }

private:
    static constexpr std::size_t most = 100;

    void line(std::string_view words) { line(4, words); }
    void line(std::size_t indent, std::string_view words) { text_ += std::string(indent, ' ') + shown(words) + '\n'; }
    void more(std::size_t count, std::string_view what) {
        if (count > most) {
            line(fmt::format("and {} more {}", count - most, what));
        }
    }
    void flaws() {
        for (const reports::FlawFound& found : reports::flaws_of(tally_)) {
            line(fmt::format("{}: {}", to_string(found.flaw), found.why));
        }
    }
    void endpoints() {
        for (std::size_t i = 0; i < std::min(run_.targets.size(), most); ++i) {
            const TargetRecord& target = run_.targets[i];
            line(fmt::format("{} {}: {}{} ({} channel, {} environment)",
                             target.side == Side::client ? "client" : "endpoint", target.name,
                             target.side == Side::client ? "calls " : "", target.url, target.channel,
                             target.environment));
        }
        more(run_.targets.size(), "endpoints");
    }
    void details() {
        for (const reports::Detail& detail : reports::details_of(run_)) {
            line(fmt::format("{}: {}", lower_case(detail.name), detail.value));
        }
        const std::optional<std::chrono::sys_days> last = valid_until(run_);
        if (last && now_ && is_over(*last, *now_)) {
            line(fmt::format("expired on {}, at the end of that day (UTC); ask for a new run", iso_day(*last)));
        }
    }
    void attestations() {
        const std::vector<Attestation>& all = run_.attestations;
        for (std::size_t i = 0; i < std::min(all.size(), most); ++i) {
            const std::string beside = reports::beside_text(tally_, all[i]);
            line(fmt::format("{}: {}{}: {}", reports::said_not_seen, reports::subject_text(all[i]),
                             beside.empty() ? "" : " (by the run: " + beside + ')', reports::said_text(all[i])));
        }
        more(all.size(), "attestations");
    }

    const RunRecord& run_;
    reports::Tally tally_;
    std::optional<Moment> now_;
    std::string text_;
};

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json completeness_json(const reports::Tally& tally) {
    const reports::Completeness counts = reports::completeness_of(tally);
    return {
        {"complete", reports::is_complete(tally)}, {"planned", counts.planned},     {"judged", counts.judged},
        {"not_applicable", counts.not_applicable}, {"not_tried", counts.not_tried}, {"inconclusive", counts.unclear},
        {"not_selected", counts.left_out},         {"missing", counts.missing}};
}

Json endpoints_json(const RunRecord& run) {
    Json all = Json::array();
    for (const TargetRecord& target : run.targets) {
        const RecordDetails& details = target.details;
        all.push_back({{"name", target.name},
                       {"url", target.url},
                       {"side", to_string(target.side)},
                       {"channel", target.channel},
                       {"environment", target.environment},
                       {"organisation", text_or_null(details.organisation)},
                       {"product", text_or_null(details.product)},
                       {"version", text_or_null(details.version)},
                       {"tester", text_or_null(details.tester)},
                       {"valid_until", details.valid_until ? Json(iso_day(*details.valid_until)) : Json(nullptr)}});
    }
    return all;
}

Json attestations_json(const reports::Tally& tally) {
    Json all = Json::array();
    for (const Attestation& said : tally.run().attestations) {
        all.push_back({{"subject", to_string(said.subject)},
                       {"id", said.id},
                       {"target", text_or_null(said.target)},
                       {"who", said.who},
                       {"when", iso_day(said.when)},
                       {"text", said.text},
                       {"verdict", text_or_null(std::string(to_string(said.claim)))},
                       {"file", text_or_null(reports::attached_name(said))},
                       {"sha256", text_or_null(said.file.sha256)},
                       {"seen", false},
                       {"beside", text_or_null(reports::beside_text(tally, said))}});
    }
    return all;
}

Json run_json(const PackedRun& packed, Moment now) {
    if (!packed.problem.empty()) {
        return {{"journal", packed.name}, {"problem", packed.problem}};
    }
    const RunRecord& run = packed.run;
    const reports::Tally tally(run);
    Json flaws = Json::array();
    for (const reports::FlawFound& found : reports::flaws_of(tally)) {
        flaws.push_back({{"flaw", to_string(found.flaw)}, {"why", found.why}});
    }
    const std::optional<std::chrono::sys_days> last = valid_until(run);
    return {{"journal", packed.name},
            {"problem", nullptr},
            {"conclusion", to_string(reports::conclusion_of(run))},
            {"headline", headline(tally)},
            {"completeness", completeness_json(tally)},
            {"flaws", std::move(flaws)},
            {"endpoints", endpoints_json(run)},
            {"version", run.tool_version},
            {"catalogue", text_or_null(reports::catalogue_text(run))},
            {"whole_plan", text_or_null(run.whole_plan_digest)},
            {"started", iso_time(run.started)},
            {"ended", iso_time(reports::end_of(run))},
            {"age_days", age_of(run, now).count()},
            {"valid_until", last ? Json(iso_day(*last)) : Json(nullptr)},
            {"expired", last && is_over(*last, now)},
            {"attestations", attestations_json(tally)}};
}

}  // namespace

std::vector<PackedRun> packed_runs(const evidence::PackCheck& check) {
    const KnownList known =
        check.known.empty() ? KnownList() : load_known_failures_text(check.known, "known.json").list;
    std::vector<PackedRun> runs;
    for (const auto& [name, text] : check.journals) {
        PackedRun packed{name};
        if (!text) {
            packed.problem = "it is too large to be read here; unpack it and ask gateproof report";
        } else {
            std::istringstream in(*text);
            JournalRead read = read_journal(in);
            packed.problem = read.usable ? "" : "it is no journal that this version reads";
            packed.doubts = std::move(read.problems);
            packed.run = std::move(read.run);
        }
        if (packed.problem.empty()) {
            // Packs of before hold the list beside a journal that does not carry it.
            const bool carried = packed.run.known && packed.run.known->sha256 == known.sha256;
            if (!check.known.empty() && !carried) {
                packed.run.known = known;
                packed.run.known->judged = std::chrono::floor<Days>(packed.run.started);
            }
            reports::accept_known(packed.run);
        }
        runs.push_back(std::move(packed));
    }
    return runs;
}

std::string attachment_problem(const std::vector<PackedRun>& runs, const evidence::PackCheck& check) {
    for (const PackedRun& packed : runs) {
        for (const Attestation& said : packed.run.attestations) {
            if (!said.file.sha256.empty() && !check.sums.contains(said.file.sha256)) {
                return fmt::format(
                    "{} says that {} goes with the attestation of {}, and no file of the pack has its "
                    "SHA-256",
                    packed.name, reports::attached_name(said), reports::subject_text(said));
            }
        }
    }
    return {};
}

bool all_complete(const std::vector<PackedRun>& runs) {
    return !runs.empty() && std::ranges::all_of(runs, [](const PackedRun& packed) {
        return packed.problem.empty() && reports::is_complete(reports::Tally(packed.run));
    });
}

std::string capitals(const std::set<reports::Flaw>& flaws) {
    std::string text;
    for (const reports::Flaw flaw : flaws) {
        text += text.empty() ? "" : ", ";
        std::ranges::transform(to_string(flaw), std::back_inserter(text),
                               [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    }
    return text;
}

std::string limits_text(const std::vector<PackedRun>& runs) {
    std::set<reports::Flaw> all;
    std::string lines;
    for (const PackedRun& packed : runs) {
        if (!packed.problem.empty()) {
            continue;
        }
        for (const reports::FlawFound& found : reports::flaws_of(reports::Tally(packed.run))) {
            all.insert(found.flaw);
            lines += fmt::format("{}: {}: {}\n", packed.name, to_string(found.flaw), reports::printable(found.why));
        }
    }
    return all.empty()
               ? std::string()
               : fmt::format("{}: this pack is no proof of all that it could be asked for.\n{}", capitals(all), lines);
}

std::string contents_text(const std::vector<PackedRun>& runs, std::optional<Moment> now, bool flaws) {
    std::string text;
    for (const PackedRun& packed : runs) {
        text += packed.problem.empty() ? Text(packed, now, flaws).take()
                                       : fmt::format("  {}: {}\n", shown(packed.name), shown(packed.problem));
    }
    return text;
}

nlohmann::ordered_json contents_json(const std::vector<PackedRun>& runs, Moment now) {
    Json all = Json::array();
    for (const PackedRun& packed : runs) {
        all.push_back(run_json(packed, now));
    }
    return all;
}

}  // namespace gateproof::cli
