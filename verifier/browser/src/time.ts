// Points in time: whole UTC seconds since 1970, as numbers, and their written forms.

export type Time = number;

// The time of a calendar date; null when it does not exist. Second 60 is the next minute's first.
export function timeFromUtc(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): Time | null {
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}

// "2041-06-01T00:00:00Z"
export function timeText(time: Time): string {
  const text = new Date(time * 1000).toISOString(); // of years beyond 9999: with a sign
  return text.replace(/\.\d+Z$/, 'Z');
}

function fields(match: RegExpExecArray): Time | null {
  const n = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  return timeFromUtc(...n);
}

// RFC 3339 with any offset (fractions are cut off), or a bare date; null when it is neither.
export function parseTime(text: string): Time | null {
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (date) return timeFromUtc(Number(date[1]), Number(date[2]), Number(date[3]), 0, 0, 0);
  const full =
    /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/.exec(
      text,
    );
  if (!full) return null;
  const local = fields(full);
  if (local === null || full[7] === undefined) return local;
  const hours = Number(full[8]);
  const minutes = Number(full[9]);
  if (hours > 23 || minutes > 59) return null;
  return local - (full[7] === '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
}

// YYYYMMDDhhmmss[.f...]Z without trailing zeros in the fraction, which is cut off (DER, RFC 3161).
export function parseGeneralizedTime(text: string): Time | null {
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d*[1-9])?Z$/.exec(text);
  return match ? fields(match) : null;
}

// YYMMDDhhmmssZ, years 1950 to 2049 (RFC 5280 section 4.1.2.5.1).
export function parseUtcTime(text: string): Time | null {
  if (!/^\d{12}Z$/.test(text)) return null;
  return parseGeneralizedTime((text < '50' ? '20' : '19') + text);
}
