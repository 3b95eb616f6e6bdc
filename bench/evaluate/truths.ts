/** What is true of the recordings, as the README of the data and their meta.json say it, measured there independently of this program. */
export interface Truth {
  readonly recording: string;
  /** Another file than all changes. */
  readonly file?: string;
  /** Put before every name below. */
  readonly prefix: string;
  readonly correlations?: readonly (readonly [a: string, b: string, r: number])[];
  /** Correlates with nothing. */
  readonly alone?: readonly string[];
  readonly clusters?: readonly (readonly string[])[];
  /** Entities an identity links, the computed one first, as the recording's meta.json names them. What links others is false, unless it is listed under `also`. */
  readonly identities?: readonly (readonly string[])[];
  /** Not named there, but true by physics, or because they follow from those that are; listed after they had been found. */
  readonly also?: readonly (readonly string[])[];
  /** Seconds. */
  readonly periods?: Readonly<Record<string, number>>;
  /** No period is true of these. */
  readonly noPeriod?: readonly string[];
  readonly kinds?: Readonly<Record<string, string>>;
  readonly patterns?: Readonly<Record<string, string>>;
  readonly resolutions?: Readonly<Record<string, number>>;
  /** What the notes say of a resolution and the values do not show: told, not judged. */
  readonly disputed?: Readonly<Record<string, string>>;
  /** Seconds between reads, where the recording has other ones than those its entities have in common. */
  readonly intervals?: Readonly<Record<string, number>>;
}

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index + 1}`);
const same = (names: readonly string[], value: number): Record<string, number> =>
  Object.fromEntries(names.map((name) => [name, value]));
const day = 86_400;

export const truths: readonly Truth[] = [
  {
    recording: "vfd-v20-modbus",
    prefix: "sensor.vfd_",
    clusters: [["freq_output", "speed", "freq_actual", "hiw", "output_volts", "analog_out_1"]],
    identities: [
      ["hiw", "freq_actual"],
      ["speed", "freq_output"],
    ],
    also: [
      ["analog_out_1", "freq_actual"],
      ["freq_output", "analog_out_1"],
      ["freq_output", "freq_actual"],
    ],
    resolutions: same(["torque", "current", "analog_in_2"], 1),
  },
  {
    recording: "meter-3phase-22s",
    prefix: "sensor.meter_",
    clusters: [
      ["i1", "i2", "i3", "i_avr", "p", "p1", "p2", "p3", "s", "thd_i3"],
      ["l1", "l2", "l12", "l23", "l31", "u_avr", "v_avr"],
      ["di1", "di2", "di3", "dio", "dkw", "dkvar"],
      ["kwh_im", "kvarh_c", "kvarh_i"],
      ["thd_l1", "thd_l2"],
      ["thd_l3", "thd_l31"],
    ],
    identities: [
      ["v_avr", "l1", "l2", "l3"],
      ["u_avr", "l12", "l23", "l31"],
      ["i_avr", "i1", "i2", "i3"],
      ["p", "p1", "p2", "p3"],
      ["s", "p", "q"],
    ],
    also: [["q", "q1", "q2", "q3"]],
    correlations: [
      ["l1", "l2", 0.61],
      ["l1", "l3", 0.77],
      ["l1", "i1", -0.57],
    ],
    kinds: { kwh_im: "counter", kvarh_c: "counter", kwh_ex: "constant" },
    resolutions: {
      ...same(["l1", "l2", "l3", "l12", "l23", "l31", "i1", "i2", "i3", "p", "p1", "p2", "p3"], 0.1),
      freq: 0.01,
      kwh_im: 1,
    },
  },
  {
    recording: "pv-sandia-1min",
    prefix: "sensor.",
    correlations: [
      ["pv_sys1wac", "pv_sys2wac", 0.999],
      ["pv_sys1frequency", "pv_sys2frequency", 0.992],
    ],
    clusters: [
      [...numbered("pv_modtemp", 16), "pv_refcell2temp"],
      [
        "pv_poairrad1",
        ...["pv_refcell1irrad", "pv_refcell2irrad", "pv_refcell1r", "pv_refcell2r", "pv_sys1iac", "pv_sys2iac"],
        ...["pv_sys1str1idc", "pv_sys2str1idc", "pv_sys1wac", "pv_sys2wac"],
      ],
      [
        ...Array.from({ length: 7 }, (_, index) => `pv_icp7019_${index + 1}cjctemp`),
        ...["pv_localambienttemp", "met_temp_c", "met_rh_pct"],
      ],
      ["pv_sys1vac", "pv_sys2vac"],
      ["pv_sys1frequency", "pv_sys2frequency"],
      ["pv_sys1vdc", "pv_sys2vdc"],
      ["pv_sys1powerfactor", "pv_sys2powerfactor"],
      ["met_ws_ms_mean", "met_ws_ms_3sec_max"],
      ["met_global_wm2", "met_global_mv"],
    ],
    identities: [
      ["pv_sys1wac", "pv_sys1vac", "pv_sys1iac", "pv_sys1powerfactor"],
      ["pv_sys2wac", "pv_sys2vac", "pv_sys2iac", "pv_sys2powerfactor"],
      ["met_global_wm2", "met_global_mv"],
    ],
    noPeriod: numbered("pv_modtemp", 16),
  },
  {
    recording: "skab-water-pump",
    file: "polled.csv.gz",
    prefix: "sensor.skab_",
    correlations: [
      ["accelerometer1rms", "accelerometer2rms", -0.45],
      ["temperature", "thermocouple", -0.89],
      ["thermocouple", "volume_flow_raterms", 0.83],
      ["current", "voltage", 0.47],
    ],
    alone: ["pressure"],
    identities: [],
    disputed: { volume_flow_raterms: "whole steps, but most of its values are fractions" },
    patterns: { pressure: "noise", current: "noise", voltage: "noise" },
    noPeriod: ["pressure", "current", "voltage", "temperature", "thermocouple"],
  },
  {
    recording: "keti-room510-5s",
    prefix: "",
    correlations: [
      ["sensor.room_510_co2", "binary_sensor.room_510_pir", 0.65],
      ["sensor.room_510_light", "sensor.room_510_temperature", 0.65],
      ["sensor.room_510_humidity", "sensor.room_510_temperature", -0.37],
    ],
    identities: [],
    intervals: { "binary_sensor.room_510_pir": 10 },
    kinds: { "binary_sensor.room_510_pir": "binary", "sensor.room_510_co2": "numeric" },
  },
  {
    recording: "office-occupancy-1min",
    prefix: "",
    correlations: [
      ["sensor.office_light", "binary_sensor.office_occupancy", 0.91],
      ["sensor.office_light", "sensor.office_temperature", 0.69],
      ["sensor.office_co2", "binary_sensor.office_occupancy", 0.5],
      ["sensor.office_humidity", "sensor.office_humidityratio", 0.93],
    ],
    identities: [],
    periods: { "binary_sensor.office_occupancy": day, "sensor.office_light": day, "sensor.office_temperature": day },
    kinds: { "binary_sensor.office_occupancy": "binary", "sensor.office_co2": "numeric" },
  },
];
