#include "tests/peers/nginx.hpp"

#include <fmt/format.h>

namespace gateproof::test {

std::vector<std::string> NginxTest::command_of(const Nginx& options, std::uint16_t port) {
    const std::string program = find_program("nginx");
    EXPECT_FALSE(program.empty()) << "nginx is not installed: apt-get install nginx-light";
    const std::string folder = folder_.path().string();
    const std::string address = fmt::format("127.0.0.1:{}", port);
    const std::string staple = options.staple.empty()
                                   ? fmt::format("ssl_stapling_file {}/{}.ocsp;", folder, options.certificate)
                                   : options.staple;
    const std::string config = folder_.write(
        "nginx.conf", fmt::format(R"(
daemon off;
worker_processes {13};
pid {0}/nginx.pid;
error_log {0}/error.log info;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/fastcgi;
    uwsgi_temp_path {0}/uwsgi; scgi_temp_path {0}/scgi;
    ssl_certificate {0}/{3}.crt;
    ssl_certificate_key {0}/{3}.key;
    ssl_protocols {4};
    ssl_ciphers {5};
    ssl_prefer_server_ciphers on;
    ssl_stapling on;
    {12}
    ssl_client_certificate {0}/client-ca.pem;
    ssl_verify_depth 3;
    {7}
    server {{
        listen {1} {2};
        server_name localhost;
        ssl_verify_client {6};
        {8}
        location = /gateway/customer-service/status {{ {9} }}
        {10}
        location / {{ return 404; }}
    }}
    {11}
}}
)",
                                  folder, address, options.listen, options.certificate, options.protocols,
                                  options.ciphers, options.verify_client, options.http, options.server, options.status,
                                  options.locations, options.other_servers, staple, options.workers));
    return {program, "-p", folder, "-c", config, "-e", path("error.log")};
}

// nginx takes over listening sockets that this variable names, as it does when it upgrades itself.
std::map<std::string, std::string> NginxTest::inheriting(int descriptor) {
    return {{"NGINX", fmt::format("{};", descriptor)}};
}

void NginxTest::serve(const Nginx& options) {
    std::vector<std::string> command = command_of(options, listener_.port());
    ASSERT_FALSE(command.front().empty());
    start(std::move(command), inheriting(listener_.descriptor()));
}

void NginxTest::serve_beside_rsa(int valid_to) {
    gateway::CertificateSpec spec = gateway::Pki::server_spec();
    spec.rsa_bits = 2048;
    spec.valid_from = -60;
    spec.valid_to = valid_to;
    write_server("rsa", pki().issue_server(spec));
    serve({.ciphers = Nginx().ciphers + ":ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256",
           .http = fmt::format("ssl_certificate {0}; ssl_certificate_key {1};", path("rsa.crt"), path("rsa.key"))});
}

}  // namespace gateproof::test
