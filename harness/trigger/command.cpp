// Client software that is a program: one start for each act.
#include "harness/trigger/command.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace gateproof {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto grace_to_end = 2000ms;  // for a program that was told to end

class StartedProgram : public StartedClient {
public:
    StartedProgram(const asio::any_io_executor& executor, const ProgramStart& start, const ClientSoftware& client)
        : process_(executor, start), client_(client) {}

    asio::awaitable<Claim> done(std::chrono::steady_clock::time_point latest) override {
        const ProgramEnd end = co_await process_.wait(latest, grace_to_end);
        co_return claim_of(end, client_);
    }
    void end() override { process_.terminate(); }

private:
    Process process_;
    const ClientSoftware& client_;
};

/// {authority} is there at a login alone: at other starts a variable that names it is not set.
bool is_known(std::string_view text, const std::map<std::string, std::string>& values) {
    return std::ranges::none_of(client_placeholders, [&](std::string_view placeholder) {
        const std::string name(placeholder);
        return !values.contains(name) && text.find('{' + name + '}') != std::string_view::npos;
    });
}

class CommandTrigger : public Trigger {
public:
    CommandTrigger(const ClientSoftware& client, std::filesystem::path folder)
        : client_(client), folder_(folder.empty() ? std::filesystem::path(".") : std::move(folder)) {}

    std::unique_ptr<StartedClient> start(const asio::any_io_executor& executor, ClientAct act,
                                         StartValues values) override {
        ProgramStart start;
        for (const std::string& word : client_.acts.at(act).arguments) {
            start.command.push_back(with_placeholders(word, values.placeholders));
        }
        start.directory = folder_;
        if (const auto work = values.placeholders.find("work"); work != values.placeholders.end()) {
            start.scratch = work->second;
        }
        for (auto& [name, value] : variables_of(client_, values)) {
            start.variables.emplace(std::move(name), std::move(value));
        }
        return std::make_unique<StartedProgram>(executor, start, client_);
    }

private:
    const ClientSoftware& client_;
    std::filesystem::path folder_;
};

}  // namespace

std::string variable_of(std::string_view placeholder) {
    std::string name = "GATEPROOF_";
    std::ranges::transform(placeholder, std::back_inserter(name),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return name;
}

std::vector<std::pair<std::string, std::string>> variables_of(const ClientSoftware& client, const StartValues& values) {
    std::map<std::string, std::string> all = values.variables;
    for (const auto& [name, value] : values.placeholders) {
        all.insert_or_assign(variable_of(name), value);
    }
    for (const auto& [name, value] : client.variables) {
        if (is_known(value, values.placeholders)) {
            all.insert_or_assign(name, with_placeholders(value, values.placeholders));
        }
    }
    return {all.begin(), all.end()};
}

std::unique_ptr<Trigger> command_trigger(const ClientSoftware& client, std::filesystem::path folder) {
    return std::make_unique<CommandTrigger>(client, std::move(folder));
}

}  // namespace gateproof
