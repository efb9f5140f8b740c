#include "tests/clients/witness.hpp"

#include <fmt/format.h>

#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "tests/support/files.hpp"

namespace gateproof::test {

namespace {

void run_openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    const Finished finished = run(std::move(arguments));
    if (finished.status != 0) {
        throw std::runtime_error(fmt::format("openssl: {}", finished.err));
    }
}

}  // namespace

std::unique_ptr<Process> Witness::listening(std::vector<std::string> command, std::uint16_t& port) {
    constexpr std::string_view ready = "ACCEPT 127.0.0.1:";
    const std::string program = command.front();
    auto process = std::make_unique<Process>(std::move(command));
    if (!process->wait_for_output(std::string(ready))) {
        throw std::runtime_error(fmt::format("{}: {}", program, process->standard_error()));
    }
    const std::string& out = process->standard_output();
    port = static_cast<std::uint16_t>(std::stoi(out.substr(out.find(ready) + ready.size())));
    return process;
}

Witness::Witness(const WitnessKind& kind, std::filesystem::path pki, std::filesystem::path folder, std::string host)
    : pki_(std::move(pki)),
      folder_(std::move(folder)),
      host_(std::move(host)),
      absent_(kind.absent),
      weighed_(kind.weighed) {
    std::filesystem::create_directories(folder_ / "work");
    mint(kind);
    server_ = listening(kind.answers.empty() && kind.waits.empty() ? tls_server(kind) : http_server(kind), port_);
    if (!kind.relay.empty()) {
        relay_ = listening({"/usr/bin/python3", "-B", fmt::format("{}/{}", GATEPROOF_CLIENTS_SCRIPTS, kind.relay),
                            std::to_string(port_)},
                           port_);
    }
    if (host_ != "localhost") {
        std::vector<std::string> proxy{"/usr/bin/python3", "-B", GATEPROOF_CLIENTS_SCRIPTS "/tunnel.py",
                                       std::to_string(port_)};
        if (kind.refuses_tunnels) {
            proxy.emplace_back("refuse");
        }
        relay_ = listening(std::move(proxy), port_);
    }
}

std::vector<std::string> Witness::tls_server(const WitnessKind& kind) const {
    for (const std::string path : {"gateway/customer/status", "gateway/customer-service/status",
                                   "gateway/gws/returns/?singleWsdl", "gateway2/gws/returns/?singleWsdl"}) {
        std::filesystem::create_directories((folder_ / path).parent_path());
        std::ofstream(file(path)) << fmt::format(
            "HTTP/1.1 {} As asked\r\nContent-Type: text/html\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}",
            kind.status);
    }
    std::vector<std::string> command{"env",
                                     fmt::format("--chdir={}", folder_.string()),
                                     "openssl",
                                     "s_server",
                                     "-HTTP",
                                     "-accept",
                                     "127.0.0.1:0",
                                     "-cert",
                                     file("server.pem"),
                                     "-key",
                                     file("server.key"),
                                     "-CAfile",
                                     (pki_ / (kind.refuses ? "ca.pem" : "client_root.pem")).string()};
    if (!kind.self_signed) {
        const std::filesystem::path issuer = pki_ / (kind.rsa_bits > 0 ? "issuing_rsa.pem" : "issuing.pem");
        if (kind.out_of_order) {
            std::ofstream(file("chain.pem")) << read_file((pki_ / "ca.pem").string()) << read_file(issuer.string());
        }
        command.insert(command.end(), {"-cert_chain", kind.out_of_order ? file("chain.pem") : issuer.string()});
    }
    command.insert(command.end(), kind.options.begin(), kind.options.end());
    if (kind.revoked) {
        command.insert(command.end(), {"-status_file", file("response.der")});
    }
    if (kind.weak_group) {
        command.insert(command.end(), {"-dhparam", file("group.pem")});
    }
    return command;
}

std::vector<std::string> Witness::http_server(const WitnessKind& kind) const {
    std::ofstream chain(file("chain.pem"));
    chain << read_file(file("server.pem")) << read_file((pki_ / "issuing.pem").string());
    const bool waits = !kind.waits.empty();
    std::vector<std::string> command{
        "/usr/bin/python3", waits ? GATEPROOF_CLIENTS_SCRIPTS "/waits.py" : GATEPROOF_CLIENTS_SCRIPTS "/answers.py",
        std::string(waits ? kind.waits : kind.answers), file("chain.pem"), file("server.key")};
    if (kind.asks) {
        command.push_back((pki_ / "client_root.pem").string());
    }
    return command;
}

void Witness::mint(const WitnessKind& kind) const {
    if (kind.rsa_bits > 0) {
        run_openssl({"genrsa", "-out", file("server.key"), std::to_string(kind.rsa_bits)});
    } else {
        run_openssl({"ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file("server.key")});
    }
    const std::string name = fmt::format("subjectAltName={}", kind.subject_alternative_name.empty()
                                                                  ? "DNS:" + host_
                                                                  : std::string(kind.subject_alternative_name));
    const std::string usage = fmt::format("extendedKeyUsage={}", kind.extended_key_usage);
    if (kind.self_signed) {
        run_openssl({"req", "-x509", "-new", "-key", file("server.key"), "-subj", "/CN=localhost", "-days", "30",
                     "-addext", name, "-addext", usage, "-out", file("server.pem")});
        return;
    }
    std::ofstream(file("extensions")) << name << '\n'
                                      << usage << '\n'
                                      << (kind.tls_feature.empty() ? "" : "tlsfeature=") << kind.tls_feature << '\n';
    run_openssl({"req", "-new", "-key", file("server.key"), "-subj", "/CN=localhost", "-out", file("server.csr")});
    const std::string issuer = (pki_ / (kind.rsa_bits > 0 ? "issuing_rsa" : "issuing")).string();
    run_openssl({"x509", "-req", "-in", file("server.csr"), "-CA", issuer + ".pem", "-CAkey", issuer + ".key", "-days",
                 "30", "-set_serial", "0x4747", kind.sha1 ? "-sha1" : "-sha256", "-extfile", file("extensions"), "-out",
                 file("server.pem")});
    if (kind.revoked) {
        std::ofstream(file("index.txt")) << "R\t491231235959Z\t250101000000Z\t4747\tunknown\t/CN=localhost\n";
        run_openssl({"ocsp", "-index", file("index.txt"), "-CA", issuer + ".pem", "-rsigner", issuer + ".pem", "-rkey",
                     issuer + ".key", "-issuer", issuer + ".pem", "-serial", "0x4747", "-ndays", "7", "-respout",
                     file("response.der"), "-noverify"});
    }
    if (kind.weak_group) {
        run_openssl({"dhparam", "-dsaparam", "-out", file("group.pem"), "1024"});
    }
}

std::string Witness::meets(std::vector<std::string> command, std::map<std::string, std::string> variables) {
    const std::map<std::string, std::string> places{{"URL", fmt::format("https://localhost:{}", port_)},
                                                    {"HOST", "localhost"},
                                                    {"PORT", std::to_string(port_)},
                                                    {"CA", (pki_ / "ca.pem").string()},
                                                    {"CA_P12", (pki_ / "ca.p12").string()},
                                                    {"CA_PASSWORD", "gateproof"},
                                                    {"CERTIFICATE", (pki_ / "client.pem").string()},
                                                    {"KEY", (pki_ / "client.key").string()},
                                                    {"IDENTITY_P12", (pki_ / "client.p12").string()},
                                                    {"IDENTITY_PASSWORD", "gateproof"},
                                                    {"TOKEN", "a-token"},
                                                    {"WORK", file("work")}};
    ProcessOptions options;
    options.environment = std::move(variables);
    options.environment.emplace("NODE_EXTRA_CA_CERTS", (pki_ / "ca.pem").string());
    if (host_ != "localhost") {
        options.environment["HTTPS_PROXY"] = fmt::format("http://127.0.0.1:{}", port_);
    }
    for (const auto& [name, value] : places) {
        options.environment["GATEPROOF_" + name] = value;
        std::string place = "{" + name + "}";
        for (char& c : place) {
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
        for (std::string& argument : command) {
            for (std::size_t at = argument.find(place); at != std::string::npos; at = argument.find(place, at)) {
                argument.replace(at, place.size(), value);
                at += value.size();
            }
        }
    }
    if (weighed_) {
        command.insert(command.begin(), {"/usr/bin/python3", "-B", GATEPROOF_CLIENTS_SCRIPTS "/weighed.py"});
    }
    const Finished client = run(std::move(command), std::move(options), std::chrono::seconds(90));
    server_->signal(SIGTERM);
    server_->wait(std::chrono::seconds(10));
    std::string seen = server_->standard_output() + server_->standard_error();
    if (relay_) {
        relay_->signal(SIGTERM);
        relay_->wait(std::chrono::seconds(10));
        seen += relay_->standard_output();
    }
    const bool lacks = !absent_.empty() && seen.find(absent_) == std::string::npos;
    return fmt::format("{}\n{}{}{}\nexit code {}{}\n", seen, lacks ? "without " : "", lacks ? absent_ : "",
                       client.out + client.err, client.status, client.status == 0 ? "" : " (a failure)");
}

}  // namespace gateproof::test
