// Reports as their readers see them: ajv for JSON against the published schema, junit2json and xunit-viewer for JUnit,
// for every verdict, for a killed run and for hostile text.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { everyVerdict, hostileTexts } from "./journals.mjs";

const [program, schemaFile] = process.argv.slice(2);
const require = createRequire(join(process.env.GATEPROOF_NODE_DIR, "package.json"));
const Ajv = require("ajv/dist/2020").default;
const { parse: junit2json } = require("junit2json");

const folder = mkdtempSync(join(tmpdir(), "gateproof-reports-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

const validate = new Ajv({ allErrors: true, strict: true, strictTypes: false })
  .compile(JSON.parse(readFileSync(schemaFile, "utf8")));

function report(journal, format) {
  const file = join(folder, "run.jsonl");
  writeFileSync(file, journal);
  return execFileSync(program, ["report", file, "--format", format], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] });
}

function elements(cases) {
  const count = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  for (const one of cases) {
    count.tests += 1;
    count.failures += one.failure ? 1 : 0;
    count.errors += one.error ? 1 : 0;
    count.skipped += one.skipped ? 1 : 0;
  }
  return count;
}

async function checkJunit(name, journal) {
  const xml = report(journal, "junit");
  const root = await junit2json(xml);
  const suites = root.testsuite;
  assert.deepEqual(suites.map((suite) => suite.name),
    ["gateproof.cloud.tls", "gateproof.cloud.server", "gateproof.cloud.permission", "gateproof.cloud.throttle",
      "gateproof.desktop.tls", "gateproof.desktop.server"], name);
  const cases = suites.flatMap((suite) => suite.testcase);
  assert.deepEqual(elements(cases), { tests: 10, failures: 2, errors: 3, skipped: 1 }, name);
  assert.equal(root.tests, 10);
  assert.equal(root.failures, 2);
  assert.equal(root.errors, 3);
  assert.ok(cases[5].name.startsWith("permission.outcome[own-customer] "), "a case of a check has its own name");
  assert.ok(cases[6].name.startsWith("permission.outcome[other-customer] "));
  assert.ok(!cases.some((one) => one.name === "forged"), name);

  const file = join(folder, "junit.xml");
  writeFileSync(file, xml);
  // xunit-viewer exits with 1 for a failed test and prints each one as it understood it.
  // Into a file: it ends before a pipe has taken everything.
  const output = join(folder, "printed.txt");
  const to = openSync(output, "w");
  const viewer = [require.resolve("xunit-viewer/bin/xunit-viewer"), "-r", file, "-c", "-f", "none"];
  spawnSync(process.execPath, viewer, { cwd: folder, stdio: ["ignore", to, to], env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" } });
  closeSync(to);
  const printed = readFileSync(output, "utf8");
  for (const suite of suites) assert.ok(printed.includes(suite.name), `${name}: xunit-viewer shows ${suite.name}`);
  return { root, printed };
}

function checkJson(name, journal) {
  const json = JSON.parse(report(journal, "json"));
  assert.ok(validate(json), `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  assert.equal(json.checks.length, 10);
  // What was not tried is counted among the skipped.
  const sum = Object.entries(json.counts).filter(([word]) => word !== "total" && word !== "not_tried").reduce((all, [, count]) => all + count, 0);
  assert.equal(sum, json.counts.total);
  return json;
}

/** A known failure: no failure for JUnit's readers, and counted apart for programs. No entry accepts what never ran. */
async function checkKnown() {
  const journal = join(folder, "known.jsonl");
  const list = join(folder, "known.json");
  writeFileSync(journal, everyVerdict().replace('"reason":"interrupted"', '"reason":"complete"'));
  writeFileSync(list, JSON.stringify({ known_failures: [
    { check: "*", reason: "INC-1 ]]> <b> \u0001", expires: "9999-12-31", outcomes: ["fail", "inconclusive", "error", "warning"] }] }));
  const made = (format) => execFileSync(program, ["report", journal, "--known", list, "--format", format], { encoding: "utf8" });
  const root = await junit2json(made("junit"));
  const cases = root.testsuite.flatMap((suite) => suite.testcase);
  assert.deepEqual(elements(cases), { tests: 10, failures: 0, errors: 1, skipped: 5 });
  assert.match(cases.flatMap((one) => one.error ?? []).map((one) => one.message).join(), /^not run: /);
  assert.equal(root.failures, 0);
  assert.equal(root.errors, 1);
  const json = JSON.parse(made("json"));
  assert.ok(validate(json), JSON.stringify(validate.errors?.slice(0, 3)));
  assert.equal(json.conclusion, "inconclusive", "a check never ran");
  assert.equal(json.exit_code, 3);
  assert.equal(json.counts.fail, 0);
  assert.equal(json.counts.known, 5);
  assert.equal(json.checks.filter((one) => one.known?.expires === "9999-12-31").length, 5);
  assert.ok(json.checks.some((one) => one.known && one.outcome === "fail"), "the outcome stays what it is");
  assert.ok(json.requirements.some((one) => one.targets.some((cell) => cell.known && cell.status === "fail")));
}
await checkKnown();

/** What was not selected: rows of its own for programs, skipped for JUnit's readers, and no requirement that is met. */
async function checkLeftOut() {
  const journal = join(folder, "left-out.jsonl");
  const left = (check, more = {}) => JSON.stringify({ event: "not_selected", check, suite: check.split(".")[0], title: "Title",
    requirements: ["SERVER-CERT"], scenario: "negative", by: "--exclude ]]> <b> \u0001", excluded: true, ...more });
  const [head, ...rest] = everyVerdict().replace('"reason":"interrupted"', '"reason":"complete"').trim().split("\n");
  const targets = rest.filter((line) => JSON.parse(line).event === "target");
  const others = rest.filter((line) => JSON.parse(line).event !== "target");
  const started = { ...JSON.parse(head), whole_plan: 13, selection: { suites: ["tls"], excludes: ["server.x"], allow: ["load"], requirements: "2026-11" },
    catalogue: { version: "2026-11", frozen: true, newer: 2, documents: [{ id: "RFC 8996", date: "2021-03" }] } };
  writeFileSync(journal, [JSON.stringify(started), ...targets, left("server.x"),
    left("server.y", { targets: ["cloud"], skipped_anyway: "needs it", case: "one" }), ...others, ""].join("\n"));
  const made = (format) => execFileSync(program, ["report", journal, "--format", format], { encoding: "utf8" });
  const root = await junit2json(made("junit"));
  assert.deepEqual(elements(root.testsuite.flatMap((suite) => suite.testcase)), { tests: 13, failures: 2, errors: 3, skipped: 4 });
  assert.equal(root.tests, 13);
  for (const suite of root.testsuite) assert.equal(suite.skipped, elements(suite.testcase).skipped, suite.name);
  const json = JSON.parse(made("json"));
  assert.ok(validate(json), JSON.stringify(validate.errors?.slice(0, 3)));
  assert.equal(json.checks.length, 13);
  assert.equal(json.counts.total, 13);
  assert.equal(json.counts.not_selected, 3);
  assert.deepEqual(json.run.whole_plan, { checks: 13, suites: [], not_selected: 3, missing: 0, sha256: null });
  assert.deepEqual(json.run.selection, { suites: ["tls"], checks: [], excludes: ["server.x"], allow: ["load"], requirements: "2026-11" });
  assert.deepEqual(json.run.catalogue, { version: "2026-11", frozen: true, newer: 2,
    documents: [{ id: "RFC 8996", title: "", publisher: "", date: "2021-03" }] });
  assert.equal(json.checks.filter((one) => one.outcome === "not-selected").length, 3);
  const cells = json.requirements.find((one) => one.id === "SERVER-CERT").targets;
  assert.ok(cells.every((cell) => cell.not_selected.length > 0 && cell.status !== "pass" && cell.status !== "warning"));
}
await checkLeftOut();

const runs = { plain: everyVerdict(), killed: everyVerdict({ killed: true }) };
for (const [name, text] of Object.entries(hostileTexts)) runs[name] = everyVerdict({ text });
for (const [name, journal] of Object.entries(runs)) {
  await checkJunit(name, journal);
  checkJson(name, journal);
}

const { root, printed } = await checkJunit("plain", runs.plain);
const failed = root.testsuite[0].testcase[0];
assert.equal(failed.failure[0].message, "it did fail");
assert.equal(failed.failure[0].type, "fail");
assert.equal(root.testsuite[0].testcase[2].error[0].type, "inconclusive");
assert.equal(root.testsuite[0].testcase[3].error[0].type, "error");
assert.equal(root.testsuite[4].testcase[0].skipped.message ?? root.testsuite[4].testcase[0].skipped[0]?.message, "not tried: not for desktop");
assert.match(printed, /it did fail/);

const json = checkJson("plain", runs.plain);
assert.equal(json.conclusion, "interrupted");
assert.equal(json.certificates.find((one) => one.role === "enrolled").days_left, 19);
assert.equal(json.certificates.find((one) => one.role === "server").days_left, 11);
assert.equal(checkJson("killed", runs.killed).run.ended, null);

// The schema is no rubber stamp.
for (const spoil of [(j) => { delete j.counts; }, (j) => { j.checks[0].outcome = "maybe"; }, (j) => { j.run.started = "noon"; },
  (j) => { j.checks[0].evidence[0].fields[0] = ["name"]; }, (j) => { j.report = 2; }]) {
  const spoilt = structuredClone(json);
  spoil(spoilt);
  assert.equal(validate(spoilt), false, String(spoil));
}
console.log(`${Object.keys(runs).length} runs read by ajv, junit2json and xunit-viewer`);
