// Asks the registry what is known against our dependencies, and ends with 1 when something is. A registry that cannot be asked is named and no failure: it says nothing of us.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const asked = spawnSync("npm", ["audit", "--json"], { cwd: join(import.meta.dirname, ".."), encoding: "utf8" });
const report = read(asked.stdout);

if (report.vulnerabilities === undefined) {
  console.log(`Left out: npm audit, because the registry cannot be asked: ${report.message ?? asked.stderr}`);
} else {
  // Of a package that only uses another one that is vulnerable, the other's name stands there.
  const known = Object.values(report.vulnerabilities).flatMap(({ via }) => via.filter((each) => typeof each === "object"));
  for (const { name, severity, title, url } of known) console.log(`${name}: ${severity}, ${title}, ${url}`);
  console.log(`npm audit: ${known.length} known vulnerabilities`);
  if (known.length > 0) process.exitCode = 1;
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
