// The HTML report in headless Chromium: nothing on the console, nothing on the wire, usable by keyboard, clean for
// axe-core in light and dark, wide and narrow, without script too; hostile text executes nothing; 10,000 checks stay
// responsive. Pictures of it land in the folder named last, for people to look at.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { everyVerdict, hostileTexts, large } from "../reports/journals.mjs";
import { axePath, executable, watchedPage, withBrowser } from "./chromium.mjs";
import { withHostileServer } from "./hostile_server.mjs";

const [program, pictures] = process.argv.slice(2);
if (!executable()) {
  console.log("SKIP: no Chromium (apt-get install chromium)");
  process.exit(77);
}
mkdirSync(pictures, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "gateproof-browser-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Writes the journal, makes the page, gives its address. */
async function pageOf(name, journal, more = []) {
  const file = join(folder, `${name}.jsonl`);
  const html = join(folder, `${name}.html`);
  writeFileSync(file, journal);
  await promisify(execFile)(program, ["report", file, "--format", "html", "--out", html, ...more]);
  return `file://${html}`;
}

async function open(browser, address, options = {}) {
  const { page, seen } = await watchedPage(browser, { viewport: { width: 1280, height: 900 }, ...options });
  await page.goto(address);
  return { page, seen, close: () => page.context().close() };
}

function assertQuiet(seen, address, what) {
  assert.deepEqual(seen.errors, [], what);
  assert.deepEqual(seen.requests.filter((url) => url !== address && !url.startsWith("data:")), [], what);
}

const visible = (page) => page.locator("details.check:visible").count();

// The search waits for a pause in typing, and a busy machine makes it wait longer.
async function shows(page, wanted, why) {
  const until = Date.now() + 10_000;
  let text = await page.locator("#shown").textContent();
  while (text !== wanted && Date.now() < until) {
    await page.waitForTimeout(20);
    text = await page.locator("#shown").textContent();
  }
  assert.equal(text, wanted, why);
}

async function accessible(browser, address, name = "report") {
  const source = readFileSync(axePath(), "utf8");
  // The page's policy forbids foreign script, and axe is that: only here it is bypassed.
  const { page, seen, close } = await open(browser, address, { bypassCSP: true });
  for (const summary of await page.locator("details.check.fail > summary, details.more > summary, details.numbers > summary").all()) await summary.click();
  await page.evaluate(source);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
      assert.equal(await page.evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches), colorScheme === "dark");
      assert.ok(await page.locator("details.check[open], details.more[open], details.numbers[open]").count() > 0, "what is folded is looked at too");
      const result = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
      const bad = result.violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
      assert.deepEqual(bad, [], `axe-core, ${colorScheme}, ${width} px`);
      assert.ok(result.passes.length > 20, "axe looked at something");
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(overflow, 0, `nothing sticks out at ${width} px`);
      if (name === "report" && width === 1280) {
        const hidden = await page.locator("table.endpoints").evaluate((table) => table.scrollWidth - table.parentElement.clientWidth);
        assert.ok(hidden <= 0, `${hidden} px of the endpoints' counts are hidden at ${width} px`);
      }
      await page.screenshot({ path: join(pictures, `${name}-${colorScheme}-${width}.png`), fullPage: true });
      const trend = page.locator("#trend");
      if (await trend.count() > 0) await trend.screenshot({ path: join(pictures, `${name}-section-${colorScheme}-${width}.png`) });
      assertQuiet(seen, address, `${name}, ${colorScheme}, ${width} px`);
    }
  }
  await close();
}

/** A history of 70 runs: what is repaired, what breaks, what keeps changing its verdict, and runs that lack a target. */
function historyFolder() {
  const history = join(folder, "history");
  mkdirSync(history);
  for (let i = 0; i < 70; i += 1) {
    const at = new Date(Date.parse("2026-02-03T12:00:00.000Z") - (70 - i) * 86400e3).toISOString();
    let journal = everyVerdict().replaceAll('"plan":', '"p":').replace(/"started":"[^"]*"/, `"started":"${at}"`).replace('"reason":"interrupted"', '"reason":"complete"');
    if (i > 40) journal = journal.replaceAll('"outcome":"fail"', '"outcome":"pass"');
    if (i % 3 === 0) journal = journal.replaceAll('"outcome":"warning"', '"outcome":"pass"');
    if (i % 10 === 9) journal = journal.split("\n").filter((line) => !line.includes('"target":"desktop"')).join("\n");
    writeFileSync(join(history, `${at.replaceAll("-", "").replaceAll(":", "")}-${String(i).padStart(8, "0")}.jsonl`), journal);
  }
  return history;
}

/** Trend and known failures: sections that a page has only when it is asked for them. */
async function trendAndKnown(browser) {
  const known = join(folder, "known.json");
  const reason = "INC-4711: <b>the balancer</b> is replaced in December; " + "until then the vendor's advice stands ".repeat(4);
  writeFileSync(known, JSON.stringify({ known_failures: [{ check: "tls.*", target: "cloud", reason, expires: "9999-12-31", outcomes: ["fail", "error"] }] }));
  const address = await pageOf("trend", everyVerdict(), ["--history", historyFolder(), "--known", known]);
  await accessible(browser, address, "trend");
  const { page, seen, close } = await open(browser, address);
  const trend = page.locator("#trend");
  assert.match(await trend.textContent(), /\d+ runs, from 2025-11-25 to 2026-02-0/);
  assert.match(await trend.textContent(), /the lines show the last 60/);
  assert.ok(await trend.locator("svg.bar").count() >= 4, "a line for each requirement of each endpoint");
  assert.equal(await trend.locator("svg.bar:not([aria-label])").count(), 0, "who does not see the bars is told");
  for (const bar of await trend.locator("svg.bar").all()) {
    const box = await bar.boundingBox();
    assert.ok(box.width > 60 && box.height >= 8, "a line can be seen");
    assert.ok(await bar.locator("rect").count() <= 60);
  }
  assert.ok(await trend.locator("h3:has-text('Flaky checks') + .scroll tbody tr").count() > 0);
  const accepted = await page.locator("#known .findings > li").count();
  assert.ok(accepted > 0);
  assert.ok((await page.locator("#known").textContent()).includes("<b>the balancer</b>"), "a reason is text");
  assert.equal(await page.locator("details.check.known").count(), accepted);
  await page.locator(".counts a.known").click();
  await shows(page, `${accepted} of 10 checks`);
  await page.locator("#known .where a").first().click();
  assert.match(await page.locator("details.check[open] .accepted").textContent(), /Accepted until 9999-12-31/);
  assertQuiet(seen, address, "trend");
  await page.emulateMedia({ media: "print" });
  await page.screenshot({ path: join(pictures, "trend-print.png"), fullPage: true });
  await page.pdf({ path: join(pictures, "trend.pdf"), preferCSSPageSize: true });
  await close();
}

async function filters(browser, address) {
  const { page, seen, close } = await open(browser, address);
  assert.equal(await visible(page), 10);
  await shows(page, "10 checks");
  await page.locator("#search").fill("refuses-1.1");
  await shows(page, "2 of 10 checks");
  assert.equal(await visible(page), 2);
  await page.locator("#search").fill("retry-after HTTP");
  await shows(page, "3 of 10 checks", "evidence is searched too, every word of the query");
  await page.locator("#search").fill("nowhere(");
  await shows(page, "0 of 10 checks");
  assert.ok(await page.locator("#nothing").isVisible());
  await page.locator("button[type=reset]").click();
  await shows(page, "10 checks");
  await page.locator("input[name=outcome][value=fail]").check();
  await page.locator("input[name=outcome][value=warning]").check();
  await shows(page, "3 of 10 checks");
  await page.locator("#requirement").selectOption("SERVER-CERT");
  await shows(page, "1 of 10 checks");
  await page.locator("button[type=reset]").click();
  await page.locator("#target").selectOption("desktop");
  await shows(page, "2 of 10 checks");
  await page.locator("a.cell").first().click();
  assert.equal(await page.locator("#target").inputValue(), "cloud");
  assert.equal(await page.locator("#requirement").inputValue(), "CLOUD-TLS-MIN");
  await page.locator(".counts a.not-tried").click();
  await shows(page, "1 of 10 checks");
  // A link to a check that the filter hides shows it, open, with its evidence drawn.
  await page.locator(".findings a").first().click();
  const check = page.locator("details.check[open]");
  await check.locator(".timeline").waitFor();
  assert.equal(await check.count(), 1);
  assert.equal(await check.locator(".timeline > li").count(), 4);
  assert.match(await check.locator(".timeline").textContent(), /TLS 1\.3 → TLS_AES_256_GCM_SHA384 → ok/);
  assert.match(await check.locator(".timeline").textContent(), /duration20\.4 ms/);
  await page.locator("button[type=reset]").click();
  await page.locator("[id='cloud/throttle.engages'] > summary").click();
  await page.locator("[id='cloud/throttle.engages'] .timeline").waitFor();
  assert.equal(await page.locator("[id='cloud/throttle.engages'] .timeline tbody tr").count(), 80, "many of one kind are a table");
  assert.equal(await page.locator("#traffic svg").count(), 3);
  assertQuiet(seen, address, "filter");
  await close();
}

async function keyboard(browser, address) {
  const { page, seen, close } = await open(browser, address);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the checks");
  await page.keyboard.press("Enter");
  const reached = [];
  for (let i = 0; i < 14; i += 1) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate(() => document.activeElement.id || document.activeElement.value || document.activeElement.tagName));
  }
  for (const wanted of ["search", "fail", "pass", "target", "requirement", "SUMMARY"]) {
    assert.ok(reached.includes(wanted), `${wanted} is reached by Tab: ${reached}`);
  }
  await page.locator("details.check summary").first().focus();
  await page.keyboard.press("Enter");
  assert.ok(await page.locator("details.check").first().evaluate((node) => node.open));
  await page.keyboard.press("Space");
  assert.ok(!await page.locator("details.check").first().evaluate((node) => node.open));
  await page.locator("input[name=outcome][value=fail]").focus();
  await page.keyboard.press("Space");
  await shows(page, "2 of 10 checks");
  assertQuiet(seen, address, "keyboard");
  await close();
}

async function printed(browser, address) {
  const { page, seen, close } = await open(browser, address);
  const pdf = join(pictures, "report.pdf");
  await page.pdf({ path: pdf, preferCSSPageSize: true });
  assert.ok(statSync(pdf).size > 10_000);
  await page.emulateMedia({ media: "print" });
  assert.ok(!await page.locator("#filter").isVisible());
  assert.ok(!await page.locator("details.check").first().isVisible());
  assert.ok(await page.locator(".sign").isVisible());
  assert.deepEqual(await page.locator("table.scenarios").first().locator("thead th").allTextContents(),
    ["ID", "Operation", "Scenario description", "Scenario type", "Applicable (Y/N)", "Exclusion reason", "Pass/Fail", "Notes"]);
  assert.equal(await page.locator("table.scenarios tbody tr").count(), 10);
  assertQuiet(seen, address, "print");
  await close();
}

async function withoutScript(browser, address) {
  const { page, seen, close } = await open(browser, address, { javaScriptEnabled: false });
  assert.ok(!await page.locator("#filter").isVisible(), "what needs script is not shown without it");
  await page.locator("details.check summary").first().click();
  assert.match(await page.locator("details.check[open] pre").first().textContent(), /\+0\.010 tls_handshake/);
  assert.ok(await page.locator("details.check pre").first().isVisible());
  await page.screenshot({ path: join(pictures, "report-no-script.png") });
  assertQuiet(seen, address, "without script");
  await close();
}

// Where documents are published that explanations link to.
const published = ["https://www.ird.govt.nz", "https://github.com", "https://www.rfc-editor.org", "https://cwe.mitre.org"];

async function executesNothing(browser, address, what) {
  const { page, seen, close } = await open(browser, address);
  await page.evaluate(() => document.querySelectorAll("summary").forEach((node) => node.click()));
  await page.locator("#search").fill("script");
  await page.waitForTimeout(200);
  // Each in its own turn: what a click does to the page is done before the next one.
  await page.evaluate(async () => {
    for (const link of document.querySelectorAll("main a[href^='#']")) {
      link.click();
      await new Promise((done) => setTimeout(done));
    }
  });
  const state = await page.evaluate((published) => ({
    owned: "owned" in globalThis,
    scripts: document.querySelectorAll("script:not([type='application/json'])").length,
    images: document.querySelectorAll("img, iframe, object, embed, link:not([rel=icon]), form:not(#filter)").length,
    handlers: [...document.querySelectorAll("*")].filter((node) => [...node.attributes].some((one) => one.name.startsWith("on"))).length,
    // Published documents are linked, of hosts that this program names itself.
    links: [...document.querySelectorAll("a")].filter((node) => !node.getAttribute("href").startsWith("#")
      && !(node.rel === "noreferrer" && published.includes(new URL(node.href).origin))).length,
    timelines: document.querySelectorAll(".timeline > li").length,
  }), published);
  assert.ok(state.timelines > 0, `${what}: evidence was drawn`);
  assert.deepEqual({ ...state, timelines: 0 }, { owned: false, scripts: 1, images: 0, handlers: 0, links: 0, timelines: 0 }, what);
  assert.equal(page.url().split("#")[0], address, `${what}: the page stayed`);
  assertQuiet(seen, address, what);
  await close();
}

/** A run against a hostile server, which takes its time: most of its probes wait for what never comes. The report's path. */
async function hostileRun() {
  const out = join(folder, "hostile");
  await withHostileServer(async ({ port, certificate }) => {
    const profile = join(folder, "hostile.json");
    writeFileSync(profile, JSON.stringify({
      name: "hostile", environment: "sandbox", channel: "desktop", endpoint: { url: `https://localhost:${port}` },
      trust: { ca: `file:${certificate}` }, control: "status",
      operations: { status: { method: "GET", path: "/status", expect: { status: [200] } }, huge: { method: "GET", path: "/huge", expect: { status: [200] } } },
      limits: { connections_per_second: 0, probe_timeout_ms: 2000, check_deadline_ms: 20000 },
    }));
    await promisify(execFile)(program, ["run", profile, "--out", out, "--quiet"], { timeout: 120_000 }).catch((failed) => {
      assert.ok([1, 3].includes(failed.code), `the run ends with a verdict: ${failed.code} ${failed.stderr}`);
    });
  });
  return join(out, "report.html");
}

/** The whole way: a hostile server, a run against it, its report in the browser. */
async function hostileReport(browser, html) {
  assert.match(readFileSync(html, "utf8"), /globalThis\.owned=1/, "what the server sent is in the report");
  await executesNothing(browser, `file://${html}`, "a hostile server");
  const { page, close } = await open(browser, `file://${html}`);
  await page.screenshot({ path: join(pictures, "report-hostile.png"), fullPage: true });
  await close();
}

async function responsive(browser) {
  const address = await pageOf("large", large(10_000));
  const begun = performance.now();
  const { page, seen, close } = await open(browser, address);
  const figures = { html_bytes: statSync(address.slice(7)).size, load_ms: Math.round(performance.now() - begun) };
  assert.equal(await page.locator("#shown").textContent(), "10000 checks");
  // From the change to the next painted frame, as a person waits for it.
  const timed = (change) => page.evaluate(async ({ selector, value, checked }) => {
    const begin = performance.now();
    const control = document.querySelector(selector);
    if (value !== undefined) control.value = value;
    if (checked !== undefined) control.checked = checked;
    if (control.matches("summary")) control.click();
    else control.dispatchEvent(new Event("change", { bubbles: true }));
    await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
    return Math.round(performance.now() - begin);
  }, change);
  figures.first_search_ms = await timed({ selector: "#search", value: "listener 4" });
  figures.search_ms = await timed({ selector: "#search", value: "listener 42" });
  assert.match(await page.locator("#shown").textContent(), /^\d+ of 10000 checks$/);
  figures.evidence_search_ms = await timed({ selector: "#search", value: "ChaCha-nowhere" });
  assert.equal(await page.locator("#shown").textContent(), "0 of 10000 checks");
  figures.clear_ms = await timed({ selector: "#search", value: "" });
  figures.verdict_ms = await timed({ selector: "input[value=fail]", checked: true });
  assert.equal(await page.locator("#shown").textContent(), "1000 of 10000 checks");
  figures.endpoint_ms = await timed({ selector: "#target", value: "gateway-9" });
  figures.open_ms = await timed({ selector: "details.check:not([hidden]) > summary" });
  assert.equal(await page.locator("details.check[open] .timeline > li").count(), 6);
  console.log(JSON.stringify(figures));
  assert.ok(figures.load_ms < 10_000, "a page of 10,000 checks opens");
  for (const [name, value] of Object.entries(figures)) {
    if (name.endsWith("_ms") && name !== "load_ms") assert.ok(value < 2000, `${name}: ${value}`);
  }
  assertQuiet(seen, address, "10,000 checks");
  await close();
}

await withBrowser(async (browser) => {
  const hostile = hostileRun();
  hostile.catch(() => {}); // awaited below, where its failure is this test's
  const plain = await pageOf("plain", everyVerdict());
  await filters(browser, plain);
  await keyboard(browser, plain);
  await printed(browser, plain);
  await withoutScript(browser, plain);
  await accessible(browser, plain);
  await trendAndKnown(browser);
  for (const [name, text] of Object.entries(hostileTexts)) {
    await executesNothing(browser, await pageOf(name, everyVerdict({ text })), `hostile ${name}`);
  }
  await hostileReport(browser, await hostile);
  await responsive(browser);
});
console.log("the report holds in Chromium");
