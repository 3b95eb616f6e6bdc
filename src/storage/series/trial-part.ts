const longestTrial = 1_024;

/** A part from the middle of a column, long enough to tell which of two forms is smaller without writing all of it twice. */
export function trialPart(values: Float64Array): Float64Array {
  const begin = Math.max(0, Math.floor((values.length - longestTrial) / 2));
  return values.subarray(begin, begin + longestTrial);
}
