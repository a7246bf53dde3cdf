#!/usr/bin/env node
/*
 * The HTML report in a real browser (headless Chromium): no message on the
 * console, no request, no serious fault of accessibility (axe-core), nothing
 * wider than the window, in light and dark, at the width of a desk and of a
 * phone; every part can be read without a script and on paper.
 *
 * tests/report-check.mjs [--shots DIR] MODULES NAME=LOG[,PEER-LOG]...
 *
 * MODULES holds node_modules with puppeteer-core and axe-core. "--shots DIR"
 * also keeps pictures. A LOG of "many:N" is made by tests/many-tunnels: its
 * page must stay small, and how long the browser takes is printed, by its own
 * clock. "train:FILE" is the instructor's page of a progress file. Ends with one line, "N passed, N failed".
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const MIB = 1 << 20;
const MOST_BYTES = 5 * MIB;
const PATIENCE_MS = 120000; /* on a busy machine; the time itself is printed */
const WIDTHS = [1280, 390];
const SCHEMES = ["light", "dark"];
const args = process.argv.slice(2);
const shots = args[0] === "--shots" ? args.splice(0, 2)[1] : null;
if (shots)
    fs.mkdirSync(shots, { recursive: true });
const require = createRequire(path.resolve(args.shift(), "x.js"));
const puppeteer = require("puppeteer-core");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const tmp = fs.mkdtempSync(path.join(os.tmpdir(), "ikewhy-report-"));
let passed = 0, failed = 0;

function claim(name, faults) {
    faults.length ? failed++ : passed++;
    for (const fault of faults)
        console.log(`${name}: ${fault}`);
}

/* The page of one or two logs, as a file. */
function makePage(name, logs) {
    const [log, peer] = logs.split(",");
    const train = log.startsWith("train:");
    const file = path.join(tmp, name + ".html");
    let input = log;
    if (log.startsWith("many:")) {
        input = path.join(tmp, name + ".log");
        fs.writeFileSync(input, execFileSync("tests/many-tunnels",
            [log.slice(5)], { maxBuffer: 1 << 30 }));
    }
    const got = spawnSync(process.env.IKEWHY || "./ikewhy",
        train ? ["train", "report", "--as=html", log.slice(6)] :
            ["diagnose", "--format=html",
                ...(peer ? ["--peer-log", peer] : []), input],
        { maxBuffer: 1 << 30 });
    fs.writeFileSync(file, got.stdout);
    claim(name, got.status === 2 || !got.stdout.length
        ? [`no page: ${got.stderr}`] : []);
    claim(`${name}: size`, got.stdout.length > MOST_BYTES
        ? [`${(got.stdout.length / MIB).toFixed(1)} MiB`] : []);
    return file;
}

/* What the browser itself complains about; nothing of ours is added to it. */
async function open(browser, file, width, scheme) {
    const page = await browser.newPage();
    const faults = [];
    const own = pathToFileURL(file).href;
    page.on("console", m => faults.push(`console: ${m.text()}`));
    page.on("pageerror", e => faults.push(`error: ${e.message}`));
    page.on("request", r => {
        if (r.url() !== own)
            faults.push(`request: ${r.url()}`);
    });
    await page.setViewport({ width, height: width < 600 ? 844 : 900,
        isMobile: width < 600, hasTouch: width < 600,
        deviceScaleFactor: width < 600 ? 2 : 1 });
    await page.emulateMediaFeatures(
        [{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(own, { waitUntil: "load", timeout: PATIENCE_MS });
    return { page, faults };
}

/* What sticks out of the window, or out of its own box without a scroll bar. */
function overflowing() {
    const wide = document.documentElement.clientWidth;
    const bad = [];
    if (document.documentElement.scrollWidth > wide)
        bad.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const e of document.querySelectorAll("body *")) {
        const box = e.getBoundingClientRect();
        if (e.closest(".wide, .skip") || !box.width || box.right <= wide + 1)
            continue;
        bad.push(`<${e.tagName.toLowerCase()} class="${e.getAttribute("class")}` +
            `"> ends at ${Math.round(box.right)}`);
    }
    return bad.slice(0, 3);
}

/* Text of a picture must stay inside it and be large enough to read. */
function pictures() {
    const bad = [];
    for (const svg of document.querySelectorAll("svg")) {
        const frame = svg.getBoundingClientRect();
        for (const t of svg.querySelectorAll("text")) {
            const box = t.getBoundingClientRect();
            if (!box.width)
                continue;
            if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
                box.bottom > frame.bottom + 1)
                bad.push(`text leaves its picture: ${t.textContent}`);
            if (box.height < 9)
                bad.push(`text of ${box.height.toFixed(1)} px`);
        }
    }
    return bad.slice(0, 3);
}

/* Links inside the page have an end. */
function links() {
    return [...document.querySelectorAll("a[href]")]
        .filter(a => !document.getElementById(
            decodeURIComponent(a.getAttribute("href").slice(1))))
        .map(a => `a link to nowhere: ${a.getAttribute("href")}`).slice(0, 3);
}

/* By the browser's own clock, from the start of the navigation. */
function times() {
    const t = performance.getEntriesByType("navigation")[0];
    return `content loaded in ${t.domContentLoadedEventEnd.toFixed(0)} ms, ` +
        `load event after ${t.loadEventEnd.toFixed(0)} ms`;
}

async function look(name, page, faults, width, scheme) {
    faults.push(...await page.evaluate(overflowing));
    faults.push(...await page.evaluate(pictures));
    faults.push(...await page.evaluate(links));
    if (shots)
        await page.screenshot({ fullPage: true,
            path: path.join(shots, `${name}-${width}-${scheme}.png`) });
}

/* Axe needs its script let in, so it works on a page of its own. */
async function accessible(browser, file, width, scheme) {
    const { page } = await open(browser, file, width, scheme);
    await page.evaluate(() => document.querySelectorAll("details")
        .forEach(d => { d.open = true; }));
    const found = await page.evaluate(source => {
        window.eval ? (0, eval)(source) : 0;
        return window.axe.run(document, { resultTypes: ["violations"] });
    }, axe).catch(e => ({ violations: [{ impact: "critical",
        help: e.message, nodes: [] }] }));
    await page.close();
    return found.violations
        .filter(v => v.impact === "serious" || v.impact === "critical")
        .map(v => `axe, ${v.impact}: ${v.help}: ` +
            v.nodes.slice(0, 2).map(n => n.html.slice(0, 100)).join(" | "));
}

/* On paper nothing is folded away and the parts for a screen are gone. */
async function printed(name, browser, file) {
    const { page, faults } = await open(browser, file, 1280, "light");
    await page.emulateMediaType("print");
    faults.push(...await page.evaluate(() => {
        const bad = [];
        const shown = e => e.getBoundingClientRect().height > 0 &&
            e.checkVisibility();
        if ([...document.querySelectorAll("nav")].some(shown))
            bad.push("the links between the parts are printed");
        if ([...document.querySelectorAll("details:not([open]) > *")]
            .some(e => !shown(e)))
            bad.push("what is folded is not printed");
        return bad;
    }));
    if (shots)
        await page.pdf({ path: path.join(shots, name + ".pdf"), format: "A4" });
    await page.close();
    claim(`${name}: on paper`, faults);
}

async function check(browser, name, logs) {
    const file = makePage(name, logs);
    const many = logs.startsWith("many:");
    for (const width of WIDTHS)
        for (const scheme of SCHEMES) {
            const { page, faults } = await open(browser, file, width, scheme);
            if (many)
                console.log(`# ${name}: ${width}, ${scheme}: ` +
                    `${fs.statSync(file).size} bytes, ` +
                    await page.evaluate(times));
            if (!many)
                await look(name, page, faults, width, scheme);
            await page.close();
            claim(`${name}: ${width}, ${scheme}`, faults);
            if (!many)
                claim(`${name}: ${width}, ${scheme}, axe`,
                    await accessible(browser, file, width, scheme));
        }
    if (!many)
        await printed(name, browser, file);
}

const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    protocolTimeout: 2 * PATIENCE_MS,
    args: ["--no-sandbox", "--disable-dev-shm-usage"] });
try {
    for (const arg of args) {
        const at = arg.indexOf("=");
        await check(browser, arg.slice(0, at), arg.slice(at + 1));
    }
} catch (e) {
    claim("the browser", [e.stack]);
} finally {
    await browser.close();
    fs.rmSync(tmp, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);
