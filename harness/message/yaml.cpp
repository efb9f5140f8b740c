#include "harness/message/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace gateproof {
namespace {

using nlohmann::json;

constexpr int most_nodes = 500'000;
constexpr int deepest_node = 100;

bool is_among(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

json whole_number(std::string_view text) {
    const std::string_view digits = text.substr(text.front() == '+' || text.front() == '-' ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos ||
        (digits.size() > 1 && digits.front() == '0')) {
        return nullptr;
    }
    std::int64_t number = 0;
    const std::string_view unsigned_plus = text.front() == '+' ? text.substr(1) : text;
    const auto* const end = unsigned_plus.data() + unsigned_plus.size();
    const auto [at, fault] = std::from_chars(unsigned_plus.data(), end, number);
    return fault == std::errc() && at == end ? json(number) : json(nullptr);
}

/// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? of the core schema.
bool is_number(std::string_view text) {
    const auto digits = [&text] {
        const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
        text.remove_prefix(count);
        return count;
    };
    const auto sign = [&text] { text.remove_prefix(!text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0); };
    sign();
    const std::size_t before = digits();
    std::size_t behind = 0;
    const bool point = !text.empty() && text.front() == '.';
    if (point) {
        text.remove_prefix(1);
        behind = digits();
    }
    if (before + behind == 0 || (before == 0 && behind == 0)) {
        return false;
    }
    bool exponent = false;
    if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
        text.remove_prefix(1);
        sign();
        exponent = digits() > 0;
        if (!exponent) {
            return false;
        }
    }
    return text.empty() && (point || exponent);
}

json scalar(const YAML::Node& node) {
    const std::string& text = node.Scalar();
    if (node.Tag() != "?" && !node.Tag().empty()) {  // in quotes, or said to be a text
        return text;
    }
    if (is_among(text, {"", "~", "null", "Null", "NULL"})) {
        return nullptr;
    }
    if (is_among(text, {"true", "True", "TRUE"})) {
        return true;
    }
    if (is_among(text, {"false", "False", "FALSE"})) {
        return false;
    }
    if (json number = whole_number(text); !number.is_null()) {
        return number;
    }
    if (is_number(text)) {
        const double number = std::strtod(text.c_str(), nullptr);
        return std::isfinite(number) ? json(number) : json(text);
    }
    return text;
}

class YamlReader {
public:
    json read(const YAML::Node& node, int depth) {
        if (++nodes_ > most_nodes || depth > deepest_node) {
            throw std::length_error("it has more nodes, or more levels, than are read");
        }
        switch (node.Type()) {
            case YAML::NodeType::Scalar: return scalar(node);
            case YAML::NodeType::Sequence: return sequence(node, depth);
            case YAML::NodeType::Map: return members(node, depth);
            default: return nullptr;
        }
    }

private:
    json sequence(const YAML::Node& node, int depth) {
        json items = json::array();
        for (const auto& item : node) {
            items.push_back(read(item, depth + 1));
        }
        return items;
    }
    json members(const YAML::Node& node, int depth) {
        json object = json::object();
        for (const auto& member : node) {
            if (!member.first.IsScalar()) {
                throw std::invalid_argument("a name of a member is no scalar");
            }
            if (!object.emplace(member.first.Scalar(), read(member.second, depth + 1)).second) {
                throw std::invalid_argument(fmt::format("the member {} is given twice", member.first.Scalar()));
            }
        }
        return object;
    }

    int nodes_ = 0;
};

}  // namespace

YamlValue read_yaml(std::string_view text) {
    if (text.size() > max_description_bytes) {
        return {nullptr, fmt::format("it is larger than {} MiB", max_description_bytes / 1024 / 1024)};
    }
    try {
        return {std::make_shared<const json>(YamlReader().read(YAML::Load(std::string(text)), 0)), {}};
    } catch (const YAML::ParserException& problem) {
        return {nullptr, fmt::format("line {}: {}", problem.mark.line + 1, problem.msg)};
    } catch (const YAML::Exception& problem) {
        return {nullptr, problem.msg};
    } catch (const std::logic_error& problem) {
        return {nullptr, problem.what()};
    }
}

}  // namespace gateproof
