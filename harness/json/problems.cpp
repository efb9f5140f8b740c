#include "harness/json/problems.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace gateproof {

std::string ProfileProblem::text() const {
    const std::string place = line > 0 ? fmt::format("{}:{}:{}", file, line, column) : file;
    return pointer.empty() ? fmt::format("{}: {}", place, message) : fmt::format("{}: {}: {}", place, pointer, message);
}

ProfileProblem Problems::place(std::size_t offset, std::string pointer, std::string message) const {
    const LineIndex::Position position = lines_.position(offset);
    return {file_, position.line, position.column, std::move(pointer), std::move(message)};
}

void Problems::error(Rank rank, std::size_t offset, std::string pointer, std::string message) {
    constexpr std::size_t most_kept = 1000;
    if (errors_.size() < most_kept) {
        errors_.push_back({rank, offset, place(offset, std::move(pointer), std::move(message))});
    }
}

void Problems::error(Rank rank, const JsonField& field, std::string message) {
    error(rank, field.node->at, field.pointer, std::move(message));
}

void Problems::warning(const JsonField& field, std::string message) {
    warnings_.push_back(place(field.node->at, field.pointer, std::move(message)));
}

std::vector<ProfileProblem> Problems::errors() const {
    std::vector<Ranked> sorted = errors_;
    std::stable_sort(sorted.begin(), sorted.end(), [](const Ranked& a, const Ranked& b) {
        return std::tie(a.rank, a.offset) < std::tie(b.rank, b.offset);
    });
    std::vector<ProfileProblem> out;
    for (const Ranked& ranked : sorted) {
        if (out.size() + 1 == most && sorted.size() > most) {
            ProfileProblem rest = ranked.problem;
            rest.pointer.clear();
            rest.message = fmt::format("and {} more problems from here on", sorted.size() - out.size());
            out.push_back(std::move(rest));
            break;
        }
        out.push_back(ranked.problem);
    }
    return out;
}

JsonTree parse_json_tree(std::string_view text, Problems& problems) {
    JsonTree tree = parse_json_tree(text);
    for (const JsonFault& fault : tree.faults) {
        problems.error(Problems::Rank::syntax, fault.offset, fault.pointer, fault.message);
    }
    return tree;
}

}  // namespace gateproof
