// HTTP libraries for Node, Debian's or npm's, as NODE_PATH says: node_libraries.cjs LIBRARY MODE
const fs = require("fs");
const https = require("https");
const { createRequire } = require("module");

const [library, mode] = process.argv.slice(2);
const url = process.env.GATEPROOF_URL + "/gateway/customer/status";
const headers = { Authorization: "Bearer " + process.env.GATEPROOF_TOKEN };
const tls = {
  ca: fs.readFileSync(process.env.GATEPROOF_CA),
  cert: fs.readFileSync(process.env.GATEPROOF_CERTIFICATE),
  key: fs.readFileSync(process.env.GATEPROOF_KEY),
  rejectUnauthorized: mode !== "unverified",
};

const read = {
  async axios() {
    const client = require("axios").create({ httpsAgent: new https.Agent(tls), timeout: 90_000 });
    const answer = await client.get(url, { headers });
    return answer.status === 200 && String(answer.data).trim() === "OK";
  },
  async "axios-retry"() {
    const client = require("axios").create({ httpsAgent: new https.Agent(tls), timeout: 90_000 });
    const retry = require("axios-retry").default;
    retry(client, mode === "always" ? { retries: 6, retryCondition: () => true } : { retries: 2, retryDelay: retry.exponentialDelay });
    const answer = await client.get(url, { headers });
    return answer.status === 200 && String(answer.data).trim() === "OK";
  },
  async got() {
    const answer = await require("got").default(url, {
      headers,
      timeout: 90_000,
      https: { certificateAuthority: tls.ca, certificate: tls.cert, key: tls.key, rejectUnauthorized: tls.rejectUnauthorized },
      retry: { limit: 2 },
    });
    return answer.statusCode === 200 && answer.body.trim() === "OK";
  },
  async undici() {
    const { Agent, request } = require("undici");
    const answer = await request(url, { headers, dispatcher: new Agent({ connect: tls, headersTimeout: 90_000 }) });
    return answer.statusCode === 200 && (await answer.body.text()).trim() === "OK";
  },
  async soap() {
    const axios = createRequire(require.resolve("soap"))("axios");
    const description = process.env.GATEPROOF_URL + "/gateway/gws/returns/?singleWsdl";
    const client = await require("soap").createClientAsync(description, {
      request: axios.create({ httpsAgent: new https.Agent(tls), timeout: 90_000 }),
      wsdl_headers: headers,
    });
    return Object.keys(client.describe()).length > 0;
  },
};

read[library]().then(
  (good) => process.exit(good ? 0 : 1),
  (error) => {
    console.error(error.cause?.message ?? error.message);
    process.exit(1);
  });
