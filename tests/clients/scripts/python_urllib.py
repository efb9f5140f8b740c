# Python's standard library, well and badly set up: python_urllib.py MODE
import os
import ssl
import sys
import urllib.request

mode = sys.argv[1]
if mode == "unverified":
    context = ssl._create_unverified_context()
else:
    context = ssl.create_default_context(cafile=os.environ["GATEPROOF_CA"])
if mode == "no-host-name":
    context.check_hostname = False
elif mode == "old-versions":
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
elif mode == "published-suites":
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")
if mode == "leaf-alone":
    own = os.environ["GATEPROOF_WORK"] + "/leaf.pem"
    with open(os.environ["GATEPROOF_CERTIFICATE"]) as chain, open(own, "w") as leaf:
        leaf.write(chain.read().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n")
    context.load_cert_chain(own, os.environ["GATEPROOF_KEY"])
elif mode != "no-certificate":
    context.load_cert_chain(os.environ["GATEPROOF_CERTIFICATE"], os.environ["GATEPROOF_KEY"])
request = urllib.request.Request(os.environ["GATEPROOF_URL"] + "/gateway/customer/status",
                                 headers={"Authorization": "Bearer " + os.environ["GATEPROOF_TOKEN"]})
with urllib.request.urlopen(request, context=context, timeout=90) as answer:
    sys.exit(0 if answer.read().strip() == b"OK" else 1)
