#include "harness/profile/attestations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "harness/json/near_match.hpp"
#include "harness/json/read_file.hpp"
#include "harness/json/reader.hpp"
#include "harness/json/tree.hpp"
#include "harness/text/input_file.hpp"
#include "harness/text/sha256.hpp"

namespace gateproof {
namespace {

using Rank = Problems::Rank;
using Subject = Attestation::Subject;

constexpr std::size_t longest_name = 256;
constexpr std::size_t longest_text = 4096;

/// Filled text that is no longer than a report shows whole.
std::string read_short_text(const JsonField& field, Problems& problems, std::string_view expected, std::size_t most) {
    std::string text = read_filled_text(field, problems, expected);
    if (text.size() > most) {
        problems.error(Rank::value, field, fmt::format("expected at most {} bytes, found {}", most, text.size()));
    }
    return text;
}

void require_known(const JsonField& field, const std::string& name, const std::vector<std::string>& known,
                   std::string_view what, std::string_view remedy, Problems& problems) {
    if (name.empty() || std::ranges::find(known, name) != known.end()) {
        return;
    }
    const std::string near = near_match(name, known);
    problems.error(Rank::value, field,
                   fmt::format("{} is no {}; {}", in_quotes(name), what,
                               near.empty() ? std::string(remedy) : "did you mean " + near + "?"));
}

bool is_sha256(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

class ListReader {
public:
    ListReader(Problems& problems, std::filesystem::path directory, const AttestationNames& names,
               std::chrono::sys_days today)
        : problems_(problems), directory_(std::move(directory)), names_(names), today_(today) {}

    std::vector<Attestation> read(const JsonNode& root) {
        ObjectReader reader({&root, ""}, problems_, "an object with attestations");
        const JsonField schema = reader.optional("$schema");
        const JsonField list = reader.required("attestations", "a list of attestations");
        reader.finish();
        read_text(schema, problems_, "the address of the schema");
        std::vector<Attestation> entries;
        for (const JsonField& item : read_list(list, problems_, "a list of attestations")) {
            Attestation entry = read_entry(item);
            if (std::ranges::find(entries, entry) != entries.end()) {
                problems_.error(Rank::value, item, "this is there twice");
            }
            entries.push_back(std::move(entry));
        }
        return entries;
    }

private:
    Attestation read_entry(const JsonField& field) {
        Attestation entry;
        ObjectReader reader(
            field, problems_,
            "an attestation: an object with who, when and text, and with check, requirement or scenario");
        std::array<std::pair<Subject, JsonField>, 3> subjects{
            std::pair(Subject::check, reader.optional("check")),
            std::pair(Subject::requirement, reader.optional("requirement")),
            std::pair(Subject::scenario, reader.optional("scenario"))};
        const JsonField target = reader.optional("target");
        const JsonField who = reader.required("who", "who says it");
        const JsonField when = reader.required("when", "the day on which it was seen, such as 2026-11-26");
        const JsonField text = reader.required("text", "what was seen, and how");
        const JsonField verdict = reader.optional("verdict");
        const JsonField file = reader.optional("file");
        const JsonField sum = reader.optional("sha256");
        reader.finish();
        if (!reader.usable()) {
            return entry;
        }
        read_subject(field, subjects, entry);
        entry.target = read_short_text(target, problems_, "the name of a profile", longest_name);
        require_known(target, entry.target, names_.targets, "profile of this run", "leave it out to speak of all",
                      problems_);
        entry.who = read_short_text(who, problems_, "who says it", longest_name);
        entry.when = read_when(when);
        entry.text = read_short_text(text, problems_, "what was seen, and how", longest_text);
        read_claim(verdict, entry);
        read_attachment(file, sum, entry);
        return entry;
    }

    void read_subject(const JsonField& field, const std::array<std::pair<Subject, JsonField>, 3>& subjects,
                      Attestation& entry) {
        const auto given = std::ranges::count_if(subjects, [](const auto& one) { return bool(one.second); });
        if (given != 1) {
            problems_.error(Rank::key, field,
                            fmt::format("expected one of check, requirement and scenario, found {}",
                                        given == 0 ? "none of them" : "more than one of them"));
            return;
        }
        for (const auto& [subject, id] : subjects) {
            if (!id) {
                continue;
            }
            entry.subject = subject;
            if (subject == Subject::scenario) {
                entry.id = read_short_text(id, problems_, "the id of a scenario such as EMS_GST010", longest_name);
            } else if (subject == Subject::check) {
                entry.id = read_filled_text(id, problems_, "the id of a check such as mtls.revoked-refused");
                require_known(id, entry.id, names_.checks, "check", "gateproof list shows every check", problems_);
            } else {
                entry.id = read_filled_text(id, problems_, "the id of a requirement such as CLOUD-MTLS-ENROLLED");
                require_known(id, entry.id, names_.requirements, "requirement",
                              "gateproof list --requirements shows every one", problems_);
            }
        }
    }

    void read_claim(const JsonField& field, Attestation& entry) {
        const std::string word = read_choice(field, problems_, {"pass", "fail"}).value_or("");
        if (field && entry.subject != Subject::scenario) {
            problems_.error(Rank::value, field, "only a scenario is filled in by what is said of it");
        } else if (!word.empty()) {
            entry.claim = word == "pass" ? Attestation::Claim::pass : Attestation::Claim::fail;
        }
    }

    std::chrono::sys_days read_when(const JsonField& field) {
        const std::chrono::sys_days day = read_day(field, problems_).value_or(std::chrono::sys_days{});
        // Where the day begins half a day before UTC's, today is tomorrow.
        if (day > today_ + std::chrono::days(1)) {
            problems_.error(Rank::value, field, "this day is still to come; expected the day on which it was seen");
        }
        return day;
    }

    void read_attachment(const JsonField& file, const JsonField& sum, Attestation& entry) {
        const std::string name = read_filled_text(file, problems_, "the path of a file");
        const std::string expected = read_filled_text(sum, problems_, "a SHA-256 in hex");
        if (sum && !file) {
            problems_.error(Rank::value, sum, "there is no \"file\" that it could be of");
        } else if (!expected.empty() && !is_sha256(expected)) {
            problems_.error(Rank::value, sum,
                            "expected a SHA-256 as sha256sum writes it: 64 lower-case hexadecimal digits");
        }
        if (name.empty()) {
            return;
        }
        const std::filesystem::path path = (directory_ / name).lexically_normal();
        const AttachedBytes read = read_attached(path);
        if (!read.problem.empty()) {
            problems_.error(Rank::value, file, fmt::format("{}: {}", in_quotes(path.string(), 200), read.problem));
            return;
        }
        attached_ += read.bytes.size();
        if (attached_ > most_attached_bytes) {
            problems_.error(Rank::value, file,
                            fmt::format("with this file more than {} MiB are attached", most_attached_bytes >> 20));
        }
        entry.file = {path.string(), sha256_of(read.bytes), read.bytes.size()};
        if (is_sha256(expected) && expected != entry.file.sha256) {
            problems_.error(Rank::value, sum,
                            fmt::format("the file is another one: its SHA-256 is {}", entry.file.sha256));
        }
    }

    Problems& problems_;
    std::filesystem::path directory_;
    const AttestationNames& names_;
    std::chrono::sys_days today_;
    std::uint64_t attached_ = 0;
};

}  // namespace

AttachedBytes read_attached(const std::filesystem::path& file) {
    InputFile opened = open_input_file(file);
    switch (opened.fault) {
        case InputFile::Fault::none: break;
        case InputFile::Fault::missing: return {{}, "there is no such file"};
        case InputFile::Fault::folder:
        case InputFile::Fault::special: return {{}, "this is no plain file"};
        case InputFile::Fault::unreadable: return {{}, "it " + opened.why};
    }
    AttachedBytes read{read_at_most(opened.in, most_file_bytes), {}};
    if (read.bytes.size() > most_file_bytes) {
        return {{}, fmt::format("it is larger than {} MiB", most_file_bytes >> 20)};
    }
    return read;
}

LoadedAttestations load_attestations_text(std::string_view text, const std::string& name,
                                          const std::filesystem::path& directory, const AttestationNames& names,
                                          std::chrono::sys_days today) {
    LoadedAttestations loaded;
    const LineIndex lines(text);
    Problems problems(name, lines);
    const JsonTree tree = parse_json_tree(text, problems);
    if (tree.root) {
        loaded.entries = ListReader(problems, directory, names, today).read(*tree.root);
    }
    if (problems.any()) {
        loaded.entries.clear();
    }
    loaded.problems = problems.errors();
    return loaded;
}

LoadedAttestations load_attestations(const std::filesystem::path& file, const AttestationNames& names,
                                     std::chrono::sys_days today) {
    const FileText read = read_bounded_file(file, "list of attestations");
    if (!read.problem.empty()) {
        return {{}, {{file.string(), 0, 0, "", read.problem}}};
    }
    return load_attestations_text(read.text, file.string(), file.parent_path(), names, today);
}

}  // namespace gateproof
