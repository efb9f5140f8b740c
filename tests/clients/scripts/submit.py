# Python reads, and then files a document: submit.py (urllib|requests)
import json
import os
import ssl
import sys
import urllib.request

url = os.environ["GATEPROOF_URL"]
fields = {"Authorization": "Bearer " + os.environ["GATEPROOF_TOKEN"], "Content-Type": "application/json"}
document = {"FileName": "return.pdf", "Document": "aGVsbG8=", "Description": "A return", "DocumentLocationID": "1"}
if sys.argv[1] == "requests":
    import requests
    ca = os.environ["GATEPROOF_CA"]  # at each call: REQUESTS_CA_BUNDLE goes before what a session has
    with requests.Session() as session:
        session.cert = (os.environ["GATEPROOF_CERTIFICATE"], os.environ["GATEPROOF_KEY"])
        session.headers.update(fields)
        session.get(url + "/gateway/customer/status", timeout=5, verify=ca).raise_for_status()
        session.post(url + "/gateway/document/document", json=document, timeout=5, verify=ca).raise_for_status()
else:
    context = ssl.create_default_context(cafile=os.environ["GATEPROOF_CA"])
    context.load_cert_chain(os.environ["GATEPROOF_CERTIFICATE"], os.environ["GATEPROOF_KEY"])
    for path, body in [("/gateway/customer/status", None),
                       ("/gateway/document/document", json.dumps(document).encode())]:
        request = urllib.request.Request(url + path, data=body, headers=fields)
        with urllib.request.urlopen(request, context=context, timeout=5) as answer:
            answer.read()
