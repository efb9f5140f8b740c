// Foreign text made safe, and secrets taken out of it. The first byte says how long the secret at the beginning is.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/input.hpp"
#include "fuzz/require.hpp"
#include "harness/journal/redact.hpp"
#include "harness/text/log_commands.hpp"
#include "reports/view/text.hpp"

namespace {

using gateproof::reports::Lines;

void check_printable(const std::string& text) {
    for (const Lines lines : {Lines::one, Lines::many}) {
        const std::string safe = gateproof::reports::printable(text, lines);
        require(safe.size() <= 4096 + 100, "longer than it may be");
        for (const char byte : safe) {
            const auto c = static_cast<unsigned char>(byte);
            require((c >= 0x20 && c != 0x7f) || (c == '\n' && lines == Lines::many), "a control character");
        }
        require(gateproof::reports::printable(safe, lines, 8192) == safe, "what is safe is changed again");
        require(gateproof::without_log_commands(safe, true) == safe, "a command to a CI system");
        for (const std::size_t width : {1U, 7U, 80U}) {
            const std::string cut = gateproof::reports::cut_to_columns(safe, width);
            require(gateproof::reports::columns(cut) <= width, "wider than the terminal");
        }
    }
}

void check_redactor(const std::string& secret, std::string text) {
    gateproof::Redactor redactor({});
    redactor.add(secret);
    redactor.apply(text);
    // "[redacted]" itself may be the secret, or a part of it.
    const bool of_the_mark =
        std::string("[redacted]").find(secret) != std::string::npos || secret.find("[redacted]") != std::string::npos;
    if (secret.size() >= 4 && !of_the_mark) {
        std::string without;
        for (std::size_t at = 0; at < text.size();) {
            const bool mark = text.compare(at, 10, "[redacted]") == 0;
            without += mark ? '\0' : text[at];
            at += mark ? 10 : 1;
        }
        require(secret.find('\0') != std::string::npos || without.find(secret) == std::string::npos,
                "a secret that is still there");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const TwoTexts input = two_texts(data, size);
    check_printable(input.all);
    check_redactor(input.first, input.second);
    check_redactor(input.first, input.all);
    return 0;
}
