// Node's https, well and badly set up: node_https.mjs MODE
import fs from "node:fs";
import https from "node:https";

const modes = {
  unverified: { rejectUnauthorized: false },
  "no-host-name": { checkServerIdentity: () => undefined },
  "published-suites": { ciphers: "ECDHE+AESGCM:ECDHE+CHACHA20:@SECLEVEL=2" },
  "no-certificate": { cert: undefined, key: undefined },
  "up-to-1.2": { maxVersion: "TLSv1.2" },
  "old-versions": { minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" },
};
const request = https.get(process.env.GATEPROOF_URL + "/gateway/customer/status", {
  ca: fs.readFileSync(process.env.GATEPROOF_CA),
  cert: fs.readFileSync(process.env.GATEPROOF_CERTIFICATE),
  key: fs.readFileSync(process.env.GATEPROOF_KEY),
  headers: { Authorization: "Bearer " + process.env.GATEPROOF_TOKEN },
  timeout: 90_000,
  ...modes[process.argv[2]],
}, (answer) => {
  let body = "";
  answer.on("data", (part) => { body += part; });
  answer.on("end", () => { process.exitCode = answer.statusCode === 200 && body.trim() === "OK" ? 0 : 1; });
  answer.on("error", (error) => { console.error(error.message); process.exitCode = 1; });
});
request.on("timeout", () => request.destroy(new Error("no answer within 90 s")));
request.on("error", (error) => { console.error(error.message); process.exitCode = 1; });
