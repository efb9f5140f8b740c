#include "tests/support/namespaces.hpp"

#include <unistd.h>

namespace gateproof::test {
namespace {

/// What the command complained of; empty: it succeeded.
std::string complaint(std::vector<std::string> command) {
    const Finished finished = run(std::move(command));
    return finished.status == 0 ? std::string() : finished.out + finished.err + "(failed)";
}

std::vector<std::string> inside(const std::string& name, std::vector<std::string> command) {
    command.insert(command.begin(), {"ip", "netns", "exec", name});
    return command;
}

}  // namespace

NetworkNamespaces::NetworkNamespaces() {
    if (find_program("ip").empty() || find_program("nft").empty()) {
        missing_ = "ip or nft is not installed: apt-get install iproute2 nftables";
        return;
    }
    const std::string number = std::to_string(::getpid());
    server_ = "gp-s-" + number;
    client_ = "gp-c-" + number;
    const std::string there = "gps" + number;
    const std::string here = "gpc" + number;
    const std::vector<std::vector<std::string>> steps{
        {"ip", "netns", "add", server_},
        {"ip", "netns", "add", client_},
        // Made inside, so that the machine's own network never sees it.
        {"ip", "-n", server_, "link", "add", there, "type", "veth", "peer", "name", here, "netns", client_},
        {"ip", "-n", server_, "link", "set", "lo", "up"},
        {"ip", "-n", client_, "link", "set", "lo", "up"},
        {"ip", "-n", server_, "address", "add", std::string(server_address) + "/24", "dev", there},
        {"ip", "-n", client_, "address", "add", "10.213.7.2/24", "dev", here},
        {"ip", "-n", client_, "address", "add", "10.213.7.3/24", "dev", here},
        {"ip", "-n", client_, "address", "add", "10.213.7.4/24", "dev", here},
        {"ip", "-n", server_, "link", "set", there, "up"},
        {"ip", "-n", client_, "link", "set", here, "up"},
    };
    for (const std::vector<std::string>& step : steps) {
        missing_ = complaint(step);
        if (!missing_.empty()) {
            missing_ = "network namespaces are not permitted here: " + missing_;
            return;
        }
    }
    missing_ = filter("");
}

NetworkNamespaces::~NetworkNamespaces() {
    for (const std::string& name : {server_, client_}) {
        if (!name.empty()) {
            static_cast<void>(run({"ip", "netns", "del", name}));
        }
    }
}

std::vector<std::string> NetworkNamespaces::at_server(std::vector<std::string> command) const {
    return inside(server_, std::move(command));
}

std::vector<std::string> NetworkNamespaces::at_client(std::vector<std::string> command) const {
    return inside(client_, std::move(command));
}

std::string NetworkNamespaces::filter(const std::string& rules) const {
    const std::string cleared = complaint(at_server({"nft", "flush ruleset"}));
    if (!cleared.empty()) {
        return "no packet filter: " + cleared;
    }
    return complaint(at_server(
        {"nft", "add table inet gateproof; add chain inet gateproof input { type filter hook input priority 0; }" +
                    (rules.empty() ? std::string() : "; add rule inet gateproof input " + rules)}));
}

}  // namespace gateproof::test
