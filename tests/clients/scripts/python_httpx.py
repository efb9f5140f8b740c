# httpx of Debian: python_httpx.py MODE
import os
import ssl
import sys

import httpx

context = ssl.create_default_context(cafile=os.environ["GATEPROOF_CA"])
context.load_cert_chain(os.environ["GATEPROOF_CERTIFICATE"], os.environ["GATEPROOF_KEY"])
if sys.argv[1] == "unverified":
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
with httpx.Client(verify=context, timeout=90, follow_redirects=sys.argv[1] == "follows") as client:
    answer = client.get(os.environ["GATEPROOF_URL"] + "/gateway/customer/status",
                        headers={"Authorization": "Bearer " + os.environ["GATEPROOF_TOKEN"]})
sys.exit(0 if answer.status_code == 200 and answer.text.strip() == "OK" else 1)
