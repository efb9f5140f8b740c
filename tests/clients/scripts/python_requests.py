# requests of Debian: python_requests.py MODE
import os
import sys

import requests

answer = requests.get(os.environ["GATEPROOF_URL"] + "/gateway/customer/status",
                      headers={"Authorization": "Bearer " + os.environ["GATEPROOF_TOKEN"]},
                      cert=(os.environ["GATEPROOF_CERTIFICATE"], os.environ["GATEPROOF_KEY"]),
                      verify=False if sys.argv[1] == "unverified" else os.environ["GATEPROOF_CA"],
                      timeout={"without-time": None, "six-seconds": 6}.get(sys.argv[1], 90))
answer.raise_for_status()
sys.exit(0 if answer.text.strip() == "OK" else 1)
