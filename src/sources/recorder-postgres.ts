import type { RecorderConnection, RecorderRow } from "./recorder-connection.ts";

const connectMilliseconds = 10_000;

/** Opens a recorder data base of PostgreSQL. Throws what the driver throws. */
export async function connectPostgres(url: string): Promise<RecorderConnection> {
  const { Client } = await import("pg");
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: connectMilliseconds,
    options: "-c default_transaction_read_only=on",
  });
  // A connection that is lost between two questions fails the next one.
  client.on("error", () => undefined);
  await client.connect();
  const rowsOf = async (query: string, values: unknown[]): Promise<readonly (readonly unknown[])[]> =>
    (await client.query<unknown[]>({ text: query, values, rowMode: "array" })).rows;
  return {
    dialect: { parameter: (number) => `$${number}` },
    async columns(table) {
      const rows = await rowsOf(
        "select column_name from information_schema.columns where table_name = $1 and table_schema = any (current_schemas(false))",
        [table],
      );
      return new Set(rows.map(([name]) => String(name)));
    },
    async value(query, parameters = []) {
      const value = (await rowsOf(query, [...parameters]))[0]?.[0];
      return typeof value === "number" || typeof value === "string" ? value : undefined;
    },
    async page(query, { at, id }, count) {
      const rows = await rowsOf(`${query} limit ${count}`, [at, id]);
      // 64 bits come as text; ids of rows are far below 2^53.
      return rows.map((row) => row.with(4, Number(row[4])) as unknown as RecorderRow);
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
