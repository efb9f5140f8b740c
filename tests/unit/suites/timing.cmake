gateproof_test(unit_suites_timing unit firewall/judge_test.cpp timeout/judge_test.cpp LIBS gateproof_suites)
