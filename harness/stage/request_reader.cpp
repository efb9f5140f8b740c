#include "harness/stage/request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <utility>

#include "harness/text/ascii.hpp"

namespace gateproof::stage {

namespace http = boost::beast::http;

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view head_end = "\r\n\r\n";
constexpr std::size_t most_of_line = 4096;
constexpr std::size_t most_digits = 8;  // of a chunk's size

/// RFC 9112 7.1: hexadecimal digits, then perhaps extensions.
std::optional<std::size_t> chunk_size(std::string_view line) {
    std::size_t size = 0;
    std::size_t digits = 0;
    while (digits < line.size() && hex_value(line[digits]) >= 0) {
        size = size * 16 + static_cast<std::size_t>(hex_value(line[digits]));
        if (++digits > most_digits) {
            return std::nullopt;
        }
    }
    const bool ends = digits == line.size() || line[digits] == ';' || line[digits] == ' ' || line[digits] == '\t';
    return digits > 0 && ends ? std::optional(size) : std::nullopt;
}

}  // namespace

RequestReader::RequestReader(std::size_t most_of_head, std::size_t most_of_body)
    : most_of_head_(most_of_head), most_of_body_(most_of_body) {}

bool RequestReader::begun() const {
    return state_ == State::need_more && (!pending_.empty() || part_ != Part::head);
}

RequestReader::State RequestReader::feed(std::string_view bytes) {
    if (state_ != State::malformed) {
        pending_.append(bytes);
        read_on();
    }
    return state_;
}

void RequestReader::read_on() {
    bool goes_on = true;
    while (goes_on && state_ == State::need_more) {
        switch (part_) {
            case Part::head: goes_on = read_head(); break;
            case Part::body: goes_on = read_body(); break;
            case Part::chunk_head: goes_on = read_chunk_head(); break;
            case Part::chunk: goes_on = read_chunk(); break;
            case Part::trailers: goes_on = read_trailer(); break;
        }
    }
}

void RequestReader::refuse(std::string fault) {
    state_ = State::malformed;
    fault_ = std::move(fault);
    pending_ = {};
}

/// The next line is there, and where it ends; more than `most` is refused.
std::optional<std::size_t> RequestReader::find_end(std::string_view end, std::size_t most) {
    const std::size_t from = searched_ < end.size() ? 0 : searched_ - end.size() + 1;
    const std::size_t found = pending_.find(end, from);
    searched_ = pending_.size();
    if (found != std::string::npos && found <= most) {
        searched_ = 0;
        return found;
    }
    if (pending_.size() > most + end.size()) {
        refuse("a head or a line beyond the bound");
    }
    return std::nullopt;
}

/// Beast judges a head before it is whole, as far as it came in one piece, and looks beyond its end where it is bad. It
/// is given whole heads and nothing else, so that no verdict depends on how TCP cut them.
bool RequestReader::read_head() {
    const std::optional<std::size_t> found = find_end(head_end, most_of_head_);
    if (!found) {
        return false;
    }
    const std::size_t size = *found + head_end.size();
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(size));
    parser.skip(true);
    parser.eager(true);
    boost::system::error_code error;
    std::size_t used = 0;
    while (!error && used < size && !parser.is_header_done()) {
        used += parser.put(boost::asio::buffer(pending_.data() + used, size - used), error);
    }
    if (!parser.is_header_done()) {
        refuse(error && error != http::error::need_more ? error.message() : "a head that is no request's");
        return false;
    }
    pending_.erase(0, used);
    keeps_alive_ = parser.keep_alive();
    const auto& head = parser.get();
    request_ = {};
    request_.method = std::string(head.method_string());
    request_.target = std::string(head.target());
    for (const auto& field : head) {
        request_.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    expects_ = boost::beast::iequals(head[http::field::expect], "100-continue");
    left_ = 0;
    if (parser.chunked()) {
        part_ = Part::chunk_head;
    } else if (head.find(http::field::transfer_encoding) != head.end()) {
        refuse("a transfer coding that is not chunked");
    } else if (const auto length = parser.content_length(); length && *length > most_of_body_) {
        refuse("a body beyond the bound");
    } else {
        left_ = length ? static_cast<std::size_t>(*length) : 0;
        part_ = Part::body;
    }
    return true;
}

void RequestReader::take_bytes() {
    const std::size_t now = std::min(left_, pending_.size());
    request_.body.append(pending_, 0, now);
    pending_.erase(0, now);
    left_ -= now;
}

bool RequestReader::read_body() {
    take_bytes();
    if (left_ > 0) {
        return false;
    }
    state_ = State::done;
    return true;
}

bool RequestReader::read_chunk_head() {
    const std::optional<std::size_t> found = find_end(line_end, most_of_line);
    if (!found) {
        return false;
    }
    const std::optional<std::size_t> size = chunk_size(std::string_view(pending_).substr(0, *found));
    if (!size || *size > most_of_body_ - request_.body.size()) {
        refuse(size ? "a body beyond the bound" : "a chunk without a size");
        return false;
    }
    pending_.erase(0, *found + line_end.size());
    left_ = *size;
    trailers_ = 0;
    part_ = left_ == 0 ? Part::trailers : Part::chunk;
    return true;
}

bool RequestReader::read_chunk() {
    take_bytes();
    if (left_ > 0 || pending_.size() < line_end.size()) {
        return false;
    }
    if (!pending_.starts_with(line_end)) {
        refuse("a chunk that is longer than it says");
        return false;
    }
    pending_.erase(0, line_end.size());
    part_ = Part::chunk_head;
    return true;
}

/// They are passed over: no check asks for them.
bool RequestReader::read_trailer() {
    const std::optional<std::size_t> found = find_end(line_end, most_of_line);
    if (!found) {
        return false;
    }
    pending_.erase(0, *found + line_end.size());
    trailers_ += *found;
    if (*found == 0) {
        state_ = State::done;
    } else if (trailers_ > most_of_head_) {
        refuse("trailers beyond the bound");
    }
    return true;
}

bool RequestReader::waits_for_continue() {
    return state_ == State::need_more && part_ != Part::head && std::exchange(expects_, false);
}

Request RequestReader::take() {
    Request request = std::exchange(request_, {});
    part_ = Part::head;
    state_ = State::need_more;
    searched_ = 0;
    read_on();
    return request;
}

}  // namespace gateproof::stage
