/** Device discovery came with Home Assistant 2024.12; before, every component has a message of its own. */
export function hasDeviceDiscovery(version: string | undefined): boolean {
  // Whoever does not say is taken for one of today.
  const [year = 0, month = 0] = (version ?? "2024.12").split(".").map(Number);
  return year > 2024 || (year === 2024 && month >= 12);
}
