// gateproof explain: what a check, a code, a requirement or a document means, and what to do about it.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "app/command.hpp"
#include "app/explain/explain.hpp"
#include "app/explain/page.hpp"
#include "app/output.hpp"

namespace gateproof::cli {
namespace {

constexpr const char* explain_footer = R"(Examples:
  gateproof explain tls.refuses-1.1    what is sent, what passes, what fails, how to mend it, which fault proves it
  gateproof explain EV1022             what the code means, and who must act
  gateproof explain CLOUD-TLS-MIN SE   a requirement with its sources and checks; a document with its date and address
  gateproof explain 4 --json           for programs; 4 is a SOAP status code, 429 an HTTP status
  gateproof explain                    everything that can be explained)";

struct ExplainCommand {
    std::vector<std::string> words;
    bool json = false;
    bool markdown = false;

    int execute() const;
};

int ExplainCommand::execute() const {
    if (markdown) {
        put(stdout, explanations_page());
        return 0;
    }
    std::vector<Explanation> found;
    for (const std::string& word : words) {
        const std::vector<Explanation> here = explanations_of(word);
        if (here.empty()) {
            const std::string near = near_words(word);
            throw Unusable(
                fmt::format("nothing goes by {}{}\ngateproof explain without words lists what can be explained",
                            shown_word(word), near));
        }
        found.insert(found.end(), here.begin(), here.end());
    }
    if (json) {
        nlohmann::ordered_json all = nlohmann::ordered_json::array();
        if (words.empty()) {
            all = explained_words();
        }
        for (const Explanation& one : found) {
            all.push_back(explanation_json(one));
        }
        say(stdout, "{}\n", all.dump(2));
        return 0;
    }
    if (words.empty()) {
        put(stdout, explained_list());
    }
    const char* between = "";
    for (const Explanation& one : found) {
        say(stdout, "{}{}", between, explanation_text(one));
        between = "\n";
    }
    return 0;
}

}  // namespace

Command add_explain(CLI::App& root) {
    CLI::App* app = root.add_subcommand("explain", "Say what a check, a code or a requirement means, and what to do");
    const auto command = std::make_shared<ExplainCommand>();
    CLI::Option* words = app->add_option("WORD", command->words,
                                         "Id of a check, a code, a requirement, a document or a suite; none: all");
    CLI::Option* json = app->add_flag("--json", command->json, "As JSON");
    app->add_flag("--markdown", command->markdown, "All of it as a page (docs/checks.md)")
        ->excludes(words)
        ->excludes(json);
    app->footer(explain_footer);
    return {app, [command] { return command->execute(); }};
}

}  // namespace gateproof::cli
