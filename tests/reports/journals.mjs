// Journals for the tests of reports: every verdict, text that a hostile server would send, and a large run.

const start = Date.parse("2026-02-03T12:00:00.000Z");
export const at = (millis) => new Date(start + millis).toISOString();

export const requirements = [
  { id: "CLOUD-TLS-MIN", sentence: "The cloud endpoint negotiates nothing below TLS 1.2.", source: "SE; RFC 8996", level: "must", channels: ["cloud"] },
  { id: "SERVER-CERT", sentence: "The server proves who it is.", source: "SE; RFC 5280", level: "must" },
  { id: "CLOUD-THROTTLE", sentence: "Heavy use can be throttled.", source: "SE", level: "should", channels: ["cloud"] },
];

function head(more = {}) {
  return { event: "run_started", schema: 1, tool: "gateproof", version: "0.1.0", started: at(0), hostname: "builder",
    seed: "42", requirements, suites: { tls: "TLS versions", server: "Server certificate", throttle: "Throttling" }, ...more };
}

function target(name, channel, more = {}) {
  return { event: "target", name, title: `Gateway, ${channel}`, environment: "test", channel,
    url: `https://gateway.example:4046/${name}`, profile_file: `${name}.json`,
    identities: [{ role: "enrolled", subject: "CN=dsp", issuer: "CN=ca", sha256: "AB".repeat(32), not_before: at(0), not_after: at(86400e3 * 20) }],
    ...more };
}

function observation(kind, fields, millis = 100) {
  return { kind, at: at(millis), fields: Object.entries(fields) };
}

/** Planned and ended, or planned alone where there is no outcome. */
function check(target, id, outcome, more = {}) {
  const names = { target, check: id, ...(more.case ? { case: more.case } : {}) };
  const planned = { event: "planned", ...names, suite: id.split(".")[0], title: more.title ?? `Title of ${id}`,
    requirements: more.requirements ?? ["CLOUD-TLS-MIN"], scenario: "negative", ...(more.skip ? { skip_reason: more.skip } : {}) };
  if (!outcome) return [planned];
  return [planned, { event: "check_ended", ...names, outcome, sentence: more.sentence ?? `it did ${outcome}`,
    remedy: more.remedy ?? "", started: at(100), duration_ms: 1234, flaky: more.flaky ?? false, observations_dropped: 0,
    evidence: more.evidence ?? [] }];
}

const end = (reason = "complete") => ({ event: "run_ended", at: at(3000), reason, counts: {} });

export const lines = (events) => events.flat(Infinity).map((event) => JSON.stringify(event)).join("\n") + "\n";

/** What a certificate, a handshake, an exchange and a load leave behind. */
function evidence(text = "OK") {
  return [
    observation("control", { phase: "before", operation: "status", served: true, result: "HTTP 200", attempts: 1, age_ms: 3 }),
    observation("tls_handshake", { identity: "enrolled", result: "ok", version: "TLS 1.3", cipher_suite: "TLS_AES_256_GCM_SHA384" }, 110),
    observation("certificate", { role: "server", depth: 0, subject: `CN=${text}`, issuer: "CN=ca", sha256: "CD".repeat(32), not_after: at(86400e3 * 12) }, 111),
    observation("http_exchange", { request: "GET /gateway/customer-service/status", result: "HTTP 403", duration_us: 20417,
      header_server: text, header_location: text, "header_content-type": text, "header_retry-after": text, body: text, body_bytes: text.length }, 130),
  ];
}

function load() {
  const windows = [];
  for (let i = 0; i < 40; i += 1) {
    const sent = i < 28 ? 20 + i * 6 : 20;
    windows.push(observation("load_window", { stream: "A", at_ms: i * 500, sent, served: Math.min(sent, 110), refused: Math.max(0, sent - 110), failed: 0, p50_us: 3000 + 200 * i, p99_us: 9000 + 500 * i }, i * 500));
    windows.push(observation("load_window", { stream: "B", at_ms: i * 500, sent: 10, served: 10, refused: 0, failed: 0, p50_us: 3000, p99_us: 9000 + 40 * i }, i * 500));
  }
  return windows;
}

/** Two targets, every verdict, data-driven cases, load, and a check that the killed run never ended. */
export function everyVerdict({ text, killed = false } = {}) {
  const said = text === undefined ? {} : { sentence: text, remedy: text, title: text };
  return lines([
    // A journal's line holds 8 MiB at most.
    head(text === undefined ? {} : { hostname: text, version: text, requirements: requirements.map((row) => ({ ...row, sentence: text.slice(0, 99_999), source: text.slice(0, 99_999) })) }),
    target("cloud", "cloud", text === undefined ? {} : { title: text, url: text, environment: text, profile_file: text }),
    target("desktop", "desktop"),
    check("cloud", "tls.refuses-1.1", "fail", { remedy: "disable TLS 1.1", evidence: evidence(text), ...said }),
    check("cloud", "tls.accepts-1.2", "pass", { evidence: evidence(text), ...said }),
    check("cloud", "tls.refuses-1.0", "inconclusive", { ...said }),
    check("cloud", "tls.refuses-ssl3", "error", { ...said }),
    check("cloud", "server.validity", "warning", { requirements: ["SERVER-CERT"], remedy: "renew it", evidence: evidence(text), ...said }),
    check("cloud", "permission.outcome", "pass", { case: "own-customer", ...said }),
    check("cloud", "permission.outcome", "fail", { case: "other-customer", flaky: true, ...said }),
    check("cloud", "throttle.engages", "pass", { requirements: ["CLOUD-THROTTLE"], evidence: load(), ...said }),
    check("desktop", "tls.refuses-1.1", null, { skip: text ?? "not for desktop" }),
    check("desktop", "server.validity", null, { requirements: ["SERVER-CERT"] }),
    killed ? [] : end("interrupted"),
  ]);
}

/** What a peer may send: markup, endings of other formats, controls, bidirectional text, length. */
export const hostileTexts = {
  markup: "\"'><script>document.title='owned';globalThis.owned=1</script><img src=x onerror=\"globalThis.owned=1\"><svg/onload=globalThis.owned=1>",
  endings: "]]></failure></testcase><testcase name='forged' classname='x'/><!-- --> </script></style></noscript></template></textarea></title><?xml?>",
  controls: Array.from({ length: 160 }, (_, code) => String.fromCharCode(code)).join(""),
  invisible: "\u202eevil\u202c \u2066x\u2069 \u200b\u00ad\ufeff\ufffe\uffff \u{e0001} \u2028\u2029 \u0085",
  formulas: "=cmd|' /C calc'!A0,\"\r\n=1+1;@SUM(A1)",
  markdown: "| a | b |\n---\n# h [x](javascript:alert(1)) ![i](http://evil.example/x.png) `c` <b>*_~~ https://evil.example @user $x$",
  long: "x".repeat(1_000_000),
};

/** `count` checks as a large estate gives them: 50 targets, about six observations each. */
export function large(count) {
  const outcomes = ["pass", "pass", "pass", "pass", "pass", "pass", "pass", "pass", "warning", "fail"];
  const targets = Array.from({ length: 50 }, (_, i) => `gateway-${i}`);
  const events = [head(), targets.map((name) => target(name, "cloud"))];
  for (let i = 0; i < count; i += 1) {
    events.push(check(targets[i % targets.length], `tls.check-${Math.floor(i / targets.length)}`, outcomes[i % 10], {
      title: "A protocol version below TLS 1.2 is refused whatever else is offered",
      sentence: `the endpoint refused connection ${i} with alert protocol_version (70) after 12 ms`,
      remedy: i % 10 > 7 ? `disable every protocol version below TLS 1.2 on listener ${i}` : "",
      requirements: ["CLOUD-TLS-MIN", "SERVER-CERT"],
      evidence: [...evidence("OK"), observation("client_hello", { offered: "TLS 1.1 (131 cipher suites, 9 extensions)", answer: "alert protocol_version (70)", alert: "protocol_version (70)" }, 140),
        observation("control", { phase: "after", operation: "status", served: true, result: "HTTP 200", attempts: 1, age_ms: 3 }, 150)],
    }));
  }
  return lines([events, end()]);
}
