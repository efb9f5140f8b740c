gateproof_test(unit_suites_timing unit firewall_test.cpp timeout_test.cpp LIBS gateproof_suites)
