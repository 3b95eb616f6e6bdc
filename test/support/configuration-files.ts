import type { ConfigurationFiles } from "#model/configuration-files.ts";

/** A configuration in memory, by path. */
export function configurationFiles(files: Readonly<Record<string, string>>): ConfigurationFiles {
  return {
    read: (path) => Promise.resolve(Object.hasOwn(files, path) ? files[path] : undefined),
    list: (folder) =>
      Promise.resolve(
        Object.keys(files)
          .filter((path) => folder === "" || path.startsWith(`${folder}/`))
          .toSorted(),
      ),
  };
}
