gateproof_test(unit_suites_network unit mtls_test.cpp mtls_doors_test.cpp mtls_http1_test.cpp mtls_identity_test.cpp port_test.cpp rotation_fitness_test.cpp rotation_judge_test.cpp rotation_signers_test.cpp server_test.cpp ../probe/mint.cpp ../probe/peer.cpp
    LIBS gateproof_suites)
