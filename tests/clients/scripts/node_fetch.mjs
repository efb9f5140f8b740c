// node_fetch.mjs [MILLISECONDS]: Node's fetch, which finds the CA in NODE_EXTRA_CA_CERTS and shows no client certificate.
try {
  const answer = await fetch(process.env.GATEPROOF_URL + "/gateway2/gws/returns/?singleWsdl", {
    signal: process.argv[2] ? AbortSignal.timeout(Number(process.argv[2])) : undefined,
    headers: { Authorization: "Bearer " + process.env.GATEPROOF_TOKEN },
  });
  const description = await answer.text();
  process.exitCode = answer.status === 200 && /^\s*<\?xml/.test(description) ? 0 : 1;
} catch (error) {
  console.error(error.cause?.message ?? error.message);
  process.exitCode = 1;
}
