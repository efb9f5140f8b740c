# aiohttp of Debian: python_aiohttp.py MODE
import asyncio
import os
import ssl
import sys

import aiohttp


async def main():
    context = ssl.create_default_context(cafile=os.environ["GATEPROOF_CA"])
    context.load_cert_chain(os.environ["GATEPROOF_CERTIFICATE"], os.environ["GATEPROOF_KEY"])
    if sys.argv[1] == "unverified":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as session:
        async with session.get(os.environ["GATEPROOF_URL"] + "/gateway/customer/status",
                               headers={"Authorization": "Bearer " + os.environ["GATEPROOF_TOKEN"]}) as answer:
            return answer.status == 200 and (await answer.text()).strip() == "OK"


sys.exit(0 if asyncio.run(main()) else 1)
