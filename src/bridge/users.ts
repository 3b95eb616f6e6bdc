/** Ids of active administrators in Home Assistant's answer to `config/auth/list`. What is not as expected is none. */
export function parseAdministrators(answer: unknown): readonly string[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((user: unknown) => {
    if (typeof user !== "object" || user === null) return [];
    const { id, is_active, is_owner, group_ids } = user as Readonly<Record<string, unknown>>;
    const isAdministrator = is_owner === true || (Array.isArray(group_ids) && group_ids.includes("system-admin"));
    return typeof id === "string" && is_active !== false && isAdministrator ? [id] : [];
  });
}
