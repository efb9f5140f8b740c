// Headless Chromium for the tests that need a browser: found, started and closed, with nothing of its own on the wire.
import { createRequire } from "node:module";
import { existsSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.env.GATEPROOF_NODE_DIR, "package.json"));
const { chromium } = require("playwright-core");

const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-quic",
];

/** Path of the browser; null: there is none. */
export function executable() {
  return [process.env.GATEPROOF_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"]
    .find((path) => path && existsSync(path)) ?? null;
}

/** Starts the browser for the time that `body(browser)` takes. */
export async function withBrowser(body, ...more) {
  const browser = await chromium.launch({ executablePath: executable(), args: [...flags, ...more] });
  try {
    return await body(browser);
  } finally {
    await browser.close();
  }
}

/** A page that notes what should not happen: errors, console messages above "info", and requests to anywhere. */
export async function watchedPage(browser, options = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const seen = { errors: [], requests: [] };
  page.on("pageerror", (error) => seen.errors.push(String(error)));
  page.on("console", (message) => {
    if (["error", "warning", "assert"].includes(message.type())) seen.errors.push(message.text());
  });
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("dialog", async (dialog) => {
    seen.errors.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  return { page, seen };
}

/** Source of axe-core, to be evaluated in a page. */
export function axePath() {
  return require.resolve("axe-core/axe.min.js");
}
