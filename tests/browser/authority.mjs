// The authority's pages in a browser: accessible, operable by keyboard, with scripts or without, nothing loaded from
// elsewhere, not framable, errors where they belong.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:http";
import { axePath, executable, watchedPage, withBrowser } from "./chromium.mjs";

if (!executable()) {
  console.log("chromium is not installed: apt-get install chromium");
  process.exit(77);
}
const [gateproof] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "gateproof-authority-"));
const gateway = spawn(gateproof, ["gateway", "--write", folder], { stdio: ["ignore", "pipe", "inherit"] });
await new Promise((resolve, reject) => {
  let out = "";
  gateway.stdout.on("data", (chunk) => { if ((out += chunk).includes("serving until")) resolve(); });
  gateway.on("exit", () => reject(new Error(`the gateway ended: ${out}`)));
});
const { oauth } = JSON.parse(readFileSync(join(folder, "embedded-desktop.json"), "utf8"));
const password = readFileSync(join(folder, "user.password"), "utf8");
const user = oauth.users.user.name;

// The client's own end of the redirect, and a page that tries to frame the login.
const arrivals = [];
const client = createServer((request, response) => {
  if (request.url.startsWith("/second")) arrivals.push(new URL(request.url, "http://127.0.0.1").searchParams);
  response.writeHead(200, { "Content-Type": "text/html" });
  response.end(request.url.startsWith("/frame")
    ? `<!DOCTYPE html><title>x</title><iframe src="${start().replaceAll("&", "&amp;")}"></iframe>`
    : "<!DOCTYPE html><html lang=en><title>back</title><h1>Back</h1>");
});
await new Promise((resolve) => { client.listen(0, "127.0.0.1", resolve); });

function start(more = {}) {
  const query = new URLSearchParams({
    response_type: "code", client_id: oauth.second_client.id, redirect_uri: `http://127.0.0.1:${client.address().port}/second`,
    scope: "MYIR.Services", state: "s+t#x", code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256", ...more,
  });
  return `${oauth.url}/gateway3/oauth/authorize?${query}`;
}

/** What axe finds; its script is evaluated by the debugger, which the page's own policy does not concern. */
async function violations(page) {
  await page.evaluate(readFileSync(axePath(), "utf8"));
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  return found.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.map((node) => node.target).join(", ")})`);
}

async function walk(browser, options) {
  const { page, seen } = await watchedPage(browser, { ignoreHTTPSErrors: true, ...options });
  const scripts = options.javaScriptEnabled !== false;
  const judge = async (where) => {
    assert.equal(await page.evaluate(() => document.documentElement.lang).catch(() => "en-NZ"), "en-NZ");
    if (scripts) assert.deepEqual(await violations(page), [], where);
  };
  await page.goto(start({ prompt: "consent" }));
  assert.equal(await page.title(), "Log in - Gateproof test authority");
  await judge("login");
  // By keyboard alone: the fields and the button in the order that is read.
  await page.keyboard.press("Tab");
  await page.keyboard.type(user);
  await page.keyboard.press("Tab");
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await page.waitForSelector("[role=alert]");
  assert.match(await page.title(), /^Error/);
  const field = page.getByLabel("Password");
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  const described = await field.getAttribute("aria-describedby");
  assert.match(await page.locator(`#${described}`).innerText(), /User name or password is wrong/);
  assert.equal(await page.getByLabel("User name").inputValue(), user);
  await judge("login with an error");
  await field.fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("heading", { name: "Allow access?" }).waitFor();
  await judge("consent");
  const before = arrivals.length;
  await page.getByRole("button", { name: options.deny ? "Deny" : "Allow" }).click();
  await page.getByRole("heading", { name: "Back" }).waitFor();
  assert.equal(arrivals.length, before + 1);
  assert.equal(arrivals.at(-1).get("state"), "s+t#x");
  assert.equal(arrivals.at(-1).get(options.deny ? "error" : "code") !== null, true);
  // A wrong password is answered with 422, which the console mentions; nothing else may be there.
  const complaints = seen.errors.filter((text) => !text.includes("422"));
  assert.deepEqual(complaints, []);
  for (const url of seen.requests) {
    const { origin, pathname } = new URL(url);
    assert.ok(origin === oauth.url || origin === `http://127.0.0.1:${client.address().port}`, url);
    assert.ok(pathname.startsWith("/gateway3/oauth/") || pathname === "/second" || pathname === "/favicon.ico", url);
  }
  await page.context().close();
}

try {
  await withBrowser(async (browser) => {
    await walk(browser, {});
    await walk(browser, { deny: true, colorScheme: "dark", viewport: { width: 320, height: 640 } });
    await walk(browser, { javaScriptEnabled: false });
    const { page } = await watchedPage(browser, { ignoreHTTPSErrors: true });
    await page.goto(`http://127.0.0.1:${client.address().port}/frame`);
    const inner = page.frames().find((frame) => frame !== page.mainFrame());
    assert.equal(await inner.locator("input").count(), 0, "the login page was framed");
    await page.goto(start({ redirect_uri: "https://attacker.example/" }));
    assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), "Wrong address");
    assert.deepEqual(await violations(page), [], "the error page");
  });
} finally {
  gateway.kill();
  client.close();
  rmSync(folder, { recursive: true });
}
console.log("the authority's pages hold");
