// Tomcat as a peer: its own connector over Java's TLS.
#include <fmt/format.h>

#include <filesystem>

#include "tests/peers/peer.hpp"

namespace gateproof::test {
namespace {

constexpr const char* home = "/usr/share/tomcat10";

struct Tomcat {
    std::string protocols = "TLSv1.2+TLSv1.3";
    std::string suites = jsse_suites;
    std::string clients = "required";
    std::string disabled = "SSLv3, RC4, DES, MD5withRSA, DH keySize < 1024, EC keySize < 224, 3DES_EDE_CBC, anon, NULL";
};

class TomcatTest : public PeerTest {
protected:
    void SetUp() override {
        if (find_program("java").empty() || !std::filesystem::exists(std::string(home) + "/bin/bootstrap.jar")) {
            GTEST_SKIP() << "Tomcat is not installed: apt-get install tomcat10-common default-jdk-headless";
        }
    }

    void serve(const Tomcat& options) {
        for (const char* const name : {"conf", "logs", "temp", "work"}) {
            std::filesystem::create_directories(folder_.path() / name);
        }
        std::filesystem::create_directories(folder_.path() / "webapps/ROOT/gateway/customer-service");
        folder_.write("webapps/ROOT/gateway/customer-service/status", "OK\n");
        const Finished trusted =
            run({find_program("keytool"), "-importcert", "-noprompt", "-alias", "clients", "-file",
                 folder_.write("client-root.pem", pki().client_root().certificates_pem()), "-keystore",
                 path("clients.p12"), "-storetype", "PKCS12", "-storepass", "changeit"});
        ASSERT_EQ(trusted.status, 0) << trusted.out << trusted.err;
        folder_.write("conf/web.xml", R"(<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
<servlet><servlet-name>default</servlet-name>
<servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class></servlet>
<servlet-mapping><servlet-name>default</servlet-name><url-pattern>/</url-pattern></servlet-mapping></web-app>
)");
        // Bound early, the port would take connections for seconds before anybody looks at them.
        folder_.write("conf/server.xml", fmt::format(R"(<Server port="-1"><Service name="gateway">
<Connector port="{1}" address="127.0.0.1" bindOnInit="false" SSLEnabled="true" scheme="https" secure="true">
<SSLHostConfig protocols="{2}" ciphers="{3}" honorCipherOrder="true" certificateVerification="{4}"
truststoreFile="{0}/clients.p12" truststorePassword="changeit" truststoreType="PKCS12">
<Certificate certificateFile="{0}/server.crt" certificateKeyFile="{0}/server.key" type="EC"/>
</SSLHostConfig></Connector>
<Engine name="gateway" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine></Service></Server>
)",
                                                     folder_.path().string(), reserved_.number(), options.protocols,
                                                     options.suites, options.clients));
        const std::string policy = folder_.write("policy", "jdk.tls.disabledAlgorithms=" + options.disabled + "\n");
        server_ = std::make_unique<Process>(std::vector<std::string>{
            find_program("java"), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.security.properties=" + policy,
            "-Djdk.tls.rejectClientInitiatedRenegotiation=true", "-Dcatalina.home=" + std::string(home),
            "-Dcatalina.base=" + folder_.path().string(), "-Djava.io.tmpdir=" + path("temp"), "-cp",
            fmt::format("{0}/bin/bootstrap.jar:{0}/bin/tomcat-juli.jar", home), "org.apache.catalina.startup.Bootstrap",
            "start"});
        wait_until_open(reserved_.number());
    }
    [[nodiscard]] Judgement judge_it(const std::string& channel = "cloud") {
        // It says nothing to a client that begins a renegotiation.
        profile_.limits = R"("connections_per_second": 0, "probe_timeout_ms": 5000)";
        return judge_port(reserved_.number(), channel, {});
    }
};

TEST_F(TomcatTest, ASoundCloudEndpointRaisesNoAlarm) {
    serve({});
    expect_as_listed(judge_it());
}

TEST_F(TomcatTest, ASoundDesktopEndpointRaisesNoAlarm) {
    serve({.clients = "none"});
    expect_as_listed(judge_it("desktop"));
}

TEST_F(TomcatTest, AnOptionalClientCertificateIsCaught) {
    serve({.clients = "optional"});
    expect_as_listed(judge_it());
}

TEST_F(TomcatTest, OldVersionsAreCaught) {
    serve({.protocols = "TLSv1+TLSv1.1+TLSv1.2+TLSv1.3",
           .suites = Tomcat().suites + ",TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA"});
    expect_as_listed(judge_it());
}

}  // namespace
}  // namespace gateproof::test
