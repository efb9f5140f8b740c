// Proves that profile.schema.json and the loader judge alike. tests/unit/profile runs the loader over the same table;
// here the schema must refuse every bad file whose fault a schema can see ("seen_by": "schema"), accept those whose
// fault only the loader can see ("loader"), and JSON.parse must throw where the text is no JSON ("syntax").
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [profiles, table] = process.argv.slice(2);
const require = createRequire(join(process.env.GATEPROOF_NODE_DIR, "package.json"));
const Ajv = require("ajv/dist/2020").default;

const schema = JSON.parse(readFileSync(join(profiles, "profile.schema.json"), "utf8"));
// strictTypes and strictRequired fight with if/then and oneOf over properties that are declared beside them.
const ajv = new Ajv({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(schema);

let failures = 0;
function check(name, body) {
  try {
    body();
  } catch (error) {
    failures += 1;
    console.error(`${name}: ${error.message}`);
  }
}

function jsonFiles(folder) {
  return readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
}

/** The value of a file as an editor sees it: a byte order mark is no content. */
function parse(file) {
  return JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
}

function complaints() {
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`).join("; ");
}

const expectations = parse(join(table, "expectations.json"));
const bad = jsonFiles(join(table, "bad"));
assert.deepEqual(Object.keys(expectations).sort(), bad, "expectations.json must name every bad file and no other");
assert.ok(bad.length >= 40);

for (const name of bad) {
  check(`bad/${name}`, () => {
    const seenBy = expectations[name].seen_by;
    const file = join(table, "bad", name);
    if (seenBy === "syntax") {
      assert.throws(() => parse(file), SyntaxError, "marked as syntax, but it parses");
      return;
    }
    const accepted = validate(parse(file));
    if (seenBy === "schema") {
      assert.equal(accepted, false, "the loader refuses it, the schema accepts it");
    } else {
      assert.equal(seenBy, "loader");
      assert.equal(accepted, true, `only the loader should refuse it, but: ${complaints()}`);
    }
  });
}

const good = jsonFiles(join(table, "good"));
assert.ok(good.length >= 10);
for (const name of good) {
  check(`good/${name}`, () => {
    assert.ok(validate(parse(join(table, "good", name))), `the loader accepts it, but: ${complaints()}`);
  });
}

// Templates are refused until their placeholders are filled in; the embedded profiles are whole.
const shipped = jsonFiles(profiles).filter((name) => !name.endsWith(".schema.json"));
for (const name of shipped) {
  check(`profiles/${name}`, () => {
    const text = readFileSync(join(profiles, name), "utf8");
    const accepted = validate(JSON.parse(text));
    assert.equal(accepted, !text.includes("FILL IN"), complaints());
    if (!accepted) {
      const places = validate.errors.map((error) => error.instancePath);
      for (const place of places) {
        const value = place.split("/").slice(1).reduce((node, key) => node[key], JSON.parse(text));
        const above = typeof value === "object";
        assert.ok(above || String(value).startsWith("FILL IN"), `${place} is refused, but is no placeholder`);
      }
    }
  });
}

// The same of lists of accepted failures.
const known = parse(join(table, "known.json"));
const validateKnown = ajv.compile(JSON.parse(readFileSync(join(profiles, "known.schema.json"), "utf8")));
assert.ok(known.accepted.length >= 10 && known.refused.length >= 30);
for (const [list, accepted] of [["accepted", true], ["refused", false], ["refused_by_loader_alone", true]]) {
  for (const one of known[list]) {
    check(`known.json, ${list}: ${JSON.stringify(one)}`, () => assert.equal(validateKnown(one), accepted));
  }
}

// Presets of services: all that come with the program, and some that the loader refuses too (service_preset_test.cpp).
const validatePreset = ajv.compile(JSON.parse(readFileSync(join(profiles, "service.schema.json"), "utf8")));
const presets = jsonFiles(join(profiles, "services"));
assert.ok(presets.length >= 16);
const wrongPresets = {
  "an unknown key": (preset) => (preset.operatoins = 1),
  "no channels": (preset) => delete preset.channels,
  "a channel that is none": (preset) => (preset.channels = ["clod"]),
  "a name that is none": (preset) => (preset.service = "G S T"),
  "a value without default": (preset) => delete preset.values.own.default,
  "a value of an environment that is none": (preset) => (preset.values.own.mok = "1"),
  "cases that are no list": (preset) => (preset.cases = {}),
  "a column that holds nothing known": (preset) => (preset.scenarios[0].columns.Notes = "noets"),
  "a row that does not apply and does not say why": (preset) => (preset.scenarios[0].rows[0].applicable = false),
  "a row that applies and is excluded": (preset) => (preset.scenarios[0].rows[0].exclusion = "not sold"),
  "a row without id": (preset) => delete preset.scenarios[0].rows[0].id,
};
for (const name of presets) {
  check(`services/${name}`, () => assert.ok(validatePreset(parse(join(profiles, "services", name))), ajv.errorsText(validatePreset.errors)));
}
for (const [what, change] of Object.entries(wrongPresets)) {
  check(`a preset with ${what}`, () => {
    const preset = parse(join(profiles, "services", "gst.json"));
    change(preset);
    assert.equal(validatePreset(preset), false);
  });
}

// And of lists of attestations; what exists is the loader's alone to know.
const said = parse(join(table, "attestations.json"));
const validateSaid = ajv.compile(JSON.parse(readFileSync(join(profiles, "attestations.schema.json"), "utf8")));
assert.ok(said.accepted.length >= 8 && said.refused.length >= 20);
for (const [list, accepted] of [["accepted", true], ["refused", false], ["refused_by_loader_alone", true]]) {
  for (const one of said[list]) {
    check(`attestations.json, ${list}: ${JSON.stringify(one)}`, () => assert.equal(validateSaid(one), accepted));
  }
}

console.log(`${bad.length} bad, ${good.length} good and ${shipped.length} shipped profiles; ${failures} disagreements`);
process.exit(failures === 0 ? 0 : 1);
