# zeep of Debian, which reads the description of a SOAP service: python_zeep.py MODE
import os
import sys

import requests
import zeep

session = requests.Session()
session.trust_env = False  # REQUESTS_CA_BUNDLE would be believed more than the next line
session.verify = False if sys.argv[1] == "unverified" else os.environ["GATEPROOF_CA"]
session.cert = (os.environ["GATEPROOF_CERTIFICATE"], os.environ["GATEPROOF_KEY"])
session.headers["Authorization"] = "Bearer " + os.environ["GATEPROOF_TOKEN"]
client = zeep.Client(os.environ["GATEPROOF_URL"] + "/gateway/gws/returns/?singleWsdl",
                     transport=zeep.Transport(session=session, timeout=90))
sys.exit(0 if client.wsdl.services else 1)
