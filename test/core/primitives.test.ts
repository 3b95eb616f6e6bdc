import { describe, expect, it } from "vitest";
import { delay } from "#core/clock.ts";
import { Emitter } from "#core/emitter.ts";
import { Mutex } from "#core/mutex.ts";
import { WorkQueue } from "#core/work-queue.ts";
import { ManualClock } from "../support/manual-clock.ts";

describe("Mutex", () => {
  it("lets one section run at a time, in order of arrival, and is released by a failure", async () => {
    const mutex = new Mutex();
    const order: string[] = [];
    const section = (name: string, fail = false) =>
      mutex.run(async () => {
        order.push(`${name} in`);
        await Promise.resolve();
        order.push(`${name} out`);
        if (fail) throw new Error(name);
      });
    await Promise.allSettled([section("a"), section("b", true), section("c")]);
    expect(order).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
    expect(mutex.locked).toBe(false);
  });

  it("is held until disposed, once", async () => {
    const mutex = new Mutex();
    const held = await mutex.acquire();
    expect(mutex.locked).toBe(true);
    held[Symbol.dispose]();
    held[Symbol.dispose]();
    expect(mutex.locked).toBe(false);
  });
});

describe("WorkQueue", () => {
  it("refuses what is too much, counts it, and goes on", async () => {
    const queue = new WorkQueue({ name: "test", limit: 1 });
    const gate = Promise.withResolvers<void>();
    const first = queue.add(() => gate.promise);
    const second = queue.add(() => Promise.resolve("second"));
    await expect(queue.add(() => Promise.resolve())).rejects.toMatchObject({ code: "QUEUE_FULL" });
    expect(queue.refused).toBe(1);
    gate.resolve();
    await first;
    await expect(second).resolves.toBe("second");
    await queue.idle();
    await expect(queue.add(() => Promise.reject(new Error("task")))).rejects.toThrow("task");
  });
});

describe("Emitter", () => {
  it("keeps one listener's failure from the others, and ends subscriptions", () => {
    const errors: unknown[] = [];
    const emitter = new Emitter<{ tick: number }>((error) => errors.push(error));
    const seen: number[] = [];
    emitter.on("tick", () => {
      throw new Error("broken listener");
    });
    const off = emitter.on("tick", (value) => seen.push(value));
    emitter.emit("tick", 1);
    off();
    off();
    emitter.emit("tick", 2);
    expect(seen).toEqual([1]);
    expect(errors).toHaveLength(2);
  });
});

describe("delay", () => {
  it("ends when the clock says so, or at once when aborted", async () => {
    const clock = new ManualClock();
    let done = false;
    const waiting = delay(clock, 1_000).then(() => (done = true));
    await clock.advance(999);
    expect(done).toBe(false);
    await clock.advance(1);
    await waiting;
    const stop = new AbortController();
    const aborted = delay(clock, 1_000, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(aborted).rejects.toThrow("stopped");
  });
});
