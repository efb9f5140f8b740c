#include "harness/run/runner.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <random>
#include <set>

#include "harness/journal/left_out.hpp"
#include "harness/journal/redact.hpp"
#include "harness/probe/tls/trust.hpp"
#include "harness/run/execution.hpp"
#include "harness/run/resume.hpp"

namespace gateproof {
namespace {

/// Raises the soft descriptor limit to the hard one and says how many checks it carries: a check holds one or two
/// connections at a time.
std::size_t jobs_by_descriptors() {
    constexpr std::size_t reserved = 64;
    constexpr std::size_t most = 16384;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return reserved;
    }
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 4 * most);
        setrlimit(RLIMIT_NOFILE, &limit);
        getrlimit(RLIMIT_NOFILE, &limit);
    }
    const std::size_t descriptors = std::min<std::size_t>(limit.rlim_cur, 4 * most);
    return std::clamp<std::size_t>((descriptors - std::min(descriptors, reserved)) / 2, 1, most);
}

std::string host_name() {
    std::array<char, HOST_NAME_MAX + 1> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : std::string("unknown");
}

std::vector<std::string> names_of(const std::vector<Channel>& channels) {
    std::vector<std::string> names;
    for (const Channel channel : channels) {
        names.emplace_back(to_string(channel));
    }
    return names;
}

/// What reports say of the client certificates: whose they are, and when they expire.
std::vector<CertificateRecord> identities_of(const Profile& profile) {
    std::vector<CertificateRecord> records;
    for (const auto& [role, identity] : profile.identities) {
        const Certificate& leaf = identity->leaf;
        CertificateRecord& record = records.emplace_back(
            CertificateRecord{role, leaf.subject(), leaf.issuer(), leaf.sha256_fingerprint(), {}, {}});
        if (const std::optional<Validity> validity = validity_of(leaf)) {
            record.not_before = validity->not_before;
            record.not_after = validity->not_after;
        }
    }
    return records;
}

/// Whether the check proves a service, or a refusal beside a service.
Scenario scenario_of(const Check& check) {
    return proves_refusals(check) ? Scenario::negative : Scenario::positive;
}

void add_requirements(RunRecord& record, const Catalogue& catalogue, const Check& check) {
    for (const auto& [id, decides] : check.requirements) {
        if (const Requirement* requirement = catalogue.requirement(id)) {
            const auto [place, fresh] = record.requirements.try_emplace(
                std::string(id), RequirementRecord{std::string(id), std::string(requirement->sentence),
                                                   catalogue.source_of(*requirement), requirement->level,
                                                   names_of(requirement->channels)});
            for (const auto& [name, sentence, source] : requirement->readings) {
                if (fresh) {
                    place->second.readings.push_back({std::string(name), std::string(sentence), std::string(source)});
                }
            }
        }
    }
}

/// The readings that judge this target, of every requirement that has more than one.
std::map<std::string, std::string> readings_of(const Profile& profile, const RunRecord& record,
                                               const Catalogue& catalogue) {
    std::map<std::string, std::string> names;
    for (const auto& [id, told] : record.requirements) {
        const Requirement* const requirement = catalogue.requirement(id);
        if (requirement != nullptr && requirement->contradiction != Contradiction::none) {
            names.emplace(id, reading_in_force(profile, requirement->contradiction));
        }
    }
    return names;
}

/// Of what the check proves, what is asked of this channel; all of it for a check that is skipped as not of the
/// channel.
std::vector<std::string> requirements_of(const Check& check, const Catalogue& catalogue, Channel channel) {
    std::vector<std::string> ids;
    for (const auto& [id, decides] : check.requirements) {
        const Requirement* requirement = catalogue.requirement(id);
        if (requirement == nullptr || requirement->channels.empty() ||
            std::ranges::find(requirement->channels, channel) != requirement->channels.end()) {
            ids.emplace_back(id);
        }
    }
    if (ids.empty()) {
        std::ranges::transform(check.requirements, std::back_inserter(ids),
                               [](const Bearing& bearing) { return std::string(bearing.requirement); });
    }
    return ids;
}

/// What the journal says of a check whether it is run or left out.
PlannedEntry entry_of(const PlannedCheck& planned, const Catalogue& catalogue, Channel channel) {
    PlannedEntry entry;
    entry.suite = planned.check->suite();
    entry.id = planned.check->id;
    entry.case_name = planned.the_case.name;
    entry.title = planned.title();
    entry.requirements = requirements_of(*planned.check, catalogue, channel);
    for (const Bearing& bearing : planned.check->requirements) {
        const bool asked = std::ranges::find(entry.requirements, bearing.requirement) != entry.requirements.end();
        if (asked && !bearing.decides) {
            entry.adds.emplace_back(bearing.requirement);
        }
    }
    entry.scenario = scenario_of(*planned.check);
    return entry;
}

/// What was left out, each check once for all of its targets.
void add_left_out(RunRecord& record, const Plan& plan, const Catalogue& catalogue) {
    LeftOutChecks left_out;
    for (const UnselectedCheck& one : plan.left_out) {
        const PlannedCheck& planned = one.planned;
        for (const std::size_t target : one.targets) {
            const Profile& profile = plan.targets[target];
            LeftOutCheck check{entry_of(planned, catalogue, profile.channel), one.by, one.excluded,
                               planned.skip_reason};
            check.skip = planned.skip;
            check.newer_than = one.newer_than;
            left_out.add(check, profile.name);
        }
        add_requirements(record, catalogue, *planned.check);
    }
    record.left_out = std::move(left_out).take();
}

/// Which state of the catalogue judges, and of which editions its requirements are; `record` holds those already.
CatalogueRecord catalogue_record(const RunRecord& record, const Catalogue& catalogue, const Selection& selection) {
    CatalogueRecord judging;
    const CatalogueVersion* version = catalogue.version(selection.requirements);
    judging.frozen = version != nullptr;
    if (version == nullptr) {
        if (catalogue.versions.empty()) {
            return judging;
        }
        version = &catalogue.versions.back();
    }
    judging.version = version->name;
    for (const Suite& suite : catalogue.suites) {
        judging.newer += static_cast<std::size_t>(
            std::ranges::count_if(suite.checks, [&](const Check& check) { return !version->has(check.id); }));
    }
    std::set<std::string_view> named;
    for (const auto& [id, requirement] : record.requirements) {
        const Requirement* const known = catalogue.requirement(id);
        for (const Source& source : known == nullptr ? std::vector<Source>() : known->sources) {
            named.insert(source.document);
        }
    }
    for (const Document& document : catalogue.documents) {
        if (named.contains(document.id)) {
            judging.documents.push_back({std::string(document.id), std::string(document.title),
                                         std::string(document.publisher), std::string(document.date)});
        }
    }
    return judging;
}

/// What the profile says for whoever receives the evidence. The days that it is good for begin when the run does.
RecordDetails details_of(const Profile& profile, std::chrono::system_clock::time_point started) {
    RecordDetails details = profile.record;
    if (profile.client && profile.environment != Environment::embedded) {
        // What a client's profile names is the product itself.
        if (details.product.empty()) {
            details.product = profile.title.empty() ? profile.name : profile.title;
        }
        if (details.version.empty()) {
            details.version = profile.client->version;
        }
    }
    if (profile.valid_days > 0) {
        details.valid_until = std::chrono::floor<std::chrono::days>(started) + std::chrono::days(profile.valid_days);
    }
    return details;
}

/// Whoever wrote these texts may have put a secret of the profile into them.
void redact_said(RunRecord& record, const Redactor& redactor) {
    for (TargetRecord& target : record.targets) {
        RecordDetails& details = target.details;
        for (std::string* const text : {&details.organisation, &details.product, &details.version, &details.tester}) {
            redactor.apply(*text);
        }
        for (ScenarioTable& table : target.templates) {
            for (ScenarioRow& row : table.rows) {
                for (std::string* const text : {&row.description, &row.expected, &row.exclusion}) {
                    redactor.apply(*text);
                }
            }
        }
    }
    for (Attestation& said : record.attestations) {
        for (std::string* const text : {&said.id, &said.who, &said.text, &said.file.path}) {
            redactor.apply(*text);
        }
    }
}

RunRecord initial_record(const Plan& plan, const Catalogue& catalogue, const RunOptions& options) {
    RunRecord record;
    record.tool_version = options.version;
    record.hostname = host_name();
    record.started = std::chrono::system_clock::now();
    record.seed = options.seed ? *options.seed : std::random_device{}();
    record.plan_digest = options.plan_digest;
    record.fail_on = options.fail_on;
    record.accepts_excluded = options.accepts_excluded;
    record.fails_on_partial = options.fails_on_partial;
    record.plan_suites = options.plan_suites;
    record.known = options.known;
    record.selection = plan.selection;
    record.whole_plan = plan.whole;
    record.whole_plan_digest = options.whole_plan_digest;
    record.attestations = options.attestations;
    record.shard = options.shard;
    record.load_elsewhere = plan.load_elsewhere;
    for (std::size_t i = 0; i < plan.targets.size(); ++i) {
        const Profile& profile = plan.targets[i];
        record.timeout_scale = profile.timing.scale;  // the same for all
        record.targets.push_back({profile.name, profile.title, std::string(to_string(profile.environment)),
                                  std::string(to_string(profile.channel)), profile.endpoint.url(),
                                  profile.file.string(), identities_of(profile),
                                  i < options.profile_digests.size() ? options.profile_digests[i] : std::string(),
                                  static_cast<std::size_t>(profile.limits.repeat)});
        if (i < options.faults.size()) {
            record.targets.back().faults = options.faults[i];
        }
        if (i < options.given.size()) {
            record.targets.back().given = options.given[i];
        }
        record.targets.back().details = details_of(profile, record.started);
        record.targets.back().side = profile.side();
        for (const Scenarios& one : profile.scenarios) {
            record.targets.back().templates.push_back(one.table);
        }
    }
    for (const Suite& suite : catalogue.suites) {
        record.suites.emplace(suite.id, suite.title);
    }
    for (const PlannedCheck& planned : plan.checks) {
        const Profile& profile = plan.targets[planned.target];
        CheckRecord check{entry_of(planned, catalogue, profile.channel), profile.name, planned.skip_reason};
        check.skip = planned.skip;
        check.position = planned.position;
        record.checks.push_back(std::move(check));
        add_requirements(record, catalogue, *planned.check);
    }
    add_left_out(record, plan, catalogue);
    record.catalogue = catalogue_record(record, catalogue, plan.selection);
    for (std::size_t i = 0; i < plan.targets.size(); ++i) {
        record.targets[i].readings = readings_of(plan.targets[i], record, catalogue);
    }
    return record;
}

}  // namespace

RunRecord run(const Plan& plan, const Catalogue& catalogue, JournalWriter& journal, const RunOptions& options,
              RunObserver& observer) {
    const std::size_t carried = jobs_by_descriptors();
    RunRecord record = initial_record(plan, catalogue, options);
    redact_said(record, Redactor(options.secrets));
    if (options.earlier != nullptr) {
        take_over(record, *options.earlier, options.again);
    }
    Execution execution(plan, std::move(record), journal, options, observer, options.jobs > 0 ? options.jobs : carried);
    return execution.run();
}

}  // namespace gateproof
