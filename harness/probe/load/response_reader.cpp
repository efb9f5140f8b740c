#include "harness/probe/load/response_reader.hpp"

#include <algorithm>

#include "harness/text/ascii.hpp"

namespace gateproof::load {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Whether a comma-separated list holds the word.
bool lists(std::string_view text, std::string_view word) {
    while (!text.empty()) {
        const std::string_view item = text.substr(0, text.find(','));
        if (same_ignoring_case(trimmed(item), word)) {
            return true;
        }
        text.remove_prefix(std::min(text.size(), item.size() + 1));
    }
    return false;
}

/// The last item of a comma-separated list.
std::string_view last_item(std::string_view text) {
    const std::size_t comma = text.rfind(',');
    return trimmed(comma == std::string_view::npos ? text : text.substr(comma + 1));
}

constexpr std::uint64_t no_length = ~std::uint64_t{0};

std::uint64_t length_of(std::string_view text) {
    if (text.empty() || text.size() > 12 || !std::all_of(text.begin(), text.end(), is_digit)) {
        return no_length;
    }
    std::uint64_t length = 0;
    for (const char c : text) {
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return length;
}

}  // namespace

void ResponseReader::restart(bool head_request) {
    state_ = State::head;
    begun_ = false;
    head_request_ = head_request;
    head_.clear();
    head_end_ = 0;
    body_.clear();
    received_ = 0;
    status_ = 0;
}

std::size_t ResponseReader::feed(std::string_view bytes) {
    std::size_t taken = 0;
    begun_ = begun_ || !bytes.empty();
    while (taken < bytes.size() && (state_ == State::head || state_ == State::body)) {
        const std::string_view rest = bytes.substr(taken);
        taken += state_ == State::head ? feed_head(rest) : feed_body(rest);
    }
    return taken;
}

void ResponseReader::end() {
    if (state_ == State::body && framing_ == Framing::until_close) {
        state_ = State::done;
        keep_alive_ = false;
    } else if (state_ != State::done) {
        state_ = State::malformed;
    }
}

std::size_t ResponseReader::feed_head(std::string_view bytes) {
    constexpr std::string_view empty_line = "\r\n\r\n";
    const std::size_t before = head_.size();
    const std::size_t room = max_head - before;
    head_.append(bytes.substr(0, room));
    const std::size_t looked = before < empty_line.size() ? 0 : before - (empty_line.size() - 1);
    const std::size_t found = head_.find(empty_line, looked);
    if (found == std::string::npos) {
        if (head_.size() >= max_head) {
            state_ = State::malformed;
        }
        return head_.size() - before;
    }
    const std::size_t whole = found + empty_line.size();
    head_.resize(whole);
    head_end_ = found;
    read_head();
    return whole - before;
}

void ResponseReader::read_head() {
    // "HTTP/1.1 200 OK"; HTTP/1.0 is read too, and closes unless it says otherwise.
    const std::string_view all = head();
    const bool http = all.size() >= 12 && all.substr(0, 7) == "HTTP/1." && (all[7] == '0' || all[7] == '1') &&
                      all[8] == ' ' && is_digit(all[9]) && is_digit(all[10]) && is_digit(all[11]) &&
                      (all.size() == 12 || all[12] == ' ' || all[12] == '\r');
    if (!http) {
        state_ = State::malformed;
        return;
    }
    status_ = static_cast<unsigned>((all[9] - '0') * 100 + (all[10] - '0') * 10 + (all[11] - '0'));
    keep_alive_ = all[7] == '1';
    left_ = 0;
    bool has_length = false;
    bool chunked = false;
    std::size_t at = std::min(all.find("\r\n"), all.size());
    while (at < all.size() && state_ != State::malformed) {
        at += 2;
        const std::size_t ends = std::min(all.find("\r\n", at), all.size());
        read_header(all.substr(at, ends - at), has_length, chunked);
        at = ends;
    }
    if (state_ == State::malformed || status_ < 100) {
        state_ = State::malformed;
        return;
    }
    if (status_ < 200) {  // interim (RFC 9110 15.2): the response is still to come; 101 would be another protocol
        if (status_ == 101) {
            state_ = State::malformed;
        }
        head_.clear();
        head_end_ = 0;
        return;
    }
    if (head_request_ || status_ == 204 || status_ == 304) {
        state_ = State::done;
        return;
    }
    framing_ = chunked ? Framing::chunked : has_length ? Framing::length : Framing::until_close;
    chunk_ = Chunk::size;
    digits_ = false;
    trailers_ = 0;
    if (chunked) {
        left_ = 0;
    }
    if (framing_ == Framing::until_close) {
        keep_alive_ = false;
    }
    state_ = framing_ == Framing::length && left_ == 0 ? State::done : State::body;
}

void ResponseReader::read_header(std::string_view line, bool& has_length, bool& chunked) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' || line.front() == '\t') {
        state_ = State::malformed;  // obsolete line folding too (RFC 9112 5.2)
        return;
    }
    const std::string_view name = line.substr(0, colon);
    const auto value = [&] { return trimmed(line.substr(colon + 1)); };
    switch (name.size()) {  // which of the few that matter it could be
        case 10:
            if (same_ignoring_case(name, "connection")) {
                keep_alive_ = (keep_alive_ || lists(value(), "keep-alive")) && !lists(value(), "close");
            }
            break;
        case 14:
            if (same_ignoring_case(name, "content-length")) {
                const std::uint64_t length = length_of(value());
                // Two that differ are an attack or a defect (RFC 9112 6.3).
                if (length > max_length || (has_length && length != left_)) {
                    state_ = State::malformed;
                }
                left_ = length;
                has_length = true;
            }
            break;
        case 17:
            if (same_ignoring_case(name, "transfer-encoding")) {
                chunked = same_ignoring_case(last_item(value()), "chunked");
                if (!chunked) {
                    state_ = State::malformed;
                }
            }
            break;
        default: break;
    }
}

std::size_t ResponseReader::feed_body(std::string_view bytes) {
    if (framing_ == Framing::chunked) {
        return feed_chunks(bytes);
    }
    const bool counted = framing_ == Framing::length;
    const std::string_view part = counted ? bytes.substr(0, left_) : bytes;
    keep(part);
    if (counted) {
        left_ -= part.size();
        if (left_ == 0) {
            state_ = State::done;
        }
    }
    return part.size();
}

std::size_t ResponseReader::feed_chunks(std::string_view bytes) {
    std::size_t taken = 0;
    while (taken < bytes.size() && state_ == State::body) {
        if (chunk_ == Chunk::data) {
            const std::string_view part = bytes.substr(taken, left_);
            keep(part);
            left_ -= part.size();
            taken += part.size();
            if (left_ == 0) {
                chunk_ = Chunk::data_end;
            }
        } else {
            chunk_control(bytes[taken++]);
        }
    }
    return taken;
}

void ResponseReader::chunk_control(char c) {
    const auto expect = [&](char wanted, Chunk next) {
        chunk_ = next;
        if (c != wanted) {
            state_ = State::malformed;
        }
    };
    switch (chunk_) {
        case Chunk::size: {
            const int digit = hex_value(c);
            if (digit >= 0) {
                left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
                digits_ = true;
                if (left_ > max_length) {
                    state_ = State::malformed;
                }
            } else if (digits_ && c == '\r') {
                chunk_ = Chunk::size_end;
            } else if (digits_ && (c == ';' || c == ' ' || c == '\t')) {
                chunk_ = Chunk::extension;
            } else {
                state_ = State::malformed;
            }
            break;
        }
        case Chunk::extension:
            if (++trailers_ > max_head) {
                state_ = State::malformed;
            } else if (c == '\r') {
                chunk_ = Chunk::size_end;
            }
            break;
        case Chunk::size_end: expect('\n', left_ == 0 ? Chunk::trailer_begin : Chunk::data); break;
        case Chunk::data_end: expect('\r', Chunk::data_end_feed); break;
        case Chunk::data_end_feed:
            digits_ = false;
            expect('\n', Chunk::size);
            break;
        case Chunk::trailer_begin: chunk_ = c == '\r' ? Chunk::trailer_end : Chunk::trailer; break;
        case Chunk::trailer:
            if (++trailers_ > max_head) {
                state_ = State::malformed;
            } else if (c == '\n') {
                chunk_ = Chunk::trailer_begin;
            }
            break;
        case Chunk::trailer_end: state_ = c == '\n' ? State::done : State::malformed; break;
        case Chunk::data: break;
    }
}

void ResponseReader::keep(std::string_view bytes) {
    received_ += bytes.size();
    if (received_ > max_length) {
        state_ = State::malformed;
    }
    if (body_.size() < max_body) {
        body_.append(bytes.substr(0, max_body - body_.size()));
    }
}

}  // namespace gateproof::load
