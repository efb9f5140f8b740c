#include "reports/formats/prometheus.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <set>
#include <utility>

#include "reports/view/attempts.hpp"
#include "reports/view/certificates.hpp"
#include "reports/view/conclusion.hpp"
#include "reports/view/matrix.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

constexpr std::size_t max_series = 10'000;
constexpr std::size_t max_label = 200;

using Label = std::pair<std::string_view, std::string_view>;

/// A metric with its series; two series with the same labels would make the whole file unreadable.
class Metric {
public:
    Metric(std::string_view name, std::string_view help)
        : name_(name), text_(fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", name, help)) {}

    void add(std::initializer_list<Label> labels, std::string_view value) {
        std::string series(name_);
        const char* separator = "{";
        for (const auto& [label, text] : labels) {
            series += fmt::format("{}{}=\"{}\"", separator, label, label_value(text));
            separator = ",";
        }
        series += labels.size() == 0 ? "" : "}";
        if (seen_.size() < max_series && seen_.insert(series).second) {
            text_ += fmt::format("{} {}\n", series, value);
        }
    }
    void add(std::initializer_list<Label> labels, std::int64_t value) { add(labels, fmt::format("{}", value)); }

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string_view name_;
    std::string text_;
    std::set<std::string> seen_;
};

std::string unix_seconds(std::chrono::system_clock::time_point time) {
    return seconds_text(std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()));
}

std::string check_counts(const Tally& tally) {
    Metric metric("gateproof_checks", "Checks of the newest run by profile and verdict.");
    for (const auto& [target, counts] : counts_by_target(tally)) {
        for (const Outcome outcome : outcomes_worst_first) {
            if (outcome != Outcome::skipped) {
                metric.add({{"profile", target}, {"verdict", to_string(outcome)}},
                           static_cast<std::int64_t>(counts.of(outcome)));
            }
        }
        metric.add({{"profile", target}, {"verdict", "not-tried"}}, static_cast<std::int64_t>(counts.not_tried()));
        metric.add({{"profile", target}, {"verdict", "not-applicable"}},
                   static_cast<std::int64_t>(counts.not_applicable()));
        metric.add({{"profile", target}, {"verdict", "known"}}, static_cast<std::int64_t>(counts.known()));
        metric.add({{"profile", target}, {"verdict", "not-selected"}}, static_cast<std::int64_t>(counts.left_out()));
    }
    return metric.text();
}

std::string attempt_counts(const Tally& tally) {
    std::map<std::string, std::int64_t> counts;
    for (const TargetRecord& target : tally.run().targets) {
        counts.try_emplace(target.name);
    }
    for (const Row* row : judged_again(tally)) {
        ++counts[row->check->target];
    }
    Metric metric("gateproof_checks_judged_again",
                  "Checks of the newest run by profile that had more than one attempt.");
    for (const auto& [target, count] : counts) {
        metric.add({{"profile", target}}, count);
    }
    return metric.text();
}

std::string requirement_status(const Tally& tally) {
    Metric metric("gateproof_requirement_status", "1 for the status that the profile's endpoint has of a requirement.");
    Metric checks("gateproof_requirement_checks",
                  "Checks that decide a requirement: judged, not tried for want of something, or left out by the "
                  "selection though they would have run.");
    for (const MatrixRow& row : matrix_of(tally)) {
        for (std::size_t i = 0; i < row.cells.size(); ++i) {
            const MatrixCell& cell = row.cells[i];
            if (!cell.asked || cell.counts.total() == 0) {
                continue;
            }
            const auto add = [&](std::string_view status, bool holds) {
                metric.add({{"profile", tally.run().targets[i].name},
                            {"requirement", row.requirement.id},
                            {"level", to_string(row.requirement.level)},
                            {"status", status}},
                           holds ? 1 : 0);
            };
            for (const RequirementStatus status : requirement_statuses_worst_first) {
                add(to_string(status), cell.status() == status && !cell.known());
            }
            add("known", cell.known());
            for (const auto& [state, count] :
                 {std::pair("judged", cell.decided), std::pair("not-tried", cell.not_tried.size()),
                  std::pair("not-selected", cell.left_out.size())}) {
                checks.add({{"profile", tally.run().targets[i].name},
                            {"requirement", row.requirement.id},
                            {"level", to_string(row.requirement.level)},
                            {"state", state}},
                           static_cast<std::int64_t>(count));
            }
        }
    }
    return metric.text() + checks.text();
}

/// The moment is the end of the last day: an alert can warn before the failure counts again.
std::string known_metrics(const Tally& tally) {
    Metric metric("gateproof_known_failure_expires_timestamp_seconds",
                  "When a failure that is accepted for a while counts again.");
    for (const Row& row : tally.rows()) {
        if (row.known()) {
            const std::string id = row.check->full_id();
            metric.add({{"profile", row.check->target}, {"check", id}, {"verdict", to_string(row.result->outcome)}},
                       unix_seconds(row.check->accepted->expires + std::chrono::days(1)));
        }
    }
    return metric.text();
}

std::string certificate_metrics(const RunRecord& run) {
    Metric ends("gateproof_certificate_not_after_timestamp_seconds", "When a certificate expires.");
    Metric days("gateproof_certificate_daysleft",
                "Whole days from the end of the run until a certificate expires; negative once it has.");
    for (const CertificateFact& fact : certificates_of(run)) {
        const std::initializer_list<Label> labels{
            {"profile", fact.target}, {"role", fact.role}, {"subject", fact.subject}, {"sha256", fact.sha256}};
        ends.add(labels, unix_seconds(fact.not_after));
        days.add(labels, fact.days_left);
    }
    return ends.text() + days.text();
}

/// The moment is the end of the last day: an alert can ask for a new run before.
std::string validity_metrics(const RunRecord& run) {
    Metric metric("gateproof_record_valid_until_timestamp_seconds",
                  "Until when the newest run is meant to be relied on, as its profile says.");
    for (const TargetRecord& target : run.targets) {
        if (target.details.valid_until) {
            metric.add({{"profile", target.name}}, unix_seconds(*target.details.valid_until + std::chrono::days(1)));
        }
    }
    return metric.text();
}

std::string run_metrics(const Tally& tally) {
    const RunRecord& run = tally.run();
    // Several files of one folder are scraped together, and must not tell the same series.
    std::string profiles;
    for (const TargetRecord& target : run.targets) {
        profiles += (profiles.empty() ? "" : ",") + target.name;
    }
    const Label of{"profiles", profiles};
    Metric conclusion("gateproof_run_status", "1 for what the newest run came to.");
    for (const Conclusion one : conclusions) {
        conclusion.add({of, {"status", to_string(one)}}, conclusion_of(run) == one ? 1 : 0);
    }
    Metric duration("gateproof_run_duration_seconds", "How long the newest run took.");
    duration.add({of}, seconds_text(length_of(run)));
    Metric start("gateproof_run_start_timestamp_seconds", "When the newest run started.");
    start.add({of}, unix_seconds(run.started));
    Metric end("gateproof_run_end_timestamp_seconds", "When the newest run ended.");
    end.add({of}, unix_seconds(end_of(run)));
    Metric build("gateproof_build_info", "1, with the version of the program that made the newest run.");
    build.add({of, {"version", run.tool_version}}, 1);
    Metric catalogue("gateproof_catalogue_info", "1, with the state of the requirement catalogue that judged.");
    if (!run.catalogue.version.empty()) {
        catalogue.add({of, {"version", run.catalogue.version}, {"frozen", run.catalogue.frozen ? "true" : "false"}}, 1);
    }
    return conclusion.text() + duration.text() + start.text() + end.text() + build.text() + catalogue.text();
}

}  // namespace

std::string label_value(std::string_view text) {
    std::string escaped;
    for (const char c : printable(text, Lines::one, max_label)) {
        if (c == '\\' || c == '"') {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

std::string prometheus_report(const RunRecord& run) {
    const Tally tally(run);
    return check_counts(tally) + attempt_counts(tally) + requirement_status(tally) + known_metrics(tally) +
           certificate_metrics(run) + validity_metrics(run) + run_metrics(tally);
}

}  // namespace gateproof::reports
