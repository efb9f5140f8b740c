// Requests by libcurl to peers of the test.
#pragma once

#include <boost/asio/io_context.hpp>

#include <string>
#include <utility>

#include "harness/probe/http/http.hpp"
#include "tests/unit/probe/peer.hpp"

namespace gateproof::test {

inline const std::string ok_answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: 1\r\n\r\nOK";

inline HttpOutcome send(HttpRequest request) {
    boost::asio::io_context loop;
    HttpClient client(loop.get_executor());
    return run(loop, client.send(std::move(request)));
}

inline HttpRequest request_to(const Peer& peer, bool tls) {
    HttpRequest request;
    request.endpoint = peer.endpoint();
    request.tls = tls;
    return request;
}

}  // namespace gateproof::test
