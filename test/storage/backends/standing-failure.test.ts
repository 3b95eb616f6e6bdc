import { describe, expect, it } from "vitest";
import { CadenceError } from "#core/errors.ts";
import { StandingFailure } from "#storage/backends/standing-failure.ts";

const full = new CadenceError("STORE_FULL", "The disk is full.");
const failing = new CadenceError("STORE_IO", "The disk failed.");

function withFree(freeBytes: number | undefined): {
  readonly disk: { free: number | undefined };
  readonly failure: StandingFailure;
} {
  const disk = { free: freeBytes };
  return { disk, failure: new StandingFailure({ freeBytes: () => Promise.resolve(disk.free) }) };
}

describe("a failure of the store", () => {
  it("is over when anything succeeds, unless the disk was full", async () => {
    const { failure } = withFree(0);
    failure.note(failing, 1_000);
    expect(failure.error).toBe(failing);
    await failure.over(1);
    expect(failure.error).toBeUndefined();
  });

  it("of a full disk stands while only smaller things are taken", async () => {
    const { failure } = withFree(500);
    failure.note(full, 1_000);
    await failure.over(999);
    expect(failure.error).toBe(full);
    await failure.over(1_000);
    expect(failure.error).toBeUndefined();
  });

  it("of a full disk remembers the largest that was refused", async () => {
    const { failure } = withFree(500);
    failure.note(full, 1_000);
    failure.note(full, 10);
    await failure.over(10);
    expect(failure.error).toBe(full);
  });

  it("of a full disk is over with anything once there is room, and where room cannot be told", async () => {
    const { disk, failure } = withFree(500);
    failure.note(full, 1_000);
    disk.free = 1_000;
    await failure.over(1);
    expect(failure.error).toBeUndefined();
    disk.free = undefined;
    failure.note(full, 1_000);
    await failure.over(1);
    expect(failure.error).toBeUndefined();
  });
});
