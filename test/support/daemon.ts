import { type ChildProcess, spawn } from "node:child_process";
import { get } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { Overview } from "#model/overview.ts";

const root = join(import.meta.dirname, "..", "..");

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CadenceOptions {
  /** Replaces what the test runner's environment says of Home Assistant and of our options. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder the program is started in. */
  readonly directory?: string;
  /** Options of Node itself. @default none */
  readonly nodeOptions?: readonly string[];
}

function start(argv: readonly string[], options: CadenceOptions): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(HASS_|CADENCE_|SUPERVISOR_|MQTT_)/.test(name));
  return spawn(process.execPath, [...(options.nodeOptions ?? []), join(root, "src", "main.js"), ...argv], {
    cwd: options.directory ?? root,
    env: { ...Object.fromEntries(inherited), ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs one command to its end, as a user would. */
export async function runCadence(argv: readonly string[], options: CadenceOptions = {}): Promise<Finished> {
  const child = start(argv, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (part: Buffer) => stdout.push(part));
  child.stderr?.on("data", (part: Buffer) => stderr.push(part));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/** Over a connection of its own: a kept one may be closed by a program that stood still. By `fetch` that would end us now and then (nodejs/undici#5360). */
function getJson(url: URL): Promise<unknown> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => resolve(json(response))).once("error", reject);
  });
}

/** A running daemon of which only the outside is seen: its log, its panel, its exit. */
export class Daemon implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #log = "";

  constructor(argv: readonly string[], options: CadenceOptions = {}) {
    this.#child = start(argv, options);
    const collect = (part: Buffer): void => void (this.#log += part.toString());
    this.#child.stdout?.on("data", collect);
    this.#child.stderr?.on("data", collect);
    this.#ended = new Promise((resolve) => this.#child.once("close", resolve));
  }

  get log(): string {
    return this.#log;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  /** Resolves with the match once the log holds it; rejects with the log when the daemon ends or time runs out. */
  async logged(pattern: RegExp, withinMilliseconds = 15_000): Promise<RegExpExecArray> {
    const stream = [this.#child.stdout, this.#child.stderr];
    const found = Promise.withResolvers<RegExpExecArray>();
    const look = (): void => {
      const match = pattern.exec(this.#log);
      if (match !== null) found.resolve(match);
    };
    const timer = setTimeout(
      () => found.reject(new Error(`No ${String(pattern)} in:\n${this.#log}`)),
      withinMilliseconds,
    );
    const ended = this.#ended.then(() => found.reject(new Error(`Ended without ${String(pattern)}:\n${this.#log}`)));
    for (const part of stream) part?.on("data", look);
    look();
    try {
      return await Promise.race([found.promise, ended as Promise<never>]);
    } finally {
      clearTimeout(timer);
      for (const part of stream) part?.off("data", look);
    }
  }

  /** The panel's address, printed at the start. */
  async address(): Promise<string> {
    return (await this.logged(/(http:\/\/127\.0\.0\.1:\d+\/)/))[1] as string;
  }

  async overview(): Promise<Overview> {
    const url = new URL("api/overview", await this.address());
    return (await getJson(url).catch((cause: unknown) => {
      throw new Error(`The panel does not answer. The daemon's log ends with:\n${this.#log.slice(-4_000)}`, { cause });
    })) as Overview;
  }

  /** Asks the panel until `wanted` holds. */
  async until(wanted: (overview: Overview) => boolean, withinMilliseconds = 60_000): Promise<Overview> {
    const deadline = performance.now() + withinMilliseconds;
    for (;;) {
      const overview = await this.overview();
      if (wanted(overview)) return overview;
      if (performance.now() > deadline)
        throw new Error(`Not reached: ${wanted.toString()}\n${this.#log.slice(-4_000)}`);
      await pause(250);
    }
  }

  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  async kill(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<number | null> {
    this.#child.kill(signal);
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) await this.kill("SIGKILL");
  }
}

/** Real time that passes in another process; nothing of ours could fake it. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, milliseconds));
}
