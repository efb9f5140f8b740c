#include "app/output.hpp"

#include <cerrno>
#include <system_error>

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
    remember(out, std::fwrite(text.data(), 1, text.size(), out) == text.size());
}

void flush(std::FILE* out) {
    remember(out, std::fflush(out) == 0);
}

std::string shown_word(const std::string& word) {
    return reports::printable(word, reports::Lines::one, 200);
}

std::string lost_output() {
    flush(stdout);
    const bool nothing_lost = output_error == 0 || output_error == EPIPE;
    return nothing_lost ? std::string() : std::generic_category().message(output_error);
}

}  // namespace gateproof::cli
