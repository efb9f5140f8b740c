#include "tests/peers/peer.hpp"

#include <fmt/format.h>

#include "harness/journal/read.hpp"

namespace gateproof::test {

std::set<std::string> Judgement::findings() const {
    std::set<std::string> ids;
    for (const CheckRecord& check : record.checks) {
        const Outcome outcome = record.result_of(check).outcome;
        if (outcome != Outcome::pass && outcome != Outcome::skipped) {
            ids.insert(check.id);
        }
    }
    return ids;
}

CheckResult Judgement::of(const std::string& id) const {
    for (const CheckRecord& check : record.checks) {
        if (check.id == id) {
            return record.result_of(check);
        }
    }
    CheckResult missing;
    missing.outcome = Outcome::error;
    missing.sentence = "not in the run";
    return missing;
}

const gateway::Pki& pki() {
    static const gateway::Pki minted;
    return minted;
}

PeerTest::PeerTest() {
    folder_.write("trust.pem", pki().server_root().certificates_pem());
    folder_.write("client-ca.pem",
                  pki().client_authority().certificates_pem() + pki().client_root().certificates_pem());
    for (const auto& [role, identity] : pki().identities()) {
        folder_.write(role + ".crt", identity.certificates_pem());
        folder_.write(role + ".key", identity.key_pem());
    }
    write_server("server", pki().issue_server(gateway::Pki::server_spec()));
}

void PeerTest::write_server(const std::string& name, const gateway::Credential& server) {
    folder_.write(name + ".crt", server.certificates_pem());
    folder_.write(name + ".key", server.key_pem());
    folder_.write(name + ".pem", server.certificates_pem() + server.key_pem());
    folder_.write(name + ".ocsp", server.ocsp);
    folder_.write(name + ".pem.ocsp", server.ocsp);
}

void PeerTest::start(std::vector<std::string> command, std::map<std::string, std::string> environment) {
    ProcessOptions options;
    options.inherit = {listener_.descriptor()};
    options.environment = std::move(environment);
    // The socket is listening already: a connection made before the server is up waits in its queue.
    server_ = std::make_unique<Process>(std::move(command), std::move(options));
    listener_.close();
}

Judgement PeerTest::judge(const std::string& channel, std::vector<std::string> arguments) {
    return judge_port(listener_.port(), channel, std::move(arguments));
}

Judgement PeerTest::judge_port(std::uint16_t port, const std::string& channel, std::vector<std::string> arguments) {
    const std::string identities =
        channel == "cloud"
            ? R"("identities": {"enrolled": {"certificate": "file:enrolled.crt", "key": "file:enrolled.key"}},)"
            : "";
    const std::string profile =
        folder_.write("profile.json", fmt::format(R"({{"name": "peer", "environment": "sandbox", "channel": "{}",
                     "endpoint": {{"url": "https://localhost:{}", "connect": "127.0.0.1"}},
                     "trust": {{"ca": "file:trust.pem"}}, {}
                     "operations": {{"status": {{"path": "/gateway/customer-service/status",
                                               "expect": {{"status": [200], "body_contains": "OK"}}}}}},
                     "control": "status", "limits": {{{}}}}})",
                                                  channel, port, identities, limits_));
    std::vector<std::string> command{GATEPROOF_PROGRAM, "run",   profile,    "--journal",
                                     path("run.jsonl"), "--out", path("out")};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const Finished finished = run(std::move(command));
    Judgement judgement;
    judgement.exit_status = finished.status;
    judgement.output = finished.out + finished.err;
    if (server_) {
        judgement.output += fmt::format("--- the server ({}) wrote:\n{}{}", server_->alive() ? "alive" : "ended",
                                        server_->standard_output(), server_->standard_error());
    }
    judgement.record = read_journal(folder_.path() / "run.jsonl").run;
    return judgement;
}

}  // namespace gateproof::test
