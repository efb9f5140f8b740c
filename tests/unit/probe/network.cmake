gateproof_test(unit_probe_network unit http/cookie_jar_test.cpp http/http1_test.cpp http/http_test.cpp mint.cpp peer.cpp socket/tcp_test.cpp tls/session_test.cpp tls/trust_test.cpp)
