// How answers are written down: forms that every client has to read, and broken ones that none may take for an answer.
// Each is the conforming answer but for what it says.
#pragma once

#include <string>
#include <string_view>

#include "harness/stage/application.hpp"

namespace gateproof::suites {

/// It lists gzip in Accept-Encoding (RFC 9110 12.5.3), and not with a weight of zero.
bool asks_for_gzip(const stage::Request& request);
/// RFC 1952.
std::string gzip(std::string_view text);
/// The same with 2 to that power of blanks behind it, at least 20: a thousandth of them is what it takes.
std::string gzip_with_blanks(std::string_view text, int power);

// To be read (stage::AnswerWriter)
std::string with_100(const stage::Answer&, const stage::Request&, const stage::Doors&);  ///< 100 (Continue) goes before
std::string with_103(const stage::Answer&, const stage::Request&, const stage::Doors&);  ///< 103, twice
std::string in_chunks(const stage::Answer&, const stage::Request&, const stage::Doors&);
std::string in_chunks_with_extensions(const stage::Answer&, const stage::Request&, const stage::Doors&);
std::string in_chunks_with_trailers(const stage::Answer&, const stage::Request&, const stage::Doors&);
std::string in_chunks_of_one_byte(const stage::Answer&, const stage::Request&, const stage::Doors&);
std::string with_small_names(const stage::Answer&, const stage::Request&, const stage::Doors&);  ///< content-length
std::string with_spaces(const stage::Answer&, const stage::Request&, const stage::Doors&);  ///< blanks around values
std::string with_long_field(const stage::Answer&, const stage::Request&, const stage::Doors&);  ///< of 8,000 bytes
std::string with_folded_field(const stage::Answer&, const stage::Request&, const stage::Doors&);
/// As the request asks for it; plain where it does not.
std::string gzipped(const stage::Answer&, const stage::Request&, const stage::Doors&);

// Not to be taken
/// Blanks stand behind the content and count: without some of them the content is whole and the message is not.
constexpr std::size_t blanks_behind = 64;
std::string with_blanks(const stage::Answer&, const stage::Request&, const stage::Doors&);
constexpr std::size_t last_chunk_size = 5;                                                       ///< "0", CRLF, CRLF
std::string until_close(const stage::Answer&, const stage::Request&, const stage::Doors&);       ///< without a length
std::string with_two_lengths(const stage::Answer&, const stage::Request&, const stage::Doors&);  ///< that differ
std::string with_length_and_chunks(const stage::Answer&, const stage::Request&, const stage::Doors&);
/// As the request asks for it, with another checksum, or without what stands behind the content.
std::string gzipped_wrongly(const stage::Answer&, const stage::Request&, const stage::Doors&);
std::string gzipped_in_part(const stage::Answer&, const stage::Request&, const stage::Doors&);
/// As the request asks for it, with that many blanks behind the content.
constexpr int bomb_power = 27;
constexpr std::size_t bomb_size = std::size_t{1} << bomb_power;
std::string gzipped_bomb(const stage::Answer&, const stage::Request&, const stage::Doors&);
/// A head whose last field has no end.
std::string endless_head(const stage::Answer&, const stage::Request&, const stage::Doors&);

// 302 to what was asked for
std::string sent_back(const stage::Answer&, const stage::Request&, const stage::Doors&);
std::string sent_back_and_closed(const stage::Answer&, const stage::Request&, const stage::Doors&);
/// The answer itself stands behind it, which nobody has asked for.
std::string sent_back_with_surplus(const stage::Answer&, const stage::Request&, const stage::Doors&);
/// 301 to the same on the door "clear", without TLS.
std::string sent_to_clear(const stage::Answer&, const stage::Request&, const stage::Doors&);
inline constexpr std::string_view clear_door = "clear";

}  // namespace gateproof::suites
