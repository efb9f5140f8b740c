// What CI systems obey when a job prints it: text of a peer must not become a command to whoever runs the program.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gateproof {

/// True where this byte has to be spelled otherwise lest the text hold a command that is obeyed anywhere in a line:
/// Azure Pipelines and GitHub `##vso[`, `##[` (any case), TeamCity `##teamcity[`, GitLab `section_start:`,
/// `section_end:`.
bool completes_log_command(std::string_view text, std::size_t at);

/// The same of GitHub's workflow commands, `::name`, which begin a line behind white space: whether the byte ends the
/// `::` of one. An IPv6 address such as ::1 is none.
bool completes_leading_command(std::string_view text, std::size_t at);

/// Each such byte spelled as `\x23`, visibly, so that nobody obeys it.
std::string without_log_commands(std::string_view text, bool leading_ones);

/// Of JSON, where the byte can be spelled (`\u0023`) so that a reader finds what it was.
std::string json_without_log_commands(std::string_view json);

}  // namespace gateproof
