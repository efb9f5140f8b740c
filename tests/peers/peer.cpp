#include "tests/peers/peer.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <regex>
#include <string_view>
#include <thread>
#include <tuple>
#include <variant>

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

testing::Matcher<std::map<std::string, std::string>> refused(const std::string& none, const std::string& expired,
                                                             const std::string& other_ca,
                                                             const std::string& wrong_eku) {
    using testing::AllOf;
    using testing::HasSubstr;
    using testing::Pair;
    using testing::StartsWith;
    using Matcher = testing::Matcher<std::string>;
    const auto in_words = [](const std::string& words) -> Matcher {
        if (words.empty()) {
            return StartsWith("pass: ");
        }
        return AllOf(StartsWith("fail: "), HasSubstr("was refused: "), HasSubstr(words));
    };
    return testing::UnorderedElementsAre(
        Pair("enrolled", StartsWith("pass: ")),
        Pair("none", AllOf(StartsWith("pass: "), HasSubstr("was refused ("), HasSubstr(none))),
        Pair("expired", in_words(expired)), Pair("other-ca", in_words(other_ca)),
        Pair("wrong-eku", in_words(wrong_eku)));
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
    static const gateway::Pki elsewhere;  // authorities of the same names, other keys
    const gateway::Credential& stranger = elsewhere.identities().find("enrolled")->second;
    folder_.write("other_ca.crt", stranger.certificates_pem());
    folder_.write("other_ca.key", stranger.key_pem());
    write_server("server", pki().issue_server(gateway::Pki::server_spec()));
}

void PeerTest::write_server(const std::string& name, const gateway::Credential& server) {
    folder_.write(name + ".crt", server.certificates_pem());
    folder_.write(name + ".key", server.key_pem());
    folder_.write(name + ".pem", server.certificates_pem() + server.key_pem());
    folder_.write(name + ".ocsp", server.ocsp);
    folder_.write(name + ".pem.ocsp", server.ocsp);
}

namespace {

bool accepts(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool accepted = ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(descriptor);
    return accepted;
}

std::string crl_pem(const gateway::CrlPtr& crl) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), BIO_free);
    EXPECT_EQ(PEM_write_bio_X509_CRL(bio.get(), crl.get()), 1);
    char* text = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &text);
    return {text, static_cast<std::size_t>(size)};
}

/// A server that checks revocation wants a list of every authority in the chain; the root has revoked nobody.
std::string empty_crl_pem(const gateway::Credential& authority) {
    const gateway::CrlPtr crl(X509_CRL_new(), X509_CRL_free);
    X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(authority.certificate.get()));
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> since(X509_gmtime_adj(nullptr, -3600), ASN1_TIME_free);
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> until(X509_gmtime_adj(nullptr, 86400), ASN1_TIME_free);
    X509_CRL_set1_lastUpdate(crl.get(), since.get());
    X509_CRL_set1_nextUpdate(crl.get(), until.get());
    EXPECT_GT(X509_CRL_sign(crl.get(), authority.key.get(), EVP_sha256()), 0);
    return crl_pem(crl);
}

}  // namespace

void PeerTest::lend_every_identity() {
    for (const auto& [role, identity] : pki().identities()) {
        profile_.roles.insert(role);
    }
    folder_.write("issuer.crt", pki().client_authority().certificates_pem());
    folder_.write("issuer.key", pki().client_authority().key_pem());
    profile_.more = R"("issuer": {"certificate": "file:issuer.crt", "key": "file:issuer.key"})";
    folder_.write("client.crl", crl_pem(pki().client_crl()) + empty_crl_pem(pki().client_root()));
}

void PeerTest::start(std::vector<std::string> command, std::map<std::string, std::string> environment) {
    ProcessOptions options;
    options.inherit = {listener_.descriptor()};
    options.environment = std::move(environment);
    // The socket is listening already: a connection made before the server is up waits in its queue.
    server_ = std::make_unique<Process>(std::move(command), std::move(options));
    listener_.close();
}

void PeerTest::start_listening(std::vector<std::string> command, const std::string& ready,
                               std::map<std::string, std::string> environment) {
    ProcessOptions options;
    options.environment = std::move(environment);
    server_ = std::make_unique<Process>(std::move(command), std::move(options));
    ASSERT_TRUE(server_->wait_for_output(ready)) << server_->standard_output() << server_->standard_error();
}

void PeerTest::wait_until_open(std::uint16_t port) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!accepts(port)) {
        ASSERT_LT(std::chrono::steady_clock::now(), end)
            << "nothing listens: " << server_->standard_output() << server_->standard_error();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

std::string PeerTest::write_profile(const ProfileOptions& options, std::uint16_t port) {
    nlohmann::ordered_json identities = nlohmann::ordered_json::parse("{" + options.identities + "}");
    if (options.channel == "cloud") {
        for (const std::string& role : options.roles) {
            identities[role] = {{"certificate", "file:" + role + ".crt"}, {"key", "file:" + role + ".key"}};
        }
    }
    nlohmann::ordered_json profile = nlohmann::ordered_json::parse("{" + options.more + "}");
    if (!profile.contains("timeouts")) {
        // Waiting for a minute is for tests that are about it.
        for (const char* phase : {"handshake", "headers", "body", "keep_alive"}) {
            profile["timeouts"]["phases"][phase]["cut"] = false;
        }
    }
    const auto shorten = [](nlohmann::ordered_json& part, const char* key, int milliseconds) {
        if (!part.contains(key)) {
            part[key] = milliseconds;
        }
    };
    shorten(profile["tls"], "staple_within_ms", 300);
    if (profile.contains("rotation")) {
        shorten(profile["rotation"], "cut_over_within_ms", 300);
    }
    profile["name"] = options.name;
    profile["environment"] = "sandbox";
    profile["channel"] = options.channel;
    profile["endpoint"] = {{"url", fmt::format("https://localhost:{}", port)}, {"connect", "127.0.0.1"}};
    if (!options.addresses.empty()) {
        profile["endpoint"]["addresses"] = nlohmann::ordered_json::parse(options.addresses);
    }
    profile["trust"] = {{"ca", "file:trust.pem"}};
    if (!identities.empty()) {
        profile["identities"] = identities;
    }
    profile["operations"] = nlohmann::ordered_json::parse("{" + options.operations + "}");
    profile["operations"]["status"] = {{"path", options.path},
                                       {"expect", {{"status", {200}}, {"body_contains", options.body}}}};
    profile["control"] = "status";
    profile["limits"] = nlohmann::ordered_json::parse("{" + options.limits + "}");
    shorten(profile["limits"], "cut_off_wait_ms", 300);
    return folder_.write(options.name + ".json", profile.dump(2));
}

Judgement PeerTest::judge(const std::string& channel, std::vector<std::string> arguments) {
    return judge_port(listener_.port(), channel, std::move(arguments));
}

Judgement PeerTest::judge_port(std::uint16_t port, const std::string& channel, std::vector<std::string> arguments) {
    ProfileOptions options = profile_;
    options.channel = channel;
    judged_port_ = port;
    return judge_files({write_profile(options, port)}, std::move(arguments));
}

namespace {

/// What openssl s_client says of its connection, and what it is answered to the control operation, without a
/// certificate of ours unless the arguments name one.
std::string told_to_openssl(std::uint16_t port, const std::vector<std::string>& arguments) {
    std::vector<std::string> command{"openssl", "s_client", "-ign_eof", "-connect", fmt::format("127.0.0.1:{}", port)};
    if (std::ranges::find(arguments, "-noservername") == arguments.end()) {
        command.insert(command.end(), {"-servername", "localhost"});
    }
    command.insert(command.end(), arguments.begin(), arguments.end());
    ProcessOptions options;
    options.standard_input = fmt::format(
        "GET /gateway/customer-service/status HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", port);
    const Finished finished = run(std::move(command), std::move(options));
    return finished.out + finished.err;
}

std::string told_to_node(std::uint16_t port, const std::string& folder, const std::vector<std::string>& arguments) {
    std::vector<std::string> command{find_program("node"), GATEPROOF_WITNESS, std::to_string(port), folder};
    command.insert(command.end(), arguments.begin(), arguments.end());
    const Finished finished = run(std::move(command));
    return finished.out + finished.err;
}

}  // namespace

std::string PeerTest::told_to(const ExpectedFindings::Oracle& oracle) const {
    const std::string folder = folder_.path().string();
    const auto in_folder = [&folder](std::vector<std::string> arguments) {
        for (std::string& argument : arguments) {
            if (argument.starts_with("{folder}")) {
                argument.replace(0, std::string_view("{folder}").size(), folder);
            }
        }
        return arguments;
    };
    if (!oracle.node.empty()) {
        return told_to_node(judged_port_, folder, oracle.node);
    }
    if (!oracle.before.empty()) {
        std::ignore = told_to_openssl(judged_port_, in_folder(oracle.before));
    }
    return told_to_openssl(judged_port_, in_folder(oracle.openssl));
}

namespace {

/// Through a shell, as somebody pastes it.
Finished pasted(const std::string& line, const std::filesystem::path& folder) {
    const std::string program = std::filesystem::path(GATEPROOF_PROGRAM).parent_path().string();
    std::filesystem::create_directories(folder);
    return run({"/bin/sh", "-c", fmt::format("cd '{}' && PATH='{}':$PATH && {}", folder.string(), program, line)});
}

std::vector<std::string> matches(const std::string& text, const char* pattern) {
    std::vector<std::string> all;
    const std::regex regex(pattern);
    for (auto found = std::sregex_iterator(text.begin(), text.end(), regex); found != std::sregex_iterator(); ++found) {
        all.push_back((*found)[1]);
    }
    return all;
}

std::string outcomes(const RunRecord& run, const std::vector<std::string>& checks) {
    std::string all;
    for (const CheckRecord& check : run.checks) {
        if (std::ranges::find(checks, check.full_id()) != checks.end()) {
            all += fmt::format("{} {}: {}\n", check.target, check.full_id(), to_string(run.result_of(check).outcome));
        }
    }
    return all;
}

/// The lines of curl(1) that are answered otherwise than the sentence of their finding says; empty: none is.
std::string differs_by_curl(const RunRecord& run, const std::filesystem::path& folder) {
    std::string differs;
    for (const CheckRecord& check : run.checks) {
        const CheckResult result = run.result_of(check);
        for (const Observation& seen : result.evidence) {
            for (const auto& [name, value] : seen.fields) {
                const auto* const line = std::get_if<std::string>(&value);
                if (name != "curl" || line == nullptr) {
                    continue;
                }
                const Finished shown = pasted(*line, folder);
                const std::vector<std::string> status = matches(shown.out, "^HTTP/1.[01] ([0-9]{3})");
                const bool same =
                    !status.empty() && result.sentence.find("HTTP " + status.front()) != std::string::npos;
                differs += same ? "" : fmt::format("{}\n{}\n{}{}\n", *line, result.sentence, shown.out, shown.err);
            }
        }
    }
    return differs;
}

/// What one of the lines that findings were printed with came to, pasted into a shell in `folder`, where it came to
/// something else than the judgement; empty: to the same, or there is none. `choice` chooses among them. What waits
/// (timeouts, limits, cut-overs) is not asked again.
std::string differs_when_repeated(const Judgement& judgement, const std::filesystem::path& folder, std::size_t choice) {
    std::vector<std::string> lines = matches(judgement.output, "\n    repeat: (gateproof run [^\n]*)");
    std::erase_if(lines, [](const std::string& line) {
        return std::ranges::any_of(std::vector<std::string_view>{"timeout.", "throttle.", "rotation."},
                                   [&](std::string_view suite) { return line.find(suite) != std::string::npos; });
    });
    if (lines.empty()) {
        return {};
    }
    const std::string line = lines[choice % lines.size()];
    const Finished again = pasted(line, folder);
    const std::vector<std::string> checks = matches(line, "--check '?([^ ']*)");
    const std::string then = outcomes(judgement.record, checks);
    const std::string now = outcomes(read_journal(folder / "gateproof-out/run.jsonl").run, checks);
    return then == now && !then.empty() ? std::string()
                                        : fmt::format("{}\nthen: {}now: {}{}", line, then, now, again.err);
}

}  // namespace

void PeerTest::expect_as_listed(const Judgement& judgement, const std::string& step) const {
    const testing::TestInfo& test = *testing::UnitTest::GetInstance()->current_test_info();
    const std::string name =
        fmt::format("{}.{}{}{}", test.test_suite_name(), test.name(), step.empty() ? "" : " ", step);
    const auto row = std::ranges::find(expected_findings(), name, &ExpectedFindings::test);
    ASSERT_NE(row, expected_findings().end()) << name << " is not in tests/peers/expected.json";
    std::map<std::string, std::string> missed = row->findings;
    for (const CheckRecord& check : judgement.record.checks) {
        const CheckResult result = judgement.record.result_of(check);
        if (result.outcome == Outcome::pass || result.outcome == Outcome::skipped) {
            continue;
        }
        const auto listed = row->findings.find(check.id);
        EXPECT_TRUE(listed != row->findings.end() && listed->second == to_string(result.outcome))
            << "FALSE ALARM: " << check.full_id() << ": " << to_string(result.outcome) << " (" << result.sentence
            << ")";
        missed.erase(check.id);
    }
    for (const auto& [check, outcome] : missed) {
        ADD_FAILURE() << "MISSED: " << check << " was to be " << outcome << ", and is "
                      << to_string(judgement.of(check).outcome) << " (" << judgement.of(check).sentence << ")";
    }
    for (const ExpectedFindings::Oracle& oracle : row->oracles) {
        // Once is enough for it, and some of what servers do depends on what comes first (early data).
        std::string told;
        for (int tries = 0; tries < 3 && told.find(oracle.says) == std::string::npos; ++tries) {
            told = told_to(oracle);
        }
        EXPECT_THAT(told, testing::HasSubstr(oracle.says)) << "what the witness is told";
    }
    if (!testing::Test::HasFailure()) {
        EXPECT_EQ(differs_when_repeated(judgement, folder_.path() / "again",
                                        std::accumulate(name.begin(), name.end(), std::size_t{0})),
                  "");
        EXPECT_EQ(differs_by_curl(judgement.record, folder_.path() / "again"), "");
    }
    if (testing::Test::HasFailure()) {
        GTEST_LOG_(INFO) << judgement.output;
    }
}

std::map<std::string, std::string> PeerTest::try_strangers(std::uint16_t port) {
    std::vector<std::string> profiles;
    for (const std::string role : {"enrolled", "expired", "other_ca", "wrong_eku"}) {
        ProfileOptions options = profile_;
        options.name = role;
        std::replace(options.name.begin(), options.name.end(), '_', '-');
        options.roles.clear();
        options.identities =
            fmt::format(R"("enrolled": {{"certificate": "file:{0}.crt", "key": "file:{0}.key"}})", role);
        profiles.push_back(write_profile(options, port));
    }
    const Judgement judgement =
        judge_files(profiles, {"--check", "mtls.enrolled-served", "--check", "mtls.no-certificate-refused"});
    std::map<std::string, std::string> said;
    for (const CheckRecord& check : judgement.record.checks) {
        const CheckResult result = judgement.record.result_of(check);
        const bool none = check.id == "mtls.no-certificate-refused";
        if (!none || check.target == "enrolled") {
            said[none ? "none" : check.target] = fmt::format("{}: {}", to_string(result.outcome), result.sentence);
        }
    }
    return said;
}

std::string PeerTest::witness(std::uint16_t port, const std::vector<std::string>& arguments) {
    return witness_at("127.0.0.1", port, arguments);
}

std::string PeerTest::witness_at(const std::string& address, std::uint16_t port,
                                 const std::vector<std::string>& arguments) {
    std::vector<std::string> command{"openssl", "s_client", "-quiet", "-connect", fmt::format("{}:{}", address, port)};
    command.insert(command.end(), arguments.begin(), arguments.end());
    ProcessOptions options;
    options.standard_input = fmt::format(
        "GET /gateway/customer-service/status HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", port);
    return run(std::move(command), std::move(options)).out;
}

Judgement PeerTest::judge_files(std::vector<std::string> profiles, std::vector<std::string> arguments) {
    std::vector<std::string> command{GATEPROOF_PROGRAM, "run", "--journal", path("run.jsonl"), "--out", path("out")};
    command.insert(command.end(), arguments.begin(), arguments.end());
    command.insert(command.end(), profiles.begin(), profiles.end());
    const Finished finished = run(std::move(command));
    Judgement judgement;
    judgement.exit_status = finished.status;
    judgement.max_resident_kib = finished.max_resident_kib;
    judgement.output = finished.out + finished.err;
    if (server_) {
        judgement.output += fmt::format("--- the server ({}) wrote:\n{}{}", server_->alive() ? "alive" : "ended",
                                        server_->standard_output(), server_->standard_error());
    }
    judgement.record = read_journal(folder_.path() / "run.jsonl").run;
    return judgement;
}

}  // namespace gateproof::test
