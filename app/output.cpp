#include "app/output.hpp"

#include <cerrno>
#include <system_error>

#include "harness/text/log_commands.hpp"
#include "reports/view/text.hpp"

namespace gateproof::cli {
namespace {

/// Of standard output, the first; nobody can be told what standard error lost.
int output_error = 0;

void remember(std::FILE* out, bool whole) {
    if (!whole && out == stdout && output_error == 0) {
        output_error = errno;
    }
}

}  // namespace

void put(std::FILE* out, std::string_view text) {
    // Foreign text is broken where it is made printable. What a line is composed of later, or printed without that,
    // is caught here; a workflow command at the start of a line on standard error alone, which never holds data.
    const std::string safe = without_log_commands(text, out == stderr);
    remember(out, std::fwrite(safe.data(), 1, safe.size(), out) == safe.size());
}

void flush(std::FILE* out) {
    remember(out, std::fflush(out) == 0);
}

std::string shown_word(const std::string& word) {
    return reports::printable(word, reports::Lines::one, 200);
}

std::string shown_text(const std::string& text) {
    return reports::printable(text, reports::Lines::one, 300);
}

std::string lost_output() {
    flush(stdout);
    const bool nothing_lost = output_error == 0 || output_error == EPIPE;
    return nothing_lost ? std::string() : std::generic_category().message(output_error);
}

}  // namespace gateproof::cli
