#include "tests/clients/witness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "tests/support/files.hpp"

namespace gateproof::test {

namespace {

constexpr std::string_view request_came = "FILE:gateway";

void run_openssl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    const Finished finished = run(std::move(arguments));
    if (finished.status != 0) {
        throw std::runtime_error(fmt::format("openssl: {}", finished.err));
    }
}

}  // namespace

const std::vector<WitnessKind>& witness_kinds() {
    static const std::vector<WitnessKind> kinds{
        {.name = "sound", .title = "nothing is wrong with it", .says = request_came},
        {.name = "other-name",
         .title = "its certificate is for another host",
         .says = request_came,
         .of = {"client-trust.wrong-host-refused", "client-trust.common-name-alone-refused"},
         .subject_alternative_name = "DNS:other.localhost"},
        {.name = "self-signed",
         .title = "its certificate is self-signed",
         .says = request_came,
         .of = {"client-trust.self-signed-refused"},
         .self_signed = true},
        {.name = "other-purpose",
         .title = "its certificate is for clients alone",
         .says = request_came,
         .of = {"client-trust.wrong-purpose-refused"},
         .extended_key_usage = "clientAuth"},
        {.name = "weak-key",
         .title = "its key is RSA of 1024 bits",
         .says = request_came,
         .of = {"client-trust.weak-key-refused"},
         .rsa_bits = 1024,
         .options = {"-cipher", "DEFAULT:@SECLEVEL=0"}},
        {.name = "tls-1.0",
         .title = "it speaks TLS 1.0 alone",
         .says = request_came,
         .of = {"client-tls.refuses-1.0"},
         .options = {"-tls1", "-cipher", "ALL:@SECLEVEL=0"}},
        {.name = "tls-1.1",
         .title = "it speaks TLS 1.1 alone",
         .says = request_came,
         .of = {"client-tls.refuses-1.1"},
         .options = {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0"}},
        {.name = "cbc",
         .title = "it has suites of CBC mode alone",
         .says = request_came,
         .of = {"client-tls.suites-offered"},
         .options = {"-tls1_2", "-cipher", "ECDHE+AES:!AESGCM:!AESCCM:@SECLEVEL=0"}},
        {.name = "sha1",
         .title = "it signs its handshake over SHA-1",
         .says = request_came,
         .of = {"client-tls.survey"},
         .options = {"-tls1_2", "-sigalgs", "ECDSA+SHA1", "-cipher", "ALL:@SECLEVEL=0"}},
        {.name = "no-extended-master-secret",
         .title = "it writes down which extensions come",
         .says = "without extended master secret",
         .of = {"client-tls.extended-master-secret"},
         .options = {"-tls1_2", "-tlsextdebug"},
         .absent = "extended master secret"},
        {.name = "modern",
         .title = "it speaks TLS 1.2 and 1.3",
         .says = "unsupported protocol",
         .of = {"client-tls.speaks-1.2"},
         .options = {"-min_protocol", "TLSv1.2"}},
        {.name = "tls-1.3",
         .title = "it speaks TLS 1.3 alone",
         .says = "unsupported protocol",
         .of = {"client-tls.speaks-1.3"},
         .options = {"-tls1_3"}},
        {.name = "small-records",
         .title = "its ServerHello comes in records of one byte (`scripts/small_records.py`)",
         .says = "alert handshake failure",
         .of = {"client-tls.small-records-survived"},
         .relay = "small_records.py"},
        {.name = "sha1-certificate",
         .title = "its certificate is signed over SHA-1",
         .says = request_came,
         .of = {"client-trust.sha1-refused"},
         .sha1 = true,
         .options = {"-cipher", "DEFAULT:@SECLEVEL=0"}},
        {.name = "revoked",
         .title = "it staples a response that calls its certificate revoked",
         .says = request_came,
         .of = {"client-trust.revoked-staple-heeded"},
         .revoked = true},
        {.name = "must-staple",
         .title = "its certificate demands a stapled response, and it has none",
         .says = request_came,
         .of = {"client-trust.must-staple-heeded"},
         .tls_feature = "status_request"},
        {.name = "weak-group",
         .title = "its finite group is of 1024 bits",
         .says = request_came,
         .of = {"client-tls.weak-group-refused"},
         .rsa_bits = 2048,
         .weak_group = true,
         .options = {"-tls1_2", "-cipher", "DHE+AESGCM:@SECLEVEL=0"}},
        {.name = "unasked-extension",
         .title = "its ServerHello has max_fragment_length, unasked for (`scripts/unasked_extension.py`)",
         .says = "the client went on",
         .of = {"client-tls.unsolicited-extension-refused"},
         .relay = "unasked_extension.py",
         .options = {"-tls1_2"}},
        {.name = "asks",
         .title = "it demands a client certificate",
         .says = "peer did not return a certificate",
         .of = {"client-identity.presented"},
         .options = {"-Verify", "3", "-verify_return_error"}},
        {.name = "asks-for-chain",
         .title = "it knows the root of client certificates alone",
         .says = "unable to get local issuer certificate",
         .of = {"client-identity.chain-sent"},
         .options = {"-Verify", "3", "-verify_return_error"}},
        {.name = "page",
         .title = "it answers 400 with a page",
         .says = "exit code 0",
         .of = {"client-identity.http-refusal-noticed"},
         .status = 400},
        {.name = "slow",
         .title = "its answer takes 2 s",
         .says = "(a failure)",
         .of = {"client-time.waits-for-a-slow-answer", "client-time.gives-up-on-silence"},
         .waits = "slow"},
        {.name = "silent",
         .title = "it says nothing to a request for 9 s",
         .says = "still there",
         .of = {"client-time.gives-up-on-silence"},
         .waits = "silent"},
        {.name = "silent-handshake",
         .title = "it says nothing to the ClientHello for 9 s",
         .says = "still there",
         .of = {"client-time.gives-up-on-handshake"},
         .waits = "handshake"},
        {.name = "half",
         .title = "behind a part of its answer it says nothing for 9 s",
         .says = "still there",
         .of = {"client-time.stalled-body"},
         .waits = "half"},
        {.name = "drip",
         .title = "its answer comes in ten bytes a second, for 9 s",
         .says = "still there",
         .of = {"client-time.gives-up-on-drip"},
         .waits = "drip"},
        {.name = "in-clear",
         .title = "its answer is a redirect to http, where it writes down what comes",
         .says = "in clear: GET",
         .of = {"client-http.downgrade-redirect-refused"},
         .answers = "to-clear"},
        {.name = "short-body",
         .title = "its answer is shorter than its length",
         .says = "exit code 0",
         .of = {"client-http.truncated-length"},
         .answers = "short-body"},
        {.name = "short-chunks",
         .title = "its answer lacks the last chunk",
         .says = "exit code 0",
         .of = {"client-http.truncated-chunks"},
         .answers = "short-chunks"},
        {.name = "no-notify",
         .title = "its answer has no length, and its connection ends without close_notify",
         .says = "exit code 0",
         .of = {"client-http.end-without-notify"},
         .answers = "no-notify"},
        {.name = "two-lengths",
         .title = "its answer has two lengths",
         .says = "exit code 0",
         .of = {"client-http.conflicting-lengths-refused[two-lengths]"},
         .answers = "two-lengths"},
        {.name = "length-and-chunks",
         .title = "its answer has a length beside chunks",
         .says = "exit code 0",
         .of = {"client-http.conflicting-lengths-refused[length-and-chunks]"},
         .answers = "length-and-chunks"},
        {.name = "cut-gzip",
         .title = "its answer is compressed, without checksum and size",
         .says = "exit code 0",
         .of = {"client-http.broken-gzip-noticed[cut]"},
         .answers = "cut-gzip"},
        {.name = "other-checksum",
         .title = "its answer is compressed, with another checksum",
         .says = "exit code 0",
         .of = {"client-http.broken-gzip-noticed[checksum]"},
         .answers = "other-checksum"},
        {.name = "surplus",
         .title = "behind its redirect stands an answer, and its next answer is a failure",
         .says = "exit code 0",
         .of = {"client-http.surplus-not-next"},
         .answers = "surplus"},
        {.name = "huge-body",
         .title = "its answer has 32 MiB",
         .says = "answer 1 was taken",
         .of = {"client-http.huge-body-bounded"},
         .answers = "huge-body"},
        {.name = "huge-head",
         .title = "its answer has a head of 32 MiB",
         .says = "answer 1 was taken",
         .of = {"client-http.huge-head-bounded"},
         .answers = "huge-head"},
        {.name = "status-100",
         .title = "100 goes before its answer",
         .says = "(a failure)",
         .of = {"client-http.informational[status-100]"},
         .answers = "status-100"},
        {.name = "status-103",
         .title = "103 goes before its answer, twice",
         .says = "(a failure)",
         .of = {"client-http.informational[status-103]"},
         .answers = "status-103"},
        {.name = "redirected-twice",
         .title = "its first two answers are redirects to where they come from",
         .says = "connection 2",
         .of = {"client-http.keep-alive"},
         .answers = "redirected-twice"},
        {.name = "login",
         .title = "its answer is a page to log in, of status 200",
         .says = "exit code 0",
         .of = {"client-errors.page-not-taken[login]", "client-errors.page-not-taken[splash]"},
         .answers = "page"},
        {.name = "empty",
         .title = "its answer is empty, of status 200",
         .says = "exit code 0",
         .of = {"client-errors.empty-noticed[status-200]"},
         .answers = "empty"},
        {.name = "status-204",
         .title = "its answer has status 204",
         .says = "exit code 0",
         .of = {"client-errors.empty-noticed[status-204]"},
         .answers = "status-204"},
        {.name = "reset-when-new",
         .title = "it takes a submission over a fresh connection, and resets that",
         .says = "submission 2",
         .of = {"client-writes.once[reset]", "client-writes.asks-first"},
         .answers = "reset-when-new"},
        {.name = "closed-when-new",
         .title = "it takes a submission over a fresh connection, and closes that",
         .says = "submission 2",
         .of = {"client-writes.once[close]"},
         .answers = "closed-when-new"},
        {.name = "reset-when-used",
         .title = "it takes a submission over a connection that has been used, and resets that",
         .says = "submission 2",
         .of = {"client-writes.once[reset-reused]", "client-writes.asks-first"},
         .answers = "reset-when-used"},
        {.name = "closed-when-used",
         .title = "it takes a submission over a connection that has been used, and closes that",
         .says = "submission 2",
         .of = {"client-writes.once[close-reused]"},
         .answers = "closed-when-used"},
        {.name = "busy-when-submitted",
         .title = "it takes a submission, and answers 503",
         .says = "submission 2",
         .of = {"client-writes.once[status-503]", "client-writes.once[status-503-reused]"},
         .answers = "busy-when-submitted"},
        {.name = "elsewhere",
         .title = "its first answer is a redirect to itself by another name, and it asks for a client certificate",
         .says = "connection 2, shown a certificate",
         .of = {"client-identity.not-shown-elsewhere[redirect]"},
         .subject_alternative_name = "DNS:localhost,IP:127.0.0.1",
         .asks = true,
         .answers = "to-another"},
        {.name = "put-off",
         .title = "its first answer is 429 with `Retry-After: 3`",
         .says = "sooner than told",
         .of = {"client-throttle.retry-after", "client-throttle.unavailable"},
         .answers = "put-off"},
        {.name = "put-off-often",
         .title = "its first three answers are 429 with `Retry-After: 1`",
         .says = "came exactly as told, each time",
         .of = {"client-throttle.jitter"},
         .answers = "put-off-often"},
        {.name = "no-product",
         .title = "it writes down what User-Agent says",
         .says = "without product/version",
         .of = {"client-http.user-agent"},
         .answers = "plain",
         .absent = "product/version"},
        {.name = "tunnel",
         .title = "a proxy before it writes down what it is asked for (`scripts/tunnel.py`)",
         .says = "CONNECT gateway.gateproof.test:8443",
         .of = {"client-reach.declared-port"}},
        {.name = "no-tunnel",
         .title = "a proxy before it refuses every tunnel",
         .says = "CONNECT gateway.gateproof.test:443",
         .of = {"client-reach.no-other-port"},
         .refuses_tunnels = true},
    };
    return kinds;
}

const WitnessKind& witness_kind(const std::string& name) {
    const std::vector<WitnessKind>& kinds = witness_kinds();
    const auto found = std::ranges::find(kinds, name, &WitnessKind::name);
    if (found == kinds.end()) {
        throw std::out_of_range("no witness " + name);
    }
    return *found;
}

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
    : pki_(std::move(pki)), folder_(std::move(folder)), host_(std::move(host)), absent_(kind.absent) {
    std::filesystem::create_directories(folder_ / "work");
    mint(kind);
    server_ = listening(kind.answers.empty() && kind.waits.empty() ? tls_server(kind) : http_server(kind), port_);
    if (!kind.relay.empty()) {
        relay_ = listening(
            {"/usr/bin/python3", fmt::format("{}/{}", GATEPROOF_CLIENTS_SCRIPTS, kind.relay), std::to_string(port_)},
            port_);
    }
    if (host_ != "localhost") {
        std::vector<std::string> proxy{"/usr/bin/python3", GATEPROOF_CLIENTS_SCRIPTS "/tunnel.py",
                                       std::to_string(port_)};
        if (kind.refuses_tunnels) {
            proxy.emplace_back("refuse");
        }
        relay_ = listening(std::move(proxy), port_);
    }
}

std::vector<std::string> Witness::tls_server(const WitnessKind& kind) const {
    for (const std::string path : {"gateway/customer/status", "gateway2/gws/returns/?singleWsdl"}) {
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
                                     (pki_ / "client_root.pem").string()};
    if (!kind.self_signed) {
        const char* const issuer = kind.rsa_bits > 0 ? "issuing_rsa.pem" : "issuing.pem";
        command.insert(command.end(), {"-cert_chain", (pki_ / issuer).string()});
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
