// Opens reports in headless Chromium: nothing is requested, nothing is complained of, axe finds nothing, the keyboard is
// enough, and nothing is wider than a telephone. Usage: node check.mjs CHROMIUM REPORT.html...
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, ...files] = process.argv.slice(2);
const quiet = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-quic"];
const views = [
  ["light", { colorScheme: "light", viewport: { width: 1280, height: 900 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1280, height: 900 } }],
  ["narrow", { colorScheme: "light", viewport: { width: 390, height: 844 } }],
];
/** A reader sees the first page in this time, in milliseconds. */
const PATIENCE = 2000;

const faults = [];
let checks = 0;
const hold = (is, what) => { checks += 1; if (!is) faults.push(what); };

const browser = await chromium.launch({ executablePath, args: quiet });
for (const file of files) {
  const address = pathToFileURL(resolve(file)).href;
  for (const [name, options] of views) {
    const at = `${file} (${name})`;
    // The page's own policy forbids scripts; axe is one.
    const context = await browser.newContext({ ...options, bypassCSP: true });
    const page = await context.newPage();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("dialog", (dialog) => { said.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("request", (request) => { if (request.url() !== address) said.push(`asked for ${request.url()}`); });
    const begun = performance.now();
    await page.goto(address, { waitUntil: "load" });
    const took = Math.round(performance.now() - begun);
    hold(took < PATIENCE, `${at}: took ${took} ms to show`);
    hold(said.length === 0, `${at}: ${said.join("; ")}`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    hold(wide <= 0, `${at}: ${wide} pixels wider than the window`);
    const scripts = await page.evaluate(() =>
      document.querySelectorAll("script,iframe,object,embed,link,img,[onload],[onerror],[onclick]").length);
    hold(scripts === 0, `${at}: ${scripts} elements that load or run something`);
    await page.keyboard.press("Tab");
    const first = await page.evaluate(() => document.activeElement?.getAttribute("href"));
    hold(first === "#main", `${at}: the first stop of the keyboard is ${first}`);
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const violation of found.violations) {
      const node = violation.nodes[0];
      faults.push(`${at}: ${violation.id} (${violation.nodes.length}): ${violation.help}: ${node.html.slice(0, 160)} `
        + node.failureSummary.replaceAll("\n", " ").slice(0, 240));
    }
    checks += 1;
    console.log(`${at}: shown in ${took} ms`);
    await context.close();
  }
}
await browser.close();
for (const fault of faults) console.error(fault);
console.log(`${checks - Math.min(faults.length, checks)} passed, ${faults.length} failed`);
process.exit(faults.length === 0 ? 0 : 1);
