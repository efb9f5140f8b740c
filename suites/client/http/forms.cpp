#include "suites/client/http/forms.hpp"

#include <fmt/format.h>
#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/crc.hpp>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

#include "harness/text/ascii.hpp"

namespace gateproof::suites {

namespace {

constexpr std::string_view line_end = "\r\n";

/// The bytes of an answer, taken apart.
struct Written {
    std::string status_line;
    stage::Fields fields;
    std::string body;

    void drop(std::string_view name) {
        std::erase_if(fields, [&](const auto& field) { return same_ignoring_case(field.first, name); });
    }
    /// What the message's length is told by, instead of what told it.
    void framed_by(std::string name, std::string value) {
        drop("Content-Length");
        fields.emplace_back(std::move(name), std::move(value));
    }
    [[nodiscard]] std::string text() const {
        std::string out = status_line + "\r\n";
        for (const auto& [name, value] : fields) {
            out += fmt::format("{}: {}\r\n", name, value);
        }
        return out + "\r\n" + body;
    }
};

Written written(const stage::Answer& answer, const stage::Request& request) {
    const std::string bytes = stage::encoded(answer, request.method);
    const std::size_t head_end = bytes.find("\r\n\r\n");
    Written parts;
    parts.body = bytes.substr(head_end + 4);
    std::size_t at = bytes.find(line_end);
    parts.status_line = bytes.substr(0, at);
    while (at < head_end) {
        const std::size_t begin = at + line_end.size();
        at = bytes.find(line_end, begin);
        const std::string_view line = std::string_view(bytes).substr(begin, at - begin);
        const std::size_t colon = line.find(": ");
        parts.fields.emplace_back(std::string(line.substr(0, colon)), std::string(line.substr(colon + 2)));
    }
    return parts;
}

/// RFC 9112 7.1. `extension` stands behind each size; trailers with their line ends.
std::string chunks(std::string_view body, std::size_t each, std::string_view extension, std::string_view trailers) {
    std::string out;
    for (std::size_t at = 0; at < body.size(); at += each) {
        const std::string_view piece = body.substr(at, each);
        out += fmt::format("{:x}{}\r\n{}\r\n", piece.size(), extension, piece);
    }
    return out + fmt::format("0{}\r\n{}\r\n", extension, trailers);
}

std::string chunked(const stage::Answer& answer, const stage::Request& request, std::size_t each,
                    std::string_view extension = {}, std::string_view trailers = {}) {
    Written parts = written(answer, request);
    parts.framed_by("Transfer-Encoding", "chunked");
    parts.body = chunks(parts.body, each, extension, trailers);
    return parts.text();
}

constexpr std::size_t usual_chunk = 100;

std::string coded(const stage::Answer& answer, const stage::Request& request, std::string (*code)(std::string_view)) {
    Written parts = written(answer, request);
    if (!asks_for_gzip(request) || parts.body.empty()) {
        return parts.text();
    }
    parts.body = code(parts.body);
    parts.fields.emplace_back("Content-Encoding", "gzip");
    parts.framed_by("Content-Length", std::to_string(parts.body.size()));
    return parts.text();
}

std::string little_endian(std::uint32_t value) {
    std::string out;
    for (int i = 0; i < 4; ++i) {
        out += static_cast<char>(value >> (8 * i) & 0xff);
    }
    return out;
}

constexpr std::size_t gzip_trailer = 8;  // checksum and size

std::string gzip_without_trailer(std::string_view text) {
    std::string out = gzip(text);
    out.resize(out.size() - gzip_trailer);
    return out;
}

std::string gzip_of_another_sum(std::string_view text) {
    std::string out = gzip(text);
    char& sum = out[out.size() - gzip_trailer];
    sum = static_cast<char>(sum ^ 0x55);
    return out;
}

std::string gzip_bomb(std::string_view text) {
    return gzip_with_blanks(text, bomb_power);
}

namespace zlib = boost::beast::zlib;

/// What the stream makes of the text; Flush::full: to where a byte ends, without anything before it being referred to.
std::string deflated(zlib::deflate_stream& stream, std::string_view text, zlib::Flush flush) {
    std::string packed(zlib::deflate_upper_bound(text.size()), '\0');
    zlib::z_params params;
    params.next_in = text.data();
    params.avail_in = text.size();
    params.next_out = packed.data();
    params.avail_out = packed.size();
    boost::beast::error_code error;
    stream.write(params, flush, error);
    packed.resize(packed.size() - params.avail_out);
    return packed;
}

/// Of polynomials over GF(2), modulo that of the checksum (RFC 1952 8); the highest bit is x to the power of 0.
std::uint32_t product(std::uint32_t one, std::uint32_t other) {
    std::uint32_t sum = 0;
    for (std::uint32_t bit = 0x80000000; bit != 0; bit >>= 1) {
        if ((one & bit) != 0) {
            sum ^= other;
        }
        other = (other & 1) != 0 ? other >> 1 ^ 0xedb88320 : other >> 1;
    }
    return sum;
}

std::uint32_t checksum_of(std::string_view text) {
    boost::crc_32_type sum;
    sum.process_bytes(text.data(), text.size());
    return sum.checksum();
}

constexpr std::string_view gzip_head("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);  // deflate, no time, no system

std::string redirect(std::string_view status, std::string_view location, std::string_view more = {}) {
    return fmt::format("HTTP/1.1 {}\r\nLocation: {}\r\n{}Content-Length: 0\r\n\r\n", status, location, more);
}

}  // namespace

bool asks_for_gzip(const stage::Request& request) {
    const std::string* const field = stage::find_field(request.fields, "Accept-Encoding");
    if (field == nullptr) {
        return false;
    }
    std::string list = lower_case(*field);
    std::erase(list, ' ');
    const std::size_t at = list.find("gzip");
    if (at == std::string::npos) {
        return false;
    }
    const std::string_view weight = std::string_view(list).substr(at + 4);
    return weight != ";q=0" && !weight.starts_with(";q=0,");
}

std::string gzip(std::string_view text) {
    zlib::deflate_stream stream;
    return std::string(gzip_head) + deflated(stream, text, zlib::Flush::finish) + little_endian(checksum_of(text)) +
           little_endian(static_cast<std::uint32_t>(text.size()));
}

std::string gzip_with_blanks(std::string_view text, int power) {
    constexpr int piece_power = 20;
    zlib::deflate_stream stream;
    std::string packed(gzip_head);
    packed += deflated(stream, text, zlib::Flush::full);
    const std::string piece = deflated(stream, std::string(std::size_t{1} << piece_power, ' '), zlib::Flush::full);
    for (int i = 0; i < 1 << (power - piece_power); ++i) {
        packed += piece;
    }
    packed += std::string_view("\x01\0\0\xff\xff", 5);  // the last block, of nothing
    // Of twice as many blanks: that of the first half, as many bytes further, and that of the second.
    std::uint32_t blanks = checksum_of(" ");
    std::uint32_t further = std::uint32_t{1} << (31 - 8);  // x to the power of 8, by one byte
    for (int i = 0; i < power; ++i) {
        blanks ^= product(further, blanks);
        further = product(further, further);
    }
    const std::size_t size = text.size() + (std::size_t{1} << power);
    return packed + little_endian(product(further, checksum_of(text)) ^ blanks) +
           little_endian(static_cast<std::uint32_t>(size));
}

std::string with_100(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return "HTTP/1.1 100 Continue\r\n\r\n" + written(answer, request).text();
}

std::string with_103(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    constexpr std::string_view hint = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
    return std::string(hint) + std::string(hint) + written(answer, request).text();
}

std::string in_chunks(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return chunked(answer, request, usual_chunk);
}

std::string in_chunks_with_extensions(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return chunked(answer, request, usual_chunk, ";name=value");
}

std::string in_chunks_with_trailers(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return chunked(answer, request, usual_chunk, {}, "X-Checked: yes\r\nX-Sum: 12\r\n");
}

std::string in_chunks_of_one_byte(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return chunked(answer, request, 1);
}

std::string with_small_names(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    Written parts = written(answer, request);
    for (auto& [name, value] : parts.fields) {
        name = lower_case(name);
    }
    return parts.text();
}

std::string with_spaces(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    Written parts = written(answer, request);
    for (auto& [name, value] : parts.fields) {
        value = "  " + value + " ";
    }
    return parts.text();
}

std::string with_long_field(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    constexpr std::size_t length = 8000;
    Written parts = written(answer, request);
    parts.fields.emplace_back("X-Filler", std::string(length, 'x'));
    return parts.text();
}

std::string with_folded_field(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    Written parts = written(answer, request);
    parts.fields.emplace(parts.fields.begin(), "X-Folded", "one\r\n  two");
    return parts.text();
}

std::string gzipped(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return coded(answer, request, &gzip);
}

std::string with_blanks(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    Written parts = written(answer, request);
    parts.body += std::string(blanks_behind, ' ');
    parts.framed_by("Content-Length", std::to_string(parts.body.size()));
    return parts.text();
}

std::string until_close(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    Written parts = written(answer, request);
    parts.framed_by("Connection", "close");
    return parts.text();
}

std::string with_two_lengths(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    Written parts = written(answer, request);
    parts.fields.emplace_back("Content-Length", std::to_string(parts.body.size() + blanks_behind));
    parts.body += std::string(blanks_behind, ' ');
    return parts.text();
}

std::string with_length_and_chunks(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    Written parts = written(answer, request);
    parts.fields.emplace_back("Transfer-Encoding", "chunked");
    parts.body = chunks(parts.body, usual_chunk, {}, {});
    return parts.text();
}

std::string gzipped_wrongly(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return coded(answer, request, &gzip_of_another_sum);
}

std::string gzipped_in_part(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return coded(answer, request, &gzip_without_trailer);
}

std::string gzipped_bomb(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return coded(answer, request, &gzip_bomb);
}

std::string endless_head(const stage::Answer&, const stage::Request&, const stage::Doors&) {
    return "HTTP/1.1 200 OK\r\nX-Filler: x";
}

std::string sent_back(const stage::Answer&, const stage::Request& request, const stage::Doors&) {
    return redirect("302 Found", request.target);
}

std::string sent_back_and_closed(const stage::Answer&, const stage::Request& request, const stage::Doors&) {
    return redirect("302 Found", request.target, "Connection: close\r\n");
}

std::string sent_back_with_surplus(const stage::Answer& answer, const stage::Request& request, const stage::Doors&) {
    return redirect("302 Found", request.target) + written(answer, request).text();
}

std::string sent_to_clear(const stage::Answer&, const stage::Request& request, const stage::Doors& doors) {
    const std::string* const host = stage::find_field(request.fields, "Host");
    const std::string name = host == nullptr ? "localhost" : host->substr(0, host->rfind(':'));
    return redirect("301 Moved Permanently",
                    fmt::format("http://{}:{}{}", name, doors.find(clear_door)->second, request.target));
}

}  // namespace gateproof::suites
