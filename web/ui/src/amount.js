// Amounts stay text from the server to the page: no float ever holds money or a count.

const ZERO = /^-?0*\.?0*$/;

/** Digits in groups of three; what follows the point is left as it is. */
export function grouped(text) {
  const [whole, fraction] = text.split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? groups : `${groups}.${fraction}`;
}

/** A decimal rounded half up to `places` (at least 1), padded with zeros. */
export function rounded(text, places) {
  const [whole, fraction = ''] = text.split('.');
  const digits = fraction.padEnd(places + 1, '0');
  const up = digits[places] >= '5' ? 1n : 0n;
  const scaled = (BigInt(whole + digits.slice(0, places)) + up).toString().padStart(places + 1, '0');
  return `${scaled.slice(0, -places)}.${scaled.slice(-places)}`;
}

/** The decimal point moved to the right, exactly. */
export function shifted(text, places) {
  const [whole, fraction = ''] = text.split('.');
  const digits = fraction.padEnd(places, '0');
  const moved = BigInt(whole + digits.slice(0, places)).toString();
  return trimmed(`${moved}.${digits.slice(places)}0`);
}

/** A hundredth of it, exactly. */
export function hundredth(text) {
  const [whole, fraction = ''] = text.split('.');
  const digits = whole.padStart(3, '0');
  return trimmed(`${digits.slice(0, -2)}.${digits.slice(-2)}${fraction}`);
}

/** Without zeros at the end that say nothing. */
export function trimmed(text) {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

export function isZero(text) {
  return ZERO.test(text);
}

/**
 * Dollars for a column: six places, so that points align; two significant digits where six places
 * would show less; cents from 100 dollars on. The exact amount stands in the title and the detail.
 */
export function dollars(text) {
  if (isZero(text)) return '$0';
  const [whole, fraction = ''] = text.split('.');
  if (whole.length > 2) return `$${grouped(rounded(text, 2))}`;
  const zeros = /^0*/.exec(fraction)[0].length;
  const places = /^0*$/.test(whole) ? Math.max(6, zeros + 2) : 6;
  return `$${rounded(text, places)}`;
}

/** All digits that were given, and zeros up to `places`. */
export function exactDollars(text, places = 2) {
  const [whole, fraction = ''] = trimmed(text).split('.');
  return `$${grouped(whole)}.${fraction.padEnd(places, '0')}`;
}

/** How many digits that say something follow the point. */
export function placesOf(text) {
  return trimmed(text).split('.')[1]?.length ?? 0;
}

/** What a million costs where `per` cost so much; what does not come out even is cut at 18 places. */
export function perMillion(amount, per) {
  const [whole, fraction = ''] = amount.split('.');
  const scaled = (BigInt(whole + fraction) * 10n ** 24n) / BigInt(per);
  return pointed(scaled, fraction.length + 18);
}

/** What one of so many costs by a thousand, rounded half up to `places` (at least 1). */
export function perThousand(amount, count, places) {
  const [whole, fraction = ''] = amount.split('.');
  const scaled = BigInt(whole + fraction) * 1000n * 10n ** BigInt(places);
  const divisor = BigInt(count) * 10n ** BigInt(fraction.length);
  const digits = ((scaled * 2n + divisor) / (divisor * 2n)).toString().padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** One less the other, exactly; below zero with a `-`. */
export function difference(one, other) {
  const places = Math.max(placesOf(one), placesOf(other));
  return pointed(digitsOf(one, places) - digitsOf(other, places), places);
}

/** All of them together, exactly. */
export function sum(amounts) {
  const places = Math.max(0, ...amounts.map(placesOf));
  return pointed(amounts.reduce((all, amount) => all + digitsOf(amount, places), 0n), places);
}

/** `+$1.20`, `−$0.0035`, `$0.00`: exact. */
export function change(text) {
  if (isZero(text)) return exactDollars('0');
  return text.startsWith('-') ? `−${exactDollars(text.slice(1))}` : `+${exactDollars(text)}`;
}

/** An amount without its point, with so many digits behind it. */
function digitsOf(text, places) {
  const [whole, fraction = ''] = trimmed(text).split('.');
  return BigInt(whole + fraction.padEnd(places, '0'));
}

/** A whole number with the point put in so many places from its end. */
function pointed(number, places) {
  const digits = (number < 0n ? -number : number).toString().padStart(places + 1, '0');
  const text = places ? trimmed(`${digits.slice(0, -places)}.${digits.slice(-places)}`) : digits;
  return number < 0n ? `-${text}` : text;
}
