// The questions of `gateproof init` on a terminal.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace gateproof::cli {

/// Says what is wrong with an answer and what to do; empty: nothing is.
using AnswerFault = std::function<std::string(const std::string& answer)>;

/// Asks until there is an answer without fault; an empty line stands for `otherwise`. An `answer` that is there already
/// (from the command line) is not asked for. Throws Unusable when the input ends.
void ask_for(std::string& answer, std::string_view question, const std::string& otherwise,
             const AnswerFault& fault = {});

/// Of one of these words; says which was probably meant.
AnswerFault one_of(std::vector<std::string> words);

/// Of a file that must be there; an empty answer, and a reference such as env:NAME, are let through.
std::string missing_file(const std::string& answer);

/// Of the name of an environment variable; an empty one is let through.
std::string bad_variable(const std::string& answer);

/// Of the URL of a proxy; an empty one is let through. A password that was given with it is not in what it says.
std::string proxy_fault(const std::string& answer);

/// Of the URL of an endpoint, or its host; an empty answer and a reference are let through.
std::string url_fault(const std::string& answer);

/// Asks for the proxy where the environment names one (HTTPS_PROXY and the like), which stands for an empty line
/// without its user and password. `proxy`: empty for none; one that is there already is not asked for.
void ask_for_proxy(std::string& proxy);

}  // namespace gateproof::cli
