#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "reports/formats/html/sections.hpp"
#include "reports/view/attempts.hpp"
#include "reports/view/evidence_text.hpp"
#include "reports/view/repeat.hpp"
#include "reports/view/text.hpp"

namespace gateproof::reports {
namespace {

using Json = nlohmann::ordered_json;

/// How much evidence a page carries: so much in all that a browser still opens it, shared out evenly.
constexpr std::size_t all_evidence = std::size_t{96} * 1024 * 1024;
constexpr std::size_t most_evidence = std::size_t{96} * 1024;  ///< of one check
constexpr std::size_t least_evidence = std::size_t{2} * 1024;
/// Evidence as plain text, for readers without script: first of what did not pass, then of the rest while this lasts.
constexpr std::size_t all_plain = std::size_t{8} * 1024 * 1024;

bool needs_attention(Outcome outcome) {
    return outcome != Outcome::pass && outcome != Outcome::skipped;
}

Json value_json(const FieldValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr) {
        return printable(*text, Lines::many);
    }
    const auto* number = std::get_if<double>(&value);
    if (number != nullptr) {
        return fmt::format("{:g}", *number);
    }
    return std::visit([](const auto& plain) { return Json(plain); }, value);
}

/// [[milliseconds since the start, kind, [[name, value], ...]], ...], ended by the number of observations left out.
std::string evidence_json(const CheckResult& result, std::size_t budget) {
    std::string text = "[";
    std::size_t untold = result.observations_dropped;
    for (const Observation& observation : result.evidence) {
        Json fields = Json::array();
        for (const auto& [name, value] : observation.fields) {
            fields.push_back(Json::array({printable(name), value_json(value)}));
        }
        const auto after = std::chrono::floor<std::chrono::milliseconds>(observation.at) -
                           std::chrono::floor<std::chrono::milliseconds>(result.started);
        const Json one =
            Json::array({std::max<std::int64_t>(0, after.count()), printable(observation.kind), std::move(fields)});
        const std::string line = one.dump(-1, ' ', false, Json::error_handler_t::replace);
        if (text.size() + line.size() > budget) {
            ++untold;
            continue;
        }
        text += line + ',';
    }
    return text + fmt::format("{}]", untold);
}

/// Which checks carry their evidence as plain text too.
std::vector<bool> plain_evidence(const Tally& tally) {
    std::vector<bool> plain(tally.rows().size(), false);
    std::size_t used = 0;
    for (const bool attention : {true, false}) {
        for (std::size_t i = 0; i < plain.size(); ++i) {
            const CheckResult& result = *tally.rows()[i].result;
            if (needs_attention(result.outcome) != attention || result.evidence.empty()) {
                continue;
            }
            // About 400 bytes an observation; what is wanted is a bound, not a measure.
            used += 400 * result.evidence.size();
            plain[i] = used < all_plain;
        }
    }
    return plain;
}

void write_plain_evidence(HtmlWriter& out, const CheckResult& result, bool plain) {
    out << "<noscript>";
    if (plain) {
        std::string text;
        for (const std::string& line : evidence_lines(result)) {
            text += line + '\n';
        }
        out << "<pre>";
        out.lines(text, most_evidence) << "</pre>";
    } else {
        out << "<p class=\"quiet\">The evidence is in the journal: gateproof report -v.</p>";
    }
    out << "</noscript>";
}

void write_requirement_link(HtmlWriter& out, const RunRecord& run, const std::string& id) {
    out << "<a";
    out.attribute("href", '#' + requirement_anchor(id));
    if (const auto known = run.requirements.find(id); known != run.requirements.end()) {
        out.attribute("title", known->second.sentence);
    }
    out << ">";
    out.text(id, 100) << "</a> ";
}

void write_meta(HtmlWriter& out, const RunRecord& run, const Row& row) {
    out << "<p class=\"meta\">";
    for (const std::string& id : row.check->requirements) {
        write_requirement_link(out, run, id);
    }
    if (row.check->result) {
        out.text(moment_text(row.result->started)) << ", took ";
        out.text(duration_text(row.result->duration));
    }
    if (row.result->flaky) {
        out << " <span class=\"level\">flaky: a control needed more than one try</span>";
    }
    out << "</p>";
}

void write_evidence(HtmlWriter& out, const CheckResult& result, std::size_t budget, bool plain) {
    if (!result.evidence.empty()) {
        out << "<script type=\"application/json\">";
        out.json(evidence_json(result, budget)) << "</script>";
        write_plain_evidence(out, result, plain);
    }
}

/// The attempts before the latest, each with its evidence.
void write_earlier_attempts(HtmlWriter& out, const CheckRecord& check, std::size_t budget, bool plain) {
    for (std::size_t number = 1; number <= check.earlier.size(); ++number) {
        const CheckResult& earlier = check.earlier[number - 1];
        out << "<details class=\"attempt\"><summary>";
        write_badge(out, earlier);
        out << " <span class=\"sentence\">";
        out.text(earlier_attempt_text(earlier, number), 1000) << "</span></summary><div class=\"body\">";
        if (!earlier.remedy.empty()) {
            write_remedy(out, earlier.remedy);
        }
        out << "<p class=\"meta\">Took ";
        out.text(duration_text(earlier.duration)) << "</p>";
        write_evidence(out, earlier, budget, plain);
        out << "</div></details>";
    }
}

/// What is said of the checks of findings, once for each check: a page of many endpoints is long enough.
class ExplainedOnce {
public:
    explicit ExplainedOnce(const Explainer& explainer) : explainer_(explainer) {}

    void write(HtmlWriter& out, const CheckRecord& check, Outcome outcome) {
        if (!explainer_.check || !needs_attention(outcome)) {
            return;
        }
        const auto [place, fresh] = first_.try_emplace(check.id, check_anchor(check));
        if (fresh) {
            write_explained(out, explainer_.check(check.id));
            return;
        }
        out << "<p class=\"meta\"><a";
        out.attribute("href", '#' + place->second) << ">What this check does, and how its finding is mended</a></p>";
    }

private:
    const Explainer& explainer_;
    std::map<std::string, std::string> first_;  ///< the row that has it, by the check's id
};

void write_check(HtmlWriter& out, const RunRecord& run, const Row& row, std::size_t budget, bool plain,
                 ExplainedOnce& explained) {
    budget /= row.check->attempt();
    const Markup css = row.known() ? known_look.css : look_of(*row.result).css;
    out << "<details class=\"check " << css << "\"";
    out.attribute("id", check_anchor(*row.check)).attribute("data-outcome", css.text()) << "><summary>";
    row.known() ? write_known_badge(out) : write_badge(out, *row.result);
    out << "<code>";
    out.text(row.check->full_id(), 200) << "</code> <span class=\"title\">";
    out.text(row.check->title, 300);
    if (!row.check->earlier.empty()) {
        out << " <span class=\"level\">";
        out.text(attempt_text(*row.check)) << "</span>";
    }
    out << "</span><span class=\"sentence\">";
    out.text(row.result->sentence, 1000) << "</span></summary><div class=\"body\">";
    if (row.known()) {
        out << "<p class=\"meta\">";
        write_badge(out, row.result->outcome);
        out << "</p>";
        write_acceptance(out, *row.check);
    }
    if (!row.result->remedy.empty()) {
        write_remedy(out, row.result->remedy);
    }
    write_repeat(out, repeat_lines(run, row));
    write_found(out, *row.check, *row.result);
    explained.write(out, *row.check, row.result->outcome);
    write_meta(out, run, row);
    if (!row.check->earlier.empty()) {
        out << "<p class=\"meta\">Judged again: ";
        out.text(attempts_text(*row.check)) << "</p>";
        write_earlier_attempts(out, *row.check, budget, plain);
    }
    write_said(out, run, *row.check, row.check->target);
    write_evidence(out, *row.result, budget, plain);
    out << "</div></details>\n";
}

void write_left_out_check(HtmlWriter& out, const RunRecord& run, const LeftOutCheck& check, const std::string& target) {
    out << "<details class=\"check not-selected\"";
    out.attribute("id", check_anchor(check, target)) << " data-outcome=\"not-selected\"><summary>";
    write_not_selected_badge(out);
    out << "<code>";
    out.text(check.full_id(), 200) << "</code> <span class=\"title\">";
    out.text(check.title, 300) << "</span><span class=\"sentence\">";
    out.text(check.sentence(), 1000) << "</span></summary><div class=\"body\"><p class=\"meta\">";
    for (const std::string& id : check.requirements) {
        write_requirement_link(out, run, id);
    }
    out << "</p>";
    write_said(out, run, check, target);
    out << "</div></details>\n";
}

void write_toolbar(HtmlWriter& out, const Tally& tally) {
    out << "<form class=\"toolbar scripted\" id=\"filter\" hidden role=\"search\" aria-label=\"Filter the checks\">"
           "<label class=\"find\"><span>Search</span><input type=\"search\" id=\"search\" "
           "placeholder=\"id, words, alert, address \u2026\" autocomplete=\"off\" spellcheck=\"false\"></label>"
           "<fieldset><legend>Verdict</legend>";
    for (const auto& [look, count] : counted_looks(tally.counts())) {
        if (count == 0) {
            continue;
        }
        out << "<label class=\"chip " << look->css << "\"><input type=\"checkbox\" name=\"outcome\"";
        out.attribute("value", look->css.text()) << "><span>" << look->word << " ";
        out.number(count) << "</span></label>";
    }
    if (tally.counts().known() > 0) {
        out << "<label class=\"chip known\"><input type=\"checkbox\" name=\"outcome\" value=\"known\"><span>Known ";
        out.number(tally.counts().known()) << "</span></label>";
    }
    if (tally.counts().left_out() > 0) {
        out << "<label class=\"chip not-selected\"><input type=\"checkbox\" name=\"outcome\" value=\"not-selected\">"
               "<span>Not selected ";
        out.number(tally.counts().left_out()) << "</span></label>";
    }
    out << "</fieldset><label><span>Endpoint</span><select id=\"target\"><option value=\"\">all</option>";
    for (const TargetRecord& target : tally.run().targets) {
        out << "<option";
        out.attribute("value", target.name) << ">";
        out.text(target.name, 100) << "</option>";
    }
    out << "</select></label><label><span>Requirement</span><select id=\"requirement\"><option value=\"\">all</option>";
    for (const auto& [id, requirement] : tally.run().requirements) {
        out << "<option";
        out.attribute("value", id) << ">";
        out.text(id, 100) << "</option>";
    }
    out << "</select></label><p class=\"last\"><output id=\"shown\" aria-live=\"polite\"></output>"
           "<button type=\"reset\">Clear</button></p></form>\n";
}

/// The checks of one target and one suite, in the order of the plan.
struct Group {
    std::string_view target;
    std::string_view suite;
    std::vector<std::size_t> rows = {};
    std::vector<const LeftOutCheck*> left_out = {};
};

std::vector<Group> groups_of(const Tally& tally) {
    std::vector<Group> groups;
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> index;
    const auto group_of = [&](std::string_view target, std::string_view suite) -> Group& {
        const auto [place, fresh] = index.try_emplace({target, suite}, groups.size());
        if (fresh) {
            groups.push_back({target, suite});
        }
        return groups[place->second];
    };
    for (std::size_t i = 0; i < tally.rows().size(); ++i) {
        const CheckRecord& check = *tally.rows()[i].check;
        group_of(check.target, check.suite).rows.push_back(i);
    }
    for (const LeftOutCheck& check : tally.run().left_out) {
        for (const std::string& target : check.targets) {
            group_of(target, check.suite).left_out.push_back(&check);
        }
    }
    return groups;
}

}  // namespace

void write_checks(HtmlWriter& out, const Tally& tally, const Explainer& explainer) {
    const RunRecord& run = tally.run();
    ExplainedOnce explained(explainer);
    const std::size_t budget =
        std::clamp(all_evidence / std::max<std::size_t>(1, tally.rows().size()), least_evidence, most_evidence);
    const std::vector<bool> plain = plain_evidence(tally);
    out << "<section id=\"checks\" aria-labelledby=\"checks-title\">\n<h2 id=\"checks-title\" "
           "tabindex=\"-1\">Checks</h2>\n";
    write_toolbar(out, tally);
    out << "<p id=\"nothing\" class=\"quiet\" hidden>No check matches.</p>\n";
    const bool left_out_rows = tally.counts().left_out() <= max_left_out_rows;
    if (!left_out_rows) {
        out << "<p class=\"quiet\">";
        out.number(tally.counts().left_out()) << " checks that were not selected are too many for this page; "
                                                 "test-report.csv and report.json list them.</p>\n";
    }
    for (const Group& group : groups_of(tally)) {
        if (group.rows.empty() && !left_out_rows) {
            continue;
        }
        const TargetRecord* target = find_target(run, group.target);
        out << "<section class=\"group\"";
        out.attribute("data-target", group.target) << "><h3>";
        out.text(suite_title(run, std::string(group.suite)), 200) << " <span class=\"sub\">";
        out.text(target == nullptr ? group.target : std::string_view(shown_title(*target)), 200) << "</span></h3>\n";
        for (const std::size_t i : group.rows) {
            write_check(out, run, tally.rows()[i], budget, plain[i], explained);
        }
        for (const LeftOutCheck* check : left_out_rows ? group.left_out : std::vector<const LeftOutCheck*>()) {
            write_left_out_check(out, run, *check, std::string(group.target));
        }
        out << "</section>\n";
    }
    out << "</section>\n";
}

}  // namespace gateproof::reports
