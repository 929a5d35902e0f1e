/**
 * Builds the scripts of the pages into the package: one a page, parts loaded when they are needed,
 * the licences of what is inside, and each file compressed beside it.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const OUT = "src/essgraph/web/static/built";
/** What builds or tests, and is no part of what is built. */
const TOOLS = ["axe-core", "esbuild"];
const LICENCE = /^(?:licen[cs]e|copying)/i;

/** The licences of the packages that these depend on, themselves included, by their names. */
function licences(names, found = new Map()) {
  for (const name of names) {
    const folder = join("node_modules", name);
    if (found.has(name) || !existsSync(folder)) continue;
    const { version, license, author, dependencies } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    const file = readdirSync(folder).find((entry) => LICENCE.test(entry));
    const text = file
      ? readFileSync(join(folder, file), "utf8").trim()
      : `By ${author?.name ?? author ?? name}.`;
    found.set(name, `${name} ${version} (${license})\n\n${text}\n`);
    licences(Object.keys(dependencies ?? {}), found);
  }
  return found;
}

/** What a page loads: each folder that has a `main.js`, or a `main.css` alone. */
const pages = readdirSync("frontend").flatMap((name) => {
  const main = ["main.js", "main.css"].map((file) => `frontend/${name}/${file}`).find((file) => existsSync(file));
  return main === undefined ? [] : [[name, main]];
});
const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
await build({
  entryPoints: Object.fromEntries(pages),
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: "es2023",
  charset: "utf8",
  legalComments: "none",
  loader: { ".png": "dataurl", ".svg": "dataurl", ".woff2": "file" },
  outdir: OUT,
});
const inside = licences(Object.keys(devDependencies).filter((name) => !TOOLS.includes(name)));
const texts = [...inside.keys()].sort().map((name) => inside.get(name));
writeFileSync(join(OUT, "LICENCES.txt"), texts.join(`\n${"-".repeat(72)}\n\n`));
for (const name of readdirSync(OUT)) {
  if (name.endsWith(".woff2")) continue; // compressed already
  const content = readFileSync(join(OUT, name));
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(join(OUT, `${name}.br`), brotliCompressSync(content, { params }));
  writeFileSync(join(OUT, `${name}.gz`), gzipSync(content, { level: 9 }));
}
