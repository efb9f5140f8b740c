// Files that the client reads and keeps.
#pragma once

#include <string>
#include <string_view>

namespace gateproof::client {

/// What a setting gives: PEM text as it stands, anything else is the name of a
/// file, which is read. Throws Unusable for a file that cannot be read or holds
/// more than 1 MiB; `what` says what it was to be.
std::string text_or_file(const std::string& setting, std::string_view what);
/// Throws Unusable as above; without its line's end.
std::string first_line_of_file(const std::string& name, std::string_view what);
/// Replaces the file as a whole; nobody else may read it (mode 0600). Throws
/// Unusable.
void write_private_file(const std::string& name, std::string_view text);

}  // namespace gateproof::client
