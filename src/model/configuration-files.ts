/** Text files of Home Assistant's configuration, by their path from its folder, with `/` between. Nothing outside the folder can be named. */
export interface ConfigurationFiles {
  /** Undefined for a file that does not exist, or is no text file of a sensible size. */
  read(path: string): Promise<string | undefined>;
  /** Paths of all files in the folder and those below, sorted; empty for a folder that does not exist. */
  list(folder: string): Promise<readonly string[]>;
}
