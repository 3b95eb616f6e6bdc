import { expect, it } from "vitest";
import { entityDetail } from "#app/entity-detail.ts";
import { silentLogger } from "#core/logger.ts";
import type { Overview } from "#model/overview.ts";
import { Knowledge } from "#app/knowledge.ts";
import { Repository } from "#repository/repository.ts";
import { MemoryVolume, Storage } from "#storage/index.ts";
import { ManualClock } from "../support/manual-clock.ts";

it("of an entity that the drive reads says what its row says", async () => {
  const clock = new ManualClock(1_700_000_000_000);
  await using storage = await Storage.open({ at: new MemoryVolume(), clock, logger: silentLogger, create: true });
  const repository = await Repository.open(storage);
  const knowledge = new Knowledge();
  knowledge.setEntities([{ entityId: "sensor.a", integration: "modbus", name: "A" }]);
  knowledge.driven = () => new Map([["sensor.a", 3]]);
  const overview = { at: clock.now(), ...knowledge.describe(clock.now(), 0.5) } as Overview;
  const detail = await entityDetail("sensor.a", { repository, knowledge, overview, wishOf: () => ({}) });
  expect(detail?.overview).toBe(overview.entities[0]);
  expect(detail?.overview).toMatchObject({ drivenSeconds: 3, advice: { action: "keep", present: 3 } });
});
