import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { BenchEntity, MakeContestant } from "../contestant.ts";

const port = 18_428;
const address = `http://127.0.0.1:${port}`;
/** Texts are numbers there. */
const numberOf: Readonly<Record<string, number>> = { on: 1, off: 0, Normal: 1, Standby: 2, Fault: 3 };

/** True when Debian's package `victoria-metrics`, or another binary of that name, is installed. */
export function hasVictoriaMetrics(): boolean {
  return spawnSync("victoria-metrics", ["-version"]).error === undefined;
}

/** VictoriaMetrics over HTTP on this machine; it has no log that is synced, so there is no run with fsync. */
export const victoriaMetrics: MakeContestant = ({ directory }) => {
  let server: ChildProcess | undefined;
  const call = async (path: string, body?: string): Promise<string> => {
    const response = await fetch(`${address}${path}`, body === undefined ? {} : { method: "POST", body });
    if (!response.ok) throw new Error(`VictoriaMetrics: ${response.status} ${await response.text()}`);
    return response.text();
  };
  const start = async (): Promise<void> => {
    mkdirSync(directory, { recursive: true });
    const options = [
      `-storageDataPath=${join(directory, "data")}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      "-retentionPeriod=100y",
    ];
    server = spawn("victoria-metrics", [...options, "-search.latencyOffset=0s"], { stdio: "ignore" });
    for (;;) {
      if (
        await call("/health").then(
          () => true,
          () => false,
        )
      )
        return;
      await pause(10);
    }
  };
  const stop = async (): Promise<void> => {
    server?.kill("SIGINT");
    if (server !== undefined) await once(server, "exit");
  };
  const exported = async ({ id }: BenchEntity, from: number, to: number): Promise<number[]> => {
    const lines = await call(
      `/api/v1/export?match[]=${encodeURIComponent(`s{e="${id}"}`)}&start=${from / 1_000}&end=${(to - 1) / 1_000}`,
    );
    return lines
      .split("\n")
      .filter(Boolean)
      .flatMap((line) => (JSON.parse(line) as { values: number[] }).values);
  };
  return {
    open: start,
    async append({ length, entities, times, numbers, states }) {
      let lines = "";
      for (let index = 0; index < length; index += 1) {
        const number = numbers[index] as number;
        const value = Number.isNaN(number) ? (numberOf[states[index] as string] ?? -1) : number;
        lines += `s{e="${entities[index]}"} ${value} ${times[index]}\n`;
      }
      await call("/api/v1/import/prometheus", lines);
    },
    async finish() {
      await call("/internal/force_flush");
      await call("/internal/force_merge");
      await pause(5_000);
      await stop();
    },
    openForReading: start,
    async scan(entity) {
      const values = await exported(entity, 0, 4e12);
      return { count: values.length, sum: values.reduce((sum, value) => sum + value, 0) };
    },
    range: async (entity, from, to) => (await exported(entity, from, to)).length,
    async last() {
      const answer = JSON.parse(await call(`/api/v1/query?query=${encodeURIComponent("last_over_time(s[400d])")}`)) as {
        data: { result: unknown[] };
      };
      return answer.data.result.length;
    },
    close: stop,
  };
};
