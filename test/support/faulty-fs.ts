import type * as FileSystem from "node:fs/promises";
import { basename } from "node:path";

export type Fault = "EIO" | "ENOSPC" | "EMFILE" | "EACCES" | "short write" | "short read";
export const faults: readonly Fault[] = ["EIO", "ENOSPC", "EMFILE", "EACCES", "short write", "short read"];

/** The calls that were made while counting, in order: what was called, and on which file or folder. */
export const calls: string[] = [];
let failing: { readonly at: number; readonly fault: Fault } | undefined;
let counting = false;

/** Counts calls, none of which fails. */
export async function counted(work: () => Promise<unknown>): Promise<readonly string[]> {
  await withFault(Number.POSITIVE_INFINITY, "EIO", async () => void (await work()));
  return [...calls];
}

/** From now on calls are counted, and that at `at` fails; returns whether it came to that. */
export async function withFault(at: number, fault: Fault, work: () => Promise<void>): Promise<boolean> {
  calls.length = 0;
  failing = { at, fault };
  counting = true;
  try {
    await work();
  } finally {
    counting = false;
  }
  return calls.length > at;
}

/** `node:fs/promises` of which one call fails: an error of the system, or fewer bytes than were asked for, which is none. */
export function faultyFileSystem(real: typeof FileSystem): typeof FileSystem {
  const wrapped = Object.fromEntries(
    Object.entries(real).map(([name, value]) => [
      name,
      typeof value === "function" && name !== "constants" ? wrap(name, value as AnyFunction) : (value as unknown),
    ]),
  ) as unknown as typeof FileSystem;
  const open = wrapped.open as unknown as (...parameters: unknown[]) => Promise<FileSystem.FileHandle>;
  return {
    ...wrapped,
    open: (async (...parameters: unknown[]) =>
      faultyHandle(await open(...parameters), nameOf(parameters))) as typeof FileSystem.open,
  };
}

type AnyFunction = (...parameters: unknown[]) => Promise<unknown>;

function wrap(name: string, call: AnyFunction): AnyFunction {
  return async (...parameters) => {
    const fault = next(`${name} ${nameOf(parameters)}`);
    if (fault !== undefined && !fault.startsWith("short")) throw systemError(fault);
    return call(...parameters);
  };
}

/** A handle stays what it is, so that closing it closes the file; its calls go through here. */
function faultyHandle(handle: FileSystem.FileHandle, file: string): FileSystem.FileHandle {
  const calledOn = (name: "datasync" | "sync" | "truncate" | "stat"): AnyFunction => {
    const call = (handle[name] as unknown as AnyFunction).bind(handle);
    return async (...parameters) => {
      const fault = next(`${name} ${file}`);
      if (fault !== undefined && !fault.startsWith("short")) throw systemError(fault);
      return call(...parameters);
    };
  };
  const transfer = (name: "read" | "write", shortFault: Fault): AnyFunction => {
    const call = (handle[name] as unknown as AnyFunction).bind(handle);
    return async (buffer, offset, length, position) => {
      const fault = next(`${name} ${file}`);
      if (fault !== undefined && !fault.startsWith("short")) {
        // As a disk does that breaks half-way: something was written, and nobody knows how much.
        if (name === "write") await call(buffer, offset, Math.floor((length as number) / 2), position);
        throw systemError(fault);
      }
      const short = fault === shortFault && (length as number) > 1;
      return call(buffer, offset, short ? Math.ceil((length as number) / 2) : length, position);
    };
  };
  return Object.assign(handle, {
    datasync: calledOn("datasync"),
    sync: calledOn("sync"),
    truncate: calledOn("truncate"),
    stat: calledOn("stat"),
    read: transfer("read", "short read"),
    write: transfer("write", "short write"),
  });
}

/** The last part of each path. */
function nameOf(parameters: readonly unknown[]): string {
  const paths = parameters.filter((each): each is string => typeof each === "string" && each.includes("/"));
  return paths.map((path) => basename(path)).join(" → ");
}

function next(name: string): Fault | undefined {
  if (!counting) return undefined;
  calls.push(name);
  return failing?.at === calls.length - 1 ? failing.fault : undefined;
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made to fail by the test`), { code });
}
