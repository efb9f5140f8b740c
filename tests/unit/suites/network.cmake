gateproof_test(unit_suites_network unit mtls/judge_test.cpp mtls/doors_test.cpp mtls/identity_test.cpp port/judge_test.cpp rotation/fitness_test.cpp rotation/judge_test.cpp rotation/signers_test.cpp server/judge_test.cpp ../probe/mint.cpp ../probe/peer.cpp
    LIBS gateproof_suites)
# Each file has short helpers of its own.
set_target_properties(unit_suites_network PROPERTIES UNITY_BUILD OFF)
