gateproof_test(unit_probe_network unit http_test.cpp mint.cpp peer.cpp tcp_test.cpp tls_session_test.cpp trust_test.cpp)
