// gateproof run --interactive: the oauth suite with login pages that work by script alone, which no program fills in. The
// human is a scripted Chromium that reads from the terminal what it is to do.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executable, withBrowser } from "./chromium.mjs";

if (!executable()) {
  console.log("chromium is not installed: apt-get install chromium");
  process.exit(77);
}
const [gateproof] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "gateproof-human-"));
const gateway = spawn(gateproof, ["gateway", "--pages-by-script", "--write", folder], { stdio: ["ignore", "pipe", "inherit"] });
await new Promise((resolve, reject) => {
  let out = "";
  gateway.stdout.on("data", (chunk) => { if ((out += chunk).includes("serving until")) resolve(); });
  gateway.on("exit", () => reject(new Error(`the gateway ended: ${out}`)));
});

/**
 * A port that was free just now, for the redirect URI, which has to name one. Below the ports that Linux gives to
 * connections, of which other tests hold thousands.
 */
async function freePort() {
  for (let tries = 0; tries < 1000; ++tries) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const server = createServer();
    const free = await new Promise((resolve) => {
      server.on("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error("no port is free");
}

const profile = JSON.parse(readFileSync(join(folder, "embedded-desktop.json"), "utf8"));
const password = readFileSync(join(folder, "user.password"), "utf8");
const user = profile.oauth.users.user.name;
const redirect = `http://127.0.0.1:${await freePort()}/callback`;
const second = `http://127.0.0.1:${await freePort()}/second`;
profile.oauth.second_client.redirect_uri = second;
profile.oauth.client = { id: "gateproof-native", redirect_uri: redirect };
delete profile.oauth.users; // Gateproof knows no password
const file = join(folder, "human.json");
writeFileSync(file, JSON.stringify(profile));
const secrets = new Set([password]);

const isBack = (address) => address.startsWith(redirect) || address.startsWith(second);

/** Does in the browser what a step says. */
async function act(page, url, deny) {
  await page.goto(url);
  for (let pages = 0; !isBack(page.url()); ++pages) {
    assert.ok(pages < 5, `the browser stays at ${page.url()}`);
    await page.locator("button").first().waitFor();
    if (await page.locator("input[type=password]").count() > 0) {
      await page.getByLabel("User name").fill(user);
      await page.getByLabel("Password").fill(password);
      await Promise.all([page.waitForURL((next) => next.href !== url), page.getByRole("button", { name: "Log in" }).click()]);
    } else {
      await Promise.all([page.waitForURL((next) => isBack(next.href)),
        page.getByRole("button", { name: deny ? "Deny" : "Allow" }).click()]);
    }
  }
  const code = new URL(page.url()).searchParams.get("code");
  if (code) secrets.add(code);
}

/** One run; `human(step, url, deny, child)` does what is asked, and is waited for. */
async function run(out, more, human) {
  const child = spawn(gateproof, ["run", ...more, "--out", join(folder, out)], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  let read = 0;
  let steps = 0;
  let acting = Promise.resolve();
  const failures = [];
  child.stdout.on("data", (chunk) => {
    text += chunk;
    const asked = /Check (\d+) of (\d+), [^ ]+ ([^ ]+): in your browser (.*?)\. The address, on this machine:\n {2}(\S+)\n/g;
    asked.lastIndex = read;
    for (let found = asked.exec(text); found; found = asked.exec(text)) {
      read = asked.lastIndex;
      const [, number, of, check, what, url] = found;
      const step = { count: ++steps, number: Number(number), of: Number(of), check };
      acting = acting.then(() => human(step, url, what.includes("DENY"), child)).catch((error) => failures.push(error));
    }
  });
  child.stderr.on("data", (chunk) => { text += chunk; });
  const status = await new Promise((resolve) => { child.on("close", (code) => resolve(code)); });
  await acting;
  assert.deepEqual(failures, [], text);
  const outcomes = {};
  const sentences = {};
  const journal = join(folder, out, "run.jsonl");
  for (const line of readFileSync(journal, "utf8").trim().split("\n")) {
    const event = JSON.parse(line);
    if (event.event === "check_ended") {
      outcomes[event.check] = event.outcome;
      sentences[event.check] = line;
    }
  }
  return { status, text, steps, outcomes, sentences, journal };
}

try {
  await withBrowser(async (browser) => {
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
    const human = (_, url, deny) => act(page, url, deny);

    // The whole suite.
    const whole = await run("whole", [file, "--suite", "oauth", "--interactive", "--no-browser", "--step-wait", "60s",
      "--report", "html,json,junit"], human);
    const judged = Object.entries(whole.outcomes).filter(([, outcome]) => ["pass", "warning"].includes(outcome));
    console.log(`${judged.length} of ${Object.keys(whole.outcomes).length} checks judged in ${whole.steps} steps`);
    // This client's port is not registered. That another is taken as well shows in a page that works by script, which
    // may be a login or an error; no human comes back from an error to tell.
    const others = Object.entries(whole.outcomes).filter(([, outcome]) => !["pass", "warning"].includes(outcome));
    assert.deepEqual(others, [["oauth.other-ports-refused", "inconclusive"]], whole.text);
    assert.ok(judged.length >= 26, whole.text);
    assert.equal(whole.outcomes["oauth.denied-consent"], "pass");
    assert.equal(whole.outcomes["oauth.redirect-uri-exact"], undefined, "that wants a program");
    assert.match(whole.text, /Check 1 of \d+/);

    // Begun, interrupted, gone on with.
    const some = ["oauth.code-single-use", "oauth.token-response", "oauth.denied-consent"].flatMap((id) => ["--check", id]);
    const begun = await run("halves", [file, ...some, "--interactive", "--no-browser"], async (step, url, deny, child) => {
      if (step.number < 2) await act(page, url, deny);
      else child.kill("SIGINT");
    });
    assert.ok(Object.keys(begun.outcomes).length < 3, begun.text);
    const rest = await run("halves", [file, "--resume", begun.journal, "--interactive", "--no-browser"], human);
    assert.deepEqual(Object.values(rest.outcomes), ["pass", "pass", "pass"], rest.text);

    // Nobody is there: inconclusive, with what to do, and after two steps no other is waited for.
    const missed = await run("missed", [file, ...some, "--interactive", "--no-browser", "--step-wait", "1s"], () => {});
    assert.equal(missed.status, 3, missed.text);
    assert.deepEqual(Object.values(missed.outcomes), ["inconclusive", "inconclusive", "inconclusive"], missed.text);
    assert.equal(missed.steps, 2, missed.text);
    assert.match(missed.text, /nobody did this in the browser/);
    assert.match(missed.text, /--rerun JOURNAL/);
    assert.match(missed.text, /repeat: gateproof run \S+ --check .* --interactive\n/);
    // What was missed is asked for again, into the same record.
    const again = await run("missed", [file, "--rerun", missed.journal, "--interactive", "--no-browser"], human);
    assert.equal(again.status, 0, again.text);

    // What was granted in the browser, and what was typed there, is nowhere.
    const files = ["whole", "halves", "missed"].flatMap((name) => readdirSync(join(folder, name)).map((leaf) => join(folder, name, leaf)))
      .filter((name) => statSync(name).isFile());
    const texts = [whole, begun, rest, missed, again].map((one) => one.text).concat(files.map((name) => readFileSync(name, "utf8")));
    assert.ok(secrets.size > 10);
    for (const secret of secrets) {
      assert.ok(texts.every((text) => !text.includes(secret)), "a code or the password is in an output");
    }
  });
} finally {
  gateway.kill();
  rmSync(folder, { recursive: true });
}
console.log("a human's steps hold");
