#include "harness/stage/request_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <limits>
#include <utility>

namespace gateproof::stage {

namespace http = boost::beast::http;

struct RequestReader::Parser {
    http::request_parser<http::string_body> of;
};

RequestReader::RequestReader(std::size_t most_of_head, std::size_t most_of_body)
    : most_of_head_(most_of_head), most_of_body_(most_of_body) {}
RequestReader::~RequestReader() = default;

bool RequestReader::begun() const {
    return state_ == State::need_more && (!pending_.empty() || (parser_ && parser_->of.got_some()));
}

RequestReader::State RequestReader::feed(std::string_view bytes) {
    if (state_ != State::malformed) {
        pending_.append(bytes);
        read_on();
    }
    return state_;
}

void RequestReader::read_on() {
    if (state_ != State::need_more) {
        return;
    }
    if (!parser_) {
        parser_ = std::make_unique<Parser>();
        parser_->of.header_limit(static_cast<std::uint32_t>(most_of_head_));
        parser_->of.body_limit(most_of_body_);
        parser_->of.eager(true);
        continue_asked_ = false;
    }
    boost::system::error_code error;
    std::size_t used = 0;
    // A put without bytes would be taken for progress; one that uses none waits for more.
    while (!error && !parser_->of.is_done() && used < pending_.size()) {
        const std::size_t now =
            parser_->of.put(boost::asio::buffer(pending_.data() + used, pending_.size() - used), error);
        used += now;
        if (now == 0) {
            break;
        }
    }
    pending_.erase(0, used);
    if (error && error != http::error::need_more) {
        state_ = State::malformed;
        fault_ = error.message();
        pending_ = {};
        return;
    }
    if (parser_->of.is_header_done()) {
        keeps_alive_ = parser_->of.keep_alive();
    } else if (pending_.size() > most_of_head_) {
        state_ = State::malformed;
        fault_ = "a head beyond the bound";
        pending_ = {};
        return;
    }
    if (parser_->of.is_done()) {
        state_ = State::done;
    }
}

bool RequestReader::waits_for_continue() {
    if (continue_asked_ || state_ != State::need_more || !parser_ || !parser_->of.is_header_done()) {
        return false;
    }
    continue_asked_ = boost::beast::iequals(parser_->of.get()[http::field::expect], "100-continue");
    return continue_asked_;
}

Request RequestReader::take() {
    Request request;
    http::request<http::string_body> whole = parser_->of.release();
    request.method = std::string(whole.method_string());
    request.target = std::string(whole.target());
    for (const auto& field : whole) {
        request.fields.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    request.body = std::move(whole.body());
    parser_.reset();
    state_ = State::need_more;
    if (!pending_.empty()) {
        read_on();
    }
    return request;
}

}  // namespace gateproof::stage
