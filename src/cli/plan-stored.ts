import { planStore } from "#app/store-plan.ts";
import { formatDuration } from "#core/duration.ts";
import { updateAutomations } from "#modbus/yaml/update-automation.ts";
import type { PlannedInterval } from "#pipeline/polling/plan.ts";
import type { FlagValues } from "./command.ts";
import { ExitCode } from "./exit-code.ts";
import { percent } from "./format.ts";
import { openKnowledge } from "./open-knowledge.ts";
import { storeDirectory } from "./open-store.ts";
import type { Output } from "./output.ts";
import { type Column, formatTable } from "./table.ts";

/** `plan` without a configuration: what is stored is taken for one bus of equal costs. */
export async function planStored(
  { flags, out }: { readonly flags: FlagValues; readonly out: Output },
  { readsPerSecond, automation }: { readonly readsPerSecond: number | undefined; readonly automation: boolean },
): Promise<ExitCode> {
  await using open = await openKnowledge(storeDirectory(flags));
  const plan = await planStore({
    repository: open.repository,
    knowledge: open.knowledge,
    now: open.now,
    progress: (share) => out.progress(`Replaying reads: ${percent(share)}`),
    ...(readsPerSecond === undefined ? {} : { readsPerSecond }),
  });
  out.progress("");
  const { entities, unknown } = plan;
  const name = "all";
  const automations = updateAutomations(entities.map(({ entityId, proposed }) => ({ entityId, interval: proposed })));
  out.document({
    buses: [
      {
        name,
        type: "unknown",
        entities: entities.length,
        requestsPerSecond: plan.readsPerSecond,
        requestsPerSecondAfter: plan.readsPerSecondAfter,
        utilisation: readsPerSecond === undefined ? null : plan.readsPerSecond / readsPerSecond,
      },
    ],
    entities: entities.map(({ entityId, present, proposed, loss, lossAfter, reason }) => ({
      entityId,
      bus: name,
      unit: null,
      address: null,
      count: null,
      interval: present,
      proposed,
      loss: loss ?? null,
      lossAfter: lossAfter ?? null,
      reason,
    })),
    problems: [],
    unknown,
    ...(automation ? { automations } : {}),
  });
  const [before, after] = [plan.readsPerSecond, plan.readsPerSecondAfter].map((rate) => Number(rate.toPrecision(3)));
  const read = entities.length === 1 ? "1 entity is" : `${entities.length} entities are`;
  out.line(`${read} read ${before} times a second together; with the plan ${after} times.`);
  if (unknown.length > 0) out.line(`Of ${unknown.length} more no read shows; they are left out.`);
  out.line();
  for (const line of formatTable(entities, columns, out.width)) out.line(line);
  if (automation) {
    out.line();
    for (const line of automations.split("\n")) out.line(line);
  }
  return ExitCode.done;
}

const columns: readonly Column<PlannedInterval>[] = [
  { title: "Entity", flexible: true, value: ({ entityId }) => entityId },
  { title: "Now", align: "right", value: ({ present }) => formatDuration(present * 1_000) },
  {
    title: "Proposed",
    align: "right",
    value: ({ present, proposed }) => (proposed === present ? "keep" : formatDuration(proposed * 1_000)),
  },
  { title: "Why", flexible: true, value: ({ reason }) => reason },
];
