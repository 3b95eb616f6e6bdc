import { dirname, relative, resolve, sep } from "node:path";
import { CadenceError } from "#core/errors.ts";
import { ConfigurationFolder } from "#sources/configuration-folder.ts";

export const mainFile = "configuration.yaml";
/** Folders above a file in which the configuration is looked for. */
const levels = 4;

/** The folder that holds configuration.yaml, the file's own or one above; else the file's own. */
export async function openConfiguration(
  yaml: string,
): Promise<{ readonly folder: string; readonly file: string; readonly configurationFolder: ConfigurationFolder }> {
  const path = resolve(yaml);
  let folder = dirname(path);
  for (let above = folder, level = 0; level < levels; level += 1, above = dirname(above)) {
    if ((await new ConfigurationFolder(above).read(mainFile)) === undefined) continue;
    folder = above;
    break;
  }
  const configurationFolder = new ConfigurationFolder(folder);
  const file = relative(folder, path).split(sep).join("/");
  if ((await configurationFolder.read(file)) === undefined) {
    throw new CadenceError("SOURCE_NOT_FOUND", `${yaml} does not exist, or cannot be read.`, {
      remedy: "Name a YAML file, such as /homeassistant/configuration.yaml.",
    });
  }
  return { folder, file, configurationFolder };
}
