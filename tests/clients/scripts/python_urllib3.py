# urllib3 of Debian with its Retry: python_urllib3.py MODE
import os
import sys

import urllib3

mode = sys.argv[1]
retries = {
    "sound": urllib3.Retry(total=2, status_forcelist=[503], backoff_factor=0.2),
    "unverified": urllib3.Retry(total=2),
    "every-status": urllib3.Retry(total=6, status_forcelist=range(400, 600), allowed_methods=None),
}[mode]
trust = {"cert_reqs": "CERT_NONE", "assert_hostname": False} if mode == "unverified" else {
    "ca_certs": os.environ["GATEPROOF_CA"]}
pool = urllib3.PoolManager(cert_file=os.environ["GATEPROOF_CERTIFICATE"], key_file=os.environ["GATEPROOF_KEY"],
                           timeout=90, retries=retries, **trust)
answer = pool.request("GET", os.environ["GATEPROOF_URL"] + "/gateway/customer/status",
                      headers={"Authorization": "Bearer " + os.environ["GATEPROOF_TOKEN"]})
sys.exit(0 if answer.status == 200 and answer.data.strip() == b"OK" else 1)
