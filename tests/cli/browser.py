#!/usr/bin/env python3
"""Stands in for the user's browser: logs in at the address that it is given, agrees, and follows the redirect home.

LOGIN_USER and LOGIN_PASSWORD say who; LOGIN_DECISION is "allow" (default) or "deny"; BROWSER_LOG is told what happened.
"""
import html
import http.cookiejar
import os
import re
import ssl
import sys
import urllib.error
import urllib.parse
import urllib.request


class Steps(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, fp, code, msg, headers, url):
        return urllib.request.Request(url)


context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
jar = http.cookiejar.CookieJar()
opener = urllib.request.build_opener(
    urllib.request.HTTPSHandler(context=context), urllib.request.HTTPCookieProcessor(jar), Steps())


def fields(page):
    return {name: html.unescape(value) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', page)}


def post(url, page, **more):
    action = re.search(r'<form method="post" action="([^"]*)"', page).group(1)
    data = urllib.parse.urlencode({**{k: v for k, v in fields(page).items() if k in ("transaction", "csrf")}, **more})
    return opener.open(urllib.parse.urljoin(url, action), data.encode(), timeout=10)


log = open(os.environ["BROWSER_LOG"], "w")
url = sys.argv[1]
# Others may come to the loopback address as well: a stranger with another state, and somebody who says nothing.
home = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["redirect_uri"][0]
for intruder in ("/favicon.ico", "?code=stolen&state=guessed"):
    try:
        urllib.request.urlopen(urllib.parse.urljoin(home, intruder) if intruder[0] == "/" else home + intruder, timeout=10)
        print("the intruder was heard", file=log)
    except urllib.error.HTTPError as error:
        print("intruder", error.code, file=log)
answer = opener.open(url, timeout=10)
page = answer.read().decode()
answer = post(answer.url, page, username=os.environ["LOGIN_USER"], password=os.environ["LOGIN_PASSWORD"])
page = answer.read().decode()
if "decision" in page:
    answer = post(answer.url, page, decision=os.environ.get("LOGIN_DECISION", "allow"))
    page = answer.read().decode()
print("home", re.search("<h1>(.*?)</h1>", page).group(1), file=log)
