import { existsSync } from "node:fs";
import { join } from "node:path";

/** Real recordings and sessions, which are not part of the repository: beside the checkout, or where CADENCE_DATA says. */
export const sharedData: string =
  process.env["CADENCE_DATA"] ?? join(import.meta.dirname, "..", "..", "..", "shared", "data");

export const hasSharedData: boolean = existsSync(join(sharedData, "series"));

export const withoutSharedData = "left out where the recordings are not there (CADENCE_DATA)";
