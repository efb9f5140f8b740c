#include "client/http/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "client/base/encoding.hpp"

namespace gateproof::client {
namespace {

constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";  // RFC 9110 5.6.2

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               token_marks.find(c) != std::string_view::npos;
    });
}

bool has_controls(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' && c != '\t'; });
}

/// Digits of a base alone; nothing for anything else, and for what is larger
/// than any body may be.
std::optional<std::size_t> number(std::string_view text, unsigned base) {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::size_t most_digits = 15;
    if (text.empty() || text.size() > most_digits) {
        return std::nullopt;
    }
    std::size_t value = 0;
    for (const char c : lower_case(text)) {
        const std::size_t digit = digits.substr(0, base).find(c);
        if (digit == std::string_view::npos) {
            return std::nullopt;
        }
        value = value * base + digit;
    }
    return value;
}

/// The members of a list in a field, or in several of one name (RFC
/// 9110 5.6.1), in small letters.
std::vector<std::string> members(const Answer& answer, std::string_view name) {
    std::vector<std::string> found;
    for (const Field& field : answer.fields) {
        if (lower_case(field.name) != name) {
            continue;
        }
        std::string_view rest = field.value;
        while (true) {
            const std::size_t comma = rest.find(',');
            if (const std::string_view one = trimmed(rest.substr(0, comma)); !one.empty()) {
                found.push_back(lower_case(one));
            }
            if (comma == std::string_view::npos) {
                break;
            }
            rest.remove_prefix(comma + 1);
        }
    }
    return found;
}

bool contains(const std::vector<std::string>& list, std::string_view one) {
    return std::ranges::find(list, one) != list.end();
}

/// "HTTP/1.1 200 OK": zero for anything else. RFC 9112 4.
unsigned status_of(std::string_view line, bool& version_1_1) {
    constexpr std::size_t version_size = 8;
    const std::string_view version = line.substr(0, version_size);
    version_1_1 = version == "HTTP/1.1";
    const bool shaped = (version_1_1 || version == "HTTP/1.0") && line.size() >= version_size + 4 &&
                        line[version_size] == ' ' && (line.size() == version_size + 4 || line[version_size + 4] == ' ');
    const auto status = shaped ? number(line.substr(version_size + 1, 3), 10) : std::nullopt;
    return status && *status >= 100 && *status <= 599 ? static_cast<unsigned>(*status) : 0;
}

}  // namespace

std::string_view Answer::field(std::string_view name) const {
    const std::string wanted = lower_case(name);
    const auto found =
        std::ranges::find_if(fields, [&wanted](const Field& field) { return lower_case(field.name) == wanted; });
    return found == fields.end() ? std::string_view() : found->value;
}

bool HttpReader::fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
}

bool HttpReader::makes_do(FaultName fault) {
    if (!faults_.has(fault) || (end_ != End::closed && end_ != End::cut)) {
        return false;
    }
    problem_.clear();
    return true;
}

bool HttpReader::fill() {
    if (at_ > 0) {
        buffer_.erase(0, at_);
        at_ = 0;
    }
    char piece[16384];
    const Piece got = source_(piece, sizeof piece);
    if (got.end != End::none) {
        end_ = got.end;
        return fail("the answer ended before it was whole");
    }
    buffer_.append(piece, got.size);
    begun_ = true;
    return true;
}

bool HttpReader::line(std::string& text, std::size_t& budget) {
    std::size_t looked_at = 0;
    while (true) {
        const std::size_t end = buffer_.find('\n', at_ + looked_at);
        const std::size_t size = (end == std::string::npos ? buffer_.size() : end) - at_;
        if (size > budget) {
            return fail("the head of the answer is too long");
        }
        if (end != std::string::npos) {
            text = buffer_.substr(at_, size);
            at_ = end + 1;
            budget -= size;
            // A bare LF ends a line as well (RFC 9112 2.2).
            if (text.ends_with('\r')) {
                text.pop_back();
            }
            return !has_controls(text) || fail("the head of the answer holds control characters");
        }
        looked_at = size;
        if (!fill()) {
            return false;
        }
    }
}

bool HttpReader::read_fields(std::vector<Field>& fields, std::size_t& budget) {
    std::string text;
    while (line(text, budget)) {
        if (text.empty()) {
            return true;
        }
        if (text[0] == ' ' || text[0] == '\t') {  // RFC 9112 5.2
            if (fields.empty()) {
                return fail("the answer's first field is a continuation");
            }
            fields.back().value += ' ';
            fields.back().value += trimmed(text);
            continue;
        }
        const std::size_t colon = text.find(':');
        if (colon == std::string::npos || !is_token(std::string_view(text).substr(0, colon))) {
            return fail("the answer has a field without a name");
        }
        constexpr std::size_t short_field = 1024;
        if (text.size() > short_field && faults_.has("short-fields")) {
            return fail("the answer has a field that is too long");
        }
        if (fields.size() == limits_.fields) {
            return fail("the answer has too many fields");
        }
        fields.push_back({text.substr(0, colon), std::string(trimmed(std::string_view(text).substr(colon + 1)))});
    }
    return false;
}

bool HttpReader::read_head(Answer& answer) {
    std::size_t budget = limits_.head;
    std::string text;
    for (int i = 0; i <= limits_.informational; ++i) {
        if (!line(text, budget)) {
            return false;
        }
        bool version_1_1 = false;
        answer = Answer();
        answer.status = status_of(text, version_1_1);
        if (answer.status == 0) {
            return fail("the answer does not begin as HTTP/1.1 does");
        }
        if (!read_fields(answer.fields, budget)) {
            return false;
        }
        const std::vector<std::string> connection = members(answer, "connection");
        answer.keeps_open = version_1_1 ? !contains(connection, "close") : contains(connection, "keep-alive");
        if (answer.status == 101) {
            return fail("the server changed to another protocol, which nobody asked for");
        }
        if (answer.status >= 200 || faults_.has("chokes-on-1xx")) {
            return true;
        }
    }
    return fail("the answer never came, only informational ones");
}

/// RFC 9112 6.3.
bool HttpReader::framing_of(const Answer& answer, Framing& framing, std::size_t& length) {
    const std::vector<std::string> codings = members(answer, "transfer-encoding");
    const std::vector<std::string> lengths = members(answer, "content-length");
    if (answer.status < 200 || answer.status == 204 || answer.status == 304) {
        framing = Framing::none;
        return true;
    }
    if (!codings.empty() && !lengths.empty() && !faults_.has("takes-conflict")) {
        return fail("the answer has a length and chunks");
    }
    if (!codings.empty()) {
        const bool only_chunks = codings.size() == 1 && codings.front() == "chunked";
        framing = Framing::chunks;
        return only_chunks || fail("the answer has a transfer coding that was not asked for");
    }
    if (lengths.empty()) {
        framing = Framing::until_close;
        return true;
    }
    const auto given = number(lengths.front(), 10);
    const bool all_the_same =
        std::ranges::all_of(lengths, [&](const std::string& one) { return one == lengths.front(); }) ||
        faults_.has("takes-conflict");
    if (!given || !all_the_same) {
        return fail("the answer has no length that can be believed");
    }
    framing = Framing::length;
    length = *given;
    return true;
}

bool HttpReader::take(std::size_t count, std::string& body) {
    if (count > limits_.body - std::min(limits_.body, body.size())) {
        return fail("the answer is too long");
    }
    while (count > 0) {
        if (at_ == buffer_.size() && !fill()) {
            return false;
        }
        const std::size_t now = std::min(count, buffer_.size() - at_);
        body.append(buffer_, at_, now);
        at_ += now;
        count -= now;
    }
    return true;
}

/// RFC 9112 7.1.
bool HttpReader::read_chunks(std::string& body) {
    std::size_t heads = limits_.head;
    std::string text;
    while (true) {
        heads = std::max(heads, std::size_t{1024});  // each size has room, and the body bounds their number
        if (!line(text, heads)) {
            return false;
        }
        const std::string_view digits = trimmed(std::string_view(text).substr(0, text.find(';')));
        const auto size = number(digits, 16);
        if (!size) {
            return fail("the answer has a chunk without a size");
        }
        if (*size == 0) {
            std::vector<Field> trailers;
            std::size_t budget = limits_.head;
            if (!read_fields(trailers, budget)) {
                return false;
            }
            return trailers.empty() || !faults_.has("chokes-on-trailers") || fail("the answer has trailers");
        }
        if (!take(*size, body) || !line(text, heads)) {
            return false;
        }
        if (!text.empty()) {
            return fail("the answer has a chunk that is longer than its size");
        }
    }
}

bool HttpReader::read_until_close(std::string& body) {
    while (true) {
        if (!take(buffer_.size() - at_, body)) {
            return false;
        }
        if (fill()) {
            continue;
        }
        // Without close_notify anybody may have cut it (RFC 9112 9.8).
        if (end_ == End::closed) {
            problem_.clear();
            return true;
        }
        return makes_do("takes-unfinished-close");
    }
}

bool HttpReader::read_body(Answer& answer) {
    Framing framing = Framing::none;
    std::size_t length = 0;
    if (!framing_of(answer, framing, length)) {
        return false;
    }
    switch (framing) {
        case Framing::none: return true;
        case Framing::length: return take(length, answer.body) || makes_do("takes-truncated");
        case Framing::chunks: return read_chunks(answer.body) || makes_do("takes-truncated-chunks");
        case Framing::until_close: answer.keeps_open = false; return read_until_close(answer.body);
    }
    return false;
}

Answer HttpReader::read() {
    problem_.clear();
    end_ = End::none;
    begun_ = at_ < buffer_.size();
    Answer answer;
    if (!read_head(answer) || !read_body(answer)) {
        answer.keeps_open = false;
    }
    return answer;
}

}  // namespace gateproof::client
