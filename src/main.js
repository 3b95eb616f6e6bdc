/**
 * The only file that Node runs as it is. Stripping the types of all others takes a third of a start, and memory that is never given back: what Node made of
 * them is kept beside what npm installed, and the program that strips is not even loaded when all of them are there; it would be for one alone, this one. Where the folder
 * cannot be written, everything goes on without.
 */
import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";

enableCompileCache(join(import.meta.dirname, "..", "node_modules", ".cache", "modbus-cadence"));
// Node does so at an orderly end only, which a daemon whose power is cut has not.
setTimeout(flushCompileCache, 10_000).unref();
await import("./program.ts");
