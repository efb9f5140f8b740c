#include "harness/json/tree.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

#include "harness/json/syntax.hpp"

namespace gateproof {

namespace {

/// Gives the lexer its bytes and tells a shared counter how many it has taken.
class CountingIterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    CountingIterator(const char* at, std::size_t* taken) : at_(at), taken_(taken) {}
    reference operator*() const { return *at_; }
    CountingIterator& operator++() {
        ++at_;
        ++*taken_;
        return *this;
    }
    CountingIterator operator++(int) {
        const CountingIterator before = *this;
        ++*this;
        return before;
    }
    bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
    bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

private:
    const char* at_;
    std::size_t* taken_;
};

/// Receives the parser's events and builds the tree.
class TreeBuilder {
public:
    TreeBuilder(std::string_view text, const std::size_t& taken, JsonTree& tree)
        : text_(text), taken_(taken), tree_(tree) {}

    bool null() {
        return add(JsonNode::Kind::null, [](JsonNode&) {});
    }
    bool boolean(bool value) {
        return add(JsonNode::Kind::boolean, [&](JsonNode& node) { node.boolean = value; });
    }
    bool number_integer(std::int64_t value) {
        return add(JsonNode::Kind::integer, [&](JsonNode& node) {
            node.integer = value;
            node.number = static_cast<double>(value);
        });
    }
    bool number_unsigned(std::uint64_t value) {
        if (value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return number_integer(static_cast<std::int64_t>(value));
        }
        return add(JsonNode::Kind::number, [&](JsonNode& node) { node.number = static_cast<double>(value); });
    }
    bool number_float(double value, const std::string& /*written*/) {
        // JSON knows one kind of number: 4046.0 is the integer 4046, as it is for the schema.
        if (std::abs(value) < 9e15 && std::trunc(value) == value) {
            return number_integer(static_cast<std::int64_t>(value));
        }
        return add(JsonNode::Kind::number, [&](JsonNode& node) { node.number = value; });
    }
    bool string(std::string& value) {
        return add(JsonNode::Kind::string, [&](JsonNode& node) { node.text = std::move(value); });
    }
    bool binary(nlohmann::json::binary_t& /*value*/) { return false; }
    bool start_object(std::size_t /*size*/) { return open(JsonNode::Kind::object); }
    bool start_array(std::size_t /*size*/) { return open(JsonNode::Kind::array); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    bool key(std::string& name) {
        Frame& frame = open_.back();
        frame.key_at = token_start();
        previous_end_ = taken_;
        frame.key = std::move(name);
        frame.duplicate = !frame.keys.insert(frame.key).second;
        if (frame.duplicate) {
            tree_.faults.push_back(
                {frame.key_at, pointer(),
                 fmt::format("the key {} is given twice in this object; keep one", in_quotes(frame.key))});
        }
        return tree_.faults.size() < 100;
    }

    bool parse_error(std::size_t position, const std::string& last_token, const std::exception& error) {
        const SyntaxFault fault = explain_syntax_error(text_, position, last_token, error.what());
        tree_.faults.insert(tree_.faults.begin(), {fault.offset, pointer(), fault.message});
        tree_.root.reset();
        return false;
    }

private:
    struct Frame {
        JsonNode node;
        std::unordered_set<std::string> keys;
        std::string key;
        std::size_t key_at = 0;
        bool duplicate = false;
    };

    /// The lexer reports a token when it has taken its last byte (of a number, also the byte after), so the token
    /// starts at the first byte after the previous one that is neither white space nor punctuation.
    [[nodiscard]] std::size_t token_start() const {
        constexpr std::string_view between = " \t\r\n,:]}";
        std::size_t at = previous_end_;
        if (at == 0 && text_.substr(0, 3) == "\xEF\xBB\xBF") {
            at = 3;
        }
        const std::size_t found = text_.find_first_not_of(between, at);
        return found == std::string_view::npos ? text_.size() : found;
    }

    [[nodiscard]] std::string pointer() const {
        std::string out;
        for (const Frame& frame : open_) {
            if (frame.node.kind == JsonNode::Kind::array) {
                out = pointer_join(out, std::to_string(frame.node.children.size()));
            } else if (!frame.key.empty()) {
                out = pointer_join(out, frame.key);
            }
        }
        return out;
    }

    template <class Fill>
    bool add(JsonNode::Kind kind, Fill fill) {
        JsonNode node;
        node.kind = kind;
        node.at = token_start();
        previous_end_ = taken_;
        fill(node);
        return attach(std::move(node));
    }

    bool open(JsonNode::Kind kind) {
        if (open_.size() >= max_json_depth) {
            tree_.faults.push_back(
                {token_start(), pointer(),
                 fmt::format("nested deeper than {} levels; a profile needs far fewer", max_json_depth)});
            tree_.root.reset();
            return false;
        }
        Frame frame;
        frame.node.kind = kind;
        frame.node.at = token_start();
        previous_end_ = taken_;
        open_.push_back(std::move(frame));
        return true;
    }

    bool close() {
        JsonNode node = std::move(open_.back().node);
        open_.pop_back();
        previous_end_ = taken_;
        return attach(std::move(node));
    }

    bool attach(JsonNode node) {
        if (open_.empty()) {
            tree_.root = std::move(node);
            return true;
        }
        Frame& parent = open_.back();
        node.key = parent.key;
        node.key_at = parent.key_at;
        if (!parent.duplicate) {
            parent.node.children.push_back(std::move(node));
        }
        parent.key.clear();
        return true;
    }

    std::string_view text_;
    const std::size_t& taken_;
    JsonTree& tree_;
    std::vector<Frame> open_;
    std::size_t previous_end_ = 0;
};

}  // namespace

JsonTree parse_json_tree(std::string_view text) {
    JsonTree tree;
    if (text.size() > max_json_bytes) {
        tree.faults.push_back(
            {0, "", fmt::format("the file is larger than {} KiB; a profile is a short text", max_json_bytes / 1024)});
        return tree;
    }
    if (const std::optional<SyntaxFault> fault = find_bad_bytes(text)) {
        tree.faults.push_back({fault->offset, "", fault->message});
        return tree;
    }
    std::size_t taken = 0;
    TreeBuilder builder(text, taken, tree);
    const CountingIterator first(text.data(), &taken);
    const CountingIterator last(text.data() + text.size(), &taken);
    if (!nlohmann::json::sax_parse(first, last, &builder)) {
        tree.root.reset();
    }
    return tree;
}

}  // namespace gateproof
